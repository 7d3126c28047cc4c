"""A promoted and indexed corpus that is written down directly: sources of four classifications, two tenants, ACLs of their own, and
documents with words that stand nowhere else, which is what is looked for."""

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa

from muniment.core.identity import document_id
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import Index, Layout
from muniment.schemas.principal import Principal
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Part, Snapshot, Target
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed
from muniment.tasks.index.layout import lay_out
from muniment.tasks.sources import add_source, approve_source

ENCODER = "wordllama"
ROLES = """
[dana]
groups = ["staff", "legal"]
clearance = "restricted"

[robin]
groups = ["staff"]
clearance = "internal"

[guest]
groups = ["everyone"]
clearance = "public"

[alien]
groups = ["staff", "legal", "everyone"]
clearance = "restricted"
tenant = "acme"

[nobody]

[cleared]
clearance = "restricted"
"""
STEWARD = "dana"
_WORDS = [
    "archive",
    "basement",
    "cabinet",
    "drawer",
    "entrance",
    "folder",
    "gallery",
    "hallway",
    "index",
    "journal",
    "kitchen",
    "ledger",
    "meeting",
    "notice",
    "office",
    "paper",
]
_SYLLABLES = ["ka", "lo", "mi", "ru", "te", "vo", "za", "ne", "bi", "du", "fa", "go"]


class Doc(NamedTuple):
    """A document as it is promoted."""

    source: str
    key: str
    text: str
    groups: tuple[str, ...]
    classification: str = "internal"
    tenant: str = "default"


def name_of(number: int) -> str:
    """A word that stands in one document only."""
    rest, parts = (number * 7919 + 13) % 12**6, []
    for _ in range(6):
        rest, digit = divmod(rest, 12)
        parts.append(_SYLLABLES[digit])
    return "".join(parts)


def prose(number: int, words: int = 60) -> str:
    """Plain text that shares its words with all others."""
    chance = random.Random(number)
    lines = [" ".join(chance.choices(_WORDS, k=12)).capitalize() + "." for _ in range(words // 12)]
    return "\n\n".join([f"# Note {number}", *lines])


def ordinary(count: int = 60) -> list[Doc]:
    """Documents that somebody or other may read."""
    made = []
    for number in range(count):
        groups, level, tenant = (
            (("staff",), "internal", "default"),
            (("everyone", "staff"), "public", "default"),
            (("legal",), "confidential", "default"),
            (("staff",), "internal", "acme"),
        )[number % 4]
        text = prose(number) + f"\n\nThe {name_of(number)} meeting keeps a journal of the cabinet."
        made.append(Doc(f"{level}-{tenant}", f"note{number}.md", text, groups, level, tenant))
    return made


def secret(number: int, groups: Sequence[str] = ("board",), level: str = "restricted", tenant: str = "default") -> Doc:
    """A document of a group that nobody is in, about a word that stands nowhere else."""
    word = name_of(100_000 + number)
    text = (
        f"# The {word} plan\n\nProject {word} closes the {word} site. " + f"The {word} agreement of {word} stays between us. " * 8
    )
    return Doc(f"{level}-{tenant}", f"secret{number}.md", text, tuple(groups), level, tenant)


def question_of(document: Doc) -> str:
    """What finds a secret, were it there."""
    return " ".join(document.text.split()[1:12])


def build(uri: str, documents: Iterable[Doc], layout: Layout = Layout.SHARED, ref: str = "production") -> Index:
    """Register the sources, promote the documents to a ref and index them."""
    root = open_root(uri)
    if not root.objects.exists(principals.KEY):
        principals.put_in_force(root, ROLES)
    snapshot = promote(root, documents, ref)
    passages = lay_out(uri, embed(uri, ref, ENCODER), layout)
    assert passages.snapshot == snapshot.id
    return build_index(uri, ref, passages, "tester")


def promote(root: Root, documents: Iterable[Doc], ref: str = "production") -> Snapshot:
    """Make a snapshot of documents, and let the ref show it."""
    by_source: dict[str, list[Doc]] = {}
    for each in documents:
        by_source.setdefault(each.source, []).append(each)
    parts = tuple(_part(root, name, of) for name, of in sorted(by_source.items()))
    snapshot = Snapshot(
        id=digest([part.model_dump(mode="json") for part in parts])[:20],
        parts=parts,
        policy="0" * 64,
        code="test",
        checks="0" * 64,
        statistics={"documents": float(sum(map(len, by_source.values())))},
    )
    root.manifests.put("snapshots", snapshot)
    held, tag = root.refs.read(ref, Target)
    moved = Target(snapshot=snapshot.id, index=held.index if held else "", serial=held.serial + 1 if held else 1)
    root.refs.move(ref, moved, tag)
    return snapshot


def id_of(root: Root, document: Doc) -> str:
    """Its id under a root."""
    return document_id(root.vault.key("documents"), document.source, document.key)


def people(root: Root) -> list[Principal]:
    """Everybody."""
    return list(principals.everyone(root).values())


def may_read(document: Doc, asking: Principal) -> bool:
    """The rule, read out loud."""
    levels = ["public", "internal", "confidential", "restricted"]
    return (
        document.tenant == asking.tenant
        and levels.index(document.classification) <= levels.index(asking.clearance)
        and bool({*document.groups} & {*asking.groups})
    )


def _part(root: Root, name: str, documents: list[Doc]) -> Part:
    first = documents[0]
    if not root.objects.exists(f"registry/{name}.toml"):
        source = Source.model_validate(
            {
                "id": name, "kind": "folder", "location": "/nowhere", "owner": "People team", "steward": STEWARD,
                "acl": first.groups, "classification": first.classification, "tenant": first.tenant,
            }
        )  # fmt: skip
        add_source(root.uri, source, STEWARD)
        approve_source(root.uri, name, STEWARD)
    rows = sorted((_row(root, each) for each in documents), key=lambda row: row["doc_id"])
    stored = root.lake.write(pa.Table.from_pylist(rows, schema=PROMOTED), PROMOTED)
    return Part(source=name, capture="c", judgement="j", decision=Decision.APPROVE, review="r", shards=(stored,))


def _row(root: Root, each: Doc) -> dict[str, object]:
    return {
        "doc_id": id_of(root, each), "source_id": each.source, "native_key": each.key, "project": None, "title": each.key,
        "owner": "People team", "modified": None, "classification": each.classification, "tenant": each.tenant,
        "acl": list(each.groups), "language": "en", "media_type": "text/markdown", "licence": "MIT", "rights": "permissive",
        "tags": [], "reserved": [], "action": "accept", "reasons": [], "redactions": 0, "splices": [], "pseudonym_key": None,
        "text_hash": sha256(each.text.encode()), "text": each.text,
    }  # fmt: skip
