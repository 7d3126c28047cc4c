"""What an erasure request names: every kind of selector, kinds that narrow each other, and the duplicates that go with content."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.nights import promote
from tests.stories import LICENCE, handbook, prose, write
from typer.testing import CliRunner

from muniment import flows
from muniment.cli import app
from muniment.errors import NotFound
from muniment.policies.policy import default
from muniment.schemas.canonical import sha256
from muniment.schemas.erasure import Selector
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.erasure.requests import request, request_erasure
from muniment.tasks.erasure.selection import found, selected
from muniment.tasks.erasure.subject import about, hashes, hashes_of
from muniment.tasks.explain import explain

Register = Callable[..., Source]
MAIL = "ann.lee@initech.example.org"
OLD, NEW = 1_500_000_000, 1_700_000_000


def quick(uri: str) -> None:
    """The policy that ships with few detectors."""
    toml = re.sub(r"(?m)^detectors = .*$", 'detectors = ["personal", "quality", "twins"]', default())
    policies.put_in_force(open_root(uri), re.sub(r"(?m)^required = .*$", 'required = ["quality"]', toml))


def two_sources(folder: Path) -> str:
    """A root of two sources: `office`, of a customer, and `wiki`, which is confidential and has a copy of an office document."""
    uri, office, wiki = str(folder / "root"), folder / "office", folder / "wiki"
    quick(uri)
    write(office / "old.md", prose(1), OLD)
    write(office / "mail.md", prose(2) + f"\n\nWrite to {MAIL}, please.", NEW)
    write(wiki / "copy.md", prose(1), NEW)
    write(wiki / "hidden.md", prose(3) + f"\n\nxx_{MAIL.upper()}".replace("xx_", "mailto:"), NEW)
    write(wiki / "own.md", prose(4), NEW)
    handbook(uri, office, "office", declared_licence="MIT", terms={"customer": "initech"}, authority=90)
    handbook(uri, wiki, "wiki", declared_licence="CC-BY-4.0", classification="confidential")
    promote(uri, "office")
    promote(uri, "wiki")
    return uri


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """That root, made once; nobody changes its sources."""
    return two_sources(tmp_path_factory.mktemp("named"))


@pytest.fixture
def named(template: str, uri: str) -> str:
    """A copy of it for each test."""
    shutil.copytree(template, uri)
    return uri


def names(uri: str, **selector: object) -> set[str]:
    """Source:key of what goes by a selector."""
    known = {explain(uri, name).doc_id: name for name in EVERYTHING}
    return {known[each] for each in selected(open_root(uri), Selector.model_validate(selector)).to_pylist()}


EVERYTHING = ("office:old.md", "office:mail.md", "wiki:copy.md", "wiki:hidden.md", "wiki:own.md")


def test_each_kind_names_what_it_says(named: str) -> None:
    doc_id = explain(named, "wiki:own.md").doc_id
    assert names(named, documents=(doc_id,)) == {"wiki:own.md"}
    assert names(named, contract="initech") == {"office:old.md", "office:mail.md"}
    assert names(named, classification="confidential") == {"wiki:copy.md", "wiki:hidden.md", "wiki:own.md"}
    assert names(named, licence="MIT", source="office") == {"office:old.md", "office:mail.md"}
    assert names(named, after=datetime.fromtimestamp(NEW - 9, UTC), by="modified") == set(EVERYTHING) - {"office:old.md"}
    assert names(named, before=datetime.fromtimestamp(NEW - 9, UTC), by="modified") == {"office:old.md"}
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert names(named, before=soon) == set(EVERYTHING)
    with pytest.raises(NotFound, match="No kept document is named by after"):
        names(named, after=soon)


def test_kinds_narrow_and_values_of_one_kind_widen(named: str) -> None:
    assert names(named, contract="initech", before=datetime.fromtimestamp(NEW - 9, UTC), by="modified") == {"office:old.md"}
    texts = tuple(sha256(prose(number).encode()) for number in (1, 4))
    assert names(named, content=texts) == {"office:old.md", "wiki:copy.md", "wiki:own.md"}
    assert names(named, content=texts, source="wiki") >= {"wiki:copy.md", "wiki:own.md"}
    with pytest.raises(NotFound, match="source office and contract nobody"):
        names(named, source="office", contract="nobody")


def test_a_content_goes_with_its_duplicates_whichever_of_them_is_named(named: str) -> None:
    root = open_root(named)
    by_text = found(root, Selector(content=hashes_of(prose(1).encode())))
    assert len(by_text.named) == len(by_text.documents) == 2
    copy = explain(named, "wiki:copy.md")
    assert copy.action == "reject"
    only_copy = found(root, Selector(content=hashes_of(prose(1).encode()), source="wiki"))
    assert only_copy.named.to_pylist() == [copy.doc_id] and len(only_copy.documents) == 2
    by_id = found(root, Selector(documents=(explain(named, "office:old.md").doc_id,)))
    assert len(by_id.documents) == 1


def test_a_chain_of_clusters_across_sources_goes_whole(uri: str, tmp_path: Path, register: Register) -> None:
    """b was removed for a; then c, of more authority, came and a was removed for it when its source was judged again."""
    quick(uri)
    for rank, name in enumerate(("beta", "alpha", "gamma")):
        words = prose(7).split()
        words[20 * (rank + 1)] = f"edited{rank}"
        write(tmp_path / name / "page.md", LICENCE + " ".join(words))
        register(tmp_path / name, name, declared_licence="MIT", authority=10 * (rank + 1))
        promote(uri, *(each for each in ("beta", "alpha", "gamma")[: rank + 1]))
    root = open_root(uri)
    ids = {explain(uri, f"{name}:page.md").doc_id for name in ("alpha", "beta", "gamma")}
    for name in ("alpha", "beta", "gamma"):
        shown = found(root, Selector(content=hashes_of((tmp_path / name / "page.md").read_bytes())))
        assert len(shown.named) == 1 and set(shown.documents.to_pylist()) == ids


def test_a_person_is_found_by_keyed_hash_and_where_no_detector_looked(named: str) -> None:
    root = open_root(named)
    keyed, all_of = about(root, Selector(), "EMAIL_ADDRESS", f" {MAIL.title()} ")
    known = {explain(named, name).doc_id: name for name in EVERYTHING}
    assert {known[each] for each in all_of.documents.to_pylist()} == {"office:mail.md", "wiki:hidden.md"}
    assert set(keyed.subjects) >= set(hashes(root, "EMAIL_ADDRESS", MAIL)) and MAIL not in keyed.model_dump_json()
    assert {known[each] for each in about(root, Selector(source="wiki"), "EMAIL_ADDRESS", MAIL)[1].documents.to_pylist()} == {
        "wiki:hidden.md"
    }
    with pytest.raises(NotFound, match="subject"):
        about(root, Selector(), "EMAIL_ADDRESS", "nobody@initech.example.org")


def test_a_person_in_a_title_or_a_file_name_is_found(tmp_path: Path) -> None:
    named = two_sources(tmp_path)
    write(tmp_path / "wiki" / "letter to Ottokar Quill.md", prose(11))
    flows.capture("wiki", root=named)
    picked = about(open_root(named), Selector(), "PERSON", "ottokar  quill")[1]
    assert picked.documents.to_pylist() == [explain(named, "wiki:letter to Ottokar Quill.md").doc_id]


def test_the_command_takes_the_value_from_a_file_and_writes_only_hashes(named: str, tmp_path: Path) -> None:
    (tmp_path / "value").write_text(MAIL + "\n")
    asked = ["erase", "--root", named, "--subject-type", "EMAIL_ADDRESS", "--subject", f"@{tmp_path / 'value'}", "--json"]
    shown = CliRunner().invoke(app, [*asked, "--dry-run"])
    assert shown.exit_code == 0 and '"wiki' not in shown.output
    done = CliRunner().invoke(app, [*asked, "--reason", "request 17", "--actor", "dana", "--deadline", "2030-01-01"])
    assert done.exit_code == 0, done.output
    with pytest.raises(NotFound, match="erased"):
        explain(named, "wiki:hidden.md")
    kept = b"".join(path.read_bytes() for path in Path(named).rglob("*.json"))
    assert MAIL.encode() not in kept.lower()


def test_the_command_refuses_a_value_that_the_shell_would_keep(named: str) -> None:
    shown = CliRunner().invoke(app, ["erase", "--root", named, "--subject-type", "EMAIL_ADDRESS", "--subject", MAIL, "--dry-run"])
    assert shown.exit_code == 2 and "history" in shown.output


def test_the_command_says_how_many_go_as_duplicates(named: str, tmp_path: Path) -> None:
    write(tmp_path / "copy.md", prose(1))
    shown = CliRunner().invoke(
        app, ["erase", "--root", named, "--content-file", str(tmp_path / "copy.md"), "--source", "wiki", "--dry-run"]
    )
    assert shown.exit_code == 0 and "1 were named; 1 go with them" in shown.output


def test_a_queued_request_is_written_and_nothing_is_erased_yet(named: str) -> None:
    shown = CliRunner().invoke(
        app,
        [
            "erase",
            "--root",
            named,
            "--contract",
            "initech",
            "--queue",
            "--reason",
            "the contract ended",
            "--json",
            "--actor",
            "dana",
        ],
    )
    assert shown.exit_code == 0, shown.output
    (key,) = open_root(named).objects.list("erasures/")
    asked = request(open_root(named), key.split("/")[1])
    assert asked.purpose == "contract" and len(asked.documents) == 2
    assert explain(named, "office:old.md").doc_id in asked.documents


def test_a_request_that_names_nothing_is_refused(named: str) -> None:
    with pytest.raises(NotFound, match="names nothing"):
        request_erasure(named, Selector(), "asked for", "dana")
