"""A steward in the Prefect UI: opens the run's evidence pack, follows its link, fills in the form, submits; the corpus follows."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from demo.service import Service, free_port

from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.corpus import shown
from muniment.tasks.pack import find_judgement
from muniment.tasks.review import latest

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
REASON = "Read the sample; contacts are redacted."


@contextmanager
def chromium() -> Iterator[Any]:
    """A page of Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser.new_page(viewport={"width": 1300, "height": 1400})
        browser.close()


def test_a_steward_approves_in_the_browser_and_the_snapshot_is_promoted(
    uri: str, corpus: Path, register: Callable[..., Source], tmp_path: Path
) -> None:
    register(corpus)
    with Service(uri, free_port()) as service:
        service.ready()
        service.run("capture", source="handbook")
        with chromium() as page:  # after the run: its event loop would make Prefect's calls asynchronous
            decide_in(page, service.address, tmp_path)
        review = wait(lambda: latest(open_root(uri), find_judgement(open_root(uri), "handbook").id))
        snapshot = wait(lambda: shown(open_root(uri), "production"))
    assert (review.decision, review.reason, review.actor) == ("approve", REASON, "Dana of the People team")
    assert [part.source for part in snapshot.parts] == ["handbook"]
    assert (tmp_path / "form.png").stat().st_size > 10_000


def decide_in(page: Any, address: str, pictures: Path) -> None:
    """From the artifact to the submitted form, as a person goes."""
    page.goto(f"{address}/v2/artifacts")
    page.get_by_role("link", name="evidence-handbook").first.click()
    page.locator("a[href*='/v2/artifacts/artifact/']").first.click()
    page.get_by_text("Decide about this capture").first.wait_for()
    assert "PERSONAL_CONTACT" in page.content() and "jo.smith" not in page.content()
    page.screenshot(path=pictures / "pack.png", full_page=True)
    page.goto(str(page.get_by_role("link", name="Decide about this capture").first.get_attribute("href")))
    page.get_by_role("button", name="Select decision").wait_for()
    fill(page, "reason", REASON)
    fill(page, "actor", "Dana of the People team")
    page.get_by_role("button", name="Select decision").click()
    page.get_by_role("option", name="approve", exact=True).click()
    page.screenshot(path=pictures / "form.png", full_page=True)
    with page.expect_response(lambda answer: "create_flow_run" in answer.url) as created:
        page.get_by_role("button", name="Submit").click()
    assert created.value.status == 201


def fill(page: Any, name: str, value: str) -> None:
    """Write into the field of that name."""
    page.get_by_role("textbox", name=name, exact=True).fill(value)


def wait(look: Callable[[], Any], patience: float = 90) -> Any:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.5)
    raise AssertionError("nothing came of it")
