"""The line of a document: read, and held against the licence table."""

import re
from typing import Any

from .canonical import canonical
from .expressions import stricter
from .fields import rank, texts
from .header import Header
from .table import tags_of
from .terms import LAYERS, RESERVED
from .violations import Leaf, violated

_LEAF = re.compile(rb'(\{.*"doc_id":")([0-9a-f]{32})(".*"text_hash":")([0-9a-f]{64})"\}', re.DOTALL)
_KEYS = {"chosen", "classification", "doc_id", "layer", "licence", "reserved", "source", "tags", "text_hash"}
from .finding import Refused


def leaf_of(line: bytes, header: Header, known: dict[tuple[bytes, bytes], Leaf]) -> tuple[bytes, Leaf]:
    """(id, document). Lines that differ in id and digest only are read once: both are plain digits, so they differ in nothing else."""
    found = _LEAF.fullmatch(line)
    if not found:
        raise Refused("a line is no document")
    around = found[1], found[3]
    if around not in known:
        fields = canonical(line)
        if set(fields) != _KEYS or fields["doc_id"] != found[2].decode() or fields["text_hash"] != found[4].decode():
            raise Refused("a document has other fields than it must have")
        known[around] = _document(fields, header)
    return found[2], known[around]


def _document(fields: dict[str, Any], header: Header) -> Leaf:
    name, source, licence = f"document {fields['doc_id']}", fields["source"], fields["licence"]
    if not isinstance(source, str) or source not in header.present:
        raise Refused(f"{name} is of a source that has no part")
    if fields["layer"] not in LAYERS or fields["layer"] in header.without:
        raise Refused(f"{name} is of a layer that was left out")
    if licence is not None and not isinstance(licence, str):
        raise Refused(f"{name} has no licence expression")
    tags, meaning = tags_of(name, fields["tags"]), header.table.read(licence)
    if stricter(tags, meaning.tags) != tags:
        raise Refused(f"{name} has tags that its licence {licence} does not have")
    if header.table.read(fields["chosen"] or None).chosen != meaning.chosen:
        raise Refused(f"{name} names another branch of its licence than the one that is taken")
    if fields["layer"] and not tags & {"SHAREALIKE", "UNKNOWN"}:
        raise Refused(f"{name} is in the share-alike layer and is not share-alike")
    reserved = texts(name, fields["reserved"])
    if list(reserved) != sorted(set(reserved) & set(RESERVED)):
        raise Refused(f"{name} has reservations that are not understood")
    leaf = Leaf(source, fields["layer"], licence, tags, reserved, rank(fields["classification"]), meaning.names)
    for clause in violated(leaf, meaning.taken, header):
        raise Refused(f"{name} violates the clause about {clause}: it is of source {source}, under {licence}")
    return leaf
