"""Take out of texts what a policy names: what was found in them before, and what detectors find now."""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from muniment.core import redaction
from muniment.core.detector import Detector
from muniment.core.verdicts import matches
from muniment.policies.findings import FindingTest
from muniment.policies.redaction import Redaction
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.detectors import SCHEMAS, detector


class Removal(Record):
    """What is taken out, how, and under which generation of the pseudonym key (empty where there are no pseudonyms)."""

    tests: tuple[FindingTest, ...]
    how: Redaction
    key_id: str = ""


def finders(names: Sequence[str]) -> tuple[str, ...]:
    """Those of these detectors that write findings."""
    return tuple(name for name in names if SCHEMAS.get(name) is FINDING)


def key_in_use(root: Root, how: Redaction) -> str:
    """The generation of the pseudonym key that this way of redacting needs now; empty when it needs none."""
    if not how.pseudonyms:
        return ""
    first, identifier = not root.vault.generations(), root.vault.pseudonym_key_id()
    if first:
        root.record(Draft(kind=EntryKind.KEY_ROTATED, actor="muniment", key=identifier, outputs=(f"key:{identifier}",)))
    return identifier


def remove(root: Root, documents: pl.DataFrame, findings: pa.Table, removal: Removal, names: Sequence[str]) -> pl.DataFrame:
    """Texts without what was found in them, and without what the detectors `names` find when they read them again.

    documents: doc_id, text, and whatever columns of DOCUMENT the detectors read. Gives rows of `redaction.REDACTED` in their order.
    """
    found = _chosen(findings, removal.tests)
    key = root.vault.pseudonym_key(removal.key_id) if removal.key_id else b""
    beside = documents.drop("text")

    def again(texts: pa.Table) -> pa.Table:
        return _chosen(search(root, frame(texts).join(beside, on="doc_id", maintain_order="left"), names), removal.tests)

    texts = documents.select("doc_id", "text").to_arrow()
    return frame(redaction.redact(texts, found, removal.how, key, again))


def search(root: Root, documents: pl.DataFrame, names: Sequence[str]) -> pa.Table:
    """What detectors find in texts now (schema FINDING)."""
    made = [detector(root.uri, name) for name in names]
    return pa.concat_tables([FINDING.empty_table(), *(each.detect(_read_by(each, documents)).cast(FINDING) for each in made)])


def _chosen(findings: pa.Table, tests: Sequence[FindingTest]) -> pa.Table:
    hit = pl.any_horizontal([pl.lit(False), *(matches(test) for test in tests)])
    return frame(findings).filter(hit).to_arrow().cast(FINDING)


def _read_by(made: Detector, documents: pl.DataFrame) -> pa.Table:
    """The columns that a detector reads; one that is not there is empty."""
    fields = [DOCUMENT.field(name) for name in made.reads]
    missing = [pl.lit(None if field.nullable else "").alias(field.name) for field in fields if field.name not in documents.columns]
    return documents.with_columns(missing).select(made.reads).to_arrow().cast(pa.schema(fields))
