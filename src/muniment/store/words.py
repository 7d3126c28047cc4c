"""Words of texts by tantivy's analysers: lower case, without accents, stemmed by the language of the text; and the file that keeps them.

Scripts without spaces become single characters and pairs of neighbours, as Chinese, Japanese, Korean and Thai retrieval does. A text
without a language, or with one that has no stemmer, is read as English: a query is read the same way, so that words still meet.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import tantivy

from muniment.errors import Corrupt

_LONGEST = 80  # bytes of a word; longer ones are encoded data
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
STEMMERS = tuple(sorted(set(_STEMMERS.values())))
# Han, kana, Hangul; Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]+|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+"
)


def stemmer(language: str | None) -> str:
    """The stemmer that words of this language (ISO 639-1, or null) go through."""
    return _STEMMERS.get(language or "", "english")


def words(texts: Iterable[str], stemmers: Iterable[str]) -> list[list[str]]:
    """Words of each text, in their order, by the stemmer of each; no character of a text has a special meaning."""
    return [_analyser(name).analyze(_apart(text)) for text, name in zip(texts, stemmers, strict=True)]


def asked(query: str, stemmers: Sequence[str]) -> list[list[str]]:
    """Words of a query, in its order, as each of these stemmers reads texts."""
    return [words([query], [name])[0] for name in stemmers]


def encoded(postings: pa.Table) -> bytes:
    """The file of postings: Parquet, without statistics or a dictionary that could outlive a row. Equal tables give equal bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        postings.replace_schema_metadata(None).combine_chunks(),
        sink,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
        store_schema=False,
        column_encoding={"positions.list.element": "DELTA_BINARY_PACKED", "term": "DELTA_BYTE_ARRAY"},
        write_page_checksum=True,
    )
    payload: bytes = sink.getvalue().to_pybytes()
    return payload


def decoded(payload: bytes, schema: pa.Schema) -> pa.Table:
    """The postings of a file; raises `Corrupt`."""
    try:
        return pq.read_table(pa.BufferReader(payload), page_checksum_verification=True).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, ValueError):
        raise Corrupt("A file of words cannot be read.", "Rebuild the index: `muniment index build`.") from None


def _apart(text: str) -> str:
    """The text with runs of a script without spaces as single characters and pairs."""
    return text if text.isascii() else _UNSPACED.sub(_grams, text)


def _grams(run: re.Match[str]) -> str:
    signs = run[0]
    return f" {' '.join(signs)} {' '.join(first + second for first, second in pairwise(signs))} "


@cache
def _analyser(name: str) -> tantivy.TextAnalyzer:
    steps = (
        tantivy.Filter.remove_long(_LONGEST),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer(name),
    )
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in steps:
        builder = builder.filter(step)
    return builder.build()
