"""Near-duplicate removal against other tools, on the same documents: `python -m benchmarks.duplicates`."""
