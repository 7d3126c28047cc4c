"""By what right: licences concluded, terms, uses, proofs."""
