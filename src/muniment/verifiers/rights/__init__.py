"""Verify a proof of rights without Muniment: `python rights PROOF [--key HEX] [--terms FILE] [--objects ROOT]`. Exit code 0 or 1.

One folder, Python 3.11 or later, no other package. Only reading documents under --objects needs pyarrow; without it objects are hashed
and not read. What a proof is made of stands in docs/rights.md; whoever trusts neither that page nor this folder can write another.
Its files name each other by their place in the folder, so that a copy of it runs anywhere.

A proof says: these are all documents of this snapshot (but for the layers that were left out), and none violates a clause of the use.
What follows from the proof file alone is recomputed here from the licence expression of every document. That expressions, contracts
and tables are what they should be is the signer's word, unless --terms and --objects give something to hold them against.
"""

from .command import main, said
from .finding import Finding, Refused
from .findings import holds, verify
from .header import Header, Source
from .signature import ed25519
from .table import Table
from .terms import RANKS, UNKNOWN
from .tree import Tree, included
from .violations import Leaf, violated

__all__ = [
    "RANKS", "UNKNOWN", "Finding", "Header", "Leaf", "Refused", "Source", "Table", "Tree", "ed25519", "holds", "included", "main", "said",
    "verify", "violated",
]  # fmt: skip
