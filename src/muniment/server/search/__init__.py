"""Search over HTTP: an API, a page, and nothing that is not needed to answer."""
