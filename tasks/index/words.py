"""The words of passages: what the lexical side of a search reads, a file a segment."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.words.postings import POSTINGS, postings
from muniment.errors import Corrupt
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import IndexFile
from muniment.schemas.stored import Stored
from muniment.store import words
from muniment.store.root import Root

READ = ("title", "text", "language")  # what becomes words of a passage: its text, and the title of its document


def build(root: Root, chunks: Stored) -> bytes:
    """The file of an object of chunks."""
    return words.encoded(worded(root.lake.read(chunks, CHUNK, READ)))


def opened(root: Root, files: Sequence[IndexFile]) -> list[pa.Table]:
    """The postings of segments; raises `NotFound`, and `Corrupt` for a file that is not the one that its manifest names."""
    return [_opened(root, each) for each in files]


def worded(chunks: pa.Table) -> pa.Table:
    """Postings (schema `POSTINGS`) of passages with the columns `READ`."""
    names, rows = stemmers(chunks["language"])
    texts = zip(chunks["title"].to_pylist(), chunks["text"].to_pylist(), strict=True)
    return postings(words.words((f"{title}\n{text}" for title, text in texts), (names[row] for row in rows)))


def stemmers(languages: pa.ChunkedArray) -> tuple[tuple[str, ...], npt.NDArray[np.uint8]]:
    """The stemmers that these languages go through, sorted, and the number of each row's."""
    known = languages.unique().to_pylist()
    through = [words.stemmer(each) for each in known]
    names = tuple(sorted(set(through)))
    places = np.array([names.index(each) for each in through] or [0], np.uint8)
    rows = pc.index_in(languages, value_set=pa.array(known, languages.type)).to_numpy()
    return names, places[rows]


def _opened(root: Root, file: IndexFile) -> pa.Table:
    payload = root.objects.read(file.key)
    if sha256(payload) != file.digest:
        raise Corrupt("A file of words is not the one that its manifest names.", "Rebuild the index: `muniment index build`.")
    return words.decoded(payload, POSTINGS)
