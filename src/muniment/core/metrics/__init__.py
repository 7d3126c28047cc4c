"""Figures of quality: of rankings, of changes between them, of agreement; with confidence intervals."""
