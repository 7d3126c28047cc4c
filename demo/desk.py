"""What people do in the demo: register sources, and decide about what was captured."""

from pathlib import Path

from muniment.schemas.source import Classification, Kind, Source
from muniment.store.registry import parse
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.pack import find_judgement
from muniment.tasks.review.decide import latest
from muniment.tasks.sources import add_source, approve_source

DECISIONS = (
    ("package-papers", "approve", "Licences are declared or inherited; contacts are redacted; the unknown stays out."),
    ("package-source", "approve", "For auditors only; the classification keeps it from everybody else."),
    ("office-files", "approve-redacted", "Held for bank details alone; with those redacted it may go in."),
)


def register(root: str, files: list[Path], office: Path, people: Path) -> None:
    """Put sources and principals in force; what is registered already stays as it is."""
    store = open_root(root)
    sources = [parse(file.read_text()) for file in files] + [_office(office)]
    known = {source.id: source for source in store.registry.all()}
    for source in sources:
        held = known.get(source.id)
        kept = {name: getattr(held, name) for name in ("status", "approved_by", "version")} if held else {}
        if held is None or source.model_copy(update=kept) != held:
            add_source(root, source, "noor")
            approve_source(root, source.id, "dana")
    principals.put_in_force(store, people.read_text())


def undecided(root: str, source: str) -> bool:
    """Whether nobody has decided about the latest judgement of a source."""
    store = open_root(root)
    return latest(store, find_judgement(store, source).id) is None


def _office(folder: Path) -> Source:
    return Source(
        id="office-files",
        kind=Kind.FOLDER,
        location=str(folder),
        owner="People team",
        steward="dana",
        classification=Classification.CONFIDENTIAL,
        document_type="office",
        domain="company",
        declared_licence="LicenseRef-Owned",
        acl=("people-team",),
        authority=60,
    )
