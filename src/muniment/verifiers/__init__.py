"""Programs that check what Muniment says without trusting it: each is one file, needs Python alone, and imports nothing of ours."""
