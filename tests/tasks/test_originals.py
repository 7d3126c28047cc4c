"""Originals: given back as they were fetched, gone when their key is."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from tests.nights import quick
from tests.stories import LICENCE, write

from muniment import flows
from muniment.errors import Corrupt, Forbidden, NotFound
from muniment.schemas.erasure import Selector
from muniment.schemas.source import Source
from muniment.store.originals.packs import Original, Packs
from muniment.store.originals.sealing import SealedOriginal, open_original, seal_original
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.audit.recipients import recipients_of
from muniment.tasks.custody import originals
from muniment.tasks.custody.disclose import disclose
from muniment.tasks.erasure.requests import request_erasure

IDS = [f"{number:032x}" for number in range(40)]
PEOPLE = """
[dana]
groups = ["staff"]
clearance = "confidential"
[robin]
groups = ["staff"]
clearance = "confidential"
"""


def body(number: int) -> bytes:
    return bytes((number * 31 + place * place) % 256 for place in range(2000))


@pytest.fixture
def root(uri: str) -> Root:
    """A root with one pack of forty originals of a source."""
    root = open_root(uri)
    root.keychain.make_source_key("handbook")
    made = [Original(doc_id, "text/plain", body(number)) for number, doc_id in enumerate(IDS)]
    Packs(root.objects).write("handbook", made, root.keychain.source_key("handbook"))
    return root


def given(root: Root, doc_id: str) -> bytes | None:
    packs = Packs(root.objects)
    for pack in packs.all():
        for row in packs.keys(pack).to_pylist():
            if row["doc_id"] == doc_id:
                key = root.keychain.source_key("handbook")
                return open_original(packs.sealed(pack, row), row["size"], doc_id, row["raw_hash"], key)
    return None


def everything(root: Root) -> bytes:
    return b"".join(root.stored.read(key) for key in root.stored.list("originals/"))


def test_what_was_packed_is_given_back_and_no_plain_byte_lies_in_the_pack(root: Root) -> None:
    assert [given(root, doc_id) for doc_id in IDS] == [body(number) for number in range(40)]
    assert not any(body(number)[:64] in everything(root) for number in range(40))


def test_the_same_originals_are_packed_once(root: Root) -> None:
    before = sorted(root.stored.list("originals/"))
    made = [Original(doc_id, "text/plain", body(number)) for number, doc_id in enumerate(IDS)]
    Packs(root.objects).write("handbook", made, root.keychain.source_key("handbook"))
    assert sorted(root.stored.list("originals/")) == before


def test_a_shredded_key_is_nowhere_and_the_others_still_open(root: Root) -> None:
    packs = Packs(root.objects)
    wrapped = packs.keys(packs.all()[0])["wrapped"].to_pylist()
    assert [copy.rows for copy in originals.holding(root, pa.array([IDS[3]]))] == [1]
    (done,) = originals.shred(root, pa.array([IDS[3]]))
    assert (done.place, done.status, done.rows) == ("original", "shredded", 1) and 0 < done.written < done.bytes
    assert wrapped[3] not in everything(root) and wrapped[4] in everything(root)
    assert given(root, IDS[3]) is None and given(root, IDS[4]) == body(4)
    assert originals.shred(root, pa.array([IDS[3]])) == [] == originals.holding(root, pa.array([IDS[3]]))


def test_a_pack_that_is_mostly_dead_is_written_anew_without_the_dead(root: Root) -> None:
    size = len(everything(root))
    originals.shred(root, pa.array(IDS[:30]))
    assert len(everything(root)) < size * 0.4
    assert [given(root, doc_id) for doc_id in IDS[30:]] == [body(number) for number in range(30, 40)]


def test_of_a_pack_without_a_living_original_nothing_is_left(root: Root) -> None:
    originals.shred(root, pa.array(IDS))
    assert list(root.stored.list("originals/")) == []


def test_a_source_is_shredded_by_one_key(root: Root) -> None:
    key = root.keychain.source_key("handbook")
    held = everything(root)
    originals.shred_source(root, "handbook")
    assert list(root.stored.list("originals/")) == []
    with pytest.raises(NotFound, match="shredded"):
        Root(root.uri).keychain.source_key("handbook")
    assert key not in held + root.stored.read("encryption.json")


def dying(real: Callable[..., object], left: Iterator[int]) -> Callable[..., object]:
    """The same method, until the steps that are left are used up."""

    def call(*given: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*given)

    return call


def test_a_shredding_that_dies_anywhere_is_ended_by_the_next(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dies before each write and each removal in turn, as a killed process would."""
    for doomed in (IDS[:2], IDS[2:30], IDS[30:]):
        for steps in range(12):
            left = iter(range(steps))
            with monkeypatch.context() as patched:
                for name in ("put", "delete"):
                    patched.setattr(type(root.stored), name, dying(getattr(type(root.stored), name), left))
                with suppress(KeyboardInterrupt):
                    originals.shred(root, pa.array(doomed))
            alive = [doc_id for doc_id in IDS if doc_id > doomed[-1]]
            assert [given(root, doc_id) for doc_id in alive] == [body(IDS.index(doc_id)) for doc_id in alive]
        originals.shred(root, pa.array(doomed))
        assert not any(given(root, doc_id) for doc_id in doomed)
    assert list(root.stored.list("originals/")) == []


@pytest.mark.parametrize("changed", ["payload", "wrapped", "doc_id", "hash", "key"])
def test_an_original_that_was_changed_or_moved_does_not_open(changed: str) -> None:
    sealed = seal_original(b"text", "a" * 32, bytes(32), bytes(32))
    payload, wrapped = (part[:-1] + bytes([part[-1] ^ 1]) for part in sealed)
    with pytest.raises(Corrupt):
        open_original(
            SealedOriginal(
                payload if changed == "payload" else sealed.payload, wrapped if changed == "wrapped" else sealed.wrapped
            ),
            4,
            "b" * 32 if changed == "doc_id" else "a" * 32,
            b"1" * 32 if changed == "hash" else bytes(32),
            b"1" * 32 if changed == "key" else bytes(32),
        )


def test_a_capture_keeps_what_it_fetched_and_only_its_latest_state(uri: str, corpus: Path, register: Callable[..., Source]) -> None:
    register(corpus, keep_originals=True)
    flows.capture("handbook", root=uri)
    root = open_root(uri)
    principals.put_in_force(root, PEOPLE)
    held = originals.packed(root, "handbook")
    assert len(held) == 4
    flows.capture("handbook", root=uri)
    assert originals.packed(root, "handbook") == held
    write(corpus / "garden.md", LICENCE + "# Garden\n\nAnother garden altogether, with other beds and paths.\n" * 3, 1_800_000_000)
    flows.capture("handbook", root=uri)
    assert len(originals.packed(root, "handbook")) == 4 and len(originals.packed(root, "handbook") - held) == 1
    doc_id = next(iter(originals.packed(root, "handbook") - held))[0]
    found = disclose(uri, doc_id, "dana")
    assert found.raw == (corpus / "garden.md").read_bytes() and found.source == "handbook"


def test_a_source_that_is_told_to_keep_originals_later_keeps_those_that_are_there(
    uri: str, corpus: Path, register: Callable[..., Source]
) -> None:
    register(corpus)
    captured = flows.capture("handbook", root=uri)
    assert originals.packed(open_root(uri), "handbook") == set()
    register(corpus, keep_originals=True)
    again = flows.capture("handbook", root=uri)
    assert len(originals.packed(open_root(uri), "handbook")) == 4 and again.actions == captured.actions


def test_an_original_is_given_to_who_answers_for_the_source_and_is_cleared(
    uri: str, corpus: Path, register: Callable[..., Source]
) -> None:
    register(corpus, keep_originals=True, classification="confidential")
    flows.capture("handbook", root=uri)
    root = open_root(uri)
    principals.put_in_force(root, PEOPLE)
    doc_id = min(originals.packed(root, "handbook"))[0]
    assert disclose(uri, doc_id, "dana").raw
    with pytest.raises(Forbidden, match="robin"):
        disclose(uri, doc_id, "robin")
    said = [each for each in root.ledger.since(0) if each.kind == "original.given"]
    assert [(each.actor, each.subjects, each.outputs) for each in said] == [("dana", ("source:handbook",), (f"document:{doc_id}",))]
    assert recipients_of(root, [], [doc_id]) == ("user:dana",)
    principals.put_in_force(root, PEOPLE.replace("confidential", "internal"))
    with pytest.raises(Forbidden, match="cleared"):
        disclose(uri, doc_id, "dana")


def test_a_source_that_is_erased_whole_loses_its_key_and_originals_that_no_capture_names(
    uri: str, corpus: Path, register: Callable[..., Source]
) -> None:
    quick(uri)
    register(corpus, keep_originals=True)
    flows.capture("handbook", root=uri)
    root = open_root(uri)
    Packs(root.objects).write("handbook", [Original(IDS[0], "text/plain", body(0))], root.keychain.source_key("handbook"))
    asked = request_erasure(uri, Selector(source="handbook"), "contract ended", "dana")
    receipt = flows.erase(asked.id, root=uri)
    assert receipt.proven and receipt.documents == 4, receipt.checks
    assert list(root.stored.list("originals/")) == []
    with pytest.raises(NotFound, match="shredded"):
        Root(uri).keychain.source_key("handbook")
