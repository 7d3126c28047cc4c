"""A folder that is read without ever leaving it: no link is followed, and nothing but regular files is opened."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from muniment.errors import InvalidRecord, SourceUnavailable
from muniment.store.connectors.item import Entry

_REFUSED = "refused:"
_REASONS = {
    "SYMLINK_ESCAPE": ("The link leads out of the source's folder.", "Copy the file in, or register its folder as a source."),
    "BROKEN_LINK": ("The link leads nowhere.", "Remove it at the source."),
    "SPECIAL_FILE": ("This is a device, socket or pipe.", "Exclude it from the source."),
    "BAD_NAME": ("The file's name is not UTF-8.", "Rename it at the source."),
    "UNREADABLE": ("There is no permission to read this.", "Grant the service read access, or exclude it."),
    "PATH_TRAVERSAL": ("The path leads out of the source's folder.", "Check where the listing comes from."),
    "VANISHED": ("The file is no longer there.", "Capture again."),
}


def refuse(reason: str) -> InvalidRecord:
    """The refusal of one file for one of this module's reasons."""
    return InvalidRecord(reason, *_REASONS[reason])


class Tree:
    """The files below a folder, by relative POSIX path. A location that is a file is a tree of that file alone."""

    def __init__(self, location: str) -> None:
        path = Path(location).expanduser().absolute()
        self.only = path.name if path.is_file() else None
        self.root = path.parent if self.only else path

    def entries(self, wanted: Callable[[str], bool]) -> list[Entry]:
        """Entries of all wanted files, sorted; what may not be read is listed with its refusal. Raises `SourceUnavailable`."""
        self.require()
        if self.only:
            return [entry_of(self.only, (self.root / self.only).stat())]
        home = os.path.realpath(self.root)
        return sorted(entry for entry in _walk(str(self.root), home) if wanted(entry.key))

    def require(self) -> None:
        """Raise `SourceUnavailable` when the location is not there."""
        if not self.root.is_dir():
            raise self._unavailable()

    def open(self, entry: Entry) -> BinaryIO:
        """The file's bytes as a stream.

        Each folder on the way is opened without following links, so that nobody can swap one in meanwhile.
        Raises `InvalidRecord` with a reason of this module; `SourceUnavailable` when the whole location is gone.
        """
        if entry.fingerprint.startswith(_REFUSED):
            raise refuse(entry.fingerprint.removeprefix(_REFUSED))
        parts = PurePosixPath(entry.key).parts
        if not parts or entry.key.startswith("/") or ".." in parts or "\0" in entry.key:
            raise refuse("PATH_TRAVERSAL")
        try:
            descriptor = self._descend(parts)
        except FileNotFoundError:
            raise (refuse("VANISHED") if self.root.is_dir() else self._unavailable()) from None
        except PermissionError:
            raise refuse("UNREADABLE") from None
        except OSError:  # a link (ELOOP) or a file (ENOTDIR) where a folder was listed
            raise refuse("SYMLINK_ESCAPE") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise refuse("SPECIAL_FILE")
        return os.fdopen(descriptor, "rb")

    def _descend(self, parts: tuple[str, ...]) -> int:
        careful = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        with ExitStack() as folders:
            at = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            folders.callback(os.close, at)
            for part in parts[:-1]:
                at = os.open(part, careful | os.O_DIRECTORY, dir_fd=at)
                folders.callback(os.close, at)
            return os.open(parts[-1], careful | os.O_NONBLOCK, dir_fd=at)

    def _unavailable(self) -> SourceUnavailable:
        return SourceUnavailable(f"The location {self.root} is not there.", "Mount it or correct the source's location.")


def entry_of(key: str, status: os.stat_result) -> Entry:
    """The entry of a regular file: size and modification time are its fingerprint."""
    return Entry(key, f"{status.st_size}-{status.st_mtime_ns}", status.st_size)


def _walk(root: str, home: str) -> Iterator[Entry]:
    """Entries below `root`, in no order; a stack, not recursion, since a hostile tree is deep."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            with os.scandir(f"{root}/{prefix}") as found:
                listed = list(found)
        except OSError:
            yield _refused(prefix.rstrip("/") or ".", "UNREADABLE")
            continue
        for each in listed:
            name = each.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            if name != each.name:
                yield _refused(prefix + name, "BAD_NAME")
            elif each.is_dir(follow_symlinks=False):
                waiting.append(f"{prefix}{name}/")
            else:
                yield from _file(each, prefix + name, home)


def _file(each: "os.DirEntry[str]", key: str, home: str) -> Iterator[Entry]:
    try:
        if each.is_symlink():
            yield from _link(each.path, key, home)
        elif each.is_file():
            yield entry_of(key, each.stat())
        else:
            yield _refused(key, "SPECIAL_FILE")
    except OSError:
        yield _refused(key, "UNREADABLE")


def _link(path: str, key: str, home: str) -> Iterator[Entry]:
    """A link within the tree gives nothing: what it leads to is listed, or excluded, under its own name."""
    target = os.path.realpath(path)
    if target != home and not target.startswith(home + os.sep):
        yield _refused(key, "SYMLINK_ESCAPE")
    elif not os.path.exists(target):
        yield _refused(key, "BROKEN_LINK")


def _refused(key: str, reason: str) -> Entry:
    return Entry(key, _REFUSED + reason, 0)
