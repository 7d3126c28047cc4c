"""Objects that nothing names any more: noticed first, removed when they still are unnamed after a grace, while nobody works.

A manifest that goes leaves its objects to this. Who reads them meanwhile reads on, and a running capture that takes one up again
names it before the grace is over.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from muniment.policies.retention import Kind, Retention
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.retention import Due
from muniment.schemas.source import Record
from muniment.store.root import Root
from muniment.tasks.retain.guard import Guard
from muniment.tasks.retain.windows import cut

_KEY = "retention/unnamed.json"
_FOLDERS = ("objects/", "derived/", "signatures/")
_MODELS = "models/"  # files of encoders; records of trained models lie beside them
# These say what was, not what is kept: a digest in them keeps nothing.
_TELLING = ("ledger/", "erasures/", "runs/", "retention/", "leases/", "holdings/", "checkpoints/", "ages/", *_FOLDERS)
_DIGEST = re.compile(rb"[0-9a-f]{64}")


class Noticed(Record):
    """Since when files are unnamed: by digests of their keys, so that no trace of an erased object stays here."""

    since: dict[str, datetime] = {}


def find(root: Root, policy: Retention, at: datetime, guard: Guard) -> Iterator[Due]:
    """Files that were seen unnamed before the grace began, and still are."""
    before, noticed = cut(policy.window[Kind.UNNAMED], at), _noticed(root)
    if before is None:
        return
    for key in unnamed(root):
        digest = digest_of(key)
        last = noticed.since.get(_mark(key))
        if last and last <= before and digest not in guard.frozen:
            yield Due(kind=Kind.UNNAMED, name=digest, keys=(key,), since=last, reason="UNNAMED")


def notice(root: Root, at: datetime) -> int:
    """Remember what is unnamed now, and since when; gives how much that is."""
    before = _noticed(root).since
    now = {mark: before.get(mark, at) for mark in map(_mark, unnamed(root))}
    tag = root.objects.read_tagged(_KEY)[1] if root.objects.exists(_KEY) else ""
    root.objects.replace(_KEY, canonical_json(Noticed(since=now)), tag)
    return len(now)


def unnamed(root: Root) -> list[str]:
    """Keys of all objects, vector files, segments and files of encoders that no manifest, ref, remembered result or other record names."""
    kept = [key for folder in _FOLDERS for key in root.objects.list(folder)]
    kept += [key for key in root.objects.list(_MODELS) if not key.endswith(".json")]
    named = named_digests(root)  # after the listing: what is named since is no candidate
    return [key for key in kept if digest_of(key) not in named]


def named_digests(root: Root) -> frozenset[str]:
    """Every digest that any record under the root holds, whatever the record is: what we do not know keeps what it names."""
    found = set[bytes]()
    for key in root.objects.list(""):
        if key.endswith(".json") and not key.startswith(_TELLING):
            found.update(_DIGEST.findall(root.objects.read(key)))
    return frozenset(each.decode() for each in found)


def digest_of(key: str) -> str:
    """The digest that a file is named by."""
    return key.rpartition("/")[2].partition(".")[0]


def _noticed(root: Root) -> Noticed:
    return root.manifests.record(_KEY, Noticed) if root.objects.exists(_KEY) else Noticed()


def _mark(key: str) -> str:
    return sha256(key.encode())[:32]
