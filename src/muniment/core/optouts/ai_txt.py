"""ai.txt of Spawning: the syntax of robots.txt, and all of it about the mining of data for training.

It speaks of kinds of files, `*.html`, `*.txt`, `*.jpg`, more than of paths.
"""

from collections.abc import Iterator

from muniment.core.optouts.robots import rules
from muniment.core.optouts.statement import ALLOW, DENY, TRAIN, Statement

PROTOCOL = "ai.txt"
_VERDICTS = {"disallow": DENY, "allow": ALLOW}


def statements(text: str) -> Iterator[Statement]:
    """What an ai.txt says of training; a line whose value is neither a path nor a pattern says nothing."""
    if text.lstrip()[:1] == "<":
        return
    for rule in rules(text):
        path, verdict = rule.value, _VERDICTS.get(rule.field)
        if verdict is None or path[:1] not in ("/", "*"):
            continue
        scope = f"{path}$" if path.startswith("*.") and not path.endswith("$") else path
        for agent in rule.agents:
            yield Statement(PROTOCOL, TRAIN, verdict, "ai.txt", f"{agent}: {rule.field}: {path}", scope, agent, 0.9)
