"""What was changed of who may read: a log of numbered records, in force for every index the moment that a record is written.

A reader asks for one key a search: whether the next number is there. A change is one conditional write.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from muniment.core.standing import Layers, folded
from muniment.schemas.access import Change
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root

_FOLDER = "access/"
_READERS = 16


@dataclass(frozen=True)
class Changed:
    """All that was changed, up to a number."""

    number: int = 0
    sources: dict[str, Layers] = field(default_factory=dict)
    documents: dict[str, Layers] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sources or self.documents)

    def about(self, source: str, doc_id: str = "") -> tuple[Any, ...]:
        """Layers over a source, or one of its documents, in the order in which they are laid."""
        of_source, of_document = self.sources.get(source, Layers()), self.documents.get(doc_id, Layers())
        return (*of_source, *of_document)


_known: dict[str, Changed] = {}


def changed(root: Root) -> Changed:
    """All that is changed now."""
    held = _known.get(root.uri, Changed())
    if not root.objects.exists(_key(held.number + 1)):
        return held
    new = list(_read(root, range(held.number + 1, _last(root, held.number + 1) + 1)))
    after = Changed(held.number + len(new), folded(held.sources, new, "sources"), folded(held.documents, new, "documents"))
    _known[root.uri] = after
    return after


def changes(root: Root) -> list[Change]:
    """Every change, the first one first."""
    return list(_read(root, range(1, changed(root).number + 1)))


def write(root: Root, fields: dict[str, Any], actor: str) -> Change:
    """Put a change in force, and enter it in the ledger."""
    number = changed(root).number + 1
    if number > 1:
        _enter(root, next(_read(root, range(number - 1, number))))  # of one whose writer was killed
    while True:
        made = Change(**fields, number=number, actor=actor, at=datetime.now(UTC))
        if root.objects.put(_key(number), canonical_json(made)):
            break
        number += 1
    changed(root)
    _enter(root, made)
    return made


def forget(root: Root, documents: Iterable[str]) -> int:
    """Take erased documents out of every change; gives how many changes named one."""
    gone, touched = frozenset(documents), 0
    for change in changes(root):
        kept = tuple(each for each in change.documents if each not in gone)
        if kept != change.documents:
            reason = change.reason if kept or change.sources else ""
            after = change.model_copy(update={"documents": kept, "reason": reason})
            root.manifests.keep(_key(change.number), after)
            _enter(root, after, "ERASED")
            touched += 1
    return touched


def enter_all(root: Root) -> int:
    """Enter every change that the ledger does not know, or knows otherwise: those that a restore carried over. Gives how many."""
    _known.pop(root.uri, None)
    told = {int(row["number"]): row["record"] for row in root.lineage.sql(_TOLD).to_pylist()}
    new = [each for each in changes(root) if told.get(each.number) != digest(each)]
    for each in new:
        _enter(root, each, "RESTORED")
    return len(new)


_TOLD = """
    SELECT a.id AS number, r.id AS record FROM entries e
    JOIN links a ON a.sequence = e.sequence AND a.type = 'access' JOIN links r ON r.sequence = e.sequence AND r.type = 'record'
    WHERE e.kind = 'access.changed' ORDER BY e.sequence
"""


def _enter(root: Root, change: Change, why: str = "") -> None:
    """The reason is a person's words: the ledger holds the digest of the record that has it."""
    name = digest(change)
    root.record(
        Draft(
            kind=EntryKind.ACCESS_CHANGED,
            actor=change.actor,
            key=f"{change.number}={name[:20]}" if why else str(change.number),
            subjects=tuple(f"source:{each}" for each in change.sources),
            outputs=(f"access:{change.number}", f"record:{name}"),
            counts={"documents": len(change.documents)},
            reasons=(why or change.via.upper(), "EXACT" if change.exact else "NARROWED"),
        )
    )


def _last(root: Root, known: int) -> int:
    """The last number, by galloping search from one that is there: the numbers have no gaps."""
    low, step = known, 1
    while root.objects.exists(_key(low + step)):
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if root.objects.exists(_key(middle)) else (low, middle)
    return low


def _read(root: Root, numbers: Sequence[int]) -> Iterator[Change]:
    if not root.uri.startswith("s3://"):
        yield from (root.manifests.record(_key(number), Change) for number in numbers)
        return
    with ThreadPoolExecutor(_READERS) as pool:
        yield from pool.map(lambda number: root.manifests.record(_key(number), Change), numbers)


def _key(number: int) -> str:
    return f"{_FOLDER}{number:020d}.json"
