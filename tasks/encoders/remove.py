"""Take a registered encoder away: its entry, its versions, its figures and its files."""

from muniment.errors import Forbidden
from muniment.schemas.encoder import Removed
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store import encoders
from muniment.store.encoders.registered import digest_of
from muniment.store.root import open_root

_SHOWN = 5  # ids in an error


def remove_encoder(uri: str, name: str, actor: str) -> Removed:
    """Remove an encoder that no kept index was built with; raises `NotFound`, and `Forbidden` while one was.

    Files that another encoder has too stay. The ledger says so first; what a crash leaves is taken by the next night's retention.
    """
    if name in encoders.NAMES:
        raise Forbidden(f"{name} is an encoder that ships with Muniment.", "It lies in a package, and not under the root.")
    root = open_root(uri)
    entry = root.encoders.get(name)
    if used := sorted(each.id for each in root.manifests.all("indexes", Index) if each.encoder == name):
        raise Forbidden(
            f"{name} is what these kept indexes are searched with: {', '.join(used[:_SHOWN])}.",
            "Build with another encoder (`muniment index build --encoder`); the retention policy lets go of indexes that no ref serves.",
        )
    versions = sorted({digest_of(entry), *(digest for each, digest, _ in root.encoders.versions() if each == name)})
    root.record(
        Draft(
            kind=EntryKind.ENCODER_REMOVED,
            actor=actor,
            subjects=tuple(f"encoder:{each}" for each in versions),
            counts={"versions": len(versions)},
        )
    )
    root.refs.remove(f"admissions/{name}")
    gone = root.encoders.remove(name)
    return Removed(name=name, versions=tuple(versions), files=tuple(gone))
