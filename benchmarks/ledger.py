"""What the ledger costs: CPU time and requests of an append, and CPU time and reads of checkpoints, proofs and a whole check over many
entries. `python -m benchmarks.ledger --entries 1000000`

Entries lie in memory here, so that what is measured is our own work; a folder or a server adds its own for each read that is counted.
"""

import argparse
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pyarrow as pa

from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.ledger import Ledger
from muniment.store.objects import missing
from muniment.store.root import Root
from muniment.tasks.audit import checkpoints
from muniment.tasks.audit.chain import examine

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Memory:
    """Objects in memory, with a count of what was asked of them."""

    uri = "memory"

    def __init__(self) -> None:
        self.held, self.asked = dict[str, bytes](), Counter[str]()

    def read(self, key: str) -> bytes:
        self.asked["read " + key.partition("/")[0]] += 1
        if key not in self.held:
            raise missing(self.uri, key)
        return self.held[key]

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self.read(key))

    def put(self, key: str, payload: bytes) -> bool:
        self.asked["put"] += 1
        return self.held.setdefault(key, payload) is payload

    def read_tagged(self, key: str) -> tuple[bytes, str]:
        payload = self.read(key)
        return payload, str(hash(payload))

    def replace(self, key: str, payload: bytes, tag: str) -> None:
        self.asked["replace"] += 1
        self.held[key] = payload

    def list(self, prefix: str) -> Iterator[str]:
        yield from sorted(key for key in self.held if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.held.pop(key, None)

    def exists(self, key: str) -> bool:
        self.asked["exists"] += 1
        return key in self.held


class Blind:
    """No projection: what it costs is measured elsewhere."""

    def sql(self, query: str) -> pa.Table:
        return pa.table({"hash": pa.array([], pa.string())})

    def recorded(self, kind: str, key: str) -> bool:
        return False


def timed(name: str, objects: Memory, act: Callable[[], object], each: int = 1) -> None:
    """Print CPU time and requests of an action, by piece where it does many."""
    objects.asked.clear()
    began = time.process_time()
    act()
    seconds = time.process_time() - began
    asked = ", ".join(f"{kind} {count / each:.2f}".removesuffix(".00") for kind, count in sorted(objects.asked.items()))
    print(f"{name:44} {seconds:9.3f} s  {seconds / each * 1e6:11,.1f} µs each   {asked}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    count = parser.parse_args().entries
    with TemporaryDirectory() as folder:
        root, objects = Root(str(Path(folder) / "root")), Memory()
        _ = root.vault
        root.objects = objects  # type: ignore[assignment]
        root.ledger = Ledger(objects, lambda: root.vault)
        root.lineage = Blind()  # type: ignore[assignment]
        root.manifests._objects = objects  # type: ignore[attr-defined]
        checkpoints.open_root = lambda uri: root  # type: ignore[assignment,attr-defined]

        def write(number: int) -> None:
            outputs = tuple(f"object:{place:064x}" for place in range(4))
            for _ in range(number):
                root.ledger.append(
                    Draft(kind=EntryKind.CAPTURED, actor="nightly", outputs=outputs, counts={"documents": 50_000}), NOW
                )

        timed(f"append {count:,} entries", objects, lambda: write(count), count)
        timed("the first checkpoint", objects, lambda: checkpoints.checkpoint("", "robin"), count)
        write(1000)
        timed("a checkpoint 1,000 entries later", objects, lambda: checkpoints.checkpoint("", "robin"))
        timed("prove an entry", objects, lambda: checkpoints.prove_inclusion("", count // 3, "robin"))
        old = checkpoints.kept(root)[0].note
        timed("prove that it only grew", objects, lambda: checkpoints.prove_consistency("", old, "robin"))
        timed("check everything, behind checkpoints", objects, lambda: print(examine(root)[1]), count)
        timed("check every seal", objects, root.ledger.verify, count)


if __name__ == "__main__":
    main()
