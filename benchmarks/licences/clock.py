"""CPU seconds and conclusions of one way to find licences, as one line of JSON. Every side is timed by this file, each under its own
Python."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Conclusions = list[str | None]  # an SPDX expression for each document
WARM = 10


def report(
    prepare: Callable[[Sequence[Mapping[str, Any]], int], Any], conclude: Callable[[Any], Conclusions], package: str
) -> None:
    """Time `conclude` on each set of documents in the JSON file that the command line names, so many times over as it says after it.

    What `prepare` makes of the documents, and a first run over a few of them, which loads what is loaded once, are not counted.
    """
    sets: dict[str, list[dict[str, Any]]] = json.loads(Path(sys.argv[1]).read_text())
    results = {}
    for name, documents in sets.items():
        conclude(prepare(documents[:WARM], 1))
        prepared = prepare(documents, int(sys.argv[2]))
        before = time.process_time()
        found = conclude(prepared)
        seconds = time.process_time() - before
        results[name] = {"cpu_seconds": seconds, "documents": len(found), "licences": found[: len(documents)]}
    print(json.dumps({"sets": results, "version": version(package)}), flush=True)
