"""Path patterns of RFC 9309 (2.2.2, 2.2.3) over paths of a site: `*` is any run, `$` at the end is the end, all else is a prefix."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np
import numpy.typing as npt
import polars as pl

from muniment.core.optouts.sites import AI_TXT

_ALL = frozenset(["/", "*", "/*"])
_KEPT = re.compile(r"%(?:2f|2a|24|25)", re.IGNORECASE)  # these mean another thing when they are not escaped
_INDEX = re.compile(r"/index\.x?html?$")
_EXTENSION = re.compile(r"\.[^/.]+$")
_FEW = 500  # paths, below which a loop is faster than setting up columns


class Paths:
    """Paths of the documents of one site, without their first slash, and which of them a pattern matches.

    `index.html` of a folder is the folder too. For ai.txt, whose patterns name kinds of files, a path without an extension is a page.
    """

    def __init__(self, paths: pl.Series) -> None:
        self._paths = decode("/" + paths)
        self._few = self._paths.to_list() if len(paths) < _FEW else None
        self._hits: dict[tuple[str, bool], npt.NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def matching(self, pattern: str, protocol: str) -> npt.NDArray[Any]:
        """A boolean for each path."""
        kinds = protocol == AI_TXT and pattern.startswith("*.")
        if (pattern, kinds) not in self._hits:
            self._hits[pattern, kinds] = self._matching(pattern, kinds)
        return self._hits[pattern, kinds]

    def _matching(self, pattern: str, kinds: bool) -> npt.NDArray[Any]:
        if pattern in _ALL:
            return np.ones(len(self._paths), bool)
        if self._few is not None:
            matcher = Matcher(pattern)
            return np.array([any(map(matcher.matches, _forms(path, kinds))) for path in self._few], bool)
        expression = regex(pattern)
        hit = self._paths.str.contains(expression) | self._paths.str.replace(_INDEX.pattern, "/").str.contains(expression)
        if kinds:
            page = ~self._paths.str.contains(_EXTENSION.pattern)
            hit = hit | (page & (self._paths.str.strip_chars_end("/") + ".html").str.contains(expression))
        return hit.to_numpy()


def regex(pattern: str) -> str:
    """The regular expression that matches where an RFC 9309 pattern does."""
    end = "$" if pattern.endswith("$") else ""
    parts = re.split(r"\*+", decoded(pattern.removesuffix("$")))
    return "(?s)^" + ".*".join(map(re.escape, parts)) + end


def decode(paths: pl.Series) -> pl.Series:
    """Paths with percent-encoding undone, as patterns are."""
    if not paths.str.contains("%", literal=True).any():
        return paths
    return paths.map_elements(decoded, return_dtype=pl.String)


def decoded(path: str) -> str:
    """A path or pattern with percent-encoding undone, but for characters that would change its meaning."""
    if "%" not in path:
        return path
    held = _KEPT.sub(lambda found: found[0].replace("%", "%25").lower(), path)
    return unquote_to_bytes(held).decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()


class Matcher:
    """One pattern over single paths, in time linear in a path whatever its wildcards."""

    def __init__(self, pattern: str) -> None:
        self._anchored = pattern.endswith("$")
        self._first, *self._rest = decoded(pattern.removesuffix("$")).split("*")

    def matches(self, path: str) -> bool:
        """Whether the pattern matches a decoded path."""
        if not path.startswith(self._first):
            return False
        place = len(self._first)
        for part in self._rest[: -1 if self._anchored else None]:
            found = path.find(part, place)
            if found < 0:
                return False
            place = found + len(part)
        if not self._anchored:
            return True
        last = self._rest[-1] if self._rest else ""
        return path.endswith(last) and len(path) - len(last) >= place if self._rest else len(path) == place


def _forms(path: str, kinds: bool) -> tuple[str, ...]:
    """The path, the folder that it is the index of, and for kinds of files the page that it is."""
    folder = (_INDEX.sub("/", path),) if "/index." in path else ()
    page = (f"{path.rstrip('/')}.html",) if kinds and not _EXTENSION.search(path) else ()
    return (path, *folder, *page)
