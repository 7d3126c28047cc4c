"""Measured error rates of gates as a plot: a row a gate, a dot a rate, a line its 95% interval."""

from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from muniment.schemas.sample import Audited

_WRONG, _MISSED = "#e0a030", "#d9483b"
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "muniment", "font.family": "sans-serif", "font.size": 10}


def rates(found: Audited) -> str:
    """An SVG: of what each gate stopped, the share stopped wrongly; of what it let through, the share that it missed."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(8.4, 1.4 + 0.45 * len(found.gates)), layout="constrained")
        axes = figure.subplots()
        for place, gate in enumerate(found.gates):
            for labels, rate, shift, colour in (
                (gate.hit, gate.false_positives, -0.14, _WRONG),
                (gate.passed, gate.false_negatives, 0.14, _MISSED),
            ):
                if labels:
                    axes.plot(rate[1:], [place + shift] * 2, color=colour, linewidth=2)
                    axes.plot(rate[0], place + shift, "o", color=colour)
                    axes.annotate(
                        f"{rate[0]:.1%} of {labels}", (rate[2], place + shift), (5, 0), textcoords="offset points", va="center"
                    )
        axes.plot([], [], "o-", color=_WRONG, label="stopped wrongly")
        axes.plot([], [], "o-", color=_MISSED, label="missed")
        axes.set_yticks(range(len(found.gates)), [gate.gate for gate in found.gates])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.15)
        axes.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0))
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper right", ncols=2, frameon=False)
        figure.suptitle(f"Gates of {found.source}, measured on {found.labelled:,} labels", x=0.01, ha="left")
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
