"""Charts side by side as one PNG: what stands in an artifact, where a page's own styles do not reach."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from muniment.core.palette import INK, QUIET, TONES
from muniment.schemas.chart import Chart

_SETTINGS: Any = {
    "font.family": "sans-serif", "font.size": 8, "text.color": INK, "axes.labelcolor": QUIET, "axes.edgecolor": "#c9ced4",
    "xtick.color": QUIET, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.titlelocation": "left", "axes.titlesize": 9, "axes.titleweight": "bold", "axes.titlepad": 7,
    "legend.frameon": False, "legend.fontsize": 7, "text.parse_math": False, "xtick.labelsize": 7, "ytick.labelsize": 7.5,
}  # fmt: skip
_PANEL, _DPI, _COLOURS = 3.4, 200, 32  # inches, dots an inch, colours of the palette
_LABEL, _FEWEST = 22, 3  # characters; bars that room is made for


def picture(charts: Sequence[Chart]) -> bytes:
    """A PNG of at most three charts in a row; the same charts give the same bytes with one version of matplotlib."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(_PANEL * len(charts), _height(charts)), dpi=_DPI, layout="constrained", facecolor="white")
        for axes, chart in zip(figure.subplots(1, len(charts), squeeze=False)[0], charts, strict=True):
            (_bars if chart.kind == "bars" else _columns)(axes, chart)
            axes.set_title(chart.title)
            if len(chart.series) > 1:
                axes.legend(loc="lower right" if chart.kind == "bars" else "upper right", handlelength=1, handleheight=1)
        return _png(figure)


def _height(charts: Sequence[Chart]) -> float:
    """Inches: as many bars as there are, and columns that are wider than they are high."""
    return max(2.2 if chart.kind == "columns" else 0.6 + 0.25 * max(len(chart.labels), _FEWEST) for chart in charts)


def _bars(axes: Axes, chart: Chart) -> None:
    ends = [0.0] * len(chart.labels)
    for series in chart.series:
        axes.barh(range(len(ends)), series.values, left=ends, color=TONES[series.tone], label=series.name, height=0.66)
        ends = [one + other for one, other in zip(ends, series.values, strict=True)]
    for place, end in enumerate(ends):
        axes.annotate(f"{end:,.0f}", (end, place), (4, 0), textcoords="offset points", va="center", fontsize=7, color=QUIET)
    axes.set_yticks(range(len(ends)), [_short(label) for label in chart.labels])
    axes.set_ylim(max(len(ends), _FEWEST) - 0.4, -0.6)  # few bars are not drawn as blocks
    axes.set_xlim(0, max([*ends, 1]) * (1.15 if len(chart.series) == 1 else 1.6))  # room for the legend
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _columns(axes: Axes, chart: Chart) -> None:
    ends = [0.0] * len(chart.labels)
    for series in chart.series:
        axes.bar(range(len(ends)), series.values, bottom=ends, color=TONES[series.tone], label=series.name, width=0.92)
        ends = [one + other for one, other in zip(ends, series.values, strict=True)]
    step = max(1, -(-len(ends) // 6))
    places = range(0, len(ends), step)
    axes.set_xticks(list(places), [_short(chart.labels[place]) for place in places])
    axes.set_xlabel(chart.axis)
    axes.set_ylim(0, max([*ends, 1]) * 1.2)
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(axis="y", color="#e6e9ec")
    axes.tick_params(axis="x", length=0)


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"


def _png(figure: Figure) -> bytes:
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    size = canvas.get_width_height(physical=True)
    drawn = Image.frombytes("RGBA", size, bytes(canvas.buffer_rgba())).convert("RGB").quantize(_COLOURS)
    out = BytesIO()
    drawn.save(out, format="PNG", optimize=True)
    return out.getvalue()
