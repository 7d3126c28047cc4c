"""Duplicates: a signature per document, groups by bands of it, exact Jaccard of each pair, and a kept document for each removed one."""

from muniment.core.twins.search import Search, parameters
from muniment.core.twins.shingles import Memory, Spool
from muniment.core.twins.sketch import NGRAM, VERSION, detector

__all__ = ["NGRAM", "VERSION", "Memory", "Search", "Spool", "detector", "parameters"]
