"""One document of a proof by itself."""

import json
from collections.abc import Iterator
from pathlib import Path

from .canonical import canonical, unique
from .documents import leaf_of
from .fields import shape, texts
from .finding import Finding, Refused
from .header import Header
from .reading import signed
from .signer import signer
from .tree import included


def one_document(excerpt: Path, key: str) -> Iterator[Finding]:
    """An excerpt of a proof (`muniment rights document`): one document, and the path from it to the signed root."""
    fields = json.loads(excerpt.read_bytes(), object_pairs_hook=unique)
    shape("the excerpt", fields, {"header": str, "seal": str, "leaf": str, "index": int, "path": list})
    line, leaf = fields["header"].encode(), fields["leaf"].encode()
    header = Header(canonical(line))
    signed(header.key, line, fields["seal"].encode())
    doc_id, document = leaf_of(leaf, header, {})
    path = [bytes.fromhex(each) for each in texts("path", fields["path"])]
    if not included(leaf, fields["index"], header.documents, path, bytes.fromhex(header.root)):
        raise Refused("the path does not lead from this document to the root")
    yield Finding("ok", f"one document, {doc_id.decode()} under {document.licence}: it is in the tree over {header.documents:,}")
    yield Finding("ok", f"its tags, and every clause of the use {header.use['name']} for it")
    yield from signer(header, key)
    yield Finding("unchecked", "anything about other documents, the table, the use and the objects: that takes the whole proof")
