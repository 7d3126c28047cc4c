"""Ask whether a snapshot may be used for something: every promoted document against every clause of the use."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from muniment.core.rights.clauses import violations
from muniment.core.rights.rows import COLUMNS, rows
from muniment.errors import Corrupt
from muniment.policies.licences import Terms
from muniment.policies.uses import Use, shipped
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.rights import ALWAYS, Breach, Check, SourceTerms, Violation
from muniment.schemas.snapshot import Part, Snapshot
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import policies, rules
from muniment.tasks.corpus import leaving_out, required
from muniment.tasks.derive import frame
from muniment.tasks.rights import terms
from muniment.tasks.rights.revoke import revocations
from muniment.tasks.step import report, step


class Question(NamedTuple):
    """All that the answer depends on: the documents, the use, and what binds them now."""

    snapshot: Snapshot
    ref: str
    use: Use
    table: Terms
    sources: dict[str, SourceTerms]
    customer: str
    without: tuple[str, ...]

    @property
    def objects(self) -> list[tuple[Part, Stored]]:
        """The objects that the use takes in."""
        return [(part, shard) for part in self.snapshot.parts for shard in part.kept(self.without)]

    @property
    def present(self) -> frozenset[str]:
        """The sources of which the use takes in anything."""
        return frozenset(part.source for part, _ in self.objects)


def ask(root: Root, name: str, use: str, customer: str = "", without: tuple[str, ...] = ()) -> Question:
    """The question about a ref or snapshot, with terms and table as they are in force now; raises `NotFound`."""
    snapshot = required(root, name)
    ref, table = "" if name == snapshot.id else name, policies.current(root).rights.table()
    return Question(snapshot, ref, shipped().named(use), table, _binding(root, snapshot), customer, leaving_out(snapshot, without))


@step
def check(uri: str, name: str, use: str, customer: str = "", without: tuple[str, ...] = (), first: int = 10) -> Check:
    """Whether a ref or snapshot may be used so, with the `first` documents that violate each clause. Reads every promoted document's
    papers and no text; one row group is in memory at a time. Raises `NotFound`."""
    return answer(open_root(uri), ask(open_root(uri), name, use, customer, without), first)


def answer(root: Root, question: Question, first: int = 10) -> Check:
    """The same of a question."""
    found: dict[str, _Count] = {clause: _Count() for clause in _clauses(question)}
    violating, tags, documents = 0, Counter[str](), 0
    for table in judged(root, question, with_keys=True):
        documents += table.height
        tags.update(dict(table["tags"].explode().drop_nulls().value_counts().iter_rows()))
        bad = table.filter(pl.any_horizontal(map(_column, found)))
        violating += bad.height
        for clause, count in found.items():
            count.add(bad.filter(_column(clause)), list(found), first)
    return Check(
        snapshot=question.snapshot.id,
        revision=question.snapshot.revision,
        ref=question.ref,
        use=question.use.name,
        use_digest=question.use.digest,
        table=question.table.digest,
        customer=question.customer,
        without=question.without,
        documents=documents,
        left_out=sum(shard.rows for shard in question.snapshot.shards()) - sum(shard.rows for _, shard in question.objects),
        violating=violating,
        breaches=tuple(count.breach(clause, _why(question, clause)) for clause, count in found.items() if count.documents),
        tags=dict(sorted(tags.items())),
    )


def agreed(uri: str, of: str = "") -> dict[str, object]:
    """The licence table that is in force, or that a snapshot or ref was made under, and the uses, as plain JSON: what people who verify
    proofs can agree on beforehand."""
    root = open_root(uri)
    table = rules.table_of(root, required(root, of)) if of else policies.current(root).rights.table()
    return {
        "digest": table.digest,
        "preferred": list(table.preferred),
        "silent": sorted(set(table.unspoken)),
        "licences": {name: sorted(tags) for name, tags in table.tags_of().items()},
        "exceptions": {name: sorted(tags) for name, tags in table.adds_of().items()},
        "uses": [use.model_dump(mode="json") for use in shipped().use],
    }


def violating(root: Root, question: Question) -> Iterator[Violation]:
    """Every document that violates a clause, object by object."""
    clauses = list(_clauses(question))
    for table in judged(root, question, with_keys=True):
        yield from _told(table.filter(pl.any_horizontal(map(_column, clauses))), clauses)


def judged(root: Root, question: Question, with_keys: bool = False) -> Iterator[pl.DataFrame]:
    """Rows of the documents (see `core.rights.rows`) with a Boolean column `violates CLAUSE` for each clause, a row group at a time."""
    columns = [*COLUMNS, *(["native_key"] if with_keys else [])]
    for done, (part, shard) in enumerate(question.objects, start=1):
        for batch in root.lake.batches(shard, PROMOTED, columns):
            table = rows(frame(batch), part.layer(shard), question.table, question.sources)
            if not table["source"].is_in([part.source]).all():
                raise Corrupt(
                    f"Object {shard.digest} holds documents of another source than its part.", "Restore it from a backup."
                )
            found = violations(table, question.use, question.sources, question.present, question.customer)
            yield table.hstack(found.rename(_column))
        report("rights", done, len(question.objects))


class _Count:
    """What violates one clause, so far."""

    def __init__(self) -> None:
        self.documents = 0
        self.sources, self.licences, self.first = Counter[str](), Counter[str](), list[Violation]()

    def add(self, bad: pl.DataFrame, clauses: list[str], first: int) -> None:
        self.documents += bad.height
        self.sources.update(dict(bad["source"].value_counts().iter_rows()))
        self.licences.update(dict(bad["licence"].fill_null("").value_counts().iter_rows()))
        self.first += _told(bad.head(max(0, first - len(self.first))), clauses)

    def breach(self, clause: str, why: str) -> Breach:
        return Breach(
            clause=clause,
            why=why,
            documents=self.documents,
            sources=dict(sorted(self.sources.items())),
            licences=dict(sorted(self.licences.items())),
            first=tuple(self.first),
        )


def _told(bad: pl.DataFrame, clauses: list[str]) -> list[Violation]:
    return [
        Violation(
            doc_id=row["doc_id"],
            source=row["source"],
            native_key=row["native_key"],
            licence=row["licence"],
            clauses=tuple(clause for clause in clauses if row[_column(clause)]),
        )
        for row in bad.select("doc_id", "source", "native_key", "licence", *map(_column, clauses)).iter_rows(named=True)
    ]


def _clauses(question: Question) -> tuple[str, ...]:
    """The clauses that can be violated, those of the use first."""
    return (*(clause.about for clause in question.use.clause if clause.stance != "admitted"), *ALWAYS)


def _column(clause: str) -> str:
    """The name of the column that says which documents violate a clause."""
    return f"violates {clause}"


def _why(question: Question, clause: str) -> str:
    return ALWAYS[clause] if clause in ALWAYS else question.use.about(clause).why


def _binding(root: Root, snapshot: Snapshot) -> dict[str, SourceTerms]:
    today = datetime.now(UTC).date()
    found = {}
    for name, entry in terms.in_force(root, snapshot).items():
        revoked = tuple(sorted({each.licence for each in revocations(root, name, on=today)}))
        if binding := SourceTerms.of(entry, revoked):
            found[name] = binding
    return found
