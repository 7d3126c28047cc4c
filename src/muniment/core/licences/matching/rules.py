"""Licence rules compiled for matching: what to look for, as hashes of tokens, with an index for exact and one for near matches."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.licences.matching.exact import Exact, index_exact
from muniment.core.licences.matching.near import Near, index_near
from muniment.core.licences.matching.runs import find_all, powers, running, runs, shelves
from muniment.core.tokens import SINGLE, Array, Tokens, batches, plain_alphabet, tokenise

COMPILED = "licence-rules-4"  # names the form of what `Rules.arrays` gives: a change of it needs another name
# Words that narrow a licence: a text that is nearly a rule's, but holds one of these that the rule does not, is not that licence.
NARROWING = (
    *(
        "noncommercial",
        "commercial",
        "commerciale",
        "commerciali",
        "comercial",
        "comerciais",
        "kommerzielle",
        "kommerziellen",
        "komerciali",
    ),
    *("derivative", "derivatives", "derivs", "derivadas", "derivate", "sharealike", "alike", "academic", "research", "educational"),
    *("evaluation", "confidential", "proprietary", "internal", "personal"),
)
_PARTS = (("exact", Exact), ("near", Near))
_WORDS = ("rule", "expression", "kind")


@cache
def alphabet() -> Array:
    """As the plain alphabet, but `+` is a token (GPLv2+ is not GPLv2) and `_` separates."""
    roles = plain_alphabet().copy()
    roles[ord("+")], roles[ord("_")] = SINGLE, 0
    return roles


@dataclass(frozen=True)
class Rules:
    """`table` has one row a rule: its name, expression, kind and confidence. `exact` and `near` find the rules by row."""

    table: pl.DataFrame
    digest: str  # of the reference it was compiled from
    version: str  # of the reference, as its metadata has it
    exact: Exact
    near: Near
    narrowing: Array  # of each rule, one bit for each of the narrowing words that it holds

    @cached_property
    def rows(self) -> list[tuple[str, str, str, float]]:
        """Of each rule: its name, expression, kind and confidence."""
        return self.table.rows()

    @cached_property
    def denies(self) -> Array:
        """Of each rule, whether it says that there is no licence in its words."""
        return (self.table["expression"] == "").to_numpy()

    def arrays(self) -> dict[str, Array]:
        """All of it as plain arrays without objects, to be kept in a file; `restore` reads them back."""
        words = {name: _bytes("\n".join(self.table[name])) for name in _WORDS}
        parts = {f"{part}.{each.name}": getattr(getattr(self, part), each.name) for part, kind in _PARTS for each in fields(kind)}
        said = {"digest": _bytes(self.digest), "version": _bytes(self.version)}
        return {**words, **parts, **said, "confidence": self.table["confidence"].to_numpy(), "narrowing": self.narrowing}


def restore(arrays: Mapping[str, Array]) -> Rules:
    """The rules that `Rules.arrays` gave."""
    words = {name: arrays[name].tobytes().decode() for name in (*_WORDS, "digest", "version")}
    table = pl.DataFrame({**{name: words[name].split("\n") for name in _WORDS}, "confidence": arrays["confidence"]})
    exact, near = (kind(**{each.name: arrays[f"{part}.{each.name}"] for each in fields(kind)}) for part, kind in _PARTS)
    return Rules(table, words["digest"], words["version"], exact, near, arrays["narrowing"])  # type: ignore[arg-type]


def compile_rules(reference: pa.Table) -> Rules:
    """Index a table of (rule, expression, kind, relevance, text): see `muniment.store.reference`; texts of no token are left out."""
    table = pl.DataFrame(reference.drop_columns(["text"])).with_row_index("row")
    tokens = _tokens(reference["text"])
    counts = tokens.counts
    hashes = runs(running(tokens.hashes), powers(int(counts.max(initial=0))), tokens.offsets[:-1], counts)
    table = table.with_columns(length=pl.Series(counts), hash=pl.Series(hashes)).filter(pl.col("length") > 0)
    # Of rules with the same words, one that knows there is no licence in them stands before one that sees one.
    table = table.sort(pl.col("expression") != "", "rule").unique("hash", keep="first", maintain_order=True).sort("row")
    kept = table["row"].to_numpy()
    length_share = pl.min_horizontal(pl.lit(100.0), pl.col("length") * (100 / 18))  # the database's own default for relevance
    table = table.with_columns(confidence=pl.coalesce(pl.col("relevance").cast(pl.Float64), length_share) / 100)
    rules = Rules(
        table.select("rule", "expression", "kind", "confidence"),
        _fingerprint(reference),
        " ".join(f"{name.decode()} {value.decode()}" for name, value in (reference.schema.metadata or {}).items()),
        index_exact(tokens, kept),
        index_near(tokens, kept, table["kind"].is_in(["text", "notice"]).to_numpy()),
        _narrowing(tokens)[kept],
    )
    for array in rules.arrays().values():
        array.setflags(write=False)  # as they are when they come from a file
    return rules


def _tokens(texts: pa.ChunkedArray) -> Tokens:
    """Tokens of a column; where they stand in their texts is not kept."""
    hashes, counts = [np.empty(0, np.uint64)], [np.zeros(1, np.int64)]
    for _, batch in batches(texts):
        tokens = tokenise(batch, alphabet())
        hashes.append(tokens.hashes)
        counts.append(tokens.counts)
    nowhere = np.empty(0, np.int64)
    return Tokens(np.concatenate(hashes), nowhere, nowhere, np.cumsum(np.concatenate(counts)))


def word_bits(hashes: Array) -> Array:
    """Of each token, the bit of the narrowing word that it is; 0 for any other token."""
    words, shelf, bits = _narrowing_words()
    held: Array = bits[find_all(words, shelf, hashes)]
    return held


@cache
def _narrowing_words() -> tuple[Array, Array, Array]:
    """Hashes of the narrowing words, to be found in, and the bit of each, with that of no such word at the end."""
    words = tokenise(pa.array([" ".join(NARROWING)], pa.large_string()), alphabet()).hashes
    order = np.argsort(words)
    return words[order], shelves(words[order]), np.append(np.uint32(1) << order.astype(np.uint32), np.uint32(0))


def _narrowing(tokens: Tokens) -> Array:
    bits = np.zeros(len(tokens.counts), np.uint32)
    filled = np.flatnonzero(tokens.counts)
    bits[filled] = np.bitwise_or.reduceat(word_bits(tokens.hashes), tokens.offsets[filled])
    return bits


def _bytes(text: str) -> Array:
    return np.frombuffer(text.encode(), np.uint8)


def _fingerprint(reference: pa.Table) -> str:
    """SHA-256 over the buffers of a table's columns."""
    total = hashlib.sha256()
    for column in reference.combine_chunks().columns:
        for buffer in (buffer for chunk in column.chunks for buffer in chunk.buffers() if buffer is not None):
            total.update(buffer)
    return total.hexdigest()
