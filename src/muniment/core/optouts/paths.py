"""Path patterns of RFC 9309 (2.2.2, 2.2.3) over a column of paths: `*` is any run, `$` at the end is the end, all else is a prefix."""

import re
from urllib.parse import unquote_to_bytes

import polars as pl

from muniment.core.optouts.sites import AI_TXT

_ALL = frozenset(["/", "*", "/*"])
_KEPT = re.compile(r"%(?:2f|2a|24|25)", re.IGNORECASE)  # these mean another thing when they are not escaped
_INDEX = r"/index\.x?html?$"


def matching(paths: pl.Series, pattern: str, protocol: str) -> pl.Series:
    """Which of the decoded paths a pattern matches. `index.html` of a folder is the folder too.

    For ai.txt, whose patterns name kinds of files, a path without an extension is a page.
    """
    if pattern in _ALL:
        return pl.repeat(True, len(paths), eager=True)
    expression = regex(pattern)
    hit = paths.str.contains(expression) | paths.str.replace(_INDEX, "/").str.contains(expression)
    if protocol == AI_TXT and pattern.startswith("*."):
        page = ~paths.str.contains(r"\.[^/.]+$")
        hit = hit | (page & (paths.str.strip_chars_end("/") + ".html").str.contains(expression))
    return hit


def regex(pattern: str) -> str:
    """The regular expression that matches where an RFC 9309 pattern does."""
    end = "$" if pattern.endswith("$") else ""
    parts = decoded(pattern.removesuffix("$")).split("*")
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
