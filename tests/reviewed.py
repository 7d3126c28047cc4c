"""A captured source to decide about: copied for each test, so that it is detected once."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.stories import CONTACT, GARDEN, LICENCE, TRAVEL, write

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import Decision, Review
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.corpus import shown
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source
from muniment.tasks.tables import query

POLICY = (
    default()
    .replace('"twins", "contamination"]', '"twins"]')
    .replace("max_unknown_licence_share = 0.05", "max_unknown_licence_share = 0.5")
    .replace("max_unverified_rights_share = 0.05", "max_unverified_rights_share = 0.5")
)
PEOPLE = """
[dana]
groups = ["staff"]

[robin]
groups = ["stewards"]

[kim]
groups = ["stewards", "compliance"]
"""
BANK = "The deposit goes to DE89370400440532013000 before the first of May, and the rest of it when the keys are handed over. "
SECRET = 'The old script still says aws_access_key_id = "AKIAQ3EGRIFFZ7YHWN4K" near its top, which somebody must change this week. '


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the captured source `handbook` (steward dana, submitted by tess): five documents, three of which are stopped."""
    folder = tmp_path_factory.mktemp("reviewed")
    corpus, root = folder / "corpus", folder / "root"
    corpus.mkdir()
    write(corpus / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(corpus / "contact.md", LICENCE + "# Shelves\n\n" + CONTACT * 2)
    write(corpus / "garden.md", "# Garden\n\n" + GARDEN * 3)
    write(corpus / "bank.md", LICENCE + "# Deposit\n\n" + BANK * 2)
    write(corpus / "secret.md", LICENCE + "# Script\n\n" + SECRET * 2)
    policies.put_in_force(open_root(str(root)), POLICY)
    principals.put_in_force(open_root(str(root)), PEOPLE)
    register(str(root), corpus)
    flows.capture("handbook", root=str(root))
    open_root.cache_clear()
    return root


@pytest.fixture
def reviewed(template: Path, tmp_path: Path) -> str:
    """Address of a root of its own, in which nothing is decided yet."""
    shutil.copytree(template, tmp_path / "reviewed")
    return str(tmp_path / "reviewed")


def register(uri: str, corpus: Path, identifier: str = "handbook", actor: str = "tess", **fields: object) -> Source:
    """Register and approve a folder source."""
    plain = {
        "id": identifier, "kind": "folder", "location": str(corpus), "owner": "People team", "steward": "dana", "acl": ("staff",), **fields,
    }  # fmt: skip
    add_source(uri, Source.model_validate(plain), actor)
    return approve_source(uri, identifier, actor)


def approve(uri: str, actor: str = "dana", **scope: object) -> Review:
    """Approve, about whatever is named."""
    return decide(uri, "handbook", Decision.APPROVE, "read the sample", actor, **scope)  # type: ignore[arg-type]


def id_of(uri: str, file: str) -> str:
    """Id of the document of a file."""
    return str(query(uri, f"SELECT doc_id FROM documents WHERE native_key = '{file}'")["doc_id"][0].as_py())


def promoted(uri: str, ref: str = "production") -> dict[str, tuple[str, str]]:
    """File name → action and text, of what a ref shows."""
    root = open_root(uri)
    table = root.lake.read_all(list(snapshot(root, ref).shards()), PROMOTED)
    rows = zip(table["native_key"].to_pylist(), table["action"].to_pylist(), table["text"].to_pylist(), strict=True)
    return {name: (action, text) for name, action, text in rows}


def snapshot(root: Root, ref: str = "production") -> Snapshot:
    """What a ref shows."""
    found = shown(root, ref)
    assert found is not None
    return found


def later(days: float) -> datetime:
    """A moment so many days from now."""
    return datetime.now(UTC) + timedelta(days=days)
