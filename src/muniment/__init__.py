"""Muniment: a corpus that you can defend. See README.md and docs/."""

__version__ = "0.1.0"
