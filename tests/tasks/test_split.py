"""Splits of what is promoted: near duplicates that are kept stay together."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.stories import handbook, prose, write
from typer.testing import CliRunner

from muniment import flows
from muniment.cli import app
from muniment.errors import InvalidRecord, NotFound
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.tasks.review.decide import decide
from muniment.tasks.split import split
from muniment.tasks.tables import query

Register = Callable[..., Source]
HALVES = {"train": 0.5, "test": 0.5}


def promote(uri: str, *sources: str) -> None:
    for name in sources:
        flows.capture(name, root=uri)
        decide(uri, name, Decision.APPROVE, "read the sample", "dana")
        flows.promote(root=uri)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source `bills`: 20 texts of their own and 6 that differ in a number only, which are all kept. Source `letters`: 19 of their own
    and one more with another number."""
    folder = tmp_path_factory.mktemp("split")
    for n in range(6):
        write(folder / "bills" / f"bill{n}.md", f"{prose(500)} number 47{n}1 of this year")
    for n in range(20):
        write(folder / "bills" / f"own{n}.md", prose(n))
    write(folder / "letters" / "bill.md", f"{prose(500)} number 5512 of this year")
    for n in range(19):
        write(folder / "letters" / f"own{n}.md", prose(100 + n))
    for name in ("bills", "letters"):
        handbook(str(folder / "root"), folder / name, name)
    promote(str(folder / "root"), "bills", "letters")
    return folder / "root"


@pytest.fixture
def promoted(template: Path, uri: str) -> str:
    """A copy of that root for each test."""
    shutil.copytree(template, uri)
    return uri


def keys(uri: str) -> dict[str, str]:
    """Document id → source and file name."""
    rows = query(uri, "SELECT doc_id, source_id || ':' || native_key AS name FROM promoted").to_pylist()
    return {row["doc_id"]: row["name"] for row in rows}


def test_documents_that_are_close_and_kept_stay_together_across_sources(promoted: str, tmp_path: Path) -> None:
    made = split(promoted, "production", HALVES, tmp_path / "split.parquet")
    table, names = pl.read_parquet(tmp_path / "split.parquet"), keys(promoted)
    bills = table.filter(pl.col("doc_id").is_in([doc_id for doc_id, name in names.items() if "bill" in name.split(":")[1]]))
    assert (made.documents, made.largest) == (46, 7)
    assert bills.height == 7 and bills["part"].n_unique() == 1 and bills["cluster"].n_unique() == 1
    assert set(table["doc_id"]) == set(names) and table["cluster"].n_unique() == 40


def test_shares_are_met_and_told(promoted: str, tmp_path: Path) -> None:
    made = split(promoted, "production", HALVES, tmp_path / "split.parquet")
    counts = dict(pl.read_parquet(tmp_path / "split.parquet")["part"].value_counts().rows())
    assert {each.part: each.documents for each in made.parts} == counts == {"train": 23, "test": 23}
    assert sum(each.clusters for each in made.parts) == 1 and [each.share for each in made.parts] == [0.5, 0.5]


def test_a_partition_rule_keeps_the_documents_of_a_source_together(promoted: str, tmp_path: Path, register: Register) -> None:
    for n in range(25):
        write(tmp_path / "more" / f"own{n}.md", prose(700 + n))
    register(tmp_path / "more", identifier="more")
    promote(promoted, "more")
    split(promoted, "production", HALVES, tmp_path / "split.parquet", by="source_id")
    names = keys(promoted)
    part = {names[doc_id].split(":")[0]: part for doc_id, part, _ in pl.read_parquet(tmp_path / "split.parquet").rows()}
    sizes = pl.read_parquet(tmp_path / "split.parquet")["part"].value_counts()["count"]
    # The bills are close to each other in both sources, so these go together too.
    assert part["bills"] == part["letters"] != part["more"] and sorted(sizes) == [25, 46]


def test_the_same_call_writes_the_same_file_and_another_seed_another(promoted: str, tmp_path: Path) -> None:
    for name, seed in (("one", "a"), ("two", "a"), ("three", "b")):
        split(promoted, "production", HALVES, tmp_path / name, seed=seed)
    one, two, three = ((tmp_path / name).read_bytes() for name in ("one", "two", "three"))
    assert one == two != three


def test_documents_stay_where_an_earlier_split_had_them(promoted: str, tmp_path: Path, register: Register) -> None:
    split(promoted, "production", HALVES, tmp_path / "before.parquet")
    for n in range(25):
        write(tmp_path / "more" / f"own{n}.md", prose(700 + n))
    register(tmp_path / "more", identifier="more")
    promote(promoted, "more")
    made = split(promoted, "production", HALVES, tmp_path / "after.parquet", earlier=tmp_path / "before.parquet")
    before, after = pl.read_parquet(tmp_path / "before.parquet"), pl.read_parquet(tmp_path / "after.parquet")
    both = before.join(after, on="doc_id", suffix="_after")
    assert both.height == 46 and (both["part"] == both["part_after"]).all() and made.moved == 0
    assert abs(made.parts[0].documents - made.parts[1].documents) <= 1


def test_a_file_that_is_no_split_is_refused(promoted: str, tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a"]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(InvalidRecord, match="doc_id and part"):
        split(promoted, "production", HALVES, tmp_path / "out.parquet", earlier=tmp_path / "other.parquet")


def test_nothing_promoted_is_an_error_that_says_what_to_do(uri: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="muniment promote"):
        split(uri, "production", HALVES, tmp_path / "split.parquet")


def test_the_commands_write_their_files_and_tell_shares(promoted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_ROOT", promoted)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["duplicates", *words])
        assert result.exit_code == 0, result.output
        return result.output

    file, folder = tmp_path / "split.parquet", tmp_path / "made" / "here"
    printed = run("split", "--part", "train=0.9", "--part", "test=0.1", "--out", str(file))
    assert "89.1%" in printed and "10.9%" in printed and pl.read_parquet(file).columns == ["doc_id", "part", "cluster"]
    assert json.loads(run("split", "--part", "all=1", "--by", "owner", "--out", str(file), "--json"))["by"] == "owner"
    assert "letters" in run("report", "--out", str(folder)) and "</html>" in (folder / "duplicates.html").read_text()
    assert json.loads(run("report", "bills", "--out", str(folder), "--json"))["before"]["documents"] == 26


@pytest.mark.parametrize("parts", [["train"], ["train=0.5"], ["train=half", "test=0.5"], ["a=0.5", "a=0.5"]])
def test_parts_that_cannot_be_meant_are_wrong_use(promoted: str, tmp_path: Path, parts: list[str]) -> None:
    words = [word for part in parts for word in ("--part", part)]
    result = CliRunner().invoke(app, ["duplicates", "split", "--root", promoted, *words, "--out", str(tmp_path / "split.parquet")])
    assert result.exit_code == 2 and not (tmp_path / "split.parquet").exists()
