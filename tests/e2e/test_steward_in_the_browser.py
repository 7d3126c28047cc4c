"""A steward in the Prefect UI: opens the run, reads its evidence pack, follows a link, fills in the form; the corpus follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.desk import chromium, decide, keep, link, read_pack, shown
from tests.services import Serving
from tests.stories import CONTACT, GARDEN, LICENCE, TRAVEL, handbook, prose, write

from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import Review
from muniment.store.root import open_root
from muniment.tasks import corpus

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(1200)]
REASON = "Read the sample; contacts are redacted."


@pytest.fixture
def root(tmp_path: Path) -> str:
    """A root with an approved source: something to accept, to redact, a duplicate, one without a licence, one far longer."""
    folder, uri = tmp_path / "files", str(tmp_path / "root")
    write(folder / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(folder / "travel-copy.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(folder / "contact.md", LICENCE + "# Shelves\n\n" + CONTACT * 2)
    write(folder / "garden.md", "# Garden\n\n" + GARDEN * 3)
    write(folder / "long.md", LICENCE + " ".join(prose(900 + number, 300) for number in range(30)))
    for number in range(40):
        write(folder / f"page-{number}.md", prose(number, 60 + number * 37 % 400))
    handbook(uri, folder)
    return uri


@pytest.fixture
def service(root: str) -> Iterator[Serving]:
    """The service for it."""
    with Serving(root, MUNIMENT_CORES="1") as serving:
        yield serving.ready()


def reviews(root: str) -> list[Review]:
    store = open_root(root)
    return [store.manifests.record(key, Review) for key in store.objects.list("reviews/")]


def promoted(root: str) -> set[str]:
    """Files that production shows."""
    store = open_root(root)
    snapshot = corpus.shown(store, "production")
    assert snapshot
    shards = [shard for part in snapshot.parts for shard in part.shards]
    return set(store.lake.read_all(shards, PROMOTED, ["native_key"])["native_key"].to_pylist())


def test_a_steward_reads_decides_and_the_corpus_follows(service: Serving, root: str, tmp_path: Path) -> None:
    run = service.run("capture", {"source": "handbook"})
    with chromium() as page:
        read_pack(page, service.address, run["id"], tmp_path)
        assert "PERSONAL_CONTACT" in page.content() and "jo.smith" not in page.content()
        assert len(widths := shown(page)) == 2 and min(widths) > 1000
        keep(page, tmp_path / "pack.png", 1700)
        whole = str(page.get_by_role("link", name="Decide about this capture").first.get_attribute("href"))
        group, document = link(page, "PERSONAL_CONTACT"), link(page, "LICENCE_UNKNOWN")
        steps = (
            (whole, "hold", ()),
            (whole, "reject", ()),
            (group, "hold", ("PERSONAL_CONTACT",)),
            (document, "reject", ()),
            (whole, "approve-redacted", ()),
            (whole, "approve", ()),
        )
        for form, decision, items in steps:
            ended = service.ended(decide(page, form, decision, REASON, "dana", tmp_path, items))
            assert ended["state"]["type"] == "COMPLETED", (decision, ended["state"])
            assert ended["name"].startswith(f"review {decision} ")
        page.goto(f"{service.address}/v2/artifacts/key/evidence-handbook")
        page.locator("a[href*='/v2/artifacts/artifact/']").first.click()
        page.get_by_text("a name that was typed").first.wait_for()
        keep(page, tmp_path / "decided.png", 1000)
    made = reviews(root)
    assert [str(each.decision) for each in made] == ["hold", "reject", "hold", "reject", "approve-redacted", "approve"]
    assert {(each.actor, str(each.identity), each.reason) for each in made} == {("dana", "typed", REASON)}
    assert made[2].groups == ("PERSONAL_CONTACT",) and len(made[3].documents) == 1
    kept = promoted(root)
    assert "travel.md" in kept or "travel-copy.md" in kept
    assert not kept & {"contact.md", "garden.md"}  # held by its group, rejected by itself


def test_a_review_stays_open_through_a_power_cut_and_is_decided_after_it(service: Serving, root: str, tmp_path: Path) -> None:
    service.run("capture", {"source": "handbook"})
    service.kill()
    service.start()
    service.ready()
    service.run("remind")
    assert "| handbook | waiting |" in service.artifact("waiting-for-a-steward")
    with chromium() as page:
        page.goto(f"{service.address}/v2/artifacts/key/waiting-for-a-steward")
        page.locator("a[href*='/v2/artifacts/artifact/']").first.click()
        page.get_by_role("link", name="open the form").first.wait_for()
        keep(page, tmp_path / "waiting.png", 600)
        form = str(page.get_by_role("link", name="open the form").first.get_attribute("href"))
        run = decide(page, form, "approve", REASON, "dana", tmp_path)
    assert service.ended(run)["state"]["type"] == "COMPLETED"
    assert "travel.md" in promoted(root) or "travel-copy.md" in promoted(root)
    service.run("remind")
    assert "Nothing waits for a steward" in service.artifact("waiting-for-a-steward")
