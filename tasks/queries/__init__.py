"""Sets of real queries with what answers them: what search is judged by."""
