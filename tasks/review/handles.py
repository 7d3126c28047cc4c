"""Documents as evidence packs name them in the UI, and back. Prefect keeps what it is shown: it is shown no id of a document."""

from collections.abc import Iterable, Sequence
from functools import partial

from muniment.core.handles import HANDLE, concealed, handle
from muniment.schemas.capture import Judgement
from muniment.schemas.review import Pack
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root
from muniment.tasks.judge import standing


def without_ids(root: Root, pack: Pack) -> Pack:
    """A pack that names documents by their handles."""
    name = partial(handle, root.vault.key("handles"), pack.judgement)
    sections = tuple(
        each.model_copy(
            update={
                "note": concealed(each.note, name),
                "rows": tuple(tuple(concealed(cell, name) for cell in row) for row in each.rows),
            }
        )
        for each in pack.sections
    )
    return pack.model_copy(update={"sections": sections})


def resolved(root: Root, judgement: Judgement, given: Sequence[str]) -> tuple[str, ...]:
    """Ids for the handles among these names; every other name stays as it is."""
    wanted = {each for each in given if HANDLE.fullmatch(each)}
    known = dict(_handles(root, judgement, wanted)) if wanted else {}
    return tuple(known.get(each, each) for each in given)


def document_of(root: Root, name: str) -> str:
    """The id that a handle of a judgement that stands leads to; the name itself when none does."""
    if HANDLE.fullmatch(name):
        for judgement in standing(root):
            for _, doc_id in _handles(root, judgement, {name}):
                return doc_id
    return name


def _handles(root: Root, judgement: Judgement, wanted: set[str]) -> Iterable[tuple[str, str]]:
    """Handle and id. There is no table of them: an erased document's handle leads nowhere."""
    key = root.vault.key("handles")
    for each in judgement.shards:
        for doc_id in root.lake.read(each.verdicts, VERDICT, ["doc_id"])["doc_id"].to_pylist():
            if (made := handle(key, judgement.id, doc_id)) in wanted:
                yield made, doc_id
