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
        pa.field("rule", pa.string(), nullable=False),  # the recogniser, secret rule or model that found it
        pa.field("type", pa.string(), nullable=False),
        pa.field("category", pa.string()),  # special category: health, finance, children, credentials
        *_SPAN,
        pa.field("score", pa.float32(), nullable=False),
        pa.field("keyed_hash", pa.string(), nullable=False),
    ]
)

# One measured property of a document: a number, a label, or both.
SIGNAL = pa.schema(
    [*_DOC, pa.field("name", pa.string(), nullable=False), pa.field("value", pa.float64()), pa.field("label", pa.string())]
)

# One piece of evidence about a licence. expression is SPDX; null where a name was seen but not understood (a bare family), and
# LicenseRef-scancode-unknown-license-reference where terms are stated and not named.
LICENCE = pa.schema(
    [
        *_DOC,
        pa.field("expression", pa.string()),
        pa.field("kind", pa.string(), nullable=False),  # declared, tag, text, notice, reference, markup
        pa.field("role", pa.string(), nullable=False),  # grant; mention: speaks of a licence and grants nothing; asset: of a part
        pa.field("scope", pa.string(), nullable=False),  # what it binds: document, project (all files beside it), asset
        pa.field("rule", pa.string(), nullable=False),  # what recognised it: a rule's name, or the place of markup or metadata
        pa.field("data", pa.string(), nullable=False),  # version of the reference data that it was recognised with
        *_SPAN,  # null for what stands outside the text (declared metadata)
        pa.field("confidence", pa.float32(), nullable=False),
    ]
)

# One machine-readable statement of a publisher about what may be done with what it publishes: a second axis beside licences.
# Rows of a site's own file (robots.txt, ai.txt, …) stand under that file's document and bind the paths that `scope` matches.
OPT_OUT = pa.schema(
    [
        *_DOC,
        pa.field("protocol", pa.string(), nullable=False),  # robots, content-usage, content-signal, tdmrep, rsl, ai.txt, noai, …
        pa.field("use", pa.string(), nullable=False),  # train, input (as context of an answer), search
        pa.field("verdict", pa.string(), nullable=False),  # deny, allow, paid (asks for payment or an agreement)
        pa.field(
            "scope", pa.string(), nullable=False
        ),  # "" this document; image: its images; else a path pattern from the root of its site (RFC 9309)
        pa.field("agent", pa.string(), nullable=False),  # the agent it addresses; "*" for all
        pa.field("place", pa.string(), nullable=False),  # where it was said: a header, a meta name, a file
        pa.field("raw", pa.string(), nullable=False),  # the value as it stood there, at most 200 characters
        pa.field("confidence", pa.float32(), nullable=False),
    ]
)

# One document's sketch for duplicate search, one row for each shingle size in use: kept beside the evidence and covered by erasure.
# Hashes are of its tokens: their sequence, their sequence with numbers masked, and the numbers.
SIGNATURE = pa.schema(
    [
        *_DOC,
        pa.field("ngram", pa.int32(), nullable=False),  # tokens of a shingle
        pa.field("tokens", pa.int32(), nullable=False),
        pa.field("sequence", pa.uint64(), nullable=False),
        pa.field("shape", pa.uint64(), nullable=False),
        pa.field("numbers", pa.uint64(), nullable=False),
        pa.field("raw", pa.uint64(), nullable=False),  # hash of the text's bytes
        pa.field("sketch", pa.binary(), nullable=False),  # 128 uint16, little-endian
    ]
)

# What duplicates are told apart and preferred by, of one document.
SUBJECT = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("media_type", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("project", pa.uint64(), nullable=False),  # hash of the enclosing project's name, 0 for none
        pa.field("path", pa.uint64(), nullable=False),  # hash of the native key with numbers masked
        pa.field("vendored", pa.bool_(), nullable=False),  # lies in a folder for other projects' code
        pa.field("settled", pa.bool_(), nullable=False),  # another source's document in the corpus: not to be decided about
        pa.field("standing", pa.bool_(), nullable=False),  # in the corpus already
        pa.field("admitted", pa.bool_(), nullable=False),  # would be promoted, were there no duplicates
        pa.field("authority", pa.int32(), nullable=False),  # of its source
        pa.field("licence", pa.int32(), nullable=False),  # 0 unknown, 1 limits use, 2 share-alike, 3 permissive
        pa.field("modified", pa.timestamp("us", tz="UTC")),
        pa.field("quality", pa.float32()),
    ]
)

# A document that is close to one that is kept. Without `spared` it is a duplicate of it; else it is kept all the same, for that reason.
TWIN = pa.schema(
    [
        *_DOC,
        pa.field("canonical_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # exact, near, embedding
        pa.field("jaccard", pa.float32(), nullable=False),  # exact, over the shingles of the domain's size
        pa.field("estimate", pa.float32(), nullable=False),  # from the sketches
        pa.field("cosine", pa.float32()),  # of the embeddings, for kind embedding
        pa.field("spared", pa.string()),  # sample, numbers, short, within, across, vendored, version
        pa.field("cluster", pa.string(), nullable=False),  # a document of its connected component, for reports and splits
        pa.field("preferred", pa.string(), nullable=False),  # why the canonical was preferred: standing, authority, freshness, …
        pa.field("parameters", pa.string(), nullable=False),  # digest of the policy's duplicates and of this code's version
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

# What a sample of a structured source says about one of its columns: names, counts and shares, never a value.
COLUMN = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("detector", pa.string(), nullable=False),
        pa.field("column", pa.string(), nullable=False),  # dotted where it is nested; what of a name is personal itself is replaced
        pa.field("arrow_type", pa.string(), nullable=False),
        pa.field("uses", pa.list_(pa.string()), nullable=False),  # text, title, key, …; empty: it is not taken
        pa.field("looked_at", pa.int64(), nullable=False),  # values, without missing ones
        pa.field("distinct", pa.int64(), nullable=False),  # of those
        pa.field("type", pa.string()),  # of personal data; null: none
        pa.field("share", pa.float32(), nullable=False),  # of those, in which findings of that type cover most of the value
        pa.field("name_score", pa.float32(), nullable=False),  # how surely the name says so
        pa.field("quasi", pa.string()),  # what it helps to single somebody out by: birth date, postcode, gender, person id, …
        pa.field("score", pa.float32(), nullable=False),  # how likely the column holds personal data, all taken together
        pa.field("why", pa.string(), nullable=False),
    ]
)
