"""Plots as SVG to stand inside a page: they take the page's text colour, so that they are readable on light and on dark."""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from muniment.core.palette import KEPT, REMOVED, TONES, WARNING

SERIES = (REMOVED, TONES["known-risk"], "#4a9d7c")
_INK = "#010203"  # stands for the colour of the page's text
_SETTINGS: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "muniment", "font.family": "sans-serif", "font.size": 10,
    "text.color": _INK, "axes.labelcolor": _INK, "axes.edgecolor": _INK, "xtick.color": _INK, "ytick.color": _INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "legend.frameon": False, "text.parse_math": False,
}  # fmt: skip
_WIDTH = 8.4  # inches


class Bar(NamedTuple):
    """One row: documents kept and removed, what to write beside them, and whether that stands out."""

    name: str
    kept: int
    removed: int
    said: str
    high: bool


def bars(rows: Sequence[Bar]) -> str:
    """One bar a row, from the top: what is kept and, after it, what is removed."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH, 0.7 + 0.3 * len(rows)), layout="constrained")
        axes: Axes = figure.subplots()
        places, kept = range(len(rows)), [row.kept for row in rows]
        axes.barh(places, kept, color=KEPT, label="kept", height=0.7)
        axes.barh(places, [row.removed for row in rows], left=kept, color=REMOVED, label="removed", height=0.7)
        for place, row in enumerate(rows):
            colour, weight = (WARNING, "bold") if row.high else (_INK, "normal")
            end = (row.kept + row.removed, place)
            axes.annotate(row.said, end, (5, 0), textcoords="offset points", va="center", color=colour, weight=weight)
        axes.set_yticks(places, [row.name for row in rows])
        axes.invert_yaxis()
        axes.margins(x=0.28)
        axes.tick_params(axis="y", length=0)
        _count(axes.xaxis)
        figure.legend(loc="outside upper right", ncols=2)
        return _svg(figure)


def histogram(starts: Sequence[float], width: float, series: Mapping[str, Sequence[int]], label: str) -> str:
    """Stacked columns: for each name in `series` one count for each bin that begins at `starts`."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH, 2.8), layout="constrained")
        axes: Axes = figure.subplots()
        below = [0] * len(starts)
        for (name, counts), colour in zip(series.items(), SERIES, strict=False):
            axes.bar(starts, counts, width=width * 0.9, align="edge", bottom=below, color=colour, label=name)
            below = [one + other for one, other in zip(below, counts, strict=True)]
        axes.set_xlim(starts[0], starts[-1] + width)
        axes.set_xlabel(label)
        axes.set_ylabel("documents")
        _count(axes.yaxis)
        axes.grid(axis="y", color=_INK, alpha=0.12)
        figure.legend(loc="outside upper right", ncols=len(series))
        return _svg(figure)


def _count(axis: Any) -> None:
    axis.get_major_locator().set_params(integer=True)
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _svg(figure: Figure) -> str:
    out = StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace(_INK, "currentColor")
    return re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
