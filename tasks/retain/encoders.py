"""Versions of registered encoders that were replaced, once no kept index was built with them. Their files are then unnamed."""

from collections.abc import Iterator
from datetime import datetime

from muniment.policies.retention import Kind, Retention
from muniment.schemas.index import Index
from muniment.schemas.retention import Due
from muniment.store.encoders.registered import digest_of
from muniment.store.root import Root
from muniment.tasks.retain.windows import cut


def find(root: Root, policy: Retention, at: datetime) -> Iterator[Due]:
    """Due versions: replaced or removed for the grace of what nothing names, so that a build that began before is not cut off."""
    before, versions = cut(policy.window[Kind.UNNAMED], at), root.encoders.versions()
    if before is None or not versions:
        return
    needed = {digest_of(each) for each in root.encoders.all()}
    needed |= {each.encoder_digest for each in root.manifests.all("indexes", Index)}
    written = dict(root.objects.dated("encoders/"))
    for name, digest, key in versions:
        last = max(written[key], written.get(f"encoders/{name}.json", written[key]))
        if digest not in needed and last <= before:
            yield Due(kind=Kind.INDEXES, name=f"encoder {name}@{digest[:12]}", keys=(key,), since=last, reason="NO_INDEX")
