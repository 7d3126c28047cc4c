"""The key table of a pack of originals, and what is given back of one."""

import pyarrow as pa

ORIGINAL = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("raw_hash", pa.binary(32), nullable=False),  # SHA-256 of the bytes as fetched
        pa.field("wrapped", pa.binary(60), nullable=False),  # the document's key under the source's: nonce, key, tag
        pa.field("at", pa.int64(), nullable=False),  # where it begins in the pack
        pa.field("length", pa.int64(), nullable=False),  # bytes in the pack
        pa.field("size", pa.int64(), nullable=False),  # bytes as fetched
        pa.field("media_type", pa.string(), nullable=False),
    ]
)
