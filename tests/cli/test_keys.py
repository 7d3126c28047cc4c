"""muniment keys: what an operator sees and is refused."""

import json

import pytest
from typer.testing import CliRunner

from muniment.cli import app
from muniment.errors import Forbidden, NotFound
from muniment.store.root import open_root


def run(uri: str, *words: str) -> str:
    result = CliRunner().invoke(app, ["keys", *words, "--root", uri])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_keys_are_listed_rotated_and_retired_and_never_shown(uri: str) -> None:
    assert "None yet" in run(uri, "list")
    assert "is in use" in run(uri, "rotate", "pseudonyms")
    first = json.loads(run(uri, "list", "--json"))[0]["id"]
    held = open_root(uri).vault.pseudonym_key(first).hex()
    run(uri, "rotate", "pseudonyms", "--actor", "dana")
    said = run(uri, "list") + run(uri, "list", "--json") + run(uri, "retire", first)
    assert first in said and held not in said and "destroyed" in said
    assert [each["state"] for each in json.loads(run(uri, "list", "--json"))] == ["retired", "in use"]


def test_what_cannot_be_retired_is_refused_with_what_to_do(uri: str) -> None:
    made = json.loads(run(uri, "rotate", "pseudonyms", "--json"))["id"]
    with pytest.raises(Forbidden, match="rotate"):
        run(uri, "retire", made)
    with pytest.raises(NotFound, match="keys list"):
        run(uri, "retire", "0" * 16)


def test_another_purpose_is_wrong_use(uri: str) -> None:
    assert CliRunner().invoke(app, ["keys", "rotate", "identity", "--root", uri]).exit_code == 2
