"""Promoted documents, their chunks and their vectors: what an index is built from."""

import pyarrow as pa

_GOVERNANCE = [
    pa.field("title", pa.string(), nullable=False),
    pa.field("owner", pa.string(), nullable=False),
    pa.field("modified", pa.timestamp("us", tz="UTC")),
    pa.field("classification", pa.string(), nullable=False),
    pa.field("tenant", pa.string(), nullable=False),
    pa.field("acl", pa.list_(pa.string()), nullable=False),  # groups that may read; empty: nobody
    pa.field("language", pa.string()),
    pa.field("media_type", pa.string(), nullable=False),
    pa.field("licence", pa.string()),
]

# A replacement in a redacted text: code points start to end (exclusive) of the captured text became `length` others. Never a value.
SPLICE = pa.struct(
    [
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("length", pa.int32(), nullable=False),
    ]
)

# A document inside a snapshot: redacted text with all that must travel with it. Sorted by doc_id.
PROMOTED = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("native_key", pa.string(), nullable=False),
        pa.field("project", pa.string()),
        *_GOVERNANCE,
        pa.field("rights", pa.string(), nullable=False),
        pa.field("tags", pa.list_(pa.string()), nullable=False),
        pa.field("reserved", pa.list_(pa.string()), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("redactions", pa.int32(), nullable=False),
        pa.field("splices", pa.list_(SPLICE), nullable=False),  # ascending; maps offsets in text to the captured text and back
        pa.field("pseudonym_key", pa.string()),  # generation of the key that made its pseudonyms, if it has any
        pa.field("text_hash", pa.string(), nullable=False),  # SHA-256 of the promoted text
        pa.field("text", pa.large_string(), nullable=False),
    ]
)

# A passage. chunk_id is its citation: stable while the document's id and the passage's text stand. Offsets into PROMOTED.text.
CHUNK = pa.schema(
    [
        pa.field("chunk_id", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("ordinal", pa.int32(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        *_GOVERNANCE,
        pa.field("text_hash", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
    ]
)


def vectors(dimension: int) -> pa.Schema:
    """Schema of chunk vectors: unit-length float32 of `dimension` components, in the order of their chunks."""
    return pa.schema(
        [pa.field("chunk_id", pa.string(), nullable=False), pa.field("vector", pa.list_(pa.float32(), dimension), nullable=False)]
    )
