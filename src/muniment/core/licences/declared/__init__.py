"""Declared licences understood: names, addresses and expressions in whatever spelling."""
