"""CPU seconds and spans of one way to find secrets, as one line of JSON. Every side is timed by this file, each under its own Python."""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

Found = tuple[
    list[tuple[int, int, int]], int
]  # document, start, end of all places of what was found, and how many findings they are
WARM = 20


def report(find: Callable[[Sequence[str]], Found], package: str) -> None:
    """Time `find` on the JSON list of texts named first on the command line; print its seconds and what it finds there and in the
    list named second."""
    code, labelled = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    find(code[:WARM])
    before = _cpu()
    alarms, findings = find(code)
    seconds = _cpu() - before
    found, _ = find(labelled)
    result = {"cpu_seconds": seconds, "alarms": alarms, "findings": findings, "found": found, "version": version(package)}
    print(json.dumps(result), flush=True)


def places(text: str, secret: str) -> list[tuple[int, int]]:
    """Everywhere that a secret stands in a text, for tools that tell no offsets."""
    found, start = [], text.find(secret) if secret else -1
    while start >= 0:
        found.append((start, start + len(secret)))
        start = text.find(secret, start + len(secret))
    return found


def _cpu() -> float:
    """User and system seconds of this process, its threads and the children it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
