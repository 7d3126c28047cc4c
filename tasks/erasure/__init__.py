"""Erasure: a request that is written down, a plan of every copy, the rewriting of each of them."""
