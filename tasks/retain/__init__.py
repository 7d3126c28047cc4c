"""Retention, a file a kind: what is due, and how it goes."""
