"""What encryption costs: MB a CPU second of sealing, a pipeline with and without it, shredding originals against rewriting them.

    python benchmarks/encryption/cost.py speed
    python benchmarks/encryption/cost.py story [DOCUMENTS]
    python benchmarks/encryption/cost.py shred [DOCUMENTS]

All figures are CPU seconds of this process (`time.process_time`) on a folder; each ratio is of one run.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment import flows
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.encryption.stream import open_sealed, seal, unseal
from muniment.store.originals.packs import Original, Packs
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.custody import encryption, originals
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.sources import add_source, approve_source

os.environ["MUNIMENT_CORES"] = "1"
os.environ["BENCHMARK_KEK"] = "11" * 32
WORDS = [f"{a}{b}{c}" for a in ("ta", "re", "mo", "li") for b in ("na", "ver", "sto", "ki") for c in ("n", "rel", "dus", "m", "tt")]
KEY, KEY_ID = bytes(32), "00" * 8


def timed(work: Callable[[], object]) -> float:
    """CPU seconds that the work took."""
    began = time.process_time()
    work()
    return time.process_time() - began


def speed() -> None:
    """MB a CPU second: sealed, opened whole, opened through a reader a megabyte at a time."""
    payload = os.urandom(64 << 20)
    sealed = seal(payload, "a", KEY_ID, KEY)

    def stream() -> None:
        import io

        with open_sealed(io.BytesIO(sealed), "a", lambda _: KEY) as file:
            while file.read(1 << 20):
                pass

    megabytes = len(payload) / 1e6
    for name, work in (
        ("AES-256-GCM alone, 64 kB a call", lambda: bare(payload)),
        ("sealed", lambda: seal(payload, "a", KEY_ID, KEY)),
        ("opened whole", lambda: unseal(sealed, "a", lambda _: KEY)),
        ("opened by a reader", stream),
    ):
        best = min(timed(work) for _ in range(5))
        print(f"{name}: {megabytes / best:,.0f} MB a CPU second")
    print(f"size: {len(sealed) / len(payload):.5f} of the plain bytes")


def bare(payload: bytes) -> None:
    """The same segments through the cipher, and nothing else."""
    cipher, plain = AESGCM(KEY), memoryview(payload)
    for at in range(0, len(payload), 1 << 16):
        cipher.encrypt(at.to_bytes(12, "big"), plain[at : at + (1 << 16)], None)


def text(chance: random.Random) -> str:
    """About 2 kB."""
    return " ".join(chance.choices(WORDS, k=300))


def story(count: int) -> None:
    """Capture, promotion, index and 20 searches of the same folder in a plain, an encrypted and an originals-keeping root."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus, chance = Path(scratch, "corpus"), random.Random(1)
        corpus.mkdir()
        for number in range(count):
            licence = "SPDX-License-Identifier: CC-BY-4.0\n\n"
            (corpus / f"{number:06d}.md").write_text(f"{licence}# Page {number}\n\n{text(chance)}\n")
        _run(str(Path(scratch, "warm")), corpus, 20)
        plain = _run(str(Path(scratch, "plain")), corpus, count)
        sealed = _run(str(Path(scratch, "sealed")), corpus, count, encrypted=True)
        kept = _run(str(Path(scratch, "kept")), corpus, count, keep=True)
        size = [
            sum(file.stat().st_size for file in Path(scratch, name).rglob("*") if file.is_file()) for name in ("plain", "sealed")
        ]
    for name, seconds in (("plain", plain), ("encrypted", sealed), ("originals kept", kept)):
        print(
            f"{name}: {sum(seconds):.1f} CPU s: capture and promote {seconds[0]:.1f}, index {seconds[1]:.1f}, 20 searches {seconds[2]:.2f}"
        )
    print(f"encrypted against plain: {sum(sealed) / sum(plain):.3f} of the CPU, {size[1] / size[0]:.3f} of the bytes")
    print(f"originals kept against plain: {sum(kept) / sum(plain):.3f} of the CPU")


def _run(uri: str, corpus: Path, count: int, encrypted: bool = False, keep: bool = False) -> tuple[float, float, float]:
    if encrypted:
        encryption.encrypt(uri, "env:BENCHMARK_KEK", "benchmark")
    made = {
        "id": "pages", "kind": "folder", "location": str(corpus), "owner": "o", "steward": "dana", "acl": ("staff",),
        "keep_originals": keep, "select": {"max_documents": count, "include": ("**/*",) if count > 20 else ("00000*",)},
    }  # fmt: skip
    add_source(uri, Source.model_validate(made), "benchmark")
    approve_source(uri, "pages", "dana")
    principals.put_in_force(open_root(uri), '[dana]\ngroups = ["staff"]\nclearance = "internal"\n')

    def promote() -> None:
        flows.capture("pages", root=uri)
        decide(uri, "pages", Decision.APPROVE, "benchmark", "dana")
        flows.promote(root=uri)

    def ask() -> None:
        for number in range(20):
            search(uri, f"what is said about {WORDS[number]}", "dana")

    return timed(promote), timed(lambda: flows.index(root=uri)), timed(ask)


def shred(count: int) -> None:
    """Shred 1, 100 and 10,000 of the originals; against rewriting every pack that holds one, as plain or per-source-encrypted packs need."""
    with tempfile.TemporaryDirectory() as scratch:
        root, chance = open_root(str(Path(scratch, "root"))), random.Random(2)
        root.keychain.make_source_key("pages")
        packs, key, raws = Packs(root.objects), root.keychain.source_key("pages"), [text(chance).encode() for _ in range(2_000)]
        ids = [f"{chance.getrandbits(128):032x}" for _ in range(count)]
        packing = timed(lambda: [_pack(packs, key, ids[at : at + 2_000], raws) for at in range(0, count, 2_000)])
        size, tables = _sizes(root, ".pack"), _sizes(root, ".keys")
        print(
            f"{count:,} originals of {sum(map(len, raws)) * count // 2_000:,} bytes: packs {size:,}, tables of keys {tables:,} bytes"
        )
        print(
            f"a key a document costs {tables / size:.3f} of the packs' bytes more, and {packing / count * 1e6:.0f} CPU µs a document in all"
        )
        _per_source(key, raws, count)
        for number in (1, 100, 10_000):
            doomed = pa.array(sorted(chance.sample(ids, number)))
            rewriting = _rewriting(root, doomed)
            began = time.process_time()
            done = originals.shred(root, doomed)
            seconds = time.process_time() - began
            written = sum(copy.written for copy in done)
            print(
                f"{number:,} shredded: {len(done)} tables, {written:,} bytes written in {seconds:.2f} CPU s; rewriting the packs: "
                f"{rewriting[0]:,} bytes in {rewriting[1]:.2f} CPU s; {rewriting[0] / max(written, 1):.1f} times the bytes, "
                f"{rewriting[1] / seconds:.1f} times the CPU"
            )


def _pack(packs: Packs, key: bytes, ids: list[str], raws: list[bytes]) -> None:
    packs.write("pages", [Original(doc_id, "text/plain", raw) for doc_id, raw in zip(ids, raws, strict=False)], key)


def _per_source(key: bytes, raws: list[bytes], count: int) -> None:
    """The same with one key for all of a source: what a key a document costs beyond that."""

    def seal_all() -> None:
        for _ in range(count // len(raws)):
            compressed = [pa.compress(raw, codec="zstd", asbytes=True) for raw in raws]
            seal(b"".join(compressed), "pack", KEY_ID, key)

    print(f"one key a source: {timed(seal_all) / count * 1e6:.0f} CPU µs a document (and no document can be shredded by itself)")


def _sizes(root: object, ending: str) -> int:
    stored = root.stored  # type: ignore[attr-defined]
    return sum(len(stored.read(name)) for name in stored.list("originals/") if name.endswith(ending))


def _rewriting(root: object, doomed: pa.Array) -> tuple[int, float]:
    """Bytes and CPU of decrypting, filtering and encrypting every pack that holds one of these: what one key a source needs."""
    packs = Packs(root.objects)  # type: ignore[attr-defined]
    touched = [p for p in packs.all() if pc.any(pc.is_in(packs.keys(p)["doc_id"], value_set=doomed)).as_py()]
    payloads = [packs._objects.read(pack.key) for pack in touched]
    sealed = [seal(payload, "pack", KEY_ID, KEY) for payload in payloads]
    seconds = timed(lambda: [seal(unseal(each, "pack", lambda _: KEY), "pack", KEY_ID, KEY) for each in sealed])
    return sum(map(len, payloads)), seconds


if __name__ == "__main__":
    name, *rest = sys.argv[1:] or ["speed"]
    {
        "speed": lambda: speed(),
        "story": lambda: story(int((rest or ["2000"])[0])),
        "shred": lambda: shred(int((rest or ["200000"])[0])),
    }[name]()
