"""A data subject or a content in a request: hashes of a value, and the documents in which it stands although no detector said so."""

from importlib import import_module

import polars as pl
import pyarrow as pa

from muniment.core.identity import keyed_hash
from muniment.core.mentions import pattern
from muniment.core.normal_form import normalise
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.erasure import Selector
from muniment.schemas.query import QUERY
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.selection import Found, found

_WHERE = ("text", "title", "native_key", "path", "notices")


def about(root: Root, selector: Selector, kind: str, value: str) -> tuple[Selector, Found]:
    """A selector with the data subject as keyed hashes, and all that it and the value itself name; raises `NotFound`.

    A value too short to be looked for in texts counts where a detector found it.
    """
    keyed = selector.model_copy(update={"subjects": (*selector.subjects, *hashes(root, kind, value))})
    try:
        mentioned = mentioning(root, kind, value)
    except ValueError:
        mentioned = pa.array([], pa.string())
    return keyed, found(root, keyed, mentioned)


def hashes(root: Root, kind: str, value: str) -> tuple[str, ...]:
    """Keyed hashes of a value as each detector makes them: findings of it have one of these. The value itself is kept nowhere."""
    key = root.vault.key("findings")
    forms = {value.strip(), *(import_module(f"muniment.core.{name}").normal_value(kind, value) for name in ("personal", "names"))}
    return tuple(sorted(keyed_hash(key, kind, form) for form in forms))


def mentioning(root: Root, kind: str, value: str) -> pa.Array:
    """Sorted ids of kept documents, captured or promoted, in whose text, title, name or notices the value stands, and of stored queries.

    Raises `ValueError` for a value too short to be looked for.
    """
    sought, hits = pattern(kind, value), [pl.Series("doc_id", [], dtype=pl.String)]
    for digest in copies.objects(root):
        columns, _ = root.lake.columns(digest, ())
        schema = next((each for each in (DOCUMENT, PROMOTED, QUERY) if each.names == columns), None)
        if schema is not None:
            names = [name for name in _WHERE if name in columns]
            for batch in root.lake.batches(Stored(digest=digest, rows=0, bytes=0), schema, ["doc_id", *names]):
                hits.append(_hits(frame(batch), names, sought))
    return pl.concat(hits).unique().sort().to_arrow().cast(pa.string())


def _hits(rows: pl.DataFrame, names: list[str], sought: str) -> pl.Series:
    return rows.filter(pl.any_horizontal(pl.col(name).str.contains(sought) for name in names).fill_null(False))["doc_id"]


def hashes_of(payload: bytes) -> tuple[str, ...]:
    """SHA-256 of a file's bytes and, where they are plain text, of the text as a capture would keep it."""
    try:
        text, _ = normalise(payload.decode())
    except UnicodeDecodeError:
        return (sha256(payload),)
    return tuple(sorted({sha256(payload), sha256(text.encode())}))
