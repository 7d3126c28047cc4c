"""Programs that check what Muniment says without trusting it: each is a file or folder by itself that imports nothing of ours."""
