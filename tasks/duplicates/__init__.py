"""Duplicates: signed, looked up, compared, kept in an index."""
