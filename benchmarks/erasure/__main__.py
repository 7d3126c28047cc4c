"""Erasure of 1, 100 and 10,000 documents from six kept snapshots and two indexes, at two sizes of the corpus; and the same task for peers.

    python -m benchmarks.erasure [--documents 200000] [--smaller 100000] [--erase 1 100 10000] [--no-peers] [--folder DIR]

Printed for each erasure: seconds until nothing of it is served, bytes affected and written, seconds to find, to rewrite and to prove,
residue that the verifier found, and whether every snapshot reads as before but for what was erased. Peers (pyiceberg, deltalake) hold
the promoted documents in six versions, erase 100 of them by their own means, and are searched by the same verifier.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.erasure import compared, corpus, ours


def main() -> None:
    """Build, erase, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--smaller", type=int, default=100_000, help="0: one size only")
    parser.add_argument("--erase", type=int, nargs="+", default=[1, 100, 10_000])
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep everything here; a corpus that was built there before is used again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        for documents in filter(None, (given.smaller, given.documents)):
            place = folder / str(documents)
            uri = str(place / "root") if (place / "root").exists() else corpus.build(place, documents)
            if documents == given.documents and not given.no_peers:
                compared.compare(uri, folder / "peers")
            ours.erase_all(uri, documents, given.erase)


if __name__ == "__main__":
    main()
