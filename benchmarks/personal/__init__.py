"""Personal data: speed against Presidio, memory, and what is found in which language."""
