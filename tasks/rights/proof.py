"""Write down why a use is allowed, so that another program can verify it without trusting us (docs/rights.md gives the format).

The file is gzip over lines of canonical JSON: a header, one line a document by id, and the signature over the header, which holds the
root of the Merkle tree over the documents. The same question at the same time gives the same bytes.
"""

import gzip
import json
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import IO

import polars as pl

from muniment import __version__
from muniment.core.merkle import Tree, path
from muniment.core.rights.leaves import lines
from muniment.core.rights.readings import all_names
from muniment.core.rights.rows import COLUMNS, rows
from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.rights import Check, Header, LayerObject, PartObjects, Proof, Rows
from muniment.schemas.snapshot import Part
from muniment.store.root import Root, open_root
from muniment.tasks.derive import frame
from muniment.tasks.duplicates.buckets import Buckets
from muniment.tasks.rights.check import Question, answer, ask
from muniment.tasks.step import run_id, step

DOMAIN = b"muniment-rights-proof/1\n"  # stands before what is signed, so that no other signature of the key can be taken for it
_LINE = {"doc_id": pl.String(), "line": pl.String()}
_TOOLS = ("license-expression", "licensedcode-data", "licenselynx", "pyarrow", "polars")


@step
def prove(
    uri: str, name: str, use: str, out: Path, actor: str, customer: str = "", without: tuple[str, ...] = (), first: int = 10
) -> tuple[Check, Proof | None]:
    """Check a use, and write the proof to `out` when nothing stands against it; a failed check writes none. Raises `NotFound`."""
    root = open_root(uri)
    question = ask(root, name, use, customer, without)
    found = answer(root, question, first)
    if not found.passed:
        return found, None
    if not found.documents:
        raise NotFound("There is no document to prove anything about.", "Promote documents first: `muniment promote`.")
    made = write(root, question, out, datetime.now(UTC))
    _record(root, made, actor)
    return found, made


def write(root: Root, question: Question, out: Path, now: datetime) -> Proof:
    """Write the proof of a question that was answered with yes. One row group is in memory at a time."""
    with tempfile.TemporaryFile(dir=out.parent) as body:
        tree, expressions = _body(root, question, body)
        header = _header(root, question, tree, expressions, now)
        line = canonical_json(header)
        seal = canonical_json({"signature": root.vault.sign(DOMAIN + line)})
        with tempfile.NamedTemporaryFile(dir=out.parent, delete=False) as whole:
            _member(whole, line)
            body.seek(0)
            copyfileobj(body, whole)
            _member(whole, seal)
    Path(whole.name).chmod(0o644)
    size = Path(whole.name).replace(out).stat().st_size
    return Proof(
        snapshot=question.snapshot.id,
        use=question.use.name,
        documents=tree.size,
        root=tree.root().hex(),
        key=root.vault.public_key,
        issued=now,
        bytes=size,
    )


def excerpt(file: Path, doc_id: str) -> dict[str, object]:
    """One document of a proof with the path from it to the signed root: what shows that it was covered, and nothing of the others.

    Raises `NotFound` when the proof is not about it.
    """
    with gzip.open(file) as lines:
        header = next(lines).rstrip(b"\n")
        size = int(json.loads(header)["documents"])
        mark = f'"doc_id":"{doc_id}"'.encode()
        place, leaf = next(((n, line) for n, line in enumerate(islice(lines, size)) if mark in line), (-1, b""))
        if place < 0:
            raise NotFound(f"The proof {file.name} is not about document {doc_id}.", "It may be of a layer that was left out.")
    with gzip.open(file) as lines:
        steps = path((line.rstrip(b"\n") for line in islice(lines, 1, 1 + size)), place, size)
        seal = next(lines)
    return {
        "header": header.decode(),
        "seal": seal.decode().rstrip("\n"),
        "leaf": leaf.decode().rstrip("\n"),
        "index": place,
        "path": [each.hex() for each in steps],
    }


def _body(root: Root, question: Question, file: IO[bytes]) -> tuple[Tree, set[str]]:
    """Write the documents' lines by id; gives their tree and all licence expressions in them."""
    tree, expressions = Tree(), set[str]()
    total = sum(shard.rows for _, shard in question.objects)
    with Buckets(_LINE, total) as buckets, gzip.GzipFile("", "wb", 6, fileobj=file, mtime=0) as packed:
        in_order = pl.col("doc_id").str.slice(0, 8).str.to_integer(base=16) * buckets.count // 2**32
        for part, shard in question.objects:
            for batch in root.lake.batches(shard, PROMOTED, COLUMNS):
                table = rows(frame(batch), part.layer(shard), question.table, question.sources)
                expressions.update(table["licence"].drop_nulls().unique())
                buckets.add(table.select("doc_id", lines(table)), in_order)
        for bucket in buckets.read():
            if bucket["doc_id"].is_duplicated().any():
                raise Corrupt("A document is in the snapshot twice.", "Promote again: `muniment promote`.")
            for line in bucket.sort("doc_id")["line"]:
                leaf = line.encode()
                tree.add(leaf)
                packed.write(leaf + b"\n")
    return tree, expressions


def _header(root: Root, question: Question, tree: Tree, expressions: set[str], now: datetime) -> Header:
    snapshot = question.snapshot
    manifest = root.objects.read(f"snapshots/{snapshot.id}/{snapshot.revision}.json")
    return Header(
        issued=now,
        key=root.vault.public_key,
        snapshot=snapshot.id,
        revision=snapshot.revision,
        manifest=sha256(manifest),
        ref=question.ref,
        use=question.use.model_dump(mode="json"),
        customer=question.customer,
        without=question.without,
        table=_rows_used(question, expressions),
        sources={name: each for name, each in question.sources.items() if name in question.present},
        parts=tuple(_objects(root, part) for part in snapshot.parts),
        tools={"muniment": __version__, **{name: version(name) for name in _TOOLS}},
        documents=tree.size,
        root=tree.root().hex(),
    )


def _rows_used(question: Question, expressions: set[str]) -> Rows:
    used = all_names(expressions)
    tags, adds = question.table.tags_of(), question.table.adds_of()
    return Rows(
        digest=question.table.digest,
        preferred=question.table.preferred,
        silent=tuple(sorted(used & set(question.table.unspoken))),
        licences={name: tuple(sorted(tags[name])) for name in sorted(used & tags.keys())},
        exceptions={name: tuple(sorted(adds[name])) for name in sorted(used & adds.keys())},
    )


def _objects(root: Root, part: Part) -> PartObjects:
    try:
        judged = root.manifests.get("judgements", part.judgement, Judgement).shards
    except NotFound:
        judged = ()
    return PartObjects(
        source=part.source,
        capture=part.capture,
        judgement=part.judgement,
        decision=str(part.decision),
        review=part.review,
        documents=tuple(LayerObject(digest=each.digest, rows=each.rows, layer=part.layer(each)) for each in part.shards),
        verdicts=tuple(each.verdicts.digest for each in judged),
        evidence=tuple(each.evidence["licences"].digest for each in judged if "licences" in each.evidence),
    )


def _member(file: IO[bytes], line: bytes) -> None:
    """One line as a gzip member of its own: members one after the other read as one file (RFC 1952, section 2.2)."""
    file.write(gzip.compress(line + b"\n", 6, mtime=0))


def _record(root: Root, made: Proof, actor: str) -> None:
    root.record(
        Draft(
            kind=EntryKind.RIGHTS_PROVEN,
            actor=actor,
            run=run_id(),
            inputs=(f"snapshot:{made.snapshot}",),
            outputs=(f"proof:{made.root}",),
            counts={"documents": made.documents},
            reasons=(made.use,),
        )
    )
