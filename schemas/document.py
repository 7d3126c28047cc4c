"""The shape of a captured document in quarantine, and of a record that was set aside."""

import pyarrow as pa

# One row per document, sorted by doc_id. Text is Unicode NFC with "\n" line ends; offsets elsewhere count code points in it.
DOCUMENT = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),  # keyed hash of (source, native key)
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("native_key", pa.string(), nullable=False),  # the upstream's own name for it
        pa.field("entry", pa.string(), nullable=False),  # the listed thing it came from: a file, a blob, a mailbox
        pa.field("path", pa.string(), nullable=False),  # how it was retrieved
        pa.field("title", pa.string()),
        pa.field("media_type", pa.string(), nullable=False),
        pa.field("modified", pa.timestamp("us", tz="UTC")),  # upstream's last modification, if it says
        pa.field("byte_size", pa.int64(), nullable=False),
        pa.field("raw_hash", pa.string(), nullable=False),  # SHA-256 of the bytes as fetched
        pa.field("connector", pa.string(), nullable=False),  # name@version
        pa.field("project", pa.string()),  # enclosing package or repository: licences are inherited inside it
        pa.field("declared_licence", pa.string()),  # what the upstream's metadata says, verbatim
        pa.field("acl", pa.list_(pa.string())),  # null: the source's groups; empty: nobody
        pa.field("notices", pa.large_string()),  # rights markup and notices, read before boilerplate was stripped
        pa.field("transforms", pa.list_(pa.string()), nullable=False),  # what was done to the text, in order, name@version
        pa.field("text_hash", pa.string(), nullable=False),  # SHA-256 of text
        pa.field("text", pa.large_string(), nullable=False),
    ]
)

# One row per listed entry, sorted by entry, which is a keyed hash of its name. The fingerprint changes when the upstream changes: what has an equal one is not read.
ENTRY = pa.schema([pa.field("entry", pa.string(), nullable=False), pa.field("fingerprint", pa.string(), nullable=False)])

# One row per record that could not be taken in. `detail` never quotes content.
SET_ASIDE = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("entry", pa.string(), nullable=False),
        pa.field("native_key", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
    ]
)
