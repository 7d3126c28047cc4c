"""Rerankers: installed packages offer them under the entry-point group `muniment.rerankers`, and the policy names one.

An entry point is a callable without arguments that gives a `Reranker`. None ships with Muniment. Policy is data: it can name what is
installed, and no module of its own.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

import numpy as np
import numpy.typing as npt

from muniment.errors import Stop

GROUP = "muniment.rerankers"


class Reranker(Protocol):
    """Scores texts for a query, higher is better. `digest` names its weights, `licence` is their SPDX expression."""

    name: str
    digest: str
    licence: str

    def rerank(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One number for each text (n)."""


@cache
def reranker(name: str) -> Reranker:
    """The reranker of that name, made once; raises `Stop` when none is installed, or it cannot be made."""
    found = list(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        raise Stop(f"{len(found)} rerankers are called {name}.", f"Install one package that offers it under {GROUP}.")
    try:
        made: Reranker = found[0].load()()
    except Exception as error:  # noqa: BLE001 – others' code: whatever it raises, the answer is given without it
        raise Stop(f"Reranker {name} cannot be loaded: {type(error).__name__}.", "See its package.") from None
    return made


def scored(by: Reranker, query: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """A score for each text; raises `Stop` when the reranker fails, or does not give one finite number for each."""
    try:
        scores = np.asarray(by.rerank(query, texts), np.float64)
    except Exception as error:  # noqa: BLE001 – as above
        raise Stop(f"Reranker {by.name} failed: {type(error).__name__}.", "See its package.") from None
    if scores.shape != (len(texts),) or not np.isfinite(scores).all():
        raise Stop(f"Reranker {by.name} did not give one number for each text.", "See its package.")
    return scores
