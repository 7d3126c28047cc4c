"""Two scanners for secrets: what only one of them sees holds the document, is told, explained without its value and taken out."""

import random
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, TRAVEL, write

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.store.scanners import BETTERLEAKS
from muniment.tasks import policies
from muniment.tasks.announce import disagreements
from muniment.tasks.explain import explain
from muniment.tasks.judge import standing
from muniment.tasks.trial import try_policy

pytestmark = pytest.mark.skipif(not BETTERLEAKS.installed, reason="needs the extra muniment[scanner]")
Register = Callable[..., Source]
RANDOM = random.Random(3)
# Both know the token; a password in German only ours does.
TOKEN = "ghp_" + "".join(RANDOM.choices(string.ascii_letters + string.digits, k=36))
PASSWORD = "Kx9.tulpe" + "7im-Beet"
BOTH = default().replace("detectors = [", 'detectors = ["scanner", ')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {
        "both.md": f'github_token = "{TOKEN}"',
        "one.md": f"Das Passwort: {PASSWORD} steht im alten Wiki.",
        "plain.md": "Nothing is said of keys here.",
    }
    for number, (name, text) in enumerate(texts.items()):
        words = " ".join(f"{word}{number}" for word in TRAVEL.split())  # otherwise they would be duplicates
        write(tmp_path / "files" / name, f"{LICENCE}# {name}\n\n{text}\n\n{words}\n")
    return tmp_path / "files"


def test_what_one_scanner_alone_finds_is_a_disagreement_once_both_have_run(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    alone = flows.capture("handbook", root=uri).reasons
    assert alone["SECRET_FOUND"] == 2 and "SCANNERS_DISAGREE" not in alone
    policies.put_in_force(open_root(uri), BOTH)
    assert flows.capture("handbook", root=uri).reasons["SCANNERS_DISAGREE"] == 1
    judged = standing(open_root(uri))[0]
    assert disagreements(judged, policies.current(open_root(uri))) == {"SCANNERS_DISAGREE": 1}
    assert "DETECTORS_DISAGREE" not in judged.reasons  # they call the token by two names


def test_trying_a_policy_with_a_scanner_that_has_not_run_says_nothing_of_it(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    flows.capture("handbook", root=uri)
    assert not try_policy(uri, policies.checked(BOTH)).gained


def test_its_findings_are_explained_by_rule_and_never_by_value(uri: str, folder: Path, register: Register) -> None:
    policies.put_in_force(open_root(uri), BOTH)
    register(folder)
    flows.capture("handbook", root=uri)
    said = str(explain(uri, "handbook:both.md"))
    assert "betterleaks/github-pat" in said and TOKEN not in said
