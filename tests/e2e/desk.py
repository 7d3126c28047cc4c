"""A steward at the desk: the steps of a person in the Prefect UI, in a real browser."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PICTURES = os.environ.get(
    "MUNIMENT_PICTURES", ""
)  # where to keep screenshots: `docs/pictures` makes those of the documentation anew


@contextmanager
def chromium() -> Iterator[Any]:
    """A page of Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(90_000)
        yield page
        browser.close()


def read_pack(page: Any, address: str, run: str, pictures: Path) -> None:
    """From the run to its evidence pack."""
    page.goto(f"{address}/v2/runs/flow-run/{run}")
    page.get_by_role("tab", name="Artifacts").click()
    page.locator("a[href*='/v2/artifacts/key/']").first.wait_for()
    keep(page, pictures / "run.png", 1000)
    page.locator("a[href*='/v2/artifacts/key/']").first.click()
    page.locator("a[href*='/v2/artifacts/artifact/']").first.click()
    page.get_by_text("Decide about this capture").first.wait_for()


def shown(page: Any) -> list[int]:
    """The natural widths of the pictures in the text: 0 for one that the page does not show."""
    pictures = page.locator("img[src^='data:image/png']")
    pictures.first.wait_for()
    return [int(each.evaluate("picture => picture.complete ? picture.naturalWidth : 0")) for each in pictures.all()]


def link(page: Any, row: str) -> str:
    """Where the link `decide` of the row leads that holds this text."""
    found = page.get_by_role("row").filter(has_text=row).get_by_role("link", name="decide").first
    return str(found.get_attribute("href"))


def decide(page: Any, form: str, decision: str, reason: str, actor: str, pictures: Path, items: Sequence[str] = ()) -> str:
    """Fill in the form that a link leads to, and submit it: the id of the run that was made. items: what must stand in its lists."""
    page.goto(form)
    page.get_by_role("button", name="Select decision").wait_for()
    for each in items:
        assert each in [field.input_value() for field in page.get_by_role("textbox").all()], each
    fill(page, "reason", reason)
    fill(page, "actor", actor)
    page.get_by_role("button", name="Select decision").click()
    page.get_by_role("option", name=decision, exact=True).click()
    keep(page, pictures / "form.png")
    with page.expect_response(lambda answer: "create_flow_run" in answer.url) as created:
        page.get_by_role("button", name="Submit").click()
    assert created.value.status == 201
    return str(created.value.json()["id"])


def fill(page: Any, name: str, value: str) -> None:
    """Write into the field of that name."""
    page.get_by_role("textbox", name=name, exact=True).fill(value)


def keep(page: Any, file: Path, height: int = 0) -> None:
    """A screenshot of the page, whole or of its upper part, in few colours: it stands in the documentation."""
    from PIL import Image

    file = Path(PICTURES) / file.name if PICTURES else file
    page.wait_for_timeout(700)  # until it has stopped moving
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": 1300, "height": height} if height else None)
    Image.open(file).convert("RGB").quantize(64).save(file, optimize=True)
