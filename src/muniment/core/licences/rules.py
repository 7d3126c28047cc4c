"""Licence rules compiled for matching: what to look for, as hashes of tokens, with an index for exact and one for near matches."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.tokens import SINGLE, Array, Tokens, batches, grams, mix, plain_alphabet, together, tokenise

COMPILED = "licence-rules-3"  # names the form of what `Rules.arrays` gives: a change of it needs another name
ANCHORS = (1, 2, 4, 8, 16)  # an exact rule is found by its first tokens, as many of these as it has
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
SHINGLE, LEAST_NEAR, CONTAINMENT = 5, 20, 0.8
_POWER = 0xD6E8FEB86659FD93
_INVERSE = pow(_POWER, -1, 1 << 64)


_NUMBERS = ("lengths", "hashes", "shingles", "bounds", "narrowing")


@cache
def alphabet() -> Array:
    """As the plain alphabet, but `+` is a token (GPLv2+ is not GPLv2) and `_` separates."""
    roles = plain_alphabet().copy()
    roles[ord("+")], roles[ord("_")] = SINGLE, 0
    return roles


@dataclass(frozen=True)
class Rules:
    """`table` has one row a rule (rule: its name, expression, kind, confidence), `hashes` the hash of each rule's whole token run.

    `anchors[a]` = (sorted hashes of the first a tokens, their rules). `shingles` are each rule's distinct ones, those of rule r at
    `bounds[r]:bounds[r + 1]`; `rare` = (sorted hashes, their rules): of each rule so many of its rarest shingles that a text which
    holds 80% of all must hold one of these.
    """

    table: pl.DataFrame
    digest: str  # of the reference it was compiled from
    version: str  # of the reference, as its metadata has it
    lengths: Array
    hashes: Array
    anchors: dict[int, tuple[Array, Array]]
    shingles: Array
    bounds: Array
    rare: tuple[Array, Array]
    narrowing: Array  # of each rule, one bit for each of the narrowing words that it holds

    @cached_property
    def names(self) -> list[str]:
        """Of each rule, what the reference calls it."""
        return self.table["rule"].to_list()

    def arrays(self) -> dict[str, Array]:
        """All of it as plain arrays without objects, to be kept in a file; `restore` reads them back."""
        anchors = {f"anchor{size}{part}": array for size, pair in self.anchors.items() for part, array in enumerate(pair)}
        words = {name: _bytes(self.table[name]) for name in ("rule", "expression", "kind")}
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        rare = {"rare0": self.rare[0], "rare1": self.rare[1]}
        digest = np.frombuffer(self.digest.encode(), np.uint8)
        version = np.frombuffer(self.version.encode(), np.uint8)
        return {
            **words,
            "version": version,
            "confidence": self.table["confidence"].to_numpy(),
            **numbers,
            **anchors,
            **rare,
            "digest": digest,
        }


def restore(arrays: Mapping[str, Array]) -> Rules:
    """The rules that `Rules.arrays` gave."""
    words = {name: arrays[name].tobytes().decode().split("\n") for name in ("rule", "expression", "kind")}
    table = pl.DataFrame({**words, "confidence": arrays["confidence"]})
    anchors = {size: (arrays[f"anchor{size}0"], arrays[f"anchor{size}1"]) for size in ANCHORS}
    numbers = {name: arrays[name] for name in _NUMBERS}
    digest, version = (arrays[name].tobytes().decode() for name in ("digest", "version"))
    return Rules(table, digest, version, anchors=anchors, rare=(arrays["rare0"], arrays["rare1"]), **numbers)


def compile_rules(reference: pa.Table) -> Rules:
    """Index a table of (rule, expression, kind, relevance, text): see `muniment.store.reference`; texts of no token are left out."""
    table = pl.DataFrame(reference).with_row_index("row")
    tokens = together([tokenise(texts, alphabet()) for _, texts in batches(reference["text"])])
    hashes = run_hashes(tokens.hashes, tokens.offsets[:-1], tokens.counts)
    table = table.with_columns(length=pl.Series(tokens.counts), hash=pl.Series(hashes)).filter(pl.col("length") > 0)
    # Of rules with the same words, one that knows there is no licence in them stands before one that sees one.
    table = table.sort(pl.col("expression") != "", "rule").unique("hash", keep="first", maintain_order=True).sort("row")
    kept = table["row"].to_numpy()
    length_share = pl.min_horizontal(pl.lit(100.0), pl.col("length") * (100 / 18))  # the database's own default for relevance
    table = table.with_columns(confidence=pl.coalesce(pl.col("relevance").cast(pl.Float64), length_share) / 100)
    shingles, owners = _near_shingles(tokens, kept, table)
    return Rules(
        table.select("rule", "expression", "kind", "confidence"),
        _fingerprint(reference),
        " ".join(f"{name.decode()} {value.decode()}" for name, value in (reference.schema.metadata or {}).items()),
        table["length"].to_numpy(),
        table["hash"].to_numpy(),
        {size: _anchors(tokens, kept, size) for size in ANCHORS},
        shingles,
        np.searchsorted(owners, np.arange(len(kept) + 1)),
        _rarest(shingles, owners),
        _narrowing(tokens)[kept],
    )


def run_hashes(tokens: Array, start: Array, length: Array) -> Array:
    """Hash of each run of tokens `start:start + length`, in constant time a run from running sums."""
    powers = np.cumprod(np.full(len(tokens), _POWER, np.uint64), dtype=np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(tokens * powers, dtype=np.uint64)])
    inverse = np.concatenate([np.ones(1, np.uint64), np.cumprod(np.full(len(tokens), _INVERSE, np.uint64), dtype=np.uint64)])
    return mix((sums[start + length] - sums[start]) * inverse[start])


def word_bits(hashes: Array) -> Array:
    """Of each token, the bit of the narrowing word that it is; 0 for any other token."""
    words = tokenise(pa.array([" ".join(NARROWING)], pa.large_string()), alphabet()).hashes
    order = np.argsort(words)
    place = np.minimum(np.searchsorted(words[order], hashes), len(words) - 1)
    return np.where(words[order][place] == hashes, np.uint32(1) << order[place].astype(np.uint32), np.uint32(0))


def _narrowing(tokens: Tokens) -> Array:
    bits = np.zeros(len(tokens.counts), np.uint32)
    filled = np.flatnonzero(tokens.counts)
    bits[filled] = np.bitwise_or.reduceat(word_bits(tokens.hashes), tokens.offsets[filled])
    return bits


def _bytes(texts: pl.Series) -> Array:
    return np.frombuffer("\n".join(texts.to_list()).encode(), np.uint8)


def _fingerprint(reference: pa.Table) -> str:
    """SHA-256 over the buffers of a table's columns."""
    total = hashlib.sha256()
    for column in reference.combine_chunks().columns:
        for buffer in (buffer for chunk in column.chunks for buffer in chunk.buffers() if buffer is not None):
            total.update(buffer)
    return total.hexdigest()


def _anchors(tokens: Tokens, kept: Array, size: int) -> tuple[Array, Array]:
    counts = tokens.counts[kept]
    larger = [other for other in ANCHORS if other > size]
    rules = np.flatnonzero((counts >= size) & (counts < larger[0] if larger else True))
    hashes = run_hashes(tokens.hashes, tokens.offsets[kept[rules]], np.full(len(rules), size))
    order = np.argsort(hashes, kind="stable")
    return hashes[order], rules[order]


def _near_shingles(tokens: Tokens, kept: Array, table: pl.DataFrame) -> tuple[Array, Array]:
    """Distinct shingles of the rules that are long enough to be found by them, and the rule of each, in order of rules."""
    hashes, position = grams(tokens, SHINGLE)
    rank = np.full(len(tokens.offsets) - 1, -1)
    eligible = ((table["length"] >= LEAST_NEAR) & table["kind"].is_in(["text", "notice"])).to_numpy()
    rank[kept[eligible]] = np.flatnonzero(eligible)
    owners = rank[tokens.owner[position]]
    pairs = pl.DataFrame({"owner": owners, "hash": hashes}).filter(pl.col("owner") >= 0).unique().sort("owner", "hash")
    return pairs["hash"].to_numpy(), pairs["owner"].to_numpy()


def _rarest(shingles: Array, owners: Array) -> tuple[Array, Array]:
    pairs = pl.DataFrame({"owner": owners, "hash": shingles}).with_columns(
        spread=pl.len().over("hash"), total=pl.len().over("owner")
    )
    pairs = pairs.sort("owner", "spread", "hash").with_columns(place=pl.int_range(pl.len()).over("owner"))
    rare = pairs.filter(pl.col("place") <= pl.col("total") * (1 - CONTAINMENT)).sort("hash", "owner")
    return rare["hash"].to_numpy(), rare["owner"].to_numpy()
