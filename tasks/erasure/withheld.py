"""What is not served any more although it is still kept: in force the moment that it is written, long before anything is rewritten."""

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.source import Record
from muniment.store.root import Root, open_root

_FOLDER = "withheld/"


class Withheld(Record):
    """Documents by id, sources, or both, that one request or one steward keeps from being served."""

    documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Unserved(Record):
    """All that is withheld."""

    documents: frozenset[str]
    sources: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.documents or self.sources)

    @property
    def ids(self) -> pa.Array:
        """The documents, by id."""
        return pa.array(sorted(self.documents), pa.string())

    def among(self, table: pa.Table) -> pa.ChunkedArray:
        """Which rows of a table with `doc_id`, and where there is one `source_id`, are withheld."""
        hit = pc.is_in(table["doc_id"], value_set=self.ids)
        if "source_id" in table.column_names:
            of_source = pc.is_in(table["source_id"].cast(pa.string()), value_set=pa.array(sorted(self.sources), pa.string()))
            hit = pc.or_(hit, of_source)
        return hit

    def out_of(self, table: pa.Table) -> pa.Table:
        """The rows that may be served."""
        return table.filter(pc.invert(self.among(table))) if self else table


def withhold(root: Root, name: str, documents: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> None:
    """Stop serving documents or sources, under a name by which that can be ended; what the name withheld before is replaced."""
    root.manifests.keep(_key(name), Withheld(documents=documents, sources=sources))


def release(root: Root, name: str) -> None:
    """Serve again what is still kept of what was withheld under this name."""
    root.objects.delete(_key(name))


def unserved(root: Root) -> Unserved:
    """All that is withheld now."""
    held = [_read(root.uri, *each) for each in _tagged(root)]
    return Unserved(
        documents=frozenset(doc_id for each in held for doc_id in each.documents),
        sources=frozenset(source for each in held for source in each.sources),
    )


def _tagged(root: Root) -> list[tuple[str, str]]:
    return [(key, root.objects.read_tagged(key)[1]) for key in sorted(root.objects.list(_FOLDER))]


@lru_cache(maxsize=64)
def _read(uri: str, key: str, tag: str) -> Withheld:
    """Cached by the tag, which changes with what is withheld."""
    return open_root(uri).manifests.record(key, Withheld)


def _key(name: str) -> str:
    return f"{_FOLDER}{name}.json"
