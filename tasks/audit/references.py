"""Whether what is kept beside the ledger is what the ledger says, and whether nothing is named that is gone."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from pydantic import ValidationError

from muniment.errors import Corrupt, MunimentError, NotFound, RegistryError
from muniment.schemas.canonical import canonical_json, digest, sha256
from muniment.schemas.erasure import Receipt
from muniment.schemas.index import Index, IndexFile
from muniment.schemas.stored import Stored
from muniment.store.registry import parse
from muniment.store.root import Root
from muniment.store.segments import Segments
from muniment.store.vault import signed_by
from muniment.tasks.audit.chain import Told
from muniment.tasks.erasure import copies
from muniment.tasks.step import report

_RESTORE = "Restore it from a backup."
_WHOSE = "A run died between the record and its entry, or somebody else put it there."
_BLOCK = 1 << 22  # bytes
_PATIENCE = 2.0  # seconds within which a record that was just written gets its entry


def reviews(root: Root, told: Told) -> Iterator[str]:
    """Problems of reviews: each is the one that the ledger holds the digest of."""
    for key, expected in told.reviews.items():
        try:
            payload = root.objects.read(key)
        except NotFound:
            yield f"{key}, which the ledger names, is gone. {_RESTORE}"
            continue
        if sha256(payload) != expected:
            yield f"{key} is not the review that the ledger names. {_RESTORE}"
    for key in sorted(set(root.objects.list("reviews/")) - told.reviews.keys()):
        if not _entered(root, told, key):
            yield f"{key} stands for no entry of the ledger. {_WHOSE} Decide again: `muniment review`."


def registry(root: Root, told: Told) -> Iterator[str]:
    """Problems of the registry: every version of every entry is the one that the ledger holds the digest of, the last is in force."""
    known, latest = set[str](), dict[str, int]()
    for name, expected in told.sources.items():
        source, version = _split(name)
        latest[source] = max(latest.get(source, 0), version)
        known |= {_history(source, version), f"registry/{source}.toml"}
        if wrong := _registered(root, _history(source, version), expected):
            yield wrong
    for source, last in latest.items():
        wrong = _registered(root, f"registry/{source}.toml", told.sources[f"{source}#{last}"])
        if wrong and not _entered(root, told, f"{source}#{last + 1}"):
            yield wrong
    for key in sorted(set(root.objects.list("registry/")) - known):
        source, version = _split(key.removeprefix("registry/").removeprefix("history/").removesuffix(".toml").replace("/", "#"))
        if not _entered(root, told, f"{source}#{version or 1}"):
            yield f"{key} stands for no entry of the ledger. {_WHOSE} Register it again: `muniment source add`."


def requests(root: Root, told: Told) -> Iterator[str]:
    """Problems of requests to erase: each is the one that the ledger holds the digest of. One that is gone is looked for with its receipt."""
    for key in sorted(key for key in root.objects.list("erasures/") if key.endswith("/request.json")):
        identifier = key.split("/")[1]
        expected = told.requests.get(identifier)
        if expected is None and not _entered(root, told, identifier):
            yield f"{key} stands for no entry of the ledger. {_WHOSE} If you know it: `muniment reconcile`; if not, remove it."
        try:
            if expected and sha256(root.objects.read(key)) != expected:
                yield f"{key} is not the request that the ledger names. {_RESTORE}"
        except NotFound:  # retention removed it just now
            continue


def access(root: Root, told: Told) -> Iterator[str]:
    """Problems of changes of who may read: each is the one that the ledger holds the digest of, and none is missing."""
    for number, expected in told.access.items():
        key = f"access/{number:020d}.json"
        try:
            if sha256(root.objects.read(key)) != expected and not _entered(root, told, key):
                yield f"{key} is not the change that the ledger names. {_RESTORE}"
        except NotFound:
            yield f"{key}, which the ledger names, is gone. {_RESTORE}"
    known = {f"access/{number:020d}.json" for number in told.access}
    for key in sorted(set(root.objects.list("access/")) - known):
        if not _entered(root, told, key):
            yield f"{key} stands for no entry of the ledger. {_WHOSE} The next change enters it: `muniment access set`."


def receipts(root: Root, told: Told) -> Iterator[str]:
    """Problems of receipts: each is as it was signed by this root's key, and there is one for every erasure that was completed."""
    kept = {key.split("/")[1] for key in root.objects.list("erasures/") if key.endswith("/receipt.json")}
    for request in sorted(kept):
        key = f"erasures/{request}/receipt.json"
        try:
            payload = root.objects.read(key)
            receipt = Receipt.model_validate_json(payload)
            unsigned = canonical_json(receipt.model_copy(update={"signature": ""}))
            sound = payload == canonical_json(receipt) and receipt.request == request and receipt.key_id == root.vault.public_key
            if not (sound and signed_by(receipt.key_id, unsigned, receipt.signature)):
                yield f"{key} is not as this root signed it. {_RESTORE}"
        except ValidationError:
            yield f"{key} cannot be read. {_RESTORE}"
        except NotFound:  # it is being written anew
            continue
    for what, told_of in (("receipt", told.receipts), ("request", told.requests)):
        gone = [each for each in sorted(told_of) if not root.objects.exists(f"erasures/{each}/{what}.json")]
        if len(gone) > told.receipts_removed:  # retention removes both together, and the ledger says how many
            yield from (f"The {what} of erasure {each}, which the ledger names, is gone. {_RESTORE}" for each in gone)


def refs(root: Root) -> Iterator[str]:
    """Problems of refs: each leads to manifests that are kept."""
    for name in root.refs.names():
        key = f"refs/{name}.json"
        try:
            held = json.loads(root.objects.read(key))
            gone = [each for each in _leads_to(name, held) if not any(True for _ in root.objects.list(f"{each}/"))]
            if gone and json.loads(root.objects.read(key)) == held:  # it was not moved meanwhile
                yield f"{key} leads to {gone[0]}, which is gone. {_RESTORE}"
        except NotFound:
            continue
        except ValueError:
            yield f"{key} cannot be read. {_RESTORE}"


def _leads_to(name: str, held: object) -> list[str]:
    """Folders of the manifests that a ref names."""
    source = name.rpartition("/")[2]
    folders = {"snapshot": "snapshots", "index": "indexes", "judgement": "judgements", "capture": f"captures/{source}"}
    fields = held if isinstance(held, dict) else {}
    return [
        f"{folder}/{fields[field]}" for field, folder in folders.items() if isinstance(fields.get(field), str) and fields[field]
    ]


class Named(NamedTuple):
    """What manifests name, and the segments of the band index, by digest."""

    objects: dict[str, Stored]
    files: dict[str, IndexFile]
    segments: frozenset[str]


class Looked(NamedTuple):
    """What became of a look at every object."""

    named: int
    unnamed: int
    problems: list[str]


def objects(root: Root) -> Looked:
    """Recompute the digest of every object that a manifest names, of index files, and of the band index."""
    try:
        named = _named(root)
        failed = dict(_failed(root, named))
        if failed:  # an erasure may have replaced some meanwhile, and then nothing names them any more
            now = _named(root)
            failed = {name: wrong for name, wrong in failed.items() if any(name in each for each in now)}
    except MunimentError as error:
        return Looked(0, 0, [str(error)])
    return Looked(len(named.objects), len(set(copies.objects(root)) - named.objects.keys()), list(failed.values()))


def _named(root: Root) -> Named:
    stored, files = dict[str, Stored](), dict[str, IndexFile]()
    for _, manifest in copies.manifests(root):
        stored |= copies.named(manifest)
        if isinstance(manifest, Index):
            files |= {each.digest: each for each in manifest.files}
    return Named(stored, files, frozenset(Segments(root.objects).names()))


def _failed(root: Root, named: Named) -> Iterator[tuple[str, str]]:
    """(digest, what is wrong) of each that is not what its name says."""
    segments = Segments(root.objects)
    checks: list[tuple[str, Callable[[], None]]] = [
        *((name, partial(root.lake.verify, each)) for name, each in named.objects.items()),
        *((name, partial(_verify, root, each)) for name, each in named.files.items()),
        *((name, partial(segments.verify, name)) for name in sorted(named.segments)),
    ]
    for done, (name, check) in enumerate(checks, start=1):
        report("audit", done, len(checks))
        try:
            check()
        except (Corrupt, NotFound) as error:
            yield name, str(error)


def _verify(root: Root, file: IndexFile) -> None:
    digests = hashlib.sha256()
    with root.objects.open(file.key) as reader:
        while block := reader.read(_BLOCK):
            digests.update(block)
    if digests.hexdigest() != file.digest:
        raise Corrupt(f"{file.key} does not match its name.", "Build the index again: `muniment index build`.")


def _registered(root: Root, key: str, expected: str) -> str:
    """What is wrong with a registry entry, or nothing."""
    try:
        same = digest(parse(root.objects.read(key).decode())) == expected
    except NotFound:
        return f"{key}, which the ledger names, is gone. {_RESTORE}"
    except (RegistryError, UnicodeDecodeError):
        return f"{key} cannot be read. {_RESTORE}"
    return "" if same else f"{key} is not the registry entry that the ledger names. {_RESTORE}"


def _entered(root: Root, told: Told, name: str) -> bool:
    """Whether an entry for a review, a registry entry or a request has come since the ledger was read: whoever wrote it is writing that just now."""
    until = time.monotonic() + _PATIENCE
    while True:
        now = Told()
        for entry in root.ledger.since(told.entries):
            now.note(entry)
        of_access = (f"access/{number:020d}.json" for number in now.access)
        if name in now.reviews or name in now.sources or name in now.requests or name in of_access:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.1)


def _history(source: str, version: int) -> str:
    return f"registry/history/{source}/{version:06d}.toml"


def _split(name: str) -> tuple[str, int]:
    source, _, version = name.partition("#")
    return source, int(version) if version.isdecimal() else 0
