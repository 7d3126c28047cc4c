"""Licence texts that were pasted into metadata where a name belongs."""

from collections.abc import Iterable

import polars as pl

from muniment.core.licences.expressions import joined
from muniment.core.licences.matching.rules import Rules
from muniment.core.licences.texts import statements as texts

LINES = 6  # of a declared licence from which on it is a text


def is_pasted(declared: str) -> bool:
    """Whether a declared licence is a text, and neither a name nor a list of classifiers."""
    lines = [line for line in declared.splitlines() if line.strip()]
    return len(lines) >= LINES and not all(line.strip().startswith("License ::") for line in lines)


def meanings(declared: Iterable[str], rules: Rules) -> dict[str, str | None]:
    """What each distinct pasted text grants, read as a licence file is: an SPDX expression, or None."""
    pasted = [text for text in dict.fromkeys(declared) if is_pasted(text)]
    if not pasted:
        return {}
    frame = pl.DataFrame(
        {"doc": range(len(pasted)), "native_key": "LICENSE", "media_type": "text/plain", "text": pasted},
        schema={"doc": pl.UInt32, "native_key": pl.String, "media_type": pl.String, "text": pl.String},
    )
    granted: dict[int, list[str | None]] = {}
    for doc, found in texts.statements(frame, rules):
        if found.role == "grant":
            granted.setdefault(doc, []).append(found.expression)
    said = (granted.get(doc, [None]) for doc in range(len(pasted)))
    return {
        text: None if None in all_ else joined([each for each in all_ if each]) for text, all_ in zip(pasted, said, strict=True)
    }
