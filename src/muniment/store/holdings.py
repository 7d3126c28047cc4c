"""Which objects can hold rows about a document: for each object, the sorted first 64 bits of the ids that it names.

A projection: made for objects that have none, gone with the object, rebuilt any time. So an erasure opens the objects that hold what it
erases, and not all of them.
"""

import mmap
from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from muniment.store.objects import Objects

Starts = npt.NDArray[np.uint64]
_FOLDER = "holdings/"
_ID_LENGTH = 32


class Holdings:
    """Files `holdings/ab/<digest>.ids`: unsigned 64-bit integers, little-endian, ascending, each once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def known(self) -> set[str]:
        """Digests of the objects that were looked into."""
        return {key.rpartition("/")[2].removesuffix(".ids") for key in self._objects.list(_FOLDER)}

    def keep(self, digest: str, columns: Sequence[pa.ChunkedArray]) -> None:
        """Remember what an object's columns of ids name."""
        found = [starts(column) for column in columns]
        self._objects.put(_key(digest), np.unique(np.concatenate([np.empty(0, "<u8"), *found])).astype("<u8").tobytes())

    def forget(self, digest: str) -> None:
        """Let go of what is known about an object."""
        self._objects.delete(_key(digest))

    def candidates(self, digests: Sequence[str], doc_ids: pa.Array) -> Iterator[str]:
        """Those of the objects that may hold one of these documents: all that do, and by chance one of others."""
        wanted = np.unique(starts(pa.chunked_array([doc_ids])))
        for digest in digests if len(wanted) else ():
            held = self._starts(digest)
            place = np.searchsorted(held, wanted)
            inside = place < len(held)
            if np.any(held[place[inside]] == wanted[inside]):
                yield digest

    def _starts(self, digest: str) -> Starts:
        with self._objects.open(_key(digest)) as file:
            with suppress(OSError, ValueError):  # not a file of this machine, or an empty one
                return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), "<u8")
            return np.frombuffer(file.read(), "<u8")


def starts(ids: pa.ChunkedArray) -> Starts:
    """The first 64 bits of ids of 32 hexadecimal digits, or of citations that begin with one; what is neither is left out."""
    texts = pc.utf8_slice_codeunits(ids.combine_chunks().cast(pa.large_string()), 0, _ID_LENGTH)
    texts = texts.filter(pc.match_substring_regex(texts, "^[0-9a-f]{32}$"))
    if not len(texts):
        return np.empty(0, "<u8")
    # All are equally long and lie together: the bytes of the array are the ids, one after the other.
    first = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset]
    digits = str(memoryview(texts.buffers()[2])[first : first + _ID_LENGTH * len(texts)], "ascii")
    return np.frombuffer(bytes.fromhex(digits), ">u8")[::2].astype("<u8")


def _key(digest: str) -> str:
    return f"{_FOLDER}{digest[:2]}/{digest}.ids"
