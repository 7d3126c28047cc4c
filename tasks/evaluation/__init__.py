"""Evaluation sets in custody: versions, rotation, who reads them, what of them is never promoted, removal."""
