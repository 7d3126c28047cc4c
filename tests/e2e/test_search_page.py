"""Somebody searches in a browser: signs in, asks, reads the papers, narrows it down, and never meets what is not theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.answering import Answering, key_of, patient, people_file, searchable
from tests.e2e.desk import chromium, keep
from tests.stories import LICENCE, write

from muniment import flows

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]
_VIOLATIONS = (
    "window.violated = []; addEventListener('securitypolicyviolation', (event) => window.violated.push(event.violatedDirective))"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a root and its sources."""
    folder = tmp_path_factory.mktemp("searched")
    searchable(folder)
    return folder


@pytest.fixture(scope="module")
def service(base: Path) -> Iterator[Answering]:
    """The service as it is started on a machine."""
    options = ("--auth", "api-keys", "--people", str(people_file(base)), "--settings", str(patient(base)))
    with Answering(str(base / "root"), *options) as answering:
        yield answering


@contextmanager
def browsing(service: Answering) -> Iterator[Any]:
    """A page that fails the test when it asks another host, breaks its policy or its script."""
    with chromium() as page:
        wrong: list[str] = []
        page.on("request", lambda each: None if each.url.startswith(service.address) else wrong.append(each.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.add_init_script(_VIOLATIONS)
        yield page
        assert page.evaluate("window.violated") == [] and wrong == []


def sign_in(page: Any, service: Answering, name: str, key: str = "") -> None:
    page.goto(service.address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Key or token").fill(key or key_of(name))
    page.get_by_role("button", name="Sign in").click()


def ask(page: Any, text: str) -> None:
    page.get_by_label("Ask the corpus").fill(text)
    with page.expect_response(lambda answer: "/v1/search" in answer.url):
        page.keyboard.press("Enter")
    page.locator("#results[aria-busy=false]").wait_for(state="attached")


def test_somebody_signs_in_asks_and_reads_the_papers(service: Answering, tmp_path: Path) -> None:
    with browsing(service) as page:
        sign_in(page, service, "dana", "not her key")
        page.get_by_role("alert").get_by_text("do not belong together").wait_for()
        keep(page, tmp_path / "search-sign-in.png", 900)
        sign_in(page, service, "dana")
        page.get_by_text("dana", exact=True).wait_for()
        ask(page, "who pays for travel to customers")
        page.get_by_role("heading", name="Travel").wait_for()
        first = page.get_by_role("article").first
        papers = first.inner_text()
        assert [word for word in ("handbook", "People team", "MIT", "internal", "Updated", "Score") if word not in papers] == []
        assert "Snapshot" in page.locator("#papers").inner_text() and "Index" in page.locator("#papers").inner_text()
        assert page.get_by_role("status").inner_text().endswith("that you may read")
        assert "?" not in page.url  # the question is in no address, so in no history
        keep(page, tmp_path / "search.png", 1150)
        first.get_by_role("button", name="Copy the citation").click()
        page.get_by_role("status").get_by_text("Citation").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in to search").wait_for()
        page.goto(service.address)
        assert page.url.endswith("/sign-in")


def test_what_is_not_theirs_is_nowhere_on_the_page_and_low_evidence_is_said(service: Answering) -> None:
    with browsing(service) as page:
        heard: list[str] = []
        page.on("response", lambda answer: heard.append(answer.text()) if "/v1/" in answer.url else None)
        sign_in(page, service, "dana")
        ask(page, "when is the merger with Aldermoor announced")
        assert "Aldermoor" not in page.locator("main").inner_text() and not [each for each in heard if "Aldermoor" in each]
        ask(page, "qua xylo zephyr")
        page.get_by_text("Low evidence").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in to search").wait_for()
        sign_in(page, service, "robin")
        ask(page, "when is the merger with Aldermoor announced")
        page.get_by_role("heading", name="Merger").wait_for()
        assert "restricted" in page.get_by_role("article").first.inner_text()


def test_filters_narrow_it_down_and_the_keyboard_is_enough(service: Answering) -> None:
    with browsing(service) as page:
        sign_in(page, service, "robin")
        page.get_by_label("Ask the corpus").fill("travel")
        page.get_by_text("Narrow it down").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Source", exact=True).fill("board")
        page.get_by_label("Source", exact=True).press("Enter")
        page.get_by_role("heading", name="Merger").wait_for()
        assert page.get_by_role("article").count() == 1 and page.get_by_text("1 set").count() == 1
        page.locator("body").click(position={"x": 5, "y": 400})
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "text"
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input, select, button, a')].filter((each) => !(each.labels?.length || each.ariaLabel || each.textContent.trim())).length"
        )
        assert unnamed == 0


def test_an_answer_of_an_earlier_snapshot_says_so_and_text_is_never_markup(service: Answering, base: Path, tmp_path: Path) -> None:
    from muniment.schemas.review import Decision
    from muniment.tasks.review.decide import decide

    hostile = "Scripts <img src=x onerror=\"document.title='taken'\"> <script>document.title='taken'</script> are words here. "
    write(
        base / "handbook" / "hostile.md",
        f"{LICENCE}# <b>Hostile</b> hedgehogs\n\n{hostile * 3}Hedgehogs sleep in winter under leaves. ",
    )
    uri = str(base / "root")
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "for the tests", "dana")
    flows.promote(root=uri)
    with browsing(service) as page:
        sign_in(page, service, "dana")
        ask(page, "travel")
        page.get_by_text("Not the newest").wait_for()
        flows.index(root=uri)
        ask(page, "hostile hedgehogs")
        page.get_by_text("onerror").first.wait_for()
        assert page.get_by_text("Not the newest").count() == 0
        assert page.title() == "Search · Muniment" and page.locator("article img, article script").count() == 0
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=tmp_path / "phone.png")
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.emulate_media(color_scheme="light")
        assert dark != page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_reference_of_the_api_is_a_page_of_ours(service: Answering) -> None:
    with browsing(service) as page:
        page.goto(f"{service.address}/docs")
        page.get_by_role("heading", name="/v1/search").wait_for()
        page.get_by_role("link", name="Answer").first.click()
        assert page.locator("#Answer").is_visible()
