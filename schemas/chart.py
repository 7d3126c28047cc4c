"""The numbers of a picture: drawn where somebody looks, kept nowhere."""

from typing import Literal

from muniment.schemas.source import Record

Tone = Literal["accept", "redact", "known-risk", "hold", "reject", "plain"]


class Series(Record):
    """One kind of what is counted: a value for each label."""

    name: str
    tone: Tone
    values: tuple[float, ...]


class Chart(Record):
    """Counts by label, the series stacked. `bars`: a bar for each label, from the top; `columns`: a column, from the left."""

    title: str
    kind: Literal["bars", "columns"]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str = "documents"
    note: str = ""
