"""Pages for people: one self-contained file each, without scripts and without anything from elsewhere."""
