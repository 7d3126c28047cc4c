"""Licences in the files that carry metadata, by ecosystem."""
