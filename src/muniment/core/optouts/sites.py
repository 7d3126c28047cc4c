"""Files by which a site speaks for all of itself, told by their native keys, and the root that each speaks for."""

import re

import polars as pl

ROBOTS, AI_TXT, TDMREP, RSL = "robots", "ai.txt", "tdmrep", "rsl"
_FILES = (
    (ROBOTS, re.compile(r"^(.*[/#]|)robots\.txt$")),
    (AI_TXT, re.compile(r"^(.*[/#]|)ai\.txt$")),
    (TDMREP, re.compile(r"^(.*[/#]|)\.well-known/tdmrep\.json$")),
    (RSL, re.compile(r"^(.*[/#]|)[^/#]+\.(?:xml|rsl)$")),
)
# Any of them, for a filter over a column of keys; an XML file is RSL only by its root element.
PATTERN = r"(?:^|[/#])(?:robots\.txt|ai\.txt|\.well-known/tdmrep\.json|[^/#]+\.(?:xml|rsl))$"
_ORIGIN = re.compile(r"^(?:.*#)?[a-z][a-z0-9+.-]*://[^/]+/", re.IGNORECASE)
_HOST = re.compile(r"^(?:.*?[/#])?(?:[a-z0-9-]+\.)+[a-z]{2,}/", re.IGNORECASE)


def kind(native_key: str) -> str | None:
    """What kind of site file has this native key; None for any other document."""
    return next((name for name, pattern in _FILES if pattern.match(native_key)), None)


def root(native_key: str) -> str:
    """The beginning that the keys of all documents share which a site file speaks for, with its last slash.

    Scheme and host of an address. In a copy of a site, the folder that holds the file (or holds `.well-known`); for RSL, which may lie
    anywhere in a site, the folder that is named like a host, where there is one.
    """
    if found := _ORIGIN.match(native_key):
        return found[0]
    held = next(found[1] for _, pattern in _FILES if (found := pattern.match(native_key)))
    if kind(native_key) == RSL and (found := _HOST.match(native_key)):
        return found[0]
    return held.removesuffix(".well-known/")


def keys(native: pl.Series) -> pl.Series:
    """Native keys with the path of a bare host written out: `https://example.org` is `https://example.org/`."""
    return pl.select(pl.when(native.str.contains(r"://[^/]+$")).then(native + "/").otherwise(native)).to_series()
