"""Plots as SVG to stand inside a page: they take the page's text colour, so that they are readable on light and on dark."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from muniment.core.palette import KEPT, REMOVED, TONES, WARNING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    with _axes(0.7 + 0.3 * len(rows)) as axes:
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
        axes.figure.legend(loc="outside upper right", ncols=2)
        return _svg(axes)


def histogram(starts: Sequence[float], width: float, series: Mapping[str, Sequence[int]], label: str) -> str:
    """Stacked columns: for each name in `series` one count for each bin that begins at `starts`."""
    with _axes(2.8) as axes:
        below = [0] * len(starts)
        for (name, counts), colour in zip(series.items(), SERIES, strict=False):
            axes.bar(starts, counts, width=width * 0.9, align="edge", bottom=below, color=colour, label=name)
            below = [one + other for one, other in zip(below, counts, strict=True)]
        axes.set_xlim(starts[0], starts[-1] + width)
        axes.set_xlabel(label)
        axes.set_ylabel("documents")
        _count(axes.yaxis)
        axes.grid(axis="y", color=_INK, alpha=0.12)
        axes.figure.legend(loc="outside upper right", ncols=len(series))
        return _svg(axes)


class Dot(NamedTuple):
    """One row: a figure with its interval, what to write beside it, and whether it is one of the first of its group."""

    name: str
    value: float
    low: float
    high: float
    said: str
    colour: str = KEPT
    first: bool = False


def dots(rows: Sequence[Dot], label: str, line: float, least: float | None = None, most: float | None = None) -> str:
    """One dot a row, from the top, with its interval as a bar, and an upright line to compare with; a gap stands before each group."""
    places, place = list[float](), 0.0
    for row in rows:
        place += 0.5 if row.first and places else 0.0
        places.append(place)
        place += 1.0
    with _axes(0.8 + 0.27 * place) as axes:
        axes.axvline(line, color=_INK, alpha=0.45, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        for row, at in zip(rows, places, strict=True):
            axes.plot([row.low, row.high], [at, at], color=row.colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
            axes.plot(row.value, at, "o", color=row.colour, markersize=6, clip_on=False)
            axes.annotate(row.said, (1.03, at), xycoords=("axes fraction", "data"), va="center", fontsize=9)
        axes.set_yticks(places, [row.name for row in rows])
        axes.set_ylim(place - 0.4, -0.7)
        axes.set_xlim(least, most)
        axes.set_xlabel(label)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=_INK, alpha=0.12)
        axes.spines["left"].set_visible(False)
        return _svg(axes)


def shares(names: Sequence[str], series: Mapping[str, tuple[str, Sequence[int]]], said: Sequence[str]) -> str:
    """One bar a row, from the top, each of the whole width: for each name in `series` its colour, and a count for each row."""
    with _axes(0.9 + 0.3 * len(names)) as axes:
        totals = [max(1, sum(counts[row] for _, counts in series.values())) for row in range(len(names))]
        left = [0.0] * len(names)
        for name, (colour, counts) in series.items():
            wide = [count / total for count, total in zip(counts, totals, strict=True)]
            axes.barh(range(len(names)), wide, left=left, color=colour, label=name, height=0.7)
            for row, (start, width, count) in enumerate(zip(left, wide, counts, strict=True)):
                if width > 0.04:
                    axes.annotate(str(count), (start + width / 2, row), ha="center", va="center", color="white", fontsize=8)
            left = [start + width for start, width in zip(left, wide, strict=True)]
        for row, text in enumerate(said):
            axes.annotate(text, (1.01, row), va="center", fontsize=9)
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        _percent(axes.xaxis)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.figure.legend(
            loc="outside upper left", ncols=len(series), handlelength=1, handleheight=1, columnspacing=1.2, fontsize=9
        )
        return _svg(axes)


def lines(
    days: Sequence[date],
    series: Mapping[str, tuple[str, Sequence[float]]],
    label: str,
    line: float | None = None,
    line_said: str = "",
) -> str:
    """One line for each name in `series`: its colour and a share for each moment; `line` is a level to compare with."""
    with _axes(2.6) as axes:
        dated: Any = import_module("matplotlib.dates")
        at = dated.date2num(list(days))
        for name, (colour, values) in series.items():
            axes.plot(at, list(values), "o-", color=colour, label=name, markersize=4, linewidth=1.6)
        if line is not None:
            axes.axhline(line, color=WARNING, linewidth=1, linestyle=(0, (4, 3)))
            axes.annotate(
                line_said,
                (0.005, line),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                color=WARNING,
                fontsize=8,
            )
        axes.set_ylim(0, 1.05)
        axes.set_ylabel(label)
        _percent(axes.yaxis)
        locator = dated.AutoDateLocator(minticks=2, maxticks=8)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dated.ConciseDateFormatter(locator))
        axes.grid(axis="y", color=_INK, alpha=0.12)
        axes.figure.legend(loc="outside upper left", ncols=len(series), fontsize=9)
        return _svg(axes)


@contextmanager
def _axes(height: float) -> Iterator["Axes"]:
    """Axes of so many inches in the style of the page. The library takes half a second to import, and most commands draw nothing."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS):
        yield Figure(figsize=(_WIDTH, height), layout="constrained").subplots()


def _percent(axis: Any) -> None:
    axis.set_major_formatter(import_module("matplotlib.ticker").PercentFormatter(1.0))


def _count(axis: Any) -> None:
    axis.get_major_locator().set_params(integer=True)
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _svg(axes: "Axes") -> str:
    out = StringIO()
    figure: Any = axes.figure
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace(_INK, "currentColor")
    return re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
