"""Originals: the bytes as fetched, each under a key of its own, in packs with a table of keys each."""
