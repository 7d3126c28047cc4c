"""What a publisher reserved is held, whichever file says so, and its reason is told."""

from collections.abc import Callable
from pathlib import Path

from tests.stories import prose, write

from muniment import flows
from muniment.schemas.source import Source
from muniment.schemas.verdict import VERDICT
from muniment.store.root import open_root
from muniment.tasks.explain import explain
from muniment.tasks.judge import standing

_RSL = """<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><permits type="usage">ai-train</permits>
<payment type="crawl"><amount currency="USD">1</amount></payment></license></content></rsl>"""


def judged(uri: str) -> dict[str, dict[str, object]]:
    """Verdicts by native key."""
    root = open_root(uri)
    [judgement] = standing(root)
    rows = [row for shard in judgement.shards for row in root.lake.read(shard.verdicts, VERDICT).to_pylist()]
    return {explain(root.uri, str(row["doc_id"])).sections[0].rows[2][1]: row for row in rows}


def test_the_robots_file_of_a_mirrored_site_reserves_its_pages_and_no_others(
    uri: str, tmp_path: Path, register: Callable[..., Source]
) -> None:
    site = tmp_path / "mirror"
    write(site / "one.example" / "robots.txt", "User-agent: GPTBot\nDisallow: /private/\n\nUser-agent: *\nAllow: /\n")
    write(site / "one.example" / "private" / "a.md", prose(1))
    write(site / "one.example" / "b.md", prose(2))
    write(site / "two.example" / "private" / "c.md", prose(3))
    register(site, "mirror")
    flows.capture("mirror", root=uri)
    found = judged(uri)
    assert found["one.example/private/a.md"]["reserved"] == ["train"]
    assert found["one.example/private/a.md"]["action"] == "hold"
    assert found["one.example/private/a.md"]["reasons"] == ["TRAINING_RESERVED"]
    assert found["one.example/b.md"]["reserved"] == found["two.example/private/c.md"]["reserved"] == []


def test_a_licence_that_asks_for_payment_is_for_partners_only(uri: str, tmp_path: Path, register: Callable[..., Source]) -> None:
    site = tmp_path / "paid"
    write(site / "license.xml", _RSL)
    write(site / "a.md", prose(1))
    register(site, "paid")
    flows.capture("paid", root=uri)
    row = judged(uri)["a.md"]
    assert "PARTNER_ONLY" in row["tags"] and "train" in row["reserved"]  # type: ignore[operator]
