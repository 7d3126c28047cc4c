"""The objects of a snapshot, held against what a proof says of them: its manifest, and every digest."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .canonical import plain
from .finding import Finding, Refused
from .header import Header
from .reading import Reading
from .rows import object_file, same_documents
from .terms import LAYERS


def in_objects(reading: Reading, header: Header, root: Path) -> Iterator[Finding]:
    """Hold a proof against the manifest and the objects under a root; raises `Refused` for what is not as the proof has it."""
    manifest = root / "snapshots" / _name(header.snapshot) / f"{header.revision}.json"
    if not manifest.is_file():
        raise Refused(f"{manifest.name} of snapshot {header.snapshot} is not under {root}: an erasure may have replaced it")
    payload = manifest.read_bytes()
    if hashlib.sha256(payload).hexdigest() != header.manifest:
        raise Refused("the manifest of the snapshot is another one")
    _same_parts(header, json.loads(payload))
    yield Finding("ok", "the snapshot's manifest: the proof names its parts and objects, and no others")
    digests = {each["digest"] for part in header.parts for each in part["documents"]}
    further = {digest for part in header.parts for digest in (*part["verdicts"], *part["evidence"])}
    for digest in sorted(digests | further):
        if _digest(object_file(root, digest)) != digest:
            raise Refused(f"object {digest} does not match its name")
    yield Finding("ok", f"{len(digests | further):,} objects: documents, verdicts and licence evidence match their names")
    try:
        from pyarrow import parquet
    except ImportError:
        yield Finding("unchecked", "that the objects hold these documents: pyarrow is not installed")
        return
    same_documents(reading, header, root, parquet)
    yield Finding("ok", "the documents in the objects: the same ones, texts, licences, tags, reservations and classifications")


def _same_parts(header: Header, manifest: dict[str, Any]) -> None:
    if (manifest["id"], manifest["revision"]) != (header.snapshot, header.revision):
        raise Refused("the manifest is of another snapshot")
    named = {name: manifest[name] for name in ("parts", "policy", "licences", "tools", "code") if manifest.get(name)}
    named["schema"] = manifest["schema_version"]
    if not header.revision and hashlib.sha256(plain(named)).hexdigest()[:20] != header.snapshot:
        raise Refused("the snapshot's id is not that of its contents")
    kept = ("source", "capture", "judgement", "decision", "review")
    for part, told in zip(manifest["parts"], header.parts, strict=False):
        apart = {shard["digest"] for shard in part.get("share_alike", ())}
        shards = [
            {"digest": each["digest"], "rows": each["rows"], "layer": LAYERS[each["digest"] in apart]} for each in part["shards"]
        ]
        if [part[name] for name in kept] != [told[name] for name in kept] or shards != told["documents"]:
            raise Refused(f"the part of source {part['source']} is not the snapshot's")
    if len(manifest["parts"]) != len(header.parts):
        raise Refused("the proof names more or fewer parts than the snapshot has")


def _name(identifier: str) -> str:
    if not re.fullmatch(r"[0-9a-f]+", identifier):
        raise Refused("the snapshot's id is none")
    return identifier


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
