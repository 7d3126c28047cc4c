"""What is looked for, as fingerprints that give no text back: keyed hashes of windows, and projections of vectors.

Four kinds of trace: `id` (of a document, and what begins with it), `text`, `name` (title, native key, path), `digest` (SHA-256 of the
bytes or of the text), `vector`. A window of a text is 32 folded bytes, all others are 16 (`folding`), or 16 bytes as they are.
"""

import hashlib
import io
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import numpy as np

from muniment.verifiers.residue import kernel
from muniment.verifiers.residue.folding import folded
from muniment.verifiers.residue.parts import Array

TRACES = ("id", "text", "name", "digest", "vector")
ID, TEXT, NAME, DIGEST, VECTOR = range(5)
PROJECTIONS = 24
_CHECK = 8  # bytes


class Windows(NamedTuple):
    """Fingerprints of windows: a fast hash, the trace that each stands for, a digest that confirms it (64 bits, BLAKE2b, RFC 7693)."""

    hashes: Array  # n, uint64, ascending
    blocks: Array  # n × 4 or n × 8, uint32: of the hashes of their blocks (`kernel`), which are asked for first
    traces: Array  # n, uint8
    checks: Array  # n, uint64

    @classmethod
    def of(cls, found: dict[bytes, int], width: int, keys: Array, secret: bytes) -> Self:
        """Fingerprints of windows of `width` bytes, each with its trace."""
        count, size = kernel.BLOCKS[width]
        windows = np.frombuffer(b"".join(found), np.uint8).reshape(-1, width)
        blocks = [_hashed(windows[:, start : start + size], keys) >> np.uint64(32) | np.uint64(1) for start in range(count)]
        hashes = _hashed(windows, keys)
        traces = np.fromiter(found.values(), np.uint8, len(found))
        checks = np.fromiter((confirm(window, secret) for window in found), np.uint64, len(found))
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], np.stack(blocks, 1)[order].astype(np.uint32), traces[order], checks[order])

    def trace(self, hashed: int, window: bytes, secret: bytes) -> int:
        """The trace that a window with this hash is, or -1 when it only has the same hash."""
        check, at = confirm(window, secret), int(np.searchsorted(self.hashes, np.uint64(hashed)))
        while at < len(self.hashes) and int(self.hashes[at]) == hashed:
            if int(self.checks[at]) == check:
                return int(self.traces[at])
            at += 1
        return -1

    def without(self, hashes: Iterable[int]) -> Self:
        """All but those with these hashes; ids stay."""
        kept = ~np.isin(self.hashes, np.array(sorted(hashes), np.uint64)) | (self.traces == ID)
        return type(self)(*(each[kept] for each in self))


def _hashed(pieces: Array, keys: Array) -> Array:
    """Hashes of n pieces of equal length, bytes n × size."""
    padded = np.zeros((len(pieces), -(-pieces.shape[1] // 8) * 8), np.uint8)
    padded[:, : pieces.shape[1]] = pieces
    words = padded.view("<u8")
    return np.asarray((words * keys[: words.shape[1]]).sum(axis=1, dtype=np.uint64))


def _joined(one: Windows, other: Windows) -> Windows:
    both = [np.concatenate(pair) for pair in zip(one, other, strict=True)]
    order = np.argsort(both[0], kind="stable")
    return Windows(*(each[order] for each in both))


def confirm(window: bytes, secret: bytes) -> int:
    """The digest of a window that confirms a hit."""
    return int.from_bytes(hashlib.blake2b(window, key=secret, digest_size=_CHECK).digest(), "big")


class Needles(NamedTuple):
    """Everything that one run looks for. `short` and `long` are windows of folded bytes, `plain` of bytes as they are."""

    keys: Array  # 4 odd uint64
    secret: bytes  # 16
    short: Windows
    long: Windows
    plain: Windows
    dimension: int  # of the vectors, 0: none
    projections: Array  # n × PROJECTIONS, float32
    numbers: Array  # int64: an id cut to 64 bits, as an index may hold it

    def joined(self, other: "Needles") -> "Needles":
        """These and others that were made with the same keys."""
        return self._replace(
            short=_joined(self.short, other.short),
            long=_joined(self.long, other.long),
            plain=_joined(self.plain, other.plain),
            dimension=self.dimension or other.dimension,
            projections=np.concatenate([self.projections, other.projections]),
            numbers=np.union1d(self.numbers, other.numbers),
        )

    def dump(self) -> bytes:
        """As an `.npz`, for a file."""
        sink, arrays = io.BytesIO(), dict[str, Any](keys=self.keys, secret=np.frombuffer(self.secret, np.uint8))
        for name in ("short", "long", "plain"):
            arrays |= {f"{name}.{field}": value for field, value in getattr(self, name)._asdict().items()}
        arrays |= {"dimension": np.int64(self.dimension), "projections": self.projections, "numbers": self.numbers}
        np.savez(sink, **arrays)
        return sink.getvalue()

    @classmethod
    def load(cls, payload: bytes) -> Self:
        """What `dump` wrote."""
        with np.load(io.BytesIO(payload), allow_pickle=False) as held:
            windows = {
                name: Windows(*(held[f"{name}.{field}"] for field in Windows._fields)) for name in ("short", "long", "plain")
            }
            return cls(
                keys=held["keys"],
                secret=held["secret"].tobytes(),
                dimension=int(held["dimension"]),
                projections=held["projections"],
                numbers=held["numbers"],
                **windows,
            )


def directions(keys: Array, dimension: int) -> Array:
    """Unit vectors that vectors are projected on, dimension × PROJECTIONS, the same for the same keys."""
    drawn = np.random.default_rng([int(key) for key in keys]).standard_normal((dimension, PROJECTIONS)).astype(np.float32)
    lengths: Array = np.linalg.norm(drawn, axis=0)
    return np.asarray(drawn / lengths)


def projected(rows: Array, keys: Array) -> Array:
    """n vectors, made unit vectors and projected: n × PROJECTIONS."""
    rows = np.ascontiguousarray(rows, np.float32)
    lengths: Array = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.asarray((rows / lengths) @ directions(keys, rows.shape[1]), np.float32)


def of_ids(ids: Iterable[str]) -> dict[bytes, int]:
    """Windows for ids of 32 or more hexadecimal digits: their first 64 bits, so that a cut id is found too."""
    return {window: ID for each in ids if len(window := folded(each.encode())[: kernel.SHORT]) == kernel.SHORT}


def numbers_of(ids: Iterable[str]) -> Array:
    """Ids as 64-bit numbers: their first or last eight bytes, in either byte order, with or without a sign."""
    found = set[int]()
    for each in ids:
        for part in (bytes.fromhex(each)[:8], bytes.fromhex(each)[-8:]):
            for number in (int.from_bytes(part, "big"), int.from_bytes(part, "little")):
                found |= {number & (1 << 63) - 1, number - (1 << 64) * (number >> 63)}
    return np.array(sorted(found), np.int64)
