"""Licences of Creative Commons by their elements, version and port, in some forty languages."""
