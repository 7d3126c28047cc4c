"""Minimisation: of all that is there, only what a source's selection names, up to its caps."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from muniment.schemas.source import Selection
from muniment.store.connectors.item import Entry, Item, Reading

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^]]+\]|[^*?[]+|\[")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def globs(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Matches, in full, relative POSIX paths that one of the glob patterns describes; `**` spans folders, `*` does not."""
    return re.compile("|".join(map(_regex, patterns)) or r"(?!)", re.DOTALL)


def _regex(pattern: str) -> str:
    return "".join(map(_translated, _TOKEN.findall(pattern)))


def _translated(token: str) -> str:
    if token in _MEANING:
        return _MEANING[token]
    if token.startswith("[") and len(token) > 1:
        inner = token[1:-1].replace("\\", r"\\")
        return f"[^/{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    return re.escape(token)


def wanted(select: Selection) -> Callable[[str], bool]:
    """Whether a relative path is included and not excluded."""
    included, excluded = globs(select.include), globs(select.exclude)
    return lambda path: bool(included.fullmatch(path)) and not excluded.fullmatch(path)


def capped(entries: Iterable[Entry], select: Selection, project: Callable[[Entry], str]) -> Iterator[Entry]:
    """Entries up to `max_documents` in all and `max_per_project` for each project, in their order."""
    counts: Counter[str] = Counter()
    left = select.max_documents
    for entry in entries:
        if left == 0:
            return
        owner = project(entry)
        if select.max_per_project and counts[owner] >= select.max_per_project:
            continue
        counts[owner] += 1
        left = left and left - 1
        yield entry


def first(readings: Iterable[Reading], limit: int | None) -> Iterator[Reading]:
    """Readings until `limit` items were given; what is refused does not count."""
    given = 0
    for reading in readings:
        if limit is not None and given >= limit:
            return
        given += isinstance(reading, Item)
        yield reading
