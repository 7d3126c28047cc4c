"""What changes of who may read cost: for a process that starts, for every question, and over many papers.

python benchmarks/access/changes.py [--changes 2000] [--papers 500000]
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa

from muniment.schemas.access import Change, Via
from muniment.schemas.canonical import canonical_json
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification
from muniment.store.root import Root, open_root
from muniment.tasks.access import changes
from muniment.tasks.access.readable import readable, standing_of


class Opened(NamedTuple):
    """An index of which only the papers matter."""

    index: Index
    papers: pa.Table


def opened(count: int) -> Opened:
    """Passages of documents of five each."""
    index = Index(
        id="i",
        snapshot="s",
        snapshot_revision=0,
        chunker="c",
        encoder="e",
        encoder_digest="d",
        dimension=1,
        segments=(),
        count=count,
    )
    papers = pa.table(
        {
            "doc_id": [f"{number // 5:032x}" for number in range(count)],
            "source_id": ["handbook"] * count,
            "tenant": ["default"] * count,
            "classification": ["internal"] * count,
            "acl": [[f"g{number // 5 % 50}"] for number in range(count)],
        }
    )
    return Opened(index.model_copy(update={"snapshot": ""}), papers)


def put(root: Root, number: int) -> None:
    """A change of one document, as it lies under a root."""
    made = Change(
        number=number,
        via=Via.SET,
        documents=(f"{number * 7:032x}",),
        groups=("legal",),
        actor="dana",
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    root.objects.put(f"access/{number:020d}.json", canonical_json(made))


def main() -> None:
    """Print CPU milliseconds of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=2000)
    parser.add_argument("--papers", type=int, default=500_000)
    given = parser.parse_args()
    asking = Principal(id="dana", groups=("g1", "legal"), clearance=Classification.INTERNAL)
    with tempfile.TemporaryDirectory() as folder:
        root, held = open_root(folder), opened(given.papers)
        for number in range(1, given.changes + 1):
            put(root, number)
        for what, call in (
            (f"read {given.changes:,} changes, as a process that starts does", lambda: changes.changed(root)),
            ("ask whether there is a new one", lambda: changes.changed(root)),
            (f"code {given.papers:,} papers and lay the changes over them", lambda: standing_of(root, held)),
            ("a mask", lambda: readable(root, held, asking)),
            ("one more change", lambda: put(root, given.changes + 1)),
            ("the first mask after it", lambda: readable(root, held, asking)),
        ):
            began = time.process_time()
            call()
            print(f"{(time.process_time() - began) * 1000:>9,.1f} ms  {what}")


if __name__ == "__main__":
    main()
