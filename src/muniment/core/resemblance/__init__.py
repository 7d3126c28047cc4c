"""What tells that a document was erased, or resembles one that was, without keeping anything of it that could be read."""
