"""A small corpus that is searched, in which each kind of failure is planted: copied for each test, so that it is made once."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests import reviewed
from tests.stories import CONTACT, GARDEN, LICENCE, TRAVEL, prose, write

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import WORDS, IndexFile
from muniment.schemas.query import Counted
from muniment.schemas.review import Decision
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.corpus import index_of, target
from muniment.tasks.index import words
from muniment.tasks.queries.registry import add_queries
from muniment.tasks.review.decide import decide

POLICY = (
    default()
    .replace(
        '"personal", "secrets", "language", "quality", "licences", "optouts", "twins", "contamination"',
        '"quality", "licences", "twins"',
    )
    .replace('"personal", "secrets", "language", "quality", "licences", "optouts"', '"quality", "licences"')
)
PEOPLE = """
[dana]
groups = ["staff", "everyone", "board"]
clearance = "restricted"

[robin]
groups = ["staff", "everyone", "board"]
clearance = "restricted"

[guest]
groups = ["everyone"]
clearance = "public"
"""
BOARD = (
    "The board meets in the round tower on the last Thursday of each quarter and votes on the budget for the year that follows. "
)
BREAD = "The sourdough starter rests overnight under a wet cloth, and the loaves go into the stone oven before six in the morning. "
FILLER = 10  # documents about nothing that is asked for


@pytest.fixture(scope="session")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with an index: `open` for everybody, `inner` for the board, `late` captured and approved but not promoted."""
    folder = tmp_path_factory.mktemp("asked")
    uri = str(folder / "root")
    policies.put_in_force(open_root(uri), POLICY)
    principals.put_in_force(open_root(uri), PEOPLE)
    write(folder / "open" / "travel.txt", LICENCE + TRAVEL * 2)
    write(folder / "open" / "garden.txt", LICENCE + GARDEN * 2)
    write(folder / "open" / "contact.txt", LICENCE + CONTACT * 2)
    write(folder / "open" / "copy.txt", LICENCE + GARDEN * 2, modified=1_600_000_000)  # the older one is removed
    for seed in range(FILLER):
        write(folder / "open" / f"filler{seed}.txt", prose(seed, 60))
    write(folder / "inner" / "board.txt", LICENCE + BOARD * 2)
    write(folder / "late" / "bread.txt", LICENCE + BREAD * 2)
    for name, groups in (("open", ("everyone",)), ("inner", ("board",))):
        _taken_in(uri, folder / name, name, groups)
    flows.promote(root=uri)
    flows.index(root=uri, encoder="wordllama")
    _taken_in(uri, folder / "late", "late", ("everyone",))
    open_root.cache_clear()
    return folder / "root"


@pytest.fixture
def desk(searched: Path, tmp_path: Path) -> Root:
    """A copy of it for each test."""
    shutil.copytree(searched, tmp_path / "root")
    return open_root(str(tmp_path / "root"))


def question(text: str, *documents: str, **fields: object) -> dict[str, object]:
    """A line of a file of queries, answered by whole documents."""
    return {"text": text, "relevant": [{"document": each} for each in documents], **fields}


def store(root: Root, folder: Path, lines: Iterable[dict[str, object]], name: str = "desk", user: str = "dana") -> Counted:
    """Register queries."""
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return add_queries(root.uri, name, path, "dana", user)


def _taken_in(uri: str, folder: Path, name: str, groups: tuple[str, ...]) -> None:
    public = {} if name == "inner" else {"classification": "public"}
    reviewed.register(uri, folder, name, acl=groups, **public)
    flows.capture(name, root=uri)
    decide(uri, name, Decision.APPROVE, "read it", "dana")


def degraded(root: Root) -> None:
    """Let production serve an index whose words lead to the wrong passages: each to the one at the other end of its segment."""
    index = index_of(root, "production")
    segments = []
    for each in index.segments:
        rows = root.lake.read(each.chunks, CHUNK)
        turned = root.lake.write(rows.take(list(range(rows.num_rows))[::-1]), CHUNK)
        payload = words.build(root, turned)
        file = IndexFile(kind=WORDS, digest=sha256(payload), count=rows.num_rows, bytes=len(payload))
        root.objects.put(file.key, payload)
        segments.append(each.model_copy(update={"files": (*(held for held in each.files if held.kind != WORDS), file)}))
    worse = index.model_copy(update={"id": digest([index.id, "degraded"])[:20], "segments": tuple(segments)})
    root.manifests.put("indexes", worse)
    held, tag = target(root, "production")
    assert held
    root.refs.move("production", held.model_copy(update={"index": worse.id, "serial": held.serial + 1}), tag)
