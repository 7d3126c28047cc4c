"""Every kind is found, examples and references are not, and what the gate leaves out is nothing."""

import base64
import json
import os
import random
import string
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import secrets
from muniment.core.findings import Span
from muniment.core.secrets import checks, credible
from muniment.core.secrets.assignments import Assignments
from muniment.core.secrets.matching import Matcher, apart, spans
from muniment.evaluate import run
from muniment.policies.secrets import secret_rules
from muniment.schemas.evidence import FINDING

RULES = secret_rules()
DETECTOR = secrets.detector(b"a key", RULES)
MATCHERS = tuple(Matcher.of(kind) for kind in RULES.kinds() if not kind.named)
ASSIGNMENTS = Assignments.of(RULES.names, [kind for kind in RULES.kinds() if kind.named])
RANDOM = random.Random(7)
DATA = (
    Path(os.environ.get("MUNIMENT_DATA") or Path(__file__).parents[3] / "shared" / "data") / "pii" / "secrets_credsweeper.jsonl.gz"
)


def token(size: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(RANDOM.choices(alphabet, k=size))


def table(*texts: str) -> pa.Table:
    return pa.table({"doc_id": [str(n) for n in range(len(texts))], "text": pa.array(texts, pa.large_string())})


def rows(text: str) -> list[dict[str, Any]]:
    return list(DETECTOR.detect(table(text)).to_pylist())


def found(text: str) -> list[tuple[str, str]]:
    return [(row["type"], text[row["start"] : row["end"]]) for row in rows(text)]


def values(text: str) -> list[str]:
    return [value for _, value in found(text)]


# Made when the tests run, so that no scanner takes this file for a leak.
def sealed(mark: str) -> str:
    """A token whose last six characters are the checksum of the rest, as GitHub and npm make them."""
    body, digits, number = token(30), string.digits + string.ascii_uppercase + string.ascii_lowercase, 0
    number = zlib.crc32(body.encode())
    sum_ = ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        sum_ = digits[rest] + sum_
    return mark + body + sum_


def jwt() -> str:
    header, body = ({"alg": "HS256", "typ": "JWT"}, {"sub": token(12), "iat": 1_516_239_022})
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, body)]
    return ".".join([*parts, token(43)])


def private_key(kind: str = "RSA ", wrap: str = "\n") -> str:
    lines = wrap.join(token(64) for _ in range(4))
    first = "MIIBvTBXBgkqhkiG9w0BBQ0wSjApBgkqhki" if "ENC" in kind else "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8"
    return f"-----BEGIN {kind}PRIVATE KEY-----{wrap}{first}{token(29)}{wrap}{lines}{wrap}-----END {kind}PRIVATE KEY-----"


KINDS = {
    "SECRET_AWS_ACCESS_KEY": "AKIA" + token(16, string.ascii_uppercase + "234567"),
    "SECRET_GITHUB_TOKEN": sealed("ghp_"),
    "SECRET_GITLAB_TOKEN": "glpat-" + token(20),
    "SECRET_SLACK_TOKEN": "xoxb-" + token(12, string.digits) + "-" + token(24),
    "SECRET_STRIPE_KEY": "sk_live_" + token(24),
    "SECRET_GOOGLE_KEY": "AIza" + token(35),
    "SECRET_NPM_TOKEN": sealed("npm_"),
    "SECRET_PYPI_TOKEN": "pypi-AgEIcHlwaS5vcmc" + token(80),
    "SECRET_JWT": jwt(),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "around", ["🙂 see\nkey is {}, keep it", "{}", '{{"a": ["{}"]}}', "x = '{}'\r\n", "say \\n{}\\n", "\x1b[93m{}\x1b[0m"]
)
def test_a_token_is_found_where_it_stands(kind: str, around: str) -> None:
    assert found(around.format(KINDS[kind])) == [(kind, KINDS[kind])]


def test_a_token_is_found_in_a_line_of_any_length() -> None:
    noise = ";".join(f"function f{n}(a){{return a.b{n}}}" for n in range(4_000))
    assert len(noise) > 100_000
    assert values(f"{noise};k='{KINDS['SECRET_GITHUB_TOKEN']}';{noise}") == [KINDS["SECRET_GITHUB_TOKEN"]]


def test_a_checksum_that_fits_is_surer_than_one_that_does_not() -> None:
    real, invented = sealed("ghp_"), "ghp_" + token(36)
    assert [row["score"] for row in rows(real)] > [row["score"] for row in rows(invented)] > [0.5]


@pytest.mark.parametrize(
    "line",
    [
        'password = "{}"',
        "export DB_PASSWORD={}",
        'val pwd: String = "{}"',
        "<password>{}</password>",
        '#define PASSWORD "{}"',
        'os.getenv("DB_PASSWORD", "{}")',
        "passwd: {}",
        "Ihr Passwort: {}",
        "Kennwort = '{}'",
        "mot de passe : {}",
        "contraseña: {}",
        "senha={}",
        "hasło: {}",
        "wachtwoord: {}",
        "пароль: {}",
        "密码：{}",
        "비밀번호: {}",
        "mysql -u root --password {}",
        "CREATE USER app IDENTIFIED BY '{}';",
        "curl -u admin:{} https://example.org",
    ],
)
def test_a_password_is_found_under_its_name_without_its_quotes(line: str) -> None:
    assert values("# settings\n" + line.format("tR0ub4dor+3kLm") + "\n") == ["tR0ub4dor+3kLm"]


@pytest.mark.parametrize(
    "line",
    ["'api_key': '{}'", 'client_secret: "{}"', "AUTH_TOKEN={}", "?a=1&access_token={}", '"token":"{}"', "Authorization: Bearer {}"],
)
def test_a_random_value_is_found_under_the_name_of_a_key(line: str) -> None:
    value = token(32)
    assert values(line.format(value)) == [value]


def test_a_password_in_a_connection_string_is_found() -> None:
    assert found("postgres://app:s3cr8tpw9@db.internal/x") == [("SECRET_URL_PASSWORD", "s3cr8tpw9")]


@pytest.mark.parametrize("wrap", ["\n", "\\n", "\\\\n", "\r\n", '\\n" +\n    "', "\n2026-01-02 03:04:05 ", "\n    "])
def test_a_private_key_is_one_finding_over_all_its_lines(wrap: str) -> None:
    block = private_key(wrap=wrap)
    assert found(f"first\n{block}\nlast") == [("SECRET_PRIVATE_KEY", block)]


def test_a_private_key_without_its_end_is_found_too() -> None:
    block = private_key().rsplit("\n", 1)[0]
    [(kind, value)] = found(f"first\n{block}\n\nand words that follow")
    assert kind == "SECRET_PRIVATE_KEY" and len(value) > 0.9 * len(block)


def test_an_encrypted_private_key_scores_low() -> None:
    block = private_key("ENCRYPTED ")
    assert [row["score"] < 0.4 for row in rows(block)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        'password = "changeme123"',
        'password = "${DB_PASSWORD_1}"',
        'token = "os.environ.get1"',
        'api_key = "your-api-key-1"',
        'secret = "xxxxxxxx1x"',
        'password = "correct horse"',
        "password = get_password_1(user)",
        "password: <your password 1>",
        "password = {{ vault_password_1 }}",
        "token = self.tokens[1].value",
        'token_type = "Bearer2"',
        'public_key = "QxV7r2LmN8sT4wYz"',
        'tokenizer = "bert-base-v2-uncased"',
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "postgres://${USER}:${PASSWORD}@db.internal/x",
        "http://user:password@example.org",
        "the token of appreciation",
        "glpat-xxxxxxxxxxxxxxxxxxxx",
        "Authorization: Bearer <token>",
        "eyJub3QgYSB0b2tlbg.eyJub3QgYSB0b2tlbg.c2lnbmF0dXJl",
        '"integrity": "sha512-' + base64.b64encode(bytes(range(64))).decode() + '"',
        '"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "id: 7d444840-9dc0-11d1-b245-5ffdce74fad2",
        "data:image/png;base64," + base64.b64encode(RANDOM.randbytes(3_000)).decode(),
    ],
)
def test_examples_references_and_hashes_are_no_secrets(text: str) -> None:
    assert found(text) == []


def test_evidence_says_rule_and_category_and_never_the_value() -> None:
    text = f"token: {KINDS['SECRET_GITHUB_TOKEN']}"
    evidence = DETECTOR.detect(table(text))
    assert evidence.schema == FINDING
    assert evidence["rule"].to_pylist() == ["github-token"] and evidence["category"].to_pylist() == ["credentials"]
    assert KINDS["SECRET_GITHUB_TOKEN"] not in str(evidence.to_pylist())


def test_another_table_changes_the_digest_and_the_key_is_not_in_the_settings() -> None:
    fewer = RULES.model_copy(update={"tokens": {}})
    assert secrets.detector(b"a key", fewer).digest != DETECTOR.digest
    assert "a key" not in str(dict(DETECTOR.settings))
    assert DETECTOR.detect(table()).schema == FINDING


PIECES = st.sampled_from(
    [
        *KINDS.values(), "password", "api_key", "PASSWORT", "пароль", "ПАРОЛЬ", "Secret Key", " = ", ": ", "=", '"', "'", "`", " ", "\n", "\\n", "🙂", "ß",
        "tR0ub4dor+3kLm", "Qx7vR2mLs9TzK4pW", "changeme", "://", "user:", "@host", "--password ", "-----BEGIN PRIVATE KEY-----", "<", ">", "</", "(", ")", ",",
        "define", "bearer ", "basic ", "curl -u ", "a_b.c-d", "0", "{", "}", "MTIzNDU2Nzg5MDEyMzQ1Njc4", ".", "AC", "a1" * 16,
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_the_gate_loses_nothing(texts: list[str]) -> None:
    documents = table(*texts)
    gated, all_ = (set(spans(documents, MATCHERS, ASSIGNMENTS, gated=each)) for each in (True, False))
    assert gated == all_


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_findings_lie_in_their_documents_apart_and_hash_what_they_cover(texts: list[str]) -> None:
    evidence = DETECTOR.detect(table(*texts)).to_pylist()
    places = [(row["doc_id"], row["start"], row["end"]) for row in evidence]
    assert places == sorted(places) and all(0 <= start < end <= len(texts[int(doc)]) for doc, start, end in places)
    for (doc, _, end), (next_doc, next_start, _) in pairwise(places):
        assert doc != next_doc or end <= next_start
    hashes = {(row["type"], texts[int(row["doc_id"])][row["start"] : row["end"]].strip()): row["keyed_hash"] for row in evidence}
    assert len(set(hashes.values())) == len(hashes)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(1, 9), st.sampled_from([0.5, 0.9])), max_size=12))
def test_of_overlapping_spans_the_surest_stays_and_nothing_goes_uncovered_by_a_surer_one(
    drawn: list[tuple[int, int, int, float]],
) -> None:
    every = [Span(row, start, start + size, "SECRET_X", score) for row, start, size, score in drawn]
    kept = apart(every)
    for one, other in pairwise(kept):
        assert one.row != other.row or one.end <= other.start
    for span in every:
        assert any(
            each.row == span.row and each.start < span.end and span.start < each.end and each.score >= span.score for each in kept
        )


def test_entropy_is_in_bits_a_character() -> None:
    assert credible.entropy("") == 0 == credible.entropy("aaaa")
    assert credible.entropy("abcd") == pytest.approx(2)


def test_words_are_told_from_random_letters() -> None:
    assert all(credible.words(word) for word in ("authentication", "getUserToken", "contraseña_de_usuario", "Schlüsselverwaltung"))
    assert sum(credible.words(token(24)) for _ in range(1_000)) < 10
    assert sum(credible.random(token(24)) for _ in range(1_000)) > 950


@pytest.mark.parametrize(
    "check",
    [
        "crc62",
        "crc32-at-end",
        "crc32-after-mark",
        "jose",
        "jwk",
        "der-key",
        "discord",
        "numbered",
        "basic",
        "encoded-pem",
        "base32",
    ],
)
@given(st.text(max_size=60))
def test_a_check_says_no_to_any_text_without_failing(check: str, text: str) -> None:
    assert checks.holds(check, text) in (True, False)


@pytest.mark.skipif(not DATA.exists(), reason="the labelled data is not there")
def test_keys_and_passwords_are_found_in_labelled_samples() -> None:
    metrics = run("secrets", [DATA])["metrics"]
    assert metrics["keys.recall"] >= 0.9 and metrics["passwords.recall"] >= 0.85
