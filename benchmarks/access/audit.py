"""What it costs that no answer is given before its entry in the ledger is durable: entries a second, alone and together.

python benchmarks/access/audit.py [--entries 400]
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root


def main() -> None:
    """Print entries a second for one caller, and for several at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=400)
    count = parser.parse_args().entries
    draft = Draft(kind=EntryKind.SEARCHED, actor="dana", outputs=tuple(f"chunk:{number:032x}:0" for number in range(5)))
    alone = 0.0
    for callers in (1, 4, 16, 64):
        with tempfile.TemporaryDirectory() as folder:
            root = Root(folder)
            _ = root.vault
            began = time.perf_counter()
            with ThreadPoolExecutor(callers) as pool:
                list(pool.map(lambda _, root=root: root.together.append(draft, datetime.now(UTC)), range(count)))
            rate = count / (time.perf_counter() - began)
            alone = alone or rate
            print(f"{callers:>3} callers: {rate:,.0f} entries a second, {rate / alone:.1f} times one caller")
            root.ledger.verify()


if __name__ == "__main__":
    main()
