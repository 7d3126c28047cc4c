"""Documents a second of each stage on the demo's corpus, and of a second run with nothing changed.

python -m benchmarks.demo_corpus --root /tmp/stages
"""

import argparse
import shutil
import time
from pathlib import Path

from benchmarks.spine import run, worst
from demo import desk, office

from muniment.store.root import open_root
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed

TOP = Path(__file__).parents[1]


def main() -> None:
    """Every source once and again, then the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    given = parser.parse_args()
    shutil.rmtree(given.root, ignore_errors=True)
    (given.root / "office").mkdir(parents=True)
    office.write(given.root / "office")
    uri = str(given.root / "root")
    desk.register(uri, sorted((TOP / "demo" / "sources").glob("*.toml")), given.root / "office", TOP / "demo" / "principals.toml")
    sources = [source.id for source in open_root(uri).registry.all()]
    seconds = []
    for number, title in enumerate(("first run", "what the first promotions changed", "nothing changed")):
        began = time.monotonic()
        for source in sources:
            print(f"{source}, {title}:")
            run(uri, source)
        seconds.append(time.monotonic() - began)
        print(f"run {number + 1}: {seconds[-1]:.2f} s")
    print(
        f"a run with nothing changed: {seconds[0] / seconds[2]:,.0f} times faster ({seconds[0]:.1f} s against {seconds[2]:.2f} s)"
    )
    for attempt in ("index", "index, nothing changed"):
        began = time.monotonic()
        index = build_index(uri, "production", embed(uri, "production", "wordllama"), "bench")
        print(f"{attempt}: {index.count:,} passages in {time.monotonic() - began:.2f} s")
    worst()


if __name__ == "__main__":
    main()
