"""Duplicates from night to night: what is removed, what is spared and why, what another policy would change, what an erasure brings back."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dulwich import porcelain
from tests import twins as plain
from tests.nights import QUICK, actions, changed, names, promote, prose, quick, twins
from tests.stories import write

from muniment import flows
from muniment.policies.policy import parse
from muniment.schemas.capture import Judgement
from muniment.schemas.erasure import Receipt, Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Kind, Source
from muniment.store.root import open_root
from muniment.store.scratch import Scratch
from muniment.store.segments import Segments
from muniment.tasks import policies
from muniment.tasks.erasure import prove as verify
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.judge import standing
from muniment.tasks.review.decide import decide
from muniment.tasks.trial import try_policy

Register = Callable[..., Source]
MIT = {"declared_licence": "MIT"}


def folder(register: Register, location: Path, texts: Mapping[str, str], **fields: object) -> None:
    """A registered source of these files; each is a day older than the one before."""
    for age, (name, text) in enumerate(texts.items()):
        write(location / name, text, modified=1_700_000_000 - 86_400 * age)
    register(location, identifier=location.name, **MIT, **fields)


def repository(register: Register, location: Path, texts: Mapping[str, str]) -> None:
    """A registered Git repository of these files: a project."""
    for name, text in texts.items():
        write(location / name, text)
    porcelain.init(str(location)).close()
    porcelain.add(str(location), paths=[str(location / name) for name in texts])
    author = b"Ann <ann@example.com>"
    porcelain.commit(
        str(location), b"all", author=author, committer=author, author_timestamp=1_700_000_000, commit_timestamp=1_700_000_000
    )
    register(location, identifier=location.name, kind=Kind.GIT, **MIT)


def explained(uri: str, name: str) -> list[tuple[str, ...]]:
    """Rows of the section about duplicates."""
    return list(next(each for each in explain(uri, name).sections if each.title == "Duplicates").rows)


def reasons(uri: str, name: str) -> tuple[str, ...]:
    return explain(uri, name).reasons


def compared(uri: str) -> dict[str, int]:
    """Every finished comparison, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in (Path(uri) / "work" / "compare").glob("*.json")}


def judgements(uri: str) -> dict[str, str]:
    return {each.source: each.id for each in standing(open_root(uri))}


def test_a_newcomer_that_duplicates_another_source_is_rejected_and_explained(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    folder(register, tmp_path / "office", {f"{n}.md": prose(n) for n in range(5)})
    promote(uri, "office")
    folder(register, tmp_path / "mirror", {"near.md": prose(3, edits=1), "same.md": prose(4).upper(), "own.md": prose(70)})
    captured = flows.capture("mirror", root=uri)
    assert captured.reasons == {"DUPLICATE_EXACT": 1, "DUPLICATE_NEAR": 1} and captured.actions == {"accept": 1, "reject": 2}
    ids = {name: doc_id for doc_id, name in names(uri).items()}
    ((relation, other, kind, jaccard, estimate, why, _),) = explained(uri, "mirror:near.md")
    assert (relation, other, kind, why) == ("is removed for", ids["office:3.md"], "near", "standing")
    assert float(jaccard) == round(plain.jaccard(prose(3), prose(3, edits=1)), 3) and abs(float(estimate) - float(jaccard)) < 0.12
    assert explained(uri, "mirror:same.md")[0][1:4] == (ids["office:4.md"], "exact", "1.000")
    ((relation, other, kind, *_),) = explained(uri, "office:3.md")
    assert (relation, other, kind) == ("is kept, and stands for", ids["mirror:near.md"], "near")
    assert explained(uri, "mirror:own.md") == []


def test_a_document_that_differs_in_numbers_only_is_kept_and_says_so(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    folder(register, tmp_path / "bills", {"1.md": prose(1) + " number 4711 of 2025"})
    promote(uri, "bills")
    folder(register, tmp_path / "late", {"2.md": prose(1) + " number 4712 of 2026", "3.md": prose(1) + " number 4711 of two years"})
    flows.capture("late", root=uri)
    assert actions(uri) == {"bills:1.md": "accept", "late:2.md": "accept", "late:3.md": "reject"}
    assert explained(uri, "late:2.md")[0][0] == "is kept beside: they differ in numbers only"
    assert reasons(uri, "late:2.md") == ()


def test_short_documents_are_removed_for_an_exact_twin_only(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri, near_from="200")
    folder(register, tmp_path / "notes", {"a.md": prose(1), "b.md": prose(1, edits=1), "c.md": prose(1)})
    folder(register, tmp_path / "books", {"a.md": prose(2, words=400), "b.md": prose(2, edits=1, words=400)})
    for name in ("notes", "books"):
        flows.capture(name, root=uri)
    found = twins(uri)
    assert {name: row["spared"] for name, row in found.items()} == {"notes:b.md": "short", "notes:c.md": None, "books:b.md": None}
    assert explained(uri, "notes:b.md")[0][0] == "is kept beside: it is too short to be removed"
    assert actions(uri)["notes:b.md"] == "accept"


def test_projects_keep_their_own_code_and_vendored_copies_are_reported(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    repository(register, tmp_path / "alpha", {"src/queue.py": prose(1), "docs/guide.md": prose(2)})
    promote(uri, "alpha")
    repository(
        register, tmp_path / "beta", {"src/queue.py": prose(1), "vendor/queue.py": prose(1, edits=1), "docs/guide.md": prose(2)}
    )
    captured = flows.capture("beta", root=uri)
    found = twins(uri)
    assert {name: (row["spared"], row["canonical_id"]) for name, row in found.items() if name.startswith("beta")} == {
        "beta:src/queue.py": ("vendored", "alpha:src/queue.py"),
        "beta:vendor/queue.py": ("vendored", "alpha:src/queue.py"),
        "beta:docs/guide.md": (None, "alpha:docs/guide.md"),
    }
    assert captured.actions == {"accept": 2, "reject": 1} and captured.reasons == {"DUPLICATE_EXACT": 1, "DUPLICATE_VENDORED": 1}
    assert reasons(uri, "beta:src/queue.py") == ("DUPLICATE_VENDORED",)
    assert explained(uri, "beta:src/queue.py")[0][0] == "is kept beside: each project keeps its own copy"


def test_versions_of_a_file_in_one_project_are_kept(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    repository(register, tmp_path / "alpha", {f"api-v{n}/call.py": prose(1, edits=n) for n in range(2)} | {"copy.py": prose(2)})
    assert flows.capture("alpha", root=uri).actions == {"accept": 3}
    ((name, row),) = twins(uri).items()
    assert row["spared"] == "version" and {name, row["canonical_id"]} == {f"alpha:api-v{n}/call.py" for n in range(2)}
    assert explained(uri, name)[0][0] == "is kept beside: they are versions of one file"


def test_a_policy_may_keep_two_of_a_group(uri: str, tmp_path: Path, register: Register) -> None:
    policies.put_in_force(open_root(uri), QUICK.replace("near_from = 20", "near_from = 20\nkeep = 2"))
    folder(register, tmp_path / "one", {f"{n}.md": prose(1) for n in range(3)})
    promote(uri, "one")
    assert sorted(actions(uri).values()) == ["accept", "accept", "reject"]
    assert explained(uri, "one:1.md")[0][0] == "is kept beside: its domain keeps several of a group"
    folder(register, tmp_path / "two", {"late.md": prose(1), "own.md": prose(2)})
    assert flows.capture("two", root=uri).actions == {"accept": 1, "reject": 1}


def test_a_trial_says_what_another_threshold_changes_and_exactly_that_comes_out(
    uri: str, tmp_path: Path, register: Register
) -> None:
    quick(uri)
    folder(register, tmp_path / "one", {f"{n}.md": prose(n) for n in range(6)})
    promote(uri, "one")
    texts = {f"far{n}.md": prose(n, edits=4) for n in range(3)} | {"near.md": prose(3, edits=1), "own.md": prose(80)}
    folder(register, tmp_path / "two", texts)
    flows.capture("two", root=uri)
    before, rows = actions(uri), twins(uri)
    trial = try_policy(uri, parse(changed(QUICK, jaccard="0.6")))
    assert (trial.documents, trial.changed) == (11, 3)
    assert trial.moves == {"accept": {"accept": 7, "reject": 3}, "reject": {"reject": 1}}
    assert (trial.gained, trial.lost) == ({"DUPLICATE_NEAR": 3}, {})
    assert (actions(uri), twins(uri)) == (before, rows)  # nothing happened yet
    quick(uri, jaccard="0.6")
    for name in ("one", "two"):
        flows.capture(name, root=uri)
    after = actions(uri)
    assert {name for name in after if after[name] != before[name]} == {"two:far0.md", "two:far1.md", "two:far2.md"}
    assert {after[name] for name in after if after[name] != before[name]} == {"reject"}


def test_a_trial_of_other_shingles_looks_at_other_sources_too(uri: str, tmp_path: Path, register: Register) -> None:
    """By words, texts of the same words in another order are the same."""
    quick(uri)
    folder(register, tmp_path / "one", {"a.md": prose(1), "b.md": prose(2)})
    promote(uri, "one")
    folder(register, tmp_path / "two", {"c.md": " ".join(sorted(prose(1).split())), "d.md": prose(3)})
    flows.capture("two", root=uri)
    before, kept = actions(uri), set(Segments(open_root(uri).objects).names())
    by_words = changed(QUICK, jaccard="0.95\nngram = 1")
    trial = try_policy(uri, parse(by_words))
    assert set(Segments(open_root(uri).objects).names()) == kept
    policies.put_in_force(open_root(uri), by_words)
    for name in ("one", "two"):
        flows.capture(name, root=uri)
    after = actions(uri)
    assert {name for name in after if after[name] != before[name]} == {"two:c.md"}
    assert trial.changed == 1 and trial.gained == {"DUPLICATE_NEAR": 1}


def test_another_shingle_size_signs_anew_and_measures_by_it(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    folder(register, tmp_path / "one", {"a.md": prose(1), "b.md": prose(2)})
    promote(uri, "one")
    folder(register, tmp_path / "two", {"a.md": prose(1, edits=4)})
    assert flows.capture("two", root=uri).actions == {"accept": 1}
    quick(uri, jaccard="0.8\nngram = 3")
    again = flows.capture("two", root=uri)
    assert again.detected == 1 and again.actions == {"reject": 1}  # also against what was promoted by another size
    assert twins(uri)["two:a.md"]["jaccard"] == np.float32(plain.jaccard(prose(1), prose(1, edits=4), 3))
    assert flows.capture("two", root=uri).detected == 0


def test_twins_by_embedding_wait_for_a_steward(uri: str, tmp_path: Path, register: Register) -> None:
    policies.put_in_force(open_root(uri), QUICK.replace("near_from = 20", "near_from = 20\ncosine = 0.9"))
    folder(register, tmp_path / "one", {"a.md": prose(1), "b.md": prose(1, edits=6), "c.md": prose(3)})
    promote(uri, "one")
    assert actions(uri) == {"one:a.md": "accept", "one:b.md": "hold", "one:c.md": "accept"}
    assert reasons(uri, "one:b.md") == ("DUPLICATE_EMBEDDING",)
    ((relation, _, kind, jaccard, *_),) = explained(uri, "one:b.md")
    assert relation == "is removed for" and kind.startswith("embedding, cosine 0.9") and float(jaccard) < 0.6
    folder(register, tmp_path / "two", {"d.md": prose(1, edits=6), "e.md": prose(9)})
    assert flows.capture("two", root=uri).reasons == {"DUPLICATE_EMBEDDING": 1}


def erase(uri: str, name: str) -> tuple[str, Receipt]:
    doc_id = next(doc_id for doc_id, known in names(uri).items() if known == name)
    return doc_id, flows.erase(request_erasure(uri, Selector(documents=(doc_id,)), "asked for", "dana").id, root=uri)


def everywhere(uri: str, doc_id: str) -> list[str]:
    """Files that hold an id in their bytes or, decoded, in any value; requests and tombstones must name what they are about."""
    found = []
    for path in sorted(Path(uri).rglob("*")):
        place = str(path.relative_to(uri))
        if path.is_file() and not place.startswith(("erasures/", "tombstones/")):
            payload = path.read_bytes()
            if path.suffix == ".parquet":
                payload += str(pq.read_table(path).to_pylist()).encode() + str(pq.read_metadata(path).to_dict()).encode()
            if path.suffix == ".arrow":
                payload += str(pa.ipc.open_file(path.read_bytes()).read_all().to_pylist()).encode()
            if doc_id.encode() in payload:
                found.append(place)
    return found


def test_an_erased_document_is_in_no_byte_of_what_duplicates_are_found_with(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    folder(register, tmp_path / "one", {"kept.md": prose(1), "copy.md": prose(1), "own.md": prose(2)})
    promote(uri, "one")
    folder(register, tmp_path / "two", {"near.md": prose(1, edits=1), "other.md": prose(5)})
    promote(uri, "two")
    flows.capture("one", root=uri)
    root = open_root(uri)
    kept = next(doc_id for doc_id, name in names(uri).items() if name == "one:kept.md")
    Scratch(root.objects, "killed").write("part", pa.table({"doc_id": [kept]}))
    Segments(root.objects).write(pa.table({"doc_id": [kept]}))
    places = {place.partition("/")[0] for place in everywhere(uri, kept)}
    assert places >= {"objects", "signatures", "scratch"}
    erased, receipt = erase(uri, "one:kept.md")
    assert erased == kept and receipt.proven, receipt.checks
    assert verify.authentic(receipt) and {"band index", "signature", "twin"} <= {copy.place for copy in receipt.copies}
    assert everywhere(uri, kept) == []
    flows.capture("one", root=uri)
    flows.capture("two", root=uri)
    assert everywhere(uri, kept) == []


def test_when_a_kept_document_is_erased_those_it_stood_for_are_judged_anew_and_nobody_else(
    uri: str, tmp_path: Path, register: Register
) -> None:
    quick(uri)
    texts = {"a.md": prose(1), "a2.md": prose(1), "b.md": prose(2), "b2.md": prose(2, edits=1), "c.md": prose(3)}
    folder(register, tmp_path / "one", texts)
    promote(uri, "one")
    folder(register, tmp_path / "two", {"a.md": prose(1, edits=1), "b.md": prose(2), "own.md": prose(9)})
    promote(uri, "two")
    folder(register, tmp_path / "three", {"own.md": prose(20), "copy.md": prose(20)})
    promote(uri, "three")
    before, rows, stood = actions(uri), twins(uri), judgements(uri)
    assert {name for name in before if before[name] == "reject"} == {
        "one:a2.md",
        "one:b2.md",
        "two:a.md",
        "two:b.md",
        "three:copy.md",
    }
    _, receipt = erase(uri, "one:a.md")
    after = actions(uri)
    assert receipt.proven and {name for name in after if after[name] != before[name]} == {"one:a2.md", "two:a.md"}
    assert after["one:a2.md"] == after["two:a.md"] == "accept"
    untouched = {"one:b2.md", "two:b.md", "three:copy.md"}
    assert {name: row for name, row in twins(uri).items() if name in untouched} == {name: rows[name] for name in untouched}
    assert {name for name, each in judgements(uri).items() if each != stood[name]} == {"one", "two"}
    assert explained(uri, "one:a2.md") == []


def test_exactly_one_of_three_near_twins_takes_the_place_of_the_erased(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    texts = {"x.md": prose(1)} | {f"y{n}.md": f"{prose(1)} {word}" for n, word in enumerate(("more", "again", "besides"))}
    folder(register, tmp_path / "one", texts | {"z.md": prose(2)})
    promote(uri, "one")
    assert {name: row["canonical_id"] for name, row in twins(uri).items()} == {f"one:y{n}.md": "one:x.md" for n in range(3)}
    assert erase(uri, "one:x.md")[1].proven
    assert actions(uri) == {"one:y0.md": "accept", "one:y1.md": "reject", "one:y2.md": "reject", "one:z.md": "accept"}
    found = twins(uri)
    assert {name: row["canonical_id"] for name, row in found.items()} == {"one:y1.md": "one:y0.md", "one:y2.md": "one:y0.md"}
    assert all(row["jaccard"] >= 0.8 for row in found.values())
    decide(uri, "one", Decision.APPROVE, "read the sample", "dana")
    assert flows.promote(root=uri).documents == 2
    again = flows.capture("one", root=uri)  # y0 stands in the corpus now: the same comes out, and needs no second look
    assert again.actions == {"accept": 2, "reject": 2} and again.decision == ""
    assert flows.promote(root=uri).waiting == {}


def test_a_decision_whose_document_lives_stands_even_if_its_cluster_was_named_after_the_erased(
    uri: str, tmp_path: Path, register: Register
) -> None:
    """`d` is kept beside `x`, for numbers only; `e` is removed for `d`, and all are one component."""
    quick(uri)
    one, two = prose(1) + " page 1", prose(1) + " page 2"
    folder(register, tmp_path / "one", {"x.md": one, "d.md": two, "e.md": two, "f.md": one})
    promote(uri, "one")
    before = twins(uri)
    assert (before["one:e.md"]["canonical_id"], before["one:e.md"]["cluster"]) == ("one:d.md", "one:x.md")
    assert erase(uri, "one:x.md")[1].proven
    after, found = actions(uri), twins(uri)
    assert (after["one:d.md"], after["one:e.md"], after["one:f.md"]) == ("accept", "reject", "accept")
    assert found["one:e.md"]["canonical_id"] == "one:d.md" and found["one:e.md"]["spared"] is None


def test_an_erasure_that_is_carried_out_again_judges_nothing_again(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    folder(register, tmp_path / "one", {"a.md": prose(1), "b.md": prose(1), "c.md": prose(2)})
    promote(uri, "one")
    doc_id = next(doc_id for doc_id, name in names(uri).items() if name == "one:a.md")
    request = request_erasure(uri, Selector(documents=(doc_id,)), "asked for", "dana")
    assert flows.erase(request.id, root=uri).proven
    before, found = judgements(uri), twins(uri)
    assert flows.erase(request.id, root=uri).proven
    assert (judgements(uri), twins(uri)) == (before, found) and actions(uri)["one:b.md"] == "accept"


@pytest.fixture
def two_nights(uri: str, tmp_path: Path, register: Register) -> str:
    """Two promoted sources with duplicates within and across, captured again since."""
    quick(uri)
    folder(register, tmp_path / "one", {"a.md": prose(1), "a2.md": prose(1), "b.md": prose(2), "n.md": prose(4) + " 1"})
    promote(uri, "one")
    folder(
        register,
        tmp_path / "two",
        {"a.md": prose(1, edits=1), "own.md": prose(5), "p.md": prose(6), "q.md": prose(7), "n.md": prose(4) + " 2"},
    )
    promote(uri, "two")
    return uri


def test_a_promotion_changes_no_decision_and_voids_no_approval(two_nights: str) -> None:
    before, rows = judgements(two_nights), twins(two_nights)
    for name in ("one", "two"):
        assert flows.capture(name, root=two_nights).judgement == before[name]
    assert twins(two_nights) == rows and flows.promote(root=two_nights).waiting == {}


def test_a_night_without_changes_compares_nothing(two_nights: str) -> None:
    for name in ("one", "two"):
        flows.capture(name, root=two_nights)
    done, reference = compared(two_nights), Path(two_nights) / "refs" / "signatures" / "production.json"
    touched = reference.stat().st_mtime_ns
    for name in ("one", "two"):
        flows.capture(name, root=two_nights)
    assert compared(two_nights) == done and reference.stat().st_mtime_ns == touched


def test_a_rescan_changes_nothing_when_nothing_changed_and_is_remembered(two_nights: str) -> None:
    before, rows, decided = judgements(two_nights), twins(two_nights), actions(two_nights)
    done = flows.rescan(root=two_nights)
    assert (done.judgements, done.changed) == (before, ())
    assert (twins(two_nights), actions(two_nights)) == (rows, decided)
    remembered = compared(two_nights)
    assert len(remembered) == 2
    for name in ("one", "two"):
        assert flows.capture(name, root=two_nights).judgement == before[name]
    assert compared(two_nights) == remembered


def test_a_rescan_finds_what_nights_could_not_know(uri: str, tmp_path: Path, register: Register) -> None:
    """Both sources were captured before either was promoted, so neither knew of the other."""
    quick(uri)
    for name, authority in (("one", 1), ("two", 2)):
        folder(register, tmp_path / name, {"a.md": prose(1), "own.md": prose(authority + 10)}, authority=authority)
        flows.capture(name, root=uri)
    for name in ("one", "two"):
        decide(uri, name, Decision.APPROVE, "read the sample", "dana")
    assert flows.promote(root=uri).documents == 4
    done = flows.rescan(root=uri)
    assert done.changed == ("one",)
    assert actions(uri) == {"one:a.md": "reject", "one:own.md": "accept", "two:a.md": "accept", "two:own.md": "accept"}
    assert isinstance(open_root(uri).manifests.get("judgements", done.judgements["one"], Judgement), Judgement)
    decide(uri, "one", Decision.APPROVE, "read the sample", "dana")
    assert flows.promote(root=uri).documents == 3
