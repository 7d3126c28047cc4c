"""The served ranking against its peers, in one run."""
