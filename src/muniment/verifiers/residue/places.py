"""A place to look through, as files: of a folder, or of an S3 prefix with everything that a bucket keeps of it."""

import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from muniment.verifiers.residue.parts import Octets, octets


class File(NamedTuple):
    """One file, still closed. `open` gives its bytes, and raises `OSError` when it cannot be read; None: it has none, only a name.
    `attached` are bytes that hang on it: extended attributes, where a link leads, an object's metadata."""

    name: str
    size: int
    open: Any
    attached: bytes = b""
    modified: float = 0  # seconds since 1970
    key: str = ""  # what it is called in its place, where the name says more

    def read(self) -> Octets:
        """Its bytes, mapped where that can be done."""
        return octets(self.open())


def files(place: str) -> Iterator[File]:
    """Every file below a place; a folder is one too, by its name. Raises `OSError` when the place cannot be read."""
    if place.startswith("s3://"):
        from muniment.verifiers.residue import bucket  # its client takes a tenth of a second to import

        yield from bucket.files(place)
        return
    base = Path(place)
    if not base.exists() and not base.is_symlink():
        raise FileNotFoundError(2, "there is no such place")
    if not base.is_dir():
        yield _file(base, base.name)
        return
    for folder, names, found in os.walk(base, onerror=_refuse):
        names.sort()
        for name in sorted(found) + [each for each in names if (Path(folder) / each).is_symlink()]:
            path = Path(folder) / name
            yield _file(path, str(path.relative_to(base)))
        for name in names:
            path = Path(folder) / name
            yield File(f"{path.relative_to(base)}/", 0, None, _attributes(path))


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):  # a folder that went away meanwhile holds nothing
        raise error


def _file(path: Path, name: str) -> File:
    with suppress(FileNotFoundError):
        return _standing(path, name)
    return File(name, 0, None)  # it went away meanwhile


def _standing(path: Path, name: str) -> File:
    if path.is_symlink():
        return File(name, 0, None, os.readlink(path).encode("utf-8", "surrogateescape") + b"\0" + _attributes(path))
    if not path.is_file():
        return File(name, 0, None, _attributes(path))  # a pipe or a socket keeps nothing
    status = path.stat()
    return File(name, status.st_size, lambda: _mapped(path), _attributes(path), status.st_mtime)


def _mapped(path: Path) -> Any:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""


def _attributes(path: Path) -> bytes:
    """Extended attributes: names and values."""
    with suppress(OSError, AttributeError):
        names = os.listxattr(path, follow_symlinks=False)
        return b"\0".join(name.encode() + b"\0" + os.getxattr(path, name, follow_symlinks=False) for name in names)
    return b""
