"""The main job on real documents: what every machine that has installed Muniment already holds."""
