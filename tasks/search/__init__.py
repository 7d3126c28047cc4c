"""Answer queries from what the asking principal may read, and say where a cited passage stands."""
