"""What a sample of a structured source says about each of its columns: kept with a capture, or only shown."""

import logging
from importlib import import_module
from pathlib import Path

from muniment.core import columns
from muniment.core.detector import Detector
from muniment.errors import MunimentError, NotFound
from muniment.policies.columns import column_names
from muniment.policies.personal import Personal
from muniment.schemas.canonical import digest
from muniment.schemas.evidence import COLUMN
from muniment.schemas.review import Section
from muniment.schemas.source import Kind, Record, Source
from muniment.schemas.stored import Stored
from muniment.store.connectors import connect
from muniment.store.connectors.item import Entry
from muniment.store.connectors.samples import sample, structured
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.derive import Finished, frame
from muniment.tasks.step import report

logger = logging.getLogger(__name__)

LIKELY, POSSIBLE = 0.5, 0.25  # scores from which a person is told so; what happens is the policy's
SEEN = ("Column", "Type", "Used as", "Likely personal", "Share", "Score", "Why")


class Column(Record):
    """One column of a source: a row of COLUMN without what is the same for all."""

    column: str
    arrow_type: str
    uses: tuple[str, ...]
    looked_at: int
    distinct: int
    type: str | None
    share: float
    name_score: float
    quasi: str | None
    score: float
    why: str


def profile(root: Root, source: Source, listed: list[Entry]) -> Stored | None:
    """The columns of what a source lists, as an object of schema COLUMN; recalled while nothing of it changed. None for a source
    without structured files, and where the look failed: then policy holds what it has a rule about columns for."""
    entries = structured(source, listed)
    if not entries:
        return root.lake.write(COLUMN.empty_table(), COLUMN) if source.kind is Kind.TABLE else None
    made, lexicon = _detector(policies.current(root).personal), column_names()
    said = source.model_dump(mode="json", include={"id", "kind", "location", "select", "columns"})
    key = digest([said, [tuple(each) for each in entries], columns.VERSION, made.digest, lexicon.digest])
    known = root.work.recall("columns", key, Finished)
    if known and root.lake.exists(known.output):
        return known.output
    report("columns", 0, 0)
    try:
        found = columns.profile(sample(source, entries), made, lexicon, source.id)
    except MunimentError:
        raise
    except Exception as error:  # noqa: BLE001 – hostile values must not stop the night, and never pass silently
        logger.error("the columns of source %s could not be looked at: %s", source.id, type(error).__name__)
        return None
    stored = root.lake.write(found, COLUMN)
    root.work.keep("columns", key, Finished(output=stored))
    return stored


def look(uri: str, subject: str) -> list[Column]:
    """The columns of a registered source, or of a file or folder; nothing is captured or kept. Raises `NotFound`, `RegistryError`."""
    path = Path(subject)
    if path.exists():
        kind = Kind.TABLE if path.is_file() else Kind.FOLDER
        source = Source(id="file", kind=kind, location=str(path.resolve()), owner="-", steward="-")
        made = _detector(Personal())
    else:
        root = open_root(uri)
        source, made = root.registry.get(subject), _detector(policies.current(root).personal)
    entries = structured(source, list(connect(source).list()))
    if not entries:
        raise NotFound(f"{subject} has no structured files.", "Columns are looked at in Parquet, JSON, JSON Lines and CSV.")
    table = columns.profile(sample(source, entries), made, column_names(), source.id)
    return [Column.model_validate(row) for row in table.drop_columns(["source_id", "detector"]).to_pylist()]


def section(root: Root, source: Source, stored: Stored | None) -> Section | None:
    """What a steward reads about columns, the likeliest first; None for a source that is not structured."""
    if stored is None:
        note = "The columns could not be looked at, so nothing is known about them. Capture again; the log names the error."
        return Section(title="Columns", columns=(), rows=(), note=note) if source.kind is Kind.TABLE else None
    found = [Column.model_validate(row) for row in frame(root.lake.read(stored, COLUMN)).drop("source_id", "detector").to_dicts()]
    carried = [each for each in found if each.score >= LIKELY and set(each.uses) - {"text", "filter"}]
    note = "Looked at in a sample; values are not kept. Columns that are not used are dropped: nothing of them is captured."
    if carried:
        kinds = "; ".join(f"`{each.column}` as {' and '.join(each.uses)}" for each in carried)
        note = f"**Likely personal and taken along outside of the text, where no detector looks: {kinds}.** {note}"
    return Section(title="Columns", columns=SEEN, rows=tuple(shown(found)), note=note)


def shown(found: list[Column], unused: str = "dropped") -> list[tuple[str, ...]]:
    """Rows for people, the likeliest first."""
    ranked = sorted(found, key=lambda each: -each.score)
    return [
        (
            f"`{each.column}`",
            each.arrow_type,
            ", ".join(each.uses) or unused,
            _likely(each),
            f"{each.share:.0%}",
            f"{each.score:.2f}",
            each.why,
        )
        for each in ranked
    ]


def _likely(column: Column) -> str:
    if column.score < POSSIBLE:
        return column.quasi or "no"
    what = ", ".join(filter(None, (column.type, column.quasi)))
    return f"{'likely' if column.score >= LIKELY else 'possible'}: {what}"


def _detector(personal: Personal) -> Detector:
    # The hashes of what is found are not kept, so no key of the root is needed for them.
    made: Detector = import_module("muniment.core.personal").detector(b"columns", personal.recogniser, personal.without)
    return made
