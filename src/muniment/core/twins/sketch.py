"""A sketch of each document for near-duplicate search: MinHash (Broder 1997) with the permutations of datasketch's `affine32`
scheme, computed for a whole column at once. A shingle is five consecutive tokens of `muniment.core.tokens`.
"""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasketch import MinHash

from muniment.core.detector import Detector
from muniment.core.tokens import Array, batches, grams, plain_alphabet, tokenise
from muniment.schemas.evidence import SIGNATURE

SHINGLE, PERMUTATIONS, SEED = 5, 128, 1
_BLANKS = "[ \t\n\r\x0b\x0c\u0085\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
NAME, VERSION = "twins", "1"
LABEL = f"{NAME}@{VERSION}"


def detector() -> Detector:
    """The detector that gives each document its signature: one row of `SIGNATURE` a document.

    `exact` is the SHA-256 of the text with ASCII letters lower-cased and runs of white space made one; `sketch` holds 128 uint32,
    little-endian.
    """
    settings = {"shingle": SHINGLE, "permutations": PERMUTATIONS, "seed": SEED, "scheme": "affine32"}
    return Detector(NAME, VERSION, ("doc_id", "text"), SIGNATURE, _sign, settings)


def _sign(documents: pa.Table) -> pa.Table:
    documents = documents.select(["doc_id", "text"]).sort_by("doc_id")
    exact, counts, sketches = [], [np.empty(0, np.int32)], [np.empty((0, PERMUTATIONS), np.uint32)]
    for _, texts in batches(documents["text"]):
        tokens = tokenise(texts, plain_alphabet())
        shingles, position = grams(tokens, SHINGLE)
        exact += _exact(texts)
        counts.append(tokens.counts.astype(np.int32))
        sketches.append(_sketch(shingles, np.searchsorted(position, tokens.offsets)))
    width = pa.binary(4 * PERMUTATIONS)
    packed = pa.FixedSizeBinaryArray.from_buffers(width, len(exact), [None, pa.py_buffer(np.concatenate(sketches).astype("<u4"))])
    columns = [documents["doc_id"], pa.repeat(LABEL, len(exact)), exact, np.concatenate(counts), packed.cast(pa.binary())]
    return pa.table(columns, schema=SIGNATURE)


def _exact(texts: pa.Array) -> list[str]:
    plain = pc.utf8_trim(pc.replace_substring_regex(pc.ascii_lower(texts.fill_null("")), _BLANKS, " "), " ")
    return [hashlib.sha256(text.as_buffer()).hexdigest() for text in plain]


def _sketch(shingles: Array, offsets: Array) -> Array:
    """MinHash of each document's shingles `offsets[d]:offsets[d + 1]`, as datasketch gives for their lowest 32 bits."""
    sketch = np.full((len(offsets) - 1, PERMUTATIONS), np.iinfo(np.uint32).max, np.uint32)
    filled = np.flatnonzero(np.diff(offsets))
    if len(filled):
        hashes = _fmix32(shingles.astype(np.uint32))
        for column, (a, b) in enumerate(zip(*MinHash(PERMUTATIONS, SEED).permutations, strict=True)):
            sketch[filled, column] = np.minimum.reduceat(hashes * a + b, offsets[filled])
    return sketch


def _fmix32(values: Array) -> Array:
    """Finaliser of MurmurHash3 (32 bits), which datasketch applies before its permutations."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    mixed: Array = values ^ (values >> np.uint32(16))
    return mixed
