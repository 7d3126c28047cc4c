"""The search page: three files of ours, no build, nothing from elsewhere."""
