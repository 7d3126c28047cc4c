"""Captured documents that are an evaluation item, or the file of a set: found by exact hashes in every shard, whatever the policy lists.

What holds an item among other text is the contamination detector's to find.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.core.normal_form import normalise
from muniment.errors import InvalidRecord
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import EVAL_HIT
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets
from muniment.tasks.derive import Finished, frame
from muniment.tasks.evaluation.versions import mark

DETECTOR, KIND = "evaluation@1", "item"
_STEP = "evaluation"
# How an item is written when it is a document of its own. An answer to a question is none: that can be honest reference text.
_FORMS = (
    "{q}",
    "{q}\n{a}",
    "{q}\n\n{a}",
    "{q} {a}",
    "Question: {q}\nAnswer: {a}",
    "Q: {q}\nA: {a}",
    "Question: {q}\n\nAnswer: {a}",
)


class Known(NamedTuple):
    """What no document may be, as (suite, item) by the SHA-256 of a normalised text, and by bytes and keyed hash of a file."""

    texts: Mapping[str, set[tuple[str, str]]]
    files: Mapping[tuple[int, str], set[tuple[str, str]]]


def state(root: Root) -> str:
    """Changes whenever what is looked for does; empty when nothing is."""
    held = evalsets.registered(root)
    return digest([DETECTOR, evalsets.digest(root), [[file.mark for file in each.files] for each in held]]) if held else ""


def items_among(root: Root, shards: Sequence[Stored]) -> dict[str, Stored]:
    """By the digest of a shard of documents, an object of `EVAL_HIT` about those that are items; shards without one are left out."""
    standing = state(root)
    found = {each.digest: hits(root, each, standing) for each in shards} if standing else {}
    return {shard: stored for shard, stored in found.items() if stored.rows}


def barred(root: Root, shards: Sequence[Stored]) -> pa.Array:
    """Ids of the documents of these shards that are items of what is registered now, or files of it."""
    found = items_among(root, shards)
    return root.lake.read_all(list(found.values()), EVAL_HIT, ["doc_id"])["doc_id"].combine_chunks()


def hits(root: Root, shard: Stored, standing: str) -> Stored:
    """Hold one shard's hashes against all items: done once for each state of the sets."""
    key = digest([shard.digest, standing])
    if (known := root.work.recall(_STEP, key, Finished)) and root.lake.exists(known.output):
        return known.output
    documents = frame(root.lake.read(shard, DOCUMENT, ["doc_id", "byte_size", "raw_hash", "text_hash"]))
    stored = root.lake.write(_matched(root, documents, known_items(root.uri, standing)), EVAL_HIT)
    root.work.keep(_STEP, key, Finished(output=stored))
    return stored


@lru_cache(maxsize=1)
def known_items(uri: str, standing: str) -> Known:
    """What is looked for in a state of the sets."""
    root = open_root(uri)
    texts, files = defaultdict[str, set[tuple[str, str]]](set), defaultdict[tuple[int, str], set[tuple[str, str]]](set)
    secret = evalsets.key(root)
    for suite, item, question, answer in (
        evalsets.screened_rows(root, evalsets.today()).select("suite", "item", "question", "answer").iter_rows()
    ):
        for text in _forms(question, answer):
            texts[text].add((suite, evalsets.handle(secret, suite, item)))
    for held in evalsets.registered(root):
        for file in held.files:
            files[file.bytes, file.mark].add((held.id, "file"))
    return Known(texts, files)


def _forms(question: str, answer: str) -> set[str]:
    """Hashes of the texts that an item may stand in a document as."""
    if not question:
        written = {answer}
    elif not answer:
        written = {question}
    else:
        written = {form.format(q=question.strip(), a=answer.strip()) for form in _FORMS}
    found = set[str]()
    for text in written:
        try:
            found.add(sha256(normalise(text)[0].encode()))
        except InvalidRecord:  # nothing visible: nothing can be like it
            continue
    return found


def _matched(root: Root, documents: pl.DataFrame, known: Known) -> pa.Table:
    sizes, secret = {size for size, _ in known.files}, evalsets.key(root)
    found = []
    for doc_id, size, raw, text in documents.select("doc_id", "byte_size", "raw_hash", "text_hash").iter_rows():
        items = known.texts.get(text) or (known.files.get((size, mark(secret, raw))) if size in sizes else None)
        for suite, item in sorted(items or ()):
            found.append({"doc_id": doc_id, "detector": DETECTOR, "suite": suite, "item": item, "kind": KIND, "overlap": 1.0})
    return pa.Table.from_pylist(found, EVAL_HIT)
