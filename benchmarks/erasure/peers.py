"""The same documents in the same number of versions, erased by peers, and searched by our verifier."""
