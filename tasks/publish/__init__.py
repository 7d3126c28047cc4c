"""From approved judgements to the parts of a snapshot."""
