"""What a labelled page may be used for by its own word and its site's: `train` of `muniment eval licences`.

A page comes with its response headers and the files of its site (`headers`, `site`: path → text); it is put beside those files as in a capture.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from muniment.core import optouts
from muniment.core.detector import Detector
from muniment.core.extraction import rights_headers
from muniment.evaluate.records import Labelled
from muniment.policies.ai_agents import ai_agents

_ORIGIN = re.compile(r"^[a-z][a-z0-9+.-]*://[^/]+/?", re.IGNORECASE)
_UNSPECIFIED = "unspecified"


def detector() -> Detector:
    """The detector that captures are looked at with."""
    return optouts.detector(ai_agents())


def headers_of(row: Labelled) -> str | None:
    """The lines of a row's response headers that speak of rights."""
    held = row.get("headers")
    return rights_headers(held if isinstance(held, str) else json.dumps(held)) if held else None


def right(rows: Sequence[Labelled], notices: Sequence[str | None]) -> list[bool | None]:
    """Of each row whether training is judged as labelled (`deny`, `allow`, `unspecified`); None where it has no label.

    `notices` is what extraction kept of each page and its headers. What is offered for payment is denied to whoever has not paid.
    """
    documents = [document for number, row in enumerate(rows) for document in _documents(number, row, notices[number])]
    names = ("doc_id", "native_key", "notices", "text")
    table = pa.table(
        {name: pa.array(values, pa.large_string()) for name, values in zip(names, zip(*documents, strict=True), strict=True)}
    )
    table = table.set_column(0, "doc_id", table["doc_id"].cast(pa.string()))
    told = optouts.positions(table, detector().detect(table))
    train = dict(zip(told["doc_id"].to_pylist(), told["train"].to_pylist(), strict=True))
    found = [train[str(number)] for number in range(len(rows))]
    return [_as_labelled(row["train"], position) if "train" in row else None for row, position in zip(rows, found, strict=True)]


def _as_labelled(label: str, position: str | None) -> bool:
    return label == (position or _UNSPECIFIED) or (label == "deny" and position == "paid")


def _documents(number: int, row: Labelled, notices: str | None) -> list[tuple[str, str, str | None, str]]:
    """The page and the files of its site, under the host that is this row's own."""
    host = f"https://site-{number}.example/"
    page = _ORIGIN.sub("", str(row.get("url") or "page.html"))
    files = [
        (f"{number}:{at}", host + _path(path), None, _text(text)) for at, (path, text) in enumerate((row.get("site") or {}).items())
    ]
    return [(str(number), host + page, notices, ""), *files]


def _path(path: str) -> str:
    bare = _ORIGIN.sub("", path).lstrip("/")
    return f".well-known/{bare}" if bare == "tdmrep.json" else bare


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
