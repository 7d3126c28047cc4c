"""Cheap signals of quality, as vectorised expressions: what published corpora filter by, measured and not judged here.

Rae et al. 2021 (Gopher, arXiv:2112.11446, table A1), Raffel et al. 2020 (C4, arXiv:1910.10683, section 2.2), Penedo et al. 2024
(FineWeb, arXiv:2406.17557, section 3.5). Thresholds are the policy's.
"""

from functools import partial

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.schemas.evidence import SIGNAL

VERSION = "1"

# A word: a run without white space, and each letter of the scripts that are written without spaces between words.
_WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}]|[^\s\p{Han}\p{Hiragana}\p{Katakana}]+"
_ALPHABETIC = r"[\p{Han}\p{Hiragana}\p{Katakana}]|[^\s\p{Han}\p{Hiragana}\p{Katakana}]*\p{L}[^\s\p{Han}\p{Hiragana}\p{Katakana}]*"
_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")  # Gopher's eight, English
_SHORT_LINE = 30  # code points, FineWeb
_NAMES = (
    "alphabetic_word_ratio",  # words with a letter in them; Gopher keeps ≥ 0.8
    "bullet_line_ratio",  # lines that start with a bullet; Gopher keeps ≤ 0.9
    "characters",
    "control_ratio",  # control characters other than white space, of all characters
    "digit_ratio",
    "duplicate_line_ratio",  # lines that repeat an earlier one; Gopher keeps ≤ 0.3
    "ellipsis_line_ratio",  # lines that end in an ellipsis; Gopher keeps ≤ 0.3
    "lines",  # those that hold more than white space, as in all line ratios
    "mean_word_length",  # Gopher keeps 3 to 10
    "replacement_ratio",  # U+FFFD of all characters: wrongly decoded
    "short_line_ratio",  # FineWeb keeps ≤ 0.67
    "stop_words",  # distinct ones of Gopher's eight, which keeps ≥ 2 (English)
    "symbol_ratio",  # "#" and ellipses a word; Gopher keeps ≤ 0.1
    "terminal_punctuation_ratio",  # lines that end a sentence (C4); FineWeb keeps ≥ 0.12
    "top_bigram_ratio",  # bigrams that are the most frequent one; after Gopher's, which counts characters
    "words",  # Gopher keeps 50 to 100,000
)


def detector() -> Detector:
    """Quality as SIGNAL evidence: for each document one row for each name of `_NAMES`, with its value; label is null.

    Ratios lie between 0 and 1 and are 0 where their denominator is; counts are of code points, words and lines.
    """
    settings = {"names": list(_NAMES), "short_line": _SHORT_LINE, "stop_words": list(_STOP_WORDS)}
    return Detector("quality", VERSION, ("doc_id", "text"), SIGNAL, _detect, settings)


def signals(text: pl.Series) -> pl.DataFrame:
    """The signals of n texts as a frame of n rows in their order, a column for each name."""
    frame = pl.DataFrame({"row": pl.int_range(len(text), dtype=pl.UInt32, eager=True), "text": text})
    per_text = frame.select("row", *_text_signals())
    joined = partial(pl.DataFrame.join, on="row", how="left", maintain_order="left")
    return joined(joined(per_text, _line_signals(frame)), _bigram_signals(frame)).fill_null(0.0).fill_nan(0.0).select(_NAMES)


def _detect(documents: pa.Table) -> pa.Table:
    measured = signals(pl.Series("text", pl.from_arrow(documents["text"])).cast(pl.String))
    measured.insert_column(0, pl.Series("doc_id", pl.from_arrow(documents["doc_id"])))
    rows = measured.unpivot(index="doc_id", variable_name="name").sort("doc_id", "name")
    rows = rows.select(
        "doc_id",
        pl.lit(f"quality@{VERSION}").alias("detector"),
        "name",
        pl.col("value").cast(pl.Float64),
        pl.lit(None, pl.String).alias("label"),
    )
    return rows.to_arrow().cast(SIGNAL)


def _text_signals() -> list[pl.Expr]:
    text = pl.col("text")
    characters, words = text.str.len_chars(), text.str.count_matches(_WORD)
    symbols = text.str.count_matches(r"#|…|\.\.\.")
    lower = text.str.to_lowercase()
    return [
        characters.cast(pl.Float64).alias("characters"),
        words.cast(pl.Float64).alias("words"),
        ((characters - text.str.count_matches(r"\s")) / words).alias("mean_word_length"),
        (text.str.count_matches(_ALPHABETIC) / words).alias("alphabetic_word_ratio"),
        (symbols / words).clip(0, 1).alias("symbol_ratio"),
        (text.str.count_matches(r"\p{Nd}") / characters).alias("digit_ratio"),
        (text.str.count_matches("\ufffd", literal=True) / characters).alias("replacement_ratio"),
        (text.str.count_matches(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]") / characters).alias("control_ratio"),
        pl.sum_horizontal(lower.str.contains(rf"\b{word}\b").cast(pl.Float64) for word in _STOP_WORDS).alias("stop_words"),
    ]


def _line_signals(frame: pl.DataFrame) -> pl.DataFrame:
    lines = frame.select("row", pl.col("text").str.split("\n")).explode("text").with_columns(pl.col("text").str.strip_chars())
    line, count = pl.col("text"), pl.len()
    return (
        lines.filter(line != "")
        .group_by("row")
        .agg(
            count.cast(pl.Float64).alias("lines"),
            (1 - line.n_unique() / count).alias("duplicate_line_ratio"),
            line.str.contains(r"^(?:[•‣◦▪●*-]|\d{1,3}[.)])\s").mean().alias("bullet_line_ratio"),
            line.str.contains(r"(?:…|\.\.\.)$").mean().alias("ellipsis_line_ratio"),
            line.str.contains(r"[.!?。！？][\"'”’»)]?$").mean().alias("terminal_punctuation_ratio"),
            (line.str.len_chars() <= _SHORT_LINE).mean().alias("short_line_ratio"),
        )
    )


def _bigram_signals(frame: pl.DataFrame) -> pl.DataFrame:
    words = frame.select("row", pl.col("text").str.to_lowercase().str.extract_all(_WORD)).explode("text").drop_nulls()
    hashed = words.select("row", pl.col("text").hash(seed=1).alias("word"))
    pair = (pl.col("word") * 31 + pl.col("word").shift(-1)).alias("pair")  # wraps: only equality counts
    pairs = hashed.select("row", pair).filter(pl.col("row") == hashed["row"].shift(-1))
    share = pl.col("pair").unique_counts().max() / pl.len()
    return pairs.group_by("row").agg(pl.when(pl.len() > 1).then(share).otherwise(0.0).alias("top_bigram_ratio"))
