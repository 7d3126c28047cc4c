"""Where documents hold licence rules: compiled once, found word for word or nearly so."""
