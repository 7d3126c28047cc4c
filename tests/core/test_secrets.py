"""Secrets: every kind is found, examples and references are not."""

import random
import string

import pyarrow as pa
import pytest

from muniment.core import secrets
from muniment.schemas.evidence import FINDING

DETECTOR = secrets.detector(b"a key")
RANDOM = random.Random(7)


def token(size: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(RANDOM.choices(alphabet, k=size))


# Made when the tests run, so that no scanner takes this file for a leak.
KINDS = {
    "SECRET_AWS_KEY": "AKIA" + token(16, string.ascii_uppercase + "234567"),
    "SECRET_GITHUB_TOKEN": "ghp_" + token(36),
    "SECRET_GITLAB_TOKEN": "glpat-" + token(20),
    "SECRET_SLACK_TOKEN": "xoxb-" + token(12, string.digits) + "-" + token(24),
    "SECRET_STRIPE_KEY": "sk_live_" + token(24),
    "SECRET_GOOGLE_KEY": "AIza" + token(35),
    "SECRET_NPM_TOKEN": "npm_" + token(36),
    "SECRET_PYPI_TOKEN": "pypi-AgEIcHlwaS5vcmc" + token(80),
    "SECRET_JWT": "eyJ" + token(30) + ".eyJ" + token(60) + "." + token(43),
}


def found(text: str) -> list[tuple[str, str]]:
    rows = DETECTOR.detect(pa.table({"doc_id": ["a"], "text": pa.array([text], pa.large_string())})).to_pylist()
    return [(row["type"], text[row["start"] : row["end"]]) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_is_found_where_it_stands(kind: str) -> None:
    assert found(f"🙂 see\nkey is {KINDS[kind]}, keep it") == [(kind, KINDS[kind])]


@pytest.mark.parametrize("line", ['password = "{}"', "'api_key': '{}'", "export DB_PASSWORD={}", 'client_secret: "{}"'])
def test_an_assigned_password_is_found_without_its_quotes(line: str) -> None:
    assert found("# settings\n" + line.format("tR0ub4dor+3kLm") + "\n") == [("SECRET_PASSWORD", "tR0ub4dor+3kLm")]


def test_a_password_in_a_connection_string_is_found() -> None:
    assert found("postgres://app:s3cr8tpw9@db.internal/x") == [("SECRET_URL_PASSWORD", "s3cr8tpw9")]


def test_a_private_key_is_one_finding_over_all_its_lines() -> None:
    block = f"-----BEGIN RSA PRIVATE KEY-----\n{token(64)}\n{token(64)}\n-----END RSA PRIVATE KEY-----"
    assert found(f"first\n{block}\nlast") == [("SECRET_PRIVATE_KEY", block)]


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
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "postgres://${USER}:${PASSWORD}@db.internal/x",
        "the token of appreciation",
        "glpat-xxxxxxxxxxxxxxxxxxxx",
    ],
)
def test_examples_and_references_are_no_secrets(text: str) -> None:
    assert found(text) == []


def test_a_rule_set_changes_the_digest_and_the_key_is_not_in_the_settings() -> None:
    assert secrets.detector(b"a key", rules=secrets.RULES[:1]).digest != DETECTOR.digest
    assert "a key" not in str(dict(DETECTOR.settings))
    assert (
        DETECTOR.detect(pa.table({"doc_id": pa.array([], pa.string()), "text": pa.array([], pa.large_string())})).schema == FINDING
    )


def test_entropy_is_in_bits_a_character() -> None:
    assert secrets.entropy("") == 0 == secrets.entropy("aaaa")
    assert secrets.entropy("abcd") == pytest.approx(2)
