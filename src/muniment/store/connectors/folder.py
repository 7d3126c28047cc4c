"""Files below a local folder: text, Markdown, HTML, PDF, DOCX, mail, source code, exported tickets and chats."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from muniment.errors import InvalidRecord
from muniment.schemas.source import Source
from muniment.store.connectors.documents import documents
from muniment.store.connectors.item import Entry, Item, Reading
from muniment.store.connectors.selection import capped, wanted
from muniment.store.connectors.tree import Tree


class FolderConnector:
    """An entry a file; native keys are relative POSIX paths, `path#id` for what stands inside a mailbox or an export."""

    name = "folder"
    version = "1"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tree = Tree(source.location)

    def list(self) -> Iterator[Entry]:
        """Selected files, sorted by path."""
        select = self._source.select
        return capped(self._tree.entries(wanted(select)), select, lambda entry: "")

    def read(self, entry: Entry) -> Iterator[Reading]:
        """Documents of one file."""
        try:
            stream = self._tree.open(entry)
        except InvalidRecord as refusal:
            yield refusal
            return
        with stream:
            modified = datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC)
            yield from documents(stream, Item(entry.key, entry.key, "", b"", modified=modified), self._source)
