"""What policy made of the evidence: one row for every document, the kept ones too."""

from enum import StrEnum

import pyarrow as pa


class Action(StrEnum):
    """What becomes of a document, from mildest to strictest."""

    ACCEPT = "accept"
    REDACT = "redact"
    KNOWN_RISK = "known-risk"
    HOLD = "hold"
    REJECT = "reject"


# Strictest wins when several rules hit one document.
SEVERITY = {action: rank for rank, action in enumerate(Action)}
PROMOTABLE = (Action.ACCEPT, Action.REDACT, Action.KNOWN_RISK)

VERDICT = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),  # codes of all rules that hit, in policy order
        pa.field("licence", pa.string()),  # concluded SPDX expression; null: unknown or conflicting
        pa.field("rights", pa.string(), nullable=False),  # how well that is established (LIC-7): verified, partial, unverified
        pa.field("tags", pa.list_(pa.string()), nullable=False),  # policy tags of that licence (LIC-2)
        pa.field("reserved", pa.list_(pa.string()), nullable=False),  # uses that its publisher opted out of: train, input, search
        pa.field("language", pa.string()),
    ]
)
