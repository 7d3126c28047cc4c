"""Usage preferences in one value: `Content-Usage` of the IETF's aipref group and `Content-Signal` of contentsignals.org.

draft-ietf-aipref-vocab-08 knows train-ai, ai-use and search. Labels of its earlier revisions still stand in files: they are read as what
they meant, a broad label first, so that a narrower one beside it overrides it. A value that says neither yes nor no says nothing.
"""

import re
from collections.abc import Iterator, Mapping

from muniment.core.optouts.statement import ALLOW, DENY, INPUT, SEARCH, TRAIN, USES

_PATH = re.compile(r"^([/*]\S*)\s+(.*)$", re.DOTALL)
_USAGE: Mapping[str, tuple[str, ...]] = {
    "all": USES, "bots": USES, "tdm": (TRAIN, INPUT),
    "ai": (TRAIN,), "ai-output": (INPUT,),
    "train-ai": (TRAIN,), "train-genai": (TRAIN,), "genai": (TRAIN,), "ai-use": (INPUT,), "inference": (INPUT,), "search": (SEARCH,),
}  # fmt: skip
_SIGNAL: Mapping[str, tuple[str, ...]] = {"search": (SEARCH,), "ai-input": (INPUT,), "ai-train": (TRAIN,)}
VOCABULARIES = {"content-usage": _USAGE, "content-signal": _SIGNAL}
_MEANING = {"y": ALLOW, "yes": ALLOW, "?1": ALLOW, "n": DENY, "no": DENY, "?0": DENY}


def with_path(value: str) -> tuple[str, str]:
    """A rule of robots.txt as the path pattern that it begins with, all paths where it has none, and its preferences."""
    found = _PATH.match(value.strip())
    return (found[1], found[2]) if found else ("/", value)


def preferences(name: str, value: str) -> Iterator[tuple[str, str]]:
    """(use, verdict) of a `content-usage` or `content-signal` value: comma-separated `label=value`, parameters left aside."""
    vocabulary = VOCABULARIES[name]
    said: dict[str, str] = {}
    for item in value.split(","):
        label, _, answer = item.partition(";")[0].partition("=")
        said[label.strip().lower()] = _MEANING.get(answer.strip().strip('"').lower(), "")
    found: dict[str, str] = {}
    for label, uses in vocabulary.items():
        if said.get(label):
            found |= dict.fromkeys(uses, said[label])
    yield from found.items()
