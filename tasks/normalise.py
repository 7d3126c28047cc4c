"""Items from a connector become rows of documents: extracted, normalised, named; or set aside with the reason."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from muniment.core import extraction, normal_form
from muniment.core.extraction import extract, rights_headers
from muniment.core.normal_form import normalise
from muniment.errors import InvalidRecord
from muniment.schemas.canonical import sha256
from muniment.schemas.document import DOCUMENT, SET_ASIDE
from muniment.schemas.source import Source
from muniment.store.connectors.item import Item
from muniment.tasks.tombstones.barred import Barred

NORMALISER = f"extraction@{extraction.VERSION}+text@{normal_form.VERSION}"
SHARD_ROWS, SHARD_BYTES = 50_000, 16 << 20


class Rows:
    """Collects documents until a shard is full. Two items with one native key: the second is set aside. What was erased, by name or
    content, is only counted."""

    def __init__(self, source: Source, connector: str, name: Callable[[str], str], barred: Barred) -> None:
        self._source, self._connector, self._name, self._barred = source, connector, name, barred
        self._seen: set[str] = set()
        self._bytes = 0
        self.documents: list[dict[str, Any]] = []
        self.set_aside: list[dict[str, Any]] = []
        self.erased = 0

    @property
    def full(self) -> bool:
        """Whether a shard's worth of documents is held."""
        return len(self.documents) >= SHARD_ROWS or self._bytes >= SHARD_BYTES

    def add(self, entry: str, item: Item | InvalidRecord) -> None:
        """Take one item in, or set it aside."""
        try:
            if isinstance(item, InvalidRecord):
                raise item
            self._take(entry, item)
        except InvalidRecord as refusal:
            native = None if isinstance(item, InvalidRecord) else item.native_key
            self.set_aside.append(
                {
                    "source_id": self._source.id,
                    "entry": entry,
                    "native_key": native,
                    "reason": refusal.reason,
                    "detail": str(refusal),
                }
            )

    def flush(self) -> pa.Table:
        """The held documents as a shard's table, sorted by id; nothing is held afterwards."""
        table = pa.Table.from_pylist(self.documents, DOCUMENT).sort_by("doc_id")
        self.documents, self._bytes = [], 0
        return table

    def set_aside_table(self) -> pa.Table:
        """Everything that was set aside."""
        return pa.Table.from_pylist(self.set_aside, SET_ASIDE)

    def _take(self, entry: str, item: Item) -> None:
        doc_id = self._name(item.native_key)
        if self._barred.key(doc_id):
            self.erased += 1
            return
        if doc_id in self._seen:
            raise InvalidRecord(
                "DUPLICATE_KEY", "Another record of this source has the same key.", "Map a key column that is unique."
            )
        row = self._row(entry, item)
        if self._barred.content(self._source.id, doc_id, {row["raw_hash"], row["text_hash"]}):
            self.erased += 1
            return
        self._seen.add(doc_id)
        self.documents.append({"doc_id": doc_id, **row})
        self._bytes += len(row["text"])

    def _row(self, entry: str, item: Item) -> dict[str, Any]:
        limit = self._source.select.max_bytes
        if len(item.raw) > limit:
            raise InvalidRecord(
                "TOO_LARGE",
                f"The record has {len(item.raw)} bytes, the source allows {limit}.",
                "Raise select.max_bytes if it is wanted.",
            )
        extracted = extract(item.raw, item.media_type, item.path)
        text, transforms = normalise(extracted.text)
        return {
            "source_id": self._source.id,
            "native_key": item.native_key,
            "entry": entry,
            "path": item.path,
            "title": item.title or extracted.title,
            "media_type": item.media_type,
            "modified": item.modified or extracted.modified,
            "byte_size": len(item.raw),
            "raw_hash": sha256(item.raw),
            "connector": self._connector,
            "project": item.project,
            "declared_licence": item.declared_licence,
            "acl": list(item.acl) if item.acl is not None else None,
            "notices": _notices(extracted.notices, item),
            "transforms": [*extracted.transforms, *transforms],
            "text_hash": sha256(text.encode()),
            "text": text,
        }


def _notices(of_page: str | None, item: Item) -> str | None:
    """What the page says of rights, then what the headers say that it came with."""
    of_headers = rights_headers(item.headers) if item.headers else None
    return "\n".join(filter(None, [of_page, of_headers])) or None
