"""Opt-outs: what publishers say, in forms that machines read, about training on, answering from and searching in what they publish."""

from muniment.core.optouts.conclusion import conclude, positions
from muniment.core.optouts.detection import detector

__all__ = ["conclude", "detector", "positions"]
