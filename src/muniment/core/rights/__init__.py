"""What a corpus may be used for: the clauses of a use against the rights of every document, and the tree that proves it."""
