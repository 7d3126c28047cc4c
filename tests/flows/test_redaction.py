"""Redaction from policy to promoted text to answer: forms, keys, citations, and who sees what."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import CONTACT, LICENCE, write

from muniment import flows
from muniment.core.redaction.offsets import Splice, to_captured, to_redacted
from muniment.errors import Forbidden
from muniment.policies.policy import default, parse
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.review import Decision
from muniment.schemas.search import Hit
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.corpus import required
from muniment.tasks.custody import keys
from muniment.tasks.erasure.prove import receipts
from muniment.tasks.explain import explain
from muniment.tasks.hide import Shown, hide
from muniment.tasks.judge import standing
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

Register = Callable[..., Source]
VALUE = "jo.smith@initech.example.org"
PSEUDONYMS = '[redaction]\ndefault = "redact"\ntypes = { EMAIL_ADDRESS = "pseudonym" }\n'
HIDDEN = '[redaction]\ndefault = "redact"\n[[redaction.query]]\nfinding = { types = ["EMAIL_ADDRESS"] }\nunless = ["privacy"]\n'
PEOPLE = """
[dana]
groups = ["staff", "privacy"]
clearance = "restricted"

[sam]
groups = ["staff"]
clearance = "restricted"
"""


def in_force(uri: str, section: str, kept: str = "") -> None:
    """The policy that ships, with another section on redaction; `kept` names a rule's code that only reports."""
    text = default().replace('[redaction]\ndefault = "redact"\n', section)
    assert section in text
    if kept:
        text = text.replace(f'code = "{kept}"\n', f'code = "{kept}"\nenforced = false\n')
    policies.put_in_force(open_root(uri), text)


def promote(uri: str) -> str:
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "read the sample", "dana")
    return flows.promote(root=uri).snapshot


def shown(uri: str) -> dict[str, dict[str, object]]:
    """Promoted rows by file name."""
    root = open_root(uri)
    shards = [shard for part in required(root, "production").parts for shard in part.shards]
    return {row["native_key"]: row for row in root.lake.read_all(shards, PROMOTED).to_pylist()}


def untouched(rows: dict[str, dict[str, object]]) -> dict[str, object]:
    """The only document in which nothing is redacted."""
    return next(row for row in rows.values() if row["redactions"] == 0)


def test_a_pseudonym_is_the_same_in_every_document_and_the_key_is_named(uri: str, corpus: Path, register: Register) -> None:
    write(
        corpus / "second.md",
        LICENCE + "# Chairs\n\nAsk " + VALUE.upper() + " for a chair that fits the desk in the reading room.\n" * 3,
    )
    register(corpus)
    in_force(uri, PSEUDONYMS)
    promote(uri)
    rows = shown(uri)
    texts = [str(rows[name]["text"]) for name in ("contact.md", "second.md")]
    names = {word for text in texts for word in text.split() if "@" in word}
    assert len(names) == 1 and names.pop().endswith("@pseudonym.example")
    assert VALUE not in str(rows).lower()
    used = keys.keys(uri)
    assert [each.state for each in used] == ["in use"] and len(used[0].snapshots) == 1
    assert rows["contact.md"]["pseudonym_key"] == used[0].id and untouched(rows)["pseudonym_key"] is None


def test_a_rotation_writes_all_pseudonyms_anew_and_nothing_else(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    in_force(uri, PSEUDONYMS)
    promote(uri)
    first, before = shown(uri), keys.keys(uri)[0].id
    assert flows.promote(root=uri).fresh == ()
    made = keys.rotate(uri, "dana")
    assert flows.promote(root=uri).fresh == ("handbook",)
    second = shown(uri)
    assert second["contact.md"]["pseudonym_key"] == made.id != before
    assert second["contact.md"]["text"] != first["contact.md"]["text"]
    assert untouched(second)["text"] == untouched(first)["text"]
    assert keys.retire(uri, before, "dana").state == "retired"
    with pytest.raises(Forbidden):
        keys.retire(uri, made.id, "dana")
    assert [(each.state, len(each.snapshots)) for each in keys.keys(uri)] == [("retired", 1), ("in use", 1)]
    entries = [entry for entry in open_root(uri).ledger.since(0) if entry.kind.startswith("key.")]
    assert [(entry.kind, entry.actor) for entry in entries] == [
        ("key.rotated", "muniment"),
        ("key.rotated", "dana"),
        ("key.retired", "dana"),
    ]
    assert flows.promote(root=uri).fresh == () and receipts(open_root(uri)) == []


def test_without_pseudonyms_no_key_is_made_and_a_rotation_changes_nothing(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    before = promote(uri)
    assert keys.keys(uri) == [] and shown(uri)["contact.md"]["pseudonym_key"] is None
    keys.rotate(uri, "dana")
    assert flows.promote(root=uri).snapshot == before


def test_a_mask_shows_the_first_characters(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    in_force(uri, '[redaction]\ndefault = "mask"\n')
    promote(uri)
    assert "j•••@i•••.org" in str(shown(uri)["contact.md"]["text"])


def test_offsets_in_a_promoted_text_lead_back_to_the_captured_one(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    promote(uri)
    root, row = open_root(uri), shown(uri)["contact.md"]
    text, splices = str(row["text"]), [Splice(**each) for each in row["splices"]]  # type: ignore[attr-defined]
    shards = [each.shard for judgement in standing(root) for each in judgement.shards]
    captured = next(r["text"] for r in root.lake.read_all(shards, DOCUMENT).to_pylist() if r["doc_id"] == row["doc_id"])
    assert len(splices) == row["redactions"] == text.count("[EMAIL_ADDRESS]") == 2
    for word in ("archive", "shelf", "joiner"):
        at = text.rindex(word)
        start, end = to_captured(splices, at, at + len(word))
        assert captured[start:end] == word and to_redacted(splices, start, end) == (at, at + len(word))
    at = text.index("EMAIL")
    start, end = to_captured(splices, at, at + 5)
    assert captured[start:end] == VALUE


def test_a_citation_is_explained_by_its_place_in_the_captured_text(
    uri: str, corpus: Path, register: Register, people: None
) -> None:
    register(corpus)
    promote(uri)
    flows.index(root=uri)
    hit = next(hit for hit in search(uri, "who orders a new shelf", "dana", k=5).hits if "shelf" in hit.text)
    section = next(each for each in explain(uri, hit.citation).sections if each.title == "Cited passage")
    captured = (corpus / "contact.md").read_text()
    promoted, kept = section.rows
    assert promoted[0] == "as promoted" and kept[0] == "as captured" and section.note.startswith("2 values")
    start, end = (int(each.replace(",", "")) for each in kept[1].split(" to "))
    assert captured[start:end].count(VALUE) == 2 and VALUE not in str(section)
    assert kept[2].split(" to ")[-1] == str(captured[:end].count("\n") + 1)


@pytest.fixture
def hiding(uri: str, corpus: Path, register: Register) -> None:
    """An index of a corpus in which addresses are kept, and hidden from all but the privacy group."""
    from muniment.tasks.access import principals

    write(corpus / "contact.md", LICENCE + f"# Ask {VALUE}\n\n" + CONTACT * 2)
    register(corpus)
    principals.put_in_force(open_root(uri), PEOPLE)
    in_force(uri, HIDDEN, kept="PERSONAL_CONTACT")
    promote(uri)
    flows.index(root=uri)


def test_who_is_not_entitled_never_sees_a_hidden_value_and_who_is_does(uri: str, hiding: None) -> None:
    asked = "who orders a new shelf for the archive"
    plain, full = search(uri, asked, "sam", k=5), search(uri, asked, "dana", k=5)
    assert [hit.citation for hit in plain.hits] == [hit.citation for hit in full.hits]
    assert VALUE not in plain.model_dump_json() and "[EMAIL_ADDRESS]" in plain.model_dump_json()
    assert VALUE in full.model_dump_json() and full.redactions == 0
    assert plain.redactions == sum(hit.redactions for hit in plain.hits) == full.model_dump_json().count(VALUE)
    counted = open_root(uri).lineage.sql("SELECT value FROM counts WHERE name = 'redactions' ORDER BY sequence DESC LIMIT 2")
    assert sorted(counted["value"].to_pylist()) == [0, plain.redactions]


def test_a_value_is_hidden_in_a_passage_that_shows_only_a_part_of_it(uri: str) -> None:
    root, policy = open_root(uri), parse(default().replace('[redaction]\ndefault = "redact"\n', HIDDEN))
    tests = policy.redaction.hidden_from(())
    whole = f"Write to {VALUE} for a shelf."
    hit = Hit(
        citation="c", score=1, title="Shelves", source="s", owner="o", modified=None, classification="public", licence=None, text=""
    )
    for edge in range(10, 9 + len(VALUE)):
        right = Shown(hit.model_copy(update={"text": whole[edge:]}), whole[:edge], "")
        left = Shown(hit.model_copy(update={"text": whole[:edge]}), "", whole[edge:])
        first, second = hide(root, [right, left], tests, policy.redaction, policy.detectors)
        assert (first.text, second.text) == ("[EMAIL_ADDRESS] for a shelf.", "Write to [EMAIL_ADDRESS]")
        assert (first.redactions, second.redactions) == (1, 1)


def test_a_detector_that_fails_refuses_the_answer(uri: str, hiding: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no model")

    monkeypatch.setattr("muniment.tasks.redact.detector", fail)
    with pytest.raises(RuntimeError):
        search(uri, "who orders a new shelf", "sam")
    assert search(uri, "who orders a new shelf", "dana").hits


def test_each_rule_hides_from_those_it_does_not_except(uri: str, hiding: None) -> None:
    both = HIDDEN + '[[redaction.query]]\nfinding = { types = ["EMAIL_ADDRESS", "URL"] }\nunless = ["nobody"]\n'
    in_force(uri, both, kept="PERSONAL_CONTACT")
    assert VALUE not in search(uri, "who orders a new shelf", "dana", k=5).model_dump_json()


def test_a_snapshot_says_which_key_it_was_made_with(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    in_force(uri, PSEUDONYMS)
    snapshot = open_root(uri).manifests.get("snapshots", promote(uri), Snapshot)
    assert [part.pseudonym_key for part in snapshot.parts] == [open_root(uri).vault.pseudonym_key_id()]
