"""Tombstones: what was erased stays out, by its name, by its content and by what resembles it."""
