"""Bearer tokens of an OpenID Connect issuer, checked by us: signature, issuer, audience and times (RFC 7519, RFC 8725, OpenID Connect Core 1.0)."""

from collections.abc import Mapping
from typing import Any

import jwt

from muniment.errors import PolicyError, SourceUnavailable
from muniment.schemas.review import Identity
from muniment.server.issuer import IssuerKeys
from muniment.server.people import Caller, Person, Role, credentials, named

ALGORITHMS = ("RS256", "ES256", "EdDSA")  # asymmetric alone: a public key can never be taken for a shared secret
_LEEWAY = 30  # seconds that two clocks may differ
_LONGEST = 16_000  # characters of a token that we look at


class Oidc:
    """One issuer, one audience. people: their roles on the service; None makes whoever the issuer vouches for a reader."""

    def __init__(self, issuer: str, audience: str, keys: IssuerKeys, name_claim: str, people: dict[str, Person] | None) -> None:
        self.issuer, self.audience, self.people = issuer, audience, people
        self._keys, self._name_claim = keys, name_claim

    def caller(self, headers: Mapping[str, str], peer: str) -> Caller | None:
        """Whom the bearer token names; None for one that is missing, wrong, not for us, or not of now."""
        token = _token(headers)
        claims = self._checked(token) if token else None
        name = str(claims.get(self._name_claim, "")).strip() if claims else ""
        if claims is None or not named(name):
            return None
        person = Person() if self.people is None else self.people.get(name)
        return _called(name, person.role, claims) if person else None

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether the token can be checked with the keys at hand."""
        token = _token(headers)
        return not token or self._keys.held(_key_id(token)) is not None

    def _checked(self, token: str) -> dict[str, Any] | None:
        try:
            key = self._keys.key(_key_id(token))
            return jwt.decode(
                token,
                key=key,
                algorithms=ALGORITHMS,
                audience=self.audience,
                issuer=self.issuer,
                leeway=_LEEWAY,
                options={"require": ["iss", "aud", "exp", self._name_claim], "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, SourceUnavailable, ValueError):
            return None  # why is not said: it would help only whoever forges one


def trusting(issuer: str, audience: str, keys: str, name_claim: str, people: dict[str, Person] | None) -> Oidc:
    """The sign-in that trusts an issuer; keys: a JWKS file, or empty to ask the issuer for it. Raises `PolicyError`."""
    if not issuer or not audience:
        raise PolicyError("A token is checked against its issuer and audience.", "Give --oidc-issuer and --oidc-audience.")
    return Oidc(issuer, audience, IssuerKeys.of(issuer, keys), name_claim, people)


def _called(name: str, role: Role, claims: dict[str, Any]) -> Caller:
    return Caller(name=name, role=role, identity=Identity.TOKEN, claims=claims, until=int(claims["exp"]))


def _token(headers: Mapping[str, str]) -> str:
    name, token = credentials(headers.get("authorization", ""))
    return token if not name and token.count(".") == 2 and len(token) <= _LONGEST else ""


def _key_id(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except jwt.PyJWTError:
        return ""
