"""What detectors write: facts with their whereabouts, never a threshold, an action or a raw value.

`start` and `end` are code-point offsets into the document's normalised text, end exclusive.
`detector` is name@version; the configuration digest stands in the evidence manifest that names the object.
"""

import pyarrow as pa

_DOC = [pa.field("doc_id", pa.string(), nullable=False), pa.field("detector", pa.string(), nullable=False)]
_SPAN = [pa.field("start", pa.int32()), pa.field("end", pa.int32())]

# A span that is personal data or a secret. keyed_hash = HMAC-SHA256(key, type ‖ normalised value), hexadecimal.
FINDING = pa.schema(
    [
        *_DOC,
        pa.field("type", pa.string(), nullable=False),
        *_SPAN,
        pa.field("score", pa.float32(), nullable=False),
        pa.field("keyed_hash", pa.string(), nullable=False),
    ]
)

# One measured property of a document: a number, a label, or both.
SIGNAL = pa.schema(
    [*_DOC, pa.field("name", pa.string(), nullable=False), pa.field("value", pa.float64()), pa.field("label", pa.string())]
)

# One piece of evidence about a licence. expression is SPDX; null where a statement was seen but not understood.
LICENCE = pa.schema(
    [
        *_DOC,
        pa.field("expression", pa.string()),
        pa.field("kind", pa.string(), nullable=False),  # declared, tag, text, notice, reference, markup
        *_SPAN,  # null for what stands outside the text (declared metadata)
        pa.field("confidence", pa.float32(), nullable=False),
    ]
)

# One document's sketch for near-duplicate search: kept beside the evidence and covered by erasure.
SIGNATURE = pa.schema(
    [
        *_DOC,
        pa.field("exact", pa.string(), nullable=False),
        pa.field("tokens", pa.int32(), nullable=False),
        pa.field("sketch", pa.binary(), nullable=False),
    ]
)

# A document that duplicates another. jaccard is exact, over 5-token shingles; estimate comes from the sketch.
TWIN = pa.schema(
    [
        *_DOC,
        pa.field("canonical_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # exact, near
        pa.field("jaccard", pa.float32(), nullable=False),
        pa.field("estimate", pa.float32(), nullable=False),
        pa.field("cluster", pa.string(), nullable=False),  # canonical_id of the cluster's leader
        pa.field("preferred", pa.string(), nullable=False),  # why the canonical was preferred: authority, freshness, …
    ]
)

# A document that overlaps an evaluation item: holdout = its question, target = its answer.
EVAL_HIT = pa.schema(
    [
        *_DOC,
        pa.field("suite", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("overlap", pa.float32(), nullable=False),  # share of the item's n-grams that the document holds
    ]
)
