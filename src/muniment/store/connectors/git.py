"""Files of a local git repository at HEAD, read from its objects: no checkout, no hooks, no git program."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from stat import S_ISREG

from dulwich.diff_tree import tree_changes
from dulwich.errors import NotGitRepository
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.repo import Repo

from muniment.errors import SourceUnavailable
from muniment.schemas.source import Source
from muniment.store.connectors.documents import documents
from muniment.store.connectors.item import Entry, Item, Reading
from muniment.store.connectors.selection import capped, wanted
from muniment.store.connectors.tree import refuse

_MAX_HISTORY = 2_000  # commits that are searched for the last change of a file


class GitConnector:
    """An entry a blob of HEAD, whose id is its fingerprint. Links and submodules hold no document and are left out."""

    name = "git"
    version = "1"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._project = Path(source.location).absolute().name.removesuffix(".git")

    def list(self) -> Iterator[Entry]:
        """Selected files of HEAD, sorted by path; raises `SourceUnavailable` where there is no repository or no commit."""
        chosen, store = wanted(self._source.select), self._repository.object_store
        found = (
            each
            for each in iter_tree_contents(store, self._head.tree)
            if each.path and each.mode and each.sha and S_ISREG(each.mode)
        )
        named = ((each.path.decode("utf-8", "backslashreplace"), each.sha) for each in found if each.path and each.sha)
        entries = [Entry(path, sha.decode(), store[sha].raw_length()) for path, sha in named if chosen(path)]
        return capped(sorted(entries), self._source.select, lambda entry: "")

    def read(self, entry: Entry) -> Iterator[Reading]:
        """Documents of one blob; `modified` is the time of the last commit that changed the path, if it is among the newest."""
        if entry.key.startswith("/") or ".." in entry.key.split("/"):
            yield refuse("PATH_TRAVERSAL")
            return
        try:
            blob = self._repository.object_store[ObjectID(entry.fingerprint.encode())]
        except (KeyError, ValueError, AssertionError):
            yield refuse("VANISHED")
            return
        raw = blob.data if isinstance(blob, Blob) else b""
        facts = Item(entry.key, entry.key, "", b"", modified=self._changed.get(entry.key), project=self._project)
        yield from documents(BytesIO(raw), facts, self._source)

    @cached_property
    def _repository(self) -> Repo:
        try:
            return Repo(self._source.location)
        except (NotGitRepository, FileNotFoundError):
            raise SourceUnavailable(
                f"There is no git repository at {self._source.location}.", "Clone it there, or correct the location."
            ) from None

    @cached_property
    def _head(self) -> Commit:
        try:
            head = self._repository[self._repository.head()]
        except KeyError:
            head = None
        if not isinstance(head, Commit):
            raise SourceUnavailable(f"The repository {self._project} has no commit at HEAD.", "Commit or check out a branch first.")
        return head

    @cached_property
    def _changed(self) -> dict[str, datetime]:
        """When each path was last changed, newest commits first; merges are judged against their first parent."""
        changed: dict[str, datetime] = {}
        store = self._repository.object_store
        for step in self._repository.get_walker(max_entries=_MAX_HISTORY):
            commit = step.commit
            parent = store[commit.parents[0]] if commit.parents and commit.parents[0] in store else None
            before = parent.tree if isinstance(parent, Commit) else None
            moment = datetime.fromtimestamp(commit.commit_time, UTC)
            for change in tree_changes(store, before, commit.tree):
                if change.new and change.new.path:
                    changed.setdefault(change.new.path.decode("utf-8", "backslashreplace"), moment)
        return changed
