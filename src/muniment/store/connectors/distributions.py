"""Files of installed Python distributions, with the licence that each distribution declares (core metadata, PEP 566 and 639)."""

import csv
import os
import re
import sysconfig
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import HeaderParser
from functools import cached_property
from importlib.metadata import Distribution, distributions

from muniment.errors import InvalidRecord
from muniment.schemas.source import Source
from muniment.store.connectors.documents import whole
from muniment.store.connectors.item import Entry, Item, Reading
from muniment.store.connectors.media import HEAD, media_type
from muniment.store.connectors.selection import capped, wanted
from muniment.store.connectors.tree import Tree, entry_of

_HEADERS = HeaderParser()
_SEPARATORS = re.compile("[-_.]+")
_STANDARD_LIBRARY = "python"
_LIBRARY_ELSEWHERE = re.compile(r"(?:.*/)?__pycache__/.*|(?:site|dist)-packages/.*", re.DOTALL)


class DistributionsConnector:
    """An entry a file that a distribution's RECORD names, keyed `project/path`, so that a project's files stand together.

    The location is a folder of installed distributions, `site-packages` for this interpreter's, or `stdlib` for its standard
    library. Compiled bytecode and what RECORD places outside the folder (scripts) are no part of it.
    """

    name = "distributions"
    version = "1"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._standard = source.location == "stdlib"
        paths = {"stdlib": sysconfig.get_path("stdlib"), "site-packages": sysconfig.get_path("purelib")}
        self._tree = Tree(paths.get(source.location, source.location))

    def list(self) -> Iterator[Entry]:
        """Selected files, sorted by project and path; a file that two distributions claim belongs to the first."""
        found = self._library() if self._standard else self._installed()
        return capped(sorted(found), self._source.select, lambda entry: entry.key.partition("/")[0])

    def read(self, entry: Entry) -> Iterator[Reading]:
        """The file as one document."""
        project, _, path = entry.key.partition("/")
        limit = self._source.select.max_bytes
        try:
            with self._tree.open(entry._replace(key=path)) as stream:
                kind = media_type(path, stream.read(HEAD))
                stream.seek(0)
                modified = datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC)
                facts = Item(entry.key, path, kind, b"", None, modified, project, self._licence(project))
                yield whole(stream, facts, kind, limit)
        except InvalidRecord as refusal:
            yield refusal

    def _library(self) -> Iterator[Entry]:
        chosen = wanted(self._source.select)
        for entry in self._tree.entries(lambda path: not _LIBRARY_ELSEWHERE.fullmatch(path) and chosen(path)):
            yield entry._replace(key=f"{_STANDARD_LIBRARY}/{entry.key}")

    def _installed(self) -> Iterator[Entry]:
        self._tree.require()
        chosen, taken, root = wanted(self._source.select), set(), str(self._tree.root)
        for project, (distribution, _) in self._distributions.items():
            for path in filter(chosen, _files(distribution)):
                if path in taken or path.startswith("/") or path.endswith(".pyc") or ".." in path.split("/"):
                    continue
                try:
                    status = os.stat(f"{root}/{path}")
                except OSError:  # RECORD names what is no longer there
                    continue
                taken.add(path)
                yield entry_of(f"{project}/{path}", status)

    @cached_property
    def _distributions(self) -> dict[str, tuple[Distribution, Message]]:
        """Distributions and their metadata by normalised name (PEP 503), sorted."""
        if self._standard:
            return {}
        read = ((each, _metadata(each)) for each in distributions(path=[str(self._tree.root)]))
        named = {_SEPARATORS.sub("-", metadata["Name"]).lower(): (each, metadata) for each, metadata in read if metadata["Name"]}
        return dict(sorted(named.items()))

    def _licence(self, project: str) -> str | None:
        held = self._distributions.get(project)
        return declared_licence(held[1]) if held else None


def declared_licence(metadata: Message) -> str | None:
    """What core metadata says, verbatim: `License-Expression`, else `License`, else the licence classifiers, one a line."""
    for field in ("License-Expression", "License"):
        value = str(metadata.get(field) or "").strip()
        if value and value.upper() != "UNKNOWN":
            return value
    return "\n".join(each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")) or None


def _metadata(distribution: Distribution) -> Message:
    return _HEADERS.parsestr(distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or "")


def _files(distribution: Distribution) -> Iterator[str]:
    """Paths that RECORD names; older formats are left to importlib, which is far slower."""
    record = distribution.read_text("RECORD")
    if record is None:
        return (file.as_posix() for file in distribution.files or ())
    return (row[0] for row in csv.reader(record.splitlines()) if row)
