"""How fast the residue verifier is: `python -m benchmarks.residue [--megabytes 1024] [--documents 100]`.

Makes a root-like folder of Parquet (texts, vectors), FAISS, Arrow, SQLite, gzip and JSON, and looks through it for documents that are not
there. Beside it `grep -F` for the same ids over the raw bytes, which sees nothing of what is compressed. Seconds are CPU seconds of the
program alone.
"""

import argparse
import gzip
import json
import resource
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import faiss
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muniment.verifiers.residue.make import Maker

DIMENSION, SIZE = 256, 4_000  # of a vector; bytes of a text
_SHARES = {"texts": 0.45, "vectors": 0.2, "faiss": 0.2, "arrow": 0.05, "sqlite": 0.05, "gzip": 0.03, "json": 0.02}


def main() -> None:
    """Print one line a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        root = Path(folder) / "root"
        made = {name: _MAKE[name](root / name, int(share * given.megabytes * 1e6)) for name, share in _SHARES.items()}
        ids = [secrets.token_hex(16) for _ in range(given.documents)]
        (Path(folder) / "ids").write_text("\n".join(ids))
        (Path(folder) / "needles.npz").write_bytes(_needles(ids))
        total = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        print(f"{total / 1e6:,.0f} MB in files: " + ", ".join(f"{name} {size / 1e6:,.0f}" for name, size in made.items()))
        _warm(folder)
        program = [sys.executable, "-m", "muniment.verifiers.residue", str(root), "--threads", "1", "--json"]
        said, spent = _run([*program, "--needles", f"{folder}/needles.npz"])
        report = json.loads(said)
        assert report["clean"], report["residue"][:3]
        _, plain = _run(["grep", "-r", "-a", "-c", "-F", "-f", f"{folder}/ids", str(root)])
        decoded = report["bytes"] / 1e6
        print(
            f"verifier  {spent:6.1f} CPU s  {total / 1e6 / spent:6.0f} MB/s of files  {decoded / spent:6.0f} MB/s of {decoded:,.0f} MB decoded"
        )
        print(f"grep -F   {plain:6.1f} CPU s  {total / 1e6 / plain:6.0f} MB/s of files, nothing decoded")
        print(
            f"ratio {spent / plain:.1f} for each byte of a file, {spent / decoded / (plain / total * 1e6):.1f} for each byte that is searched"
        )
        for reason, count in report["not_checked"].items():
            print(f"not checked ({count}): {reason}")


def _run(command: list[str]) -> tuple[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _warm(folder: str) -> None:
    """Compile what is compiled once on a machine."""
    (Path(folder) / "small").mkdir()
    for name in _SHARES:
        _MAKE[name](Path(folder) / "small" / name, 100_000)
    _run([sys.executable, "-m", "muniment.verifiers.residue", f"{folder}/small", "--needles", f"{folder}/needles.npz"])


def _needles(ids: list[str]) -> bytes:
    maker, chance = Maker(), np.random.default_rng(1)
    maker.ids(ids)
    for _ in ids:
        maker.text(_texts(chance, 1)[0][::-1])
    maker.vectors(_unit(chance, len(ids) * 3))
    return maker.made().dump()


def _texts(chance: np.random.Generator, count: int) -> list[str]:
    pool = _pool()
    starts = chance.integers(0, len(pool) - SIZE, count)
    return [pool[start : start + SIZE] for start in starts.tolist()]


@cache
def _pool() -> str:
    """Words without meaning, more of them than any compressor looks back over."""
    words, chance = _words(), np.random.default_rng(4)
    return " ".join(words[chance.zipf(1.3, 3_000_000) % len(words)])


def _words() -> np.ndarray:
    chance, letters = np.random.default_rng(2), np.array(list("etaoinshrdlucmfw"))
    return np.array(["".join(chance.choice(letters, chance.integers(2, 10))) for _ in range(20_000)], dtype=object)


def _unit(chance: np.random.Generator, count: int) -> np.ndarray:
    drawn = chance.standard_normal((count, DIMENSION)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def _table(chance: np.random.Generator, count: int) -> pa.Table:
    ids = [secrets.token_hex(16) for _ in range(count)]
    digests = [secrets.token_hex(32) for _ in range(count)]
    return pa.table({"doc_id": ids, "raw_hash": digests, "text": pa.array(_texts(chance, count), pa.large_string())})


def _grow(folder: Path, size: int, write: object) -> int:
    folder.mkdir(parents=True)
    chance, number, held = np.random.default_rng(3), 0, 0
    while held < size:
        path = folder / str(number)
        write(path, chance, min(size - held, 32 << 20))  # type: ignore[operator]
        held, number = held + path.stat().st_size, number + 1
    return held


def _parquet(path: Path, chance: np.random.Generator, size: int) -> None:
    table = _table(chance, size // 1900 + 1)
    pq.write_table(
        table, path, compression="zstd", use_dictionary=False, write_statistics=["doc_id"], store_schema=False, row_group_size=3000
    )


def _vectors(path: Path, chance: np.random.Generator, size: int) -> None:
    rows = _unit(chance, size // (4 * DIMENSION) + 1)
    column = pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), DIMENSION)
    pq.write_table(
        pa.table({"vector": column}), path, compression="zstd", use_dictionary=False, write_statistics=False, store_schema=False
    )


def _faiss(path: Path, chance: np.random.Generator, size: int) -> None:
    index = faiss.IndexFlatIP(DIMENSION)
    index.add(_unit(chance, size // (4 * DIMENSION) + 1))
    faiss.write_index(index, str(path))


def _arrow(path: Path, chance: np.random.Generator, size: int) -> None:
    table = _table(chance, size // 4100 + 1)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _sqlite(path: Path, chance: np.random.Generator, size: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE log (id TEXT, message TEXT)")
        texts = _texts(chance, size // 4100 + 1)
        database.executemany(
            "INSERT INTO log VALUES (?, ?)",
            ((secrets.token_hex(16), text[at : at + 200]) for text in texts for at in range(0, SIZE, 200)),
        )


def _gzip(path: Path, chance: np.random.Generator, size: int) -> None:
    path.write_bytes(gzip.compress("\n".join(_texts(chance, size // 1900 + 1)).encode(), 6))


def _json(path: Path, chance: np.random.Generator, size: int) -> None:
    rows = [{"digest": secrets.token_hex(32), "rows": 50_000, "bytes": 9_000_000} for _ in range(min(size, 2 << 20) // 110 + 1)]
    path.write_text(json.dumps({"shards": rows}))


_MAKE = {
    "texts": lambda folder, size: _grow(folder, size, _parquet),
    "vectors": lambda folder, size: _grow(folder, size, _vectors),
    "faiss": lambda folder, size: _grow(folder, size, _faiss),
    "arrow": lambda folder, size: _grow(folder, size, _arrow),
    "sqlite": lambda folder, size: _grow(folder, size, _sqlite),
    "gzip": lambda folder, size: _grow(folder, size, _gzip),
    "json": lambda folder, size: _grow(folder, size, _json),
}

if __name__ == "__main__":
    main()
