"""Tokens of an issuer: what is believed, what is not. Keys and signatures are real, and so is the issuer's HTTP server."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from muniment.errors import PolicyError
from muniment.schemas.review import Identity
from muniment.server import issuer as issuers
from muniment.server.oidc import Oidc, trusting
from muniment.server.people import Person, Role
from muniment.server.sign_in import sign_in

ISSUER, AUDIENCE = "https://login.example", "corpus"
RSA, EC, ED = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
SMALL = rsa.generate_private_key(65537, 1024)
SIGNERS: dict[str, tuple[Any, str]] = {"rsa": (RSA, "RS256"), "ec": (EC, "ES256"), "ed": (ED, "EdDSA")}
PUBLIC = {
    "keys": [
        {**json.loads(RSAAlgorithm.to_jwk(RSA.public_key())), "kid": "rsa", "use": "sig"},
        {**json.loads(ECAlgorithm.to_jwk(EC.public_key())), "kid": "ec"},
        {**json.loads(OKPAlgorithm.to_jwk(ED.public_key())), "kid": "ed"},
        {**json.loads(RSAAlgorithm.to_jwk(SMALL.public_key())), "kid": "small"},
    ]
}


def token(signer: str = "rsa", kid: str | None = None, **claims: Any) -> str:
    key, algorithm = SIGNERS[signer]
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "dana", "exp": int(time.time()) + 600, **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, algorithm, {"kid": kid or signer})


def name_of(oidc: Oidc, given: str) -> str | None:
    caller = oidc.caller({"authorization": f"Bearer {given}"}, "10.0.0.1")
    return caller.name if caller else None


def _sealed_with(secret: bytes, said: dict[str, Any]) -> str:
    """The library refuses to make such a token, so that it is made by hand."""
    parts = [json.dumps(each).encode() for each in ({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, said)]
    body = b".".join(base64.urlsafe_b64encode(each).rstrip(b"=") for each in parts)
    seal = base64.urlsafe_b64encode(hmac.new(secret, body, "sha256").digest()).rstrip(b"=")
    return (body + b"." + seal).decode()


@pytest.fixture(scope="module")
def oidc(tmp_path_factory: pytest.TempPathFactory) -> Oidc:
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    file.write_text(json.dumps(PUBLIC))
    return trusting(ISSUER, AUDIENCE, str(file), "sub", None)


@pytest.mark.parametrize("signer", list(SIGNERS))
def test_whoever_the_issuer_vouches_for_is_known_by_each_algorithm(oidc: Oidc, signer: str) -> None:
    caller = oidc.caller({"authorization": f"Bearer {token(signer, groups=['staff'])}"}, "10.0.0.1")
    assert caller is not None
    assert (caller.name, caller.role, caller.identity, caller.claims["groups"]) == ("dana", Role.READER, Identity.TOKEN, ["staff"])
    assert caller.until == caller.claims["exp"]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": "dana\nrobin"},
        {"sub": "x" * 101},
    ],
)
def test_a_token_that_is_not_of_now_not_for_us_or_names_nobody_is_not_believed(oidc: Oidc, claims: dict[str, Any]) -> None:
    assert name_of(oidc, token()) == "dana"
    assert name_of(oidc, token(**claims)) is None


@pytest.mark.filterwarnings("ignore:The RSA key is 1024")
def test_forged_tokens_are_not_believed(oidc: Oidc) -> None:
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "dana", "exp": int(time.time()) + 600}
    genuine = token()
    head, body, seal = genuine.split(".")
    other = base64.urlsafe_b64encode(json.dumps({**said, "sub": "robin"}).encode()).decode().rstrip("=")
    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forged = {
        "none": jwt.encode(said, None, "none", {"kid": "rsa"}),  # type: ignore[arg-type]
        "public key as a secret": _sealed_with(public, said),
        "other words": f"{head}.{other}.{seal}",
        "no seal": f"{head}.{body}.",
        "another key": jwt.encode(said, rsa.generate_private_key(65537, 2048), "RS256", {"kid": "rsa"}),
        "another kind of key": token("ec", kid="rsa"),
        "a key too small": jwt.encode(said, SMALL, "RS256", {"kid": "small"}),
        "unknown key": token(kid="unknown"),
        "no key id": jwt.encode(said, RSA, "RS256"),
        "not listed": jwt.encode(said, RSA, "RS512", {"kid": "rsa"}),
        "nothing": "",
        "long": genuine + "A" * 20_000,
    }
    assert {why: name_of(oidc, given) for why, given in forged.items()} == dict.fromkeys(forged)


def test_roles_come_from_the_people_file_and_whoever_is_not_in_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(PUBLIC))
    known = trusting(ISSUER, AUDIENCE, str(file), "email", {"dana@corpus.example": Person(role=Role.STEWARD)})
    caller = known.caller({"authorization": f"Bearer {token(email='dana@corpus.example')}"}, "10.0.0.1")
    assert caller is not None and caller.role is Role.STEWARD
    assert name_of(known, token(email="robin@corpus.example")) is None


class Issuer:
    """Publishes keys, and counts how often it is asked."""

    def __init__(self) -> None:
        self.keys, self.asked, self.says = dict(PUBLIC), 0, ""
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                known = {"issuer": outer.says or outer.address, "jwks_uri": f"{outer.address}/keys"}
                payload = json.dumps(outer.keys if self.path == "/keys" else known).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    published = Issuer()
    threading.Thread(target=published.server.serve_forever, daemon=True).start()
    yield published
    published.server.shutdown()
    published.server.server_close()


def test_keys_are_found_through_discovery_and_kept_and_forged_key_ids_do_not_ask_again(issuer: Issuer) -> None:
    oidc = trusting(issuer.address, AUDIENCE, "", "sub", None)
    assert [name_of(oidc, token(iss=issuer.address)) for _ in range(3)] == ["dana"] * 3
    assert issuer.asked == 2  # the discovery document and the keys
    assert [name_of(oidc, token(iss=issuer.address, kid=f"forged {number}")) for number in range(5)] == [None] * 5
    assert issuer.asked == 2


def test_a_new_key_of_the_issuer_is_found_and_an_old_one_ends(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    oidc = trusting(issuer.address, AUDIENCE, "", "sub", None)
    assert name_of(oidc, token(iss=issuer.address)) == "dana"
    issuer.keys = {"keys": [{**PUBLIC["keys"][1], "kid": "new"}]}
    monkeypatch.setattr(issuers, "_PAUSE", 0)
    assert name_of(oidc, token("ec", kid="new", iss=issuer.address)) == "dana"
    assert name_of(oidc, token(iss=issuer.address)) is None


def test_an_issuer_that_is_away_or_says_another_name_vouches_for_nobody(issuer: Issuer) -> None:
    issuer.says = "https://elsewhere.example"
    assert name_of(trusting(issuer.address, AUDIENCE, "", "sub", None), token(iss=issuer.address)) is None
    assert name_of(trusting("http://127.0.0.1:9", AUDIENCE, "", "sub", None), token(iss="http://127.0.0.1:9")) is None


@pytest.mark.parametrize(
    "asked",
    [
        {"MUNIMENT_OIDC_AUDIENCE": "corpus"},
        {"MUNIMENT_OIDC_ISSUER": ISSUER},
        {"MUNIMENT_OIDC_ISSUER": "http://login.example", "MUNIMENT_OIDC_AUDIENCE": "corpus"},
        {"MUNIMENT_OIDC_ISSUER": ISSUER, "MUNIMENT_OIDC_AUDIENCE": "corpus", "MUNIMENT_OIDC_KEYS": "/no/such/file"},
    ],
)
def test_a_sign_in_that_cannot_be_safe_is_refused_at_the_start(asked: dict[str, str]) -> None:
    with pytest.raises(PolicyError):
        sign_in({"MUNIMENT_AUTH": "oidc", **asked})
