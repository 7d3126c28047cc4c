"""Encoders: which one an index is made with, bringing one in from a folder, and measuring it by language."""
