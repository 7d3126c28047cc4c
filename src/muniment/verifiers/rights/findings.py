"""All that is looked at in a proof, and how each went."""

from collections.abc import Iterator
from pathlib import Path

from .agreed import agreed
from .excerpt import one_document
from .finding import Finding, Refused
from .header import Header
from .objects import in_objects
from .reading import Reading
from .signer import signer


def verify(proof: Path, key: str = "", terms: Path | None = None, objects: Path | None = None) -> list[Finding]:
    """All findings about a proof; it holds when none has failed. Never raises for what is wrong with the proof."""
    try:
        return list(_findings(proof, key.strip().lower(), terms, objects))
    except Refused as error:
        return [Finding("failed", str(error))]
    except Exception as error:  # noqa: BLE001 – whatever cannot be read holds nothing
        return [Finding("failed", f"it cannot be read: {type(error).__name__}: {error}")]


def holds(findings: list[Finding]) -> bool:
    """Whether nothing has failed."""
    return bool(findings) and all(each.state != "failed" for each in findings)


def _findings(proof: Path, key: str, terms: Path | None, objects: Path | None) -> Iterator[Finding]:
    if proof.suffix == ".json":
        yield from one_document(proof, key)
        return
    reading = Reading(proof)
    header = Header(reading.header)
    names = reading.check(header)
    yield Finding("ok", f"the root of the tree over {header.documents:,} documents, in order, each once")
    yield Finding("ok", "the tags of every document, from its licence expression and the table in the proof")
    yield Finding("ok", f"every clause of the use {header.use['name']}, for every document")
    yield from signer(header, key)
    if terms is None:
        yield Finding("unchecked", "that the licence table and the clauses are the agreed ones: give yours with --terms")
    else:
        yield from agreed(header, names, terms)
    if objects is None:
        yield Finding("unchecked", "that the documents are those of the snapshot: give its root with --objects")
    else:
        yield from in_objects(reading, header, objects)
    yield Finding("unchecked", "that each document's licence was recognised rightly, and that the contracts are told in full")
