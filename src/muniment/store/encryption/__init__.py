"""Encryption at rest: objects that are sealed in segments, and the keys that seal them."""
