"""Words: which passage holds which, and how well passages match a query's, of what may be read and nothing else."""
