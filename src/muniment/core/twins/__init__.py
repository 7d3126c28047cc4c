"""Duplicates: a sketch per document, candidate pairs by banding, exact Jaccard of each pair, and a leader for each group."""

from muniment.core.twins.bands import BANDS, FLOOR, candidates
from muniment.core.twins.exact import verify
from muniment.core.twins.leaders import LEVEL, lead
from muniment.core.twins.sketch import VERSION, detector

__all__ = ["BANDS", "FLOOR", "LEVEL", "VERSION", "candidates", "detector", "lead", "verify"]
