"""Evaluation sets in custody: versions, rotation, who reads them, what is never promoted, what a removal leaves."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.stories import LICENCE, TRAVEL, write
from typer.testing import CliRunner

import muniment
from muniment import flows
from muniment.cli import app
from muniment.errors import Forbidden, InvalidRecord, MunimentError, NotFound, RegistryError
from muniment.policies.policy import default
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.evalset import EvalSet
from muniment.schemas.evidence import EVAL_HIT
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets, policies
from muniment.tasks.access import principals
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.corpus import shown
from muniment.tasks.custody import backup, encryption, restore
from muniment.tasks.erasure import copies
from muniment.tasks.judge import standing
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source

PEOPLE = """
[dana]
groups = ["evaluators"]

[robin]
groups = ["staff"]
"""
QUESTION = "Which of the four cabinets in the long hallway was it that the archivist from Ghent painted green before the flood"
ANSWER = "It was the third cabinet from the left, the one whose drawers still stick whenever the weather turns wet in autumn"
OTHER = "How many ledgers did the joiner carry down into the basement on the evening before the gallery was closed for good"
TODAY = evalsets.today()
LATER = TODAY + timedelta(days=400)
SLIM = (
    default()
    .replace(
        'detectors = ["personal", "secrets", "language", "quality", "licences", "optouts", "twins", "contamination"]',
        'detectors = ["quality", "licences", "contamination"]',
    )
    .replace(
        'required = ["personal", "secrets", "language", "quality", "licences", "optouts"]', 'required = ["quality", "licences"]'
    )
)


@pytest.fixture
def root(uri: str) -> Root:
    """A root with few detectors, in which dana is an evaluator and robin is not."""
    opened = open_root(uri)
    policies.put_in_force(opened, SLIM)
    principals.put_in_force(opened, PEOPLE)
    return opened


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """A file of items: (id, question, answer) or records."""

    def write_items(*items: object, name: str = "quiz.jsonl") -> Path:
        records = [
            dict(zip(("id", "question", "answer"), each, strict=False)) if isinstance(each, tuple) else each for each in items
        ]
        path = tmp_path / name
        path.write_text("".join(json.dumps(each) + "\n" for each in records))
        return path

    return write_items


def add(root: Root, path: Path, name: str = "quiz", actor: str = "dana", group: str = "") -> EvalSet:
    return muniment.evalset_add(name, path, group, root.uri, actor)


def source(root: Root, location: Path, **fields: object) -> Source:
    plain = {
        "id": "handbook", "kind": "folder", "location": str(location), "owner": "People team", "steward": "dana", "acl": ("staff",), **fields,
    }  # fmt: skip
    add_source(root.uri, Source.model_validate(plain), "tess")
    return approve_source(root.uri, str(plain["id"]), "dana")


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        write(tmp_path / "corpus" / f"{name}.txt", text)
    return tmp_path / "corpus"


def reasons(root: Root) -> dict[str, int]:
    return standing(root)[0].reasons


def published(root: Root) -> set[str]:
    snapshot = shown(root, "production")
    assert snapshot is not None
    return set(root.lake.read_all(list(snapshot.shards()), PROMOTED)["native_key"].to_pylist())


def everything(root: Root) -> Iterator[tuple[str, bytes]]:
    """All that lies under a root, decoded where it is Parquet."""
    for key in root.objects.list(""):
        if key.endswith(".parquet"):
            yield key, repr(root.lake.table(key.rpartition("/")[2].removesuffix(".parquet")).to_pylist()).encode()
        else:
            yield key, root.objects.read(key)


def holding(root: Root, *words: str) -> list[str]:
    return [key for key, payload in everything(root) if any(word.encode() in payload for word in words)]


# --- versions -----------------------------------------------------------------------------------------------------------------


def test_a_changed_set_is_a_next_version_and_the_one_before_can_still_be_read(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ANSWER)))
    changed = add(root, made(("q1", QUESTION, ANSWER), ("q2", OTHER, "nine")))
    assert [(each.number, each.used) for each in changed.kept] == [(1, 1), (2, 2)]
    assert [each.item for each in muniment.evalset_show("quiz", "dana", 1, root.uri)] == ["q1"]
    assert [each.item for each in muniment.evalset_show("quiz", "dana", root=root.uri)] == ["q1", "q2"]


def test_the_same_again_in_any_order_and_form_changes_nothing(root: Root, made: Callable[..., Path], tmp_path: Path) -> None:
    first = add(root, made(("q1", QUESTION, ANSWER), ("q2", OTHER, "nine")))
    before = root.ledger.tail()
    assert add(root, made(("q1", QUESTION, ANSWER), ("q2", OTHER, "nine")), actor="nobody") == first
    again = add(root, made(("q2", OTHER, "nine"), ("q1", QUESTION, ANSWER), name="other.jsonl"))
    assert again.versions == first.versions and len(again.files) == 2
    assert root.ledger.tail() == before


def test_what_was_registered_before_there_were_versions_is_version_one(root: Root, made: Callable[..., Path]) -> None:
    new = add(root, made(("q1", QUESTION, ANSWER)))
    table = root.lake.table(new.kept[0].items.digest).select(["suite", "item", "question", "answer"])
    stored, tag = root.lake.rewrite(table), root.objects.read_tagged("refs/evalsets/quiz.json")[1]
    root.objects.replace("refs/evalsets/quiz.json", json.dumps({"id": "quiz", "items": stored.model_dump()}).encode(), tag)
    assert [(each.version, each.items, each.retired) for each in evalsets.listed(root)] == [(1, 1, 0)]
    assert evalsets.items(root)["question"].to_pylist() == [QUESTION]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        (({"id": "q1"},), "MISSING_COLUMN"),
        (({"question": QUESTION},), "MISSING_COLUMN"),
        ((("q1", QUESTION), ("q1", OTHER)), "ID"),
        ((("", QUESTION),), "ID"),
        ((("q1", " "),), "EMPTY"),
        (({"id": "q1", "question": QUESTION, "kind": "riddle"},), "KIND"),
    ],
)
def test_a_file_that_is_no_set_is_refused_without_a_word_of_it(
    root: Root, made: Callable[..., Path], items: Sequence[object], reason: str
) -> None:
    with pytest.raises(InvalidRecord) as refused:
        add(root, made(*items))
    assert refused.value.reason == reason and "cabinet" not in str(refused.value)


def test_every_kind_of_item_is_screened_for_where_it_belongs(root: Root, made: Callable[..., Path]) -> None:
    records = [
        {"id": "a", "kind": "question", "question": QUESTION, "answer": "third"},
        {"id": "b", "kind": "answer", "text": ANSWER},
        {"id": "c", "kind": "Prompt", "text": OTHER},
        {"id": "d", "kind": "sensitive", "question": TRAVEL},
    ]
    add(root, made(*records))
    table = evalsets.items(root)
    assert table["question"].to_pylist() == [QUESTION, "", OTHER, TRAVEL]
    assert table["answer"].to_pylist() == ["third", ANSWER, "", ""]


# --- rotation -----------------------------------------------------------------------------------------------------------------


def test_a_retired_item_is_screened_for_until_its_day(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ""), ("q2", OTHER, "")))
    new = made(("q3", TRAVEL, ""), name="new.jsonl")
    muniment.evalset_rotate("quiz", new, ["q1"], TODAY, LATER, root.uri, "dana")
    assert set(evalsets.items(root)["question"].to_pylist()) == {QUESTION, OTHER, TRAVEL}
    assert set(evalsets.items(root, LATER)["question"].to_pylist()) == {OTHER, TRAVEL}
    assert evalsets.digest(root) == evalsets.digest(root, LATER - timedelta(days=1)) != evalsets.digest(root, LATER)
    (now,), (then,) = evalsets.listed(root), evalsets.listed(root, LATER)
    assert (now.version, now.items, now.retired, now.lapsed) == (2, 2, 1, 0)
    assert (then.retired, then.lapsed) == (0, 1)


def test_without_names_all_that_the_file_lacks_is_retired_for_good(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ""), ("q2", OTHER, "")))
    muniment.evalset_rotate("quiz", made(("q2", OTHER, ""), ("q3", TRAVEL, "")), root=root.uri, actor="dana")
    shown_items = {each.item: each for each in muniment.evalset_show("quiz", "dana", root=root.uri)}
    assert {name: each.retired for name, each in shown_items.items()} == {"q1": TODAY, "q2": None, "q3": None}
    assert len(evalsets.items(root, date(2999, 1, 1))) == 3


def test_a_later_correction_keeps_what_was_retired(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ""), ("q2", OTHER, "")))
    muniment.evalset_rotate("quiz", made(("q3", TRAVEL, "")), ["q1"], root=root.uri, actor="dana")
    add(root, made(("q3", TRAVEL, "Trains")))
    held = {each.item: each.retired for each in muniment.evalset_show("quiz", "dana", root=root.uri)}
    assert held == {"q1": TODAY, "q3": None}


def test_an_id_means_one_text_for_good(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ""), ("q2", OTHER, "")))
    with pytest.raises(InvalidRecord, match="another text"):
        muniment.evalset_rotate("quiz", made(("q1", TRAVEL, "")), root=root.uri, actor="dana")
    with pytest.raises(NotFound):
        muniment.evalset_rotate("quiz", made(("q3", TRAVEL, "")), ["q9"], root=root.uri, actor="dana")
    with pytest.raises(InvalidRecord, match="both"):
        muniment.evalset_rotate("quiz", made(("q1", QUESTION, "")), ["q1"], root=root.uri, actor="dana")
    with pytest.raises(InvalidRecord, match="not after"):
        muniment.evalset_rotate("quiz", made(("q3", TRAVEL, "")), ["q1"], TODAY, TODAY, root.uri, "dana")
    assert evalsets.listed(root)[0].version == 1


# --- access -------------------------------------------------------------------------------------------------------------------


def test_only_the_group_of_a_set_is_shown_its_items_and_the_ledger_says_who_was(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ANSWER)))
    for who in ("robin", "stranger"):
        with pytest.raises(Forbidden):
            muniment.evalset_show("quiz", who, root=root.uri)
    (item,) = muniment.evalset_show("quiz", "dana", root=root.uri)
    assert (item.question, item.answer) == (QUESTION, ANSWER)
    assert item.handle == evalsets.items(root)["item"][0].as_py() != item.item
    told = root.lineage.sql("SELECT actor FROM entries WHERE kind = 'evalset.shown'").to_pylist()
    assert [each["actor"] for each in told] == ["dana"]


def test_only_the_group_of_a_set_changes_it_or_takes_it_over(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ANSWER)), actor="anybody")
    with pytest.raises(Forbidden):
        add(root, made(("q1", OTHER, ANSWER)), actor="robin")
    with pytest.raises(Forbidden):
        add(root, made(("q1", QUESTION, ANSWER)), actor="robin", group="staff")
    with pytest.raises(Forbidden):
        muniment.evalset_rotate("quiz", made(("q2", OTHER, "")), root=root.uri, actor="robin")
    with pytest.raises(Forbidden):
        muniment.evalset_remove("quiz", root.uri, "robin")
    assert add(root, made(("q1", QUESTION, ANSWER)), actor="dana", group="staff").group == "staff"
    assert muniment.evalset_show("quiz", "robin", root=root.uri)


def test_nothing_but_the_items_object_holds_an_item(root: Root, made: Callable[..., Path], tmp_path: Path) -> None:
    add(root, made(("secret-id", QUESTION, ANSWER)))
    source(root, folder(tmp_path, travel=LICENCE + TRAVEL * 3))
    flows.capture("handbook", root=root.uri)
    object_of = copies.key_of(evalsets.registered(root)[0].kept[0].items.digest)
    assert holding(root, "cabinet", "secret-id", "quiz.jsonl") == [object_of]


def test_items_are_sealed_under_an_encrypted_root(root: Root, made: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "SETTLED", 0.0)
    encryption.encrypt(root.uri, "keyring:", "dana")
    open_root.cache_clear()
    sealed = open_root(root.uri)
    stored = add(sealed, made(("q1", QUESTION, ANSWER))).kept[0].items
    assert sealed.stored.read(stored.key).startswith(b"MUNISEAL")
    assert evalsets.items(sealed)["question"].to_pylist() == [QUESTION]


# --- never promoted -----------------------------------------------------------------------------------------------------------


def test_a_source_that_is_a_set_is_not_registered(root: Root, made: Callable[..., Path], tmp_path: Path) -> None:
    file = made(("q1", QUESTION, ANSWER))
    add(root, file)
    copy = tmp_path / "elsewhere" / "copy.jsonl"
    copy.parent.mkdir()
    copy.write_bytes(file.read_bytes())
    for location, more in ((file, {}), (file / "inside", {}), (copy, {}), (tmp_path / "corpus", {"document_type": "evalset"})):
        with pytest.raises(RegistryError, match="evaluation set"):
            source(root, location, **more)
    with pytest.raises(ValueError, match="kind"):
        source(root, tmp_path, kind="evalset")
    assert source(root, folder(tmp_path, travel=TRAVEL)).id == "handbook"


@pytest.fixture
def contaminated(root: Root, made: Callable[..., Path], tmp_path: Path) -> Path:
    """A captured source with an item, an item with its answer, the file itself, and one honest document."""
    file = made(("q1", QUESTION, ANSWER), ("q2", OTHER, ""))
    add(root, file)
    corpus = folder(tmp_path, item=f"Question: {QUESTION}\r\nAnswer: {ANSWER}\n", question=OTHER, honest=LICENCE + TRAVEL * 3)
    (corpus / "copy.txt").write_bytes(file.read_bytes())
    source(root, corpus, declared_licence="MIT")
    flows.capture("handbook", root=root.uri)
    return corpus


def test_a_document_that_is_an_item_or_the_file_is_rejected(root: Root, contaminated: Path) -> None:
    assert reasons(root)["EVAL_ITEM"] == 3
    found = muniment.lineage_sql("SELECT doc_id FROM hits WHERE kind = 'item'", root.uri)
    assert len(found) == 3
    assert standing(root)[0].actions == {"accept": 1, "reject": 3}


def test_no_decision_lets_an_item_be_promoted(root: Root, contaminated: Path) -> None:
    with pytest.raises(Forbidden, match="EVAL_ITEM"):
        decide(root.uri, "handbook", Decision.APPROVE, "they are fine", "dana", groups=("EVAL_ITEM",))
    ids = muniment.lineage_sql("SELECT doc_id FROM hits WHERE kind = 'item'", root.uri)["doc_id"].to_pylist()
    with pytest.raises(Forbidden, match="EVAL_ITEM"):
        decide(root.uri, "handbook", Decision.APPROVE, "they are fine", "dana", documents=tuple(ids))
    decide(root.uri, "handbook", Decision.APPROVE, "read the sample", "dana")
    flows.promote(root=root.uri)
    assert published(root) == {"honest.txt"}


def test_a_policy_without_the_rule_does_not_let_an_item_be_promoted(root: Root, contaminated: Path) -> None:
    without, _, rest = SLIM.partition('[[rule]]\ncode = "EVAL_ITEM"')
    _, _, rest = rest.partition("[[rule]]\ncode")
    permissive = f"{without}[[rule]]\ncode{rest}".replace(', "EVAL_ITEM"]', "]")
    policies.put_in_force(root, permissive.replace("evaluation = {", "enforced = false\nevaluation = {"))
    flows.capture("handbook", root=root.uri)
    assert "EVAL_ITEM" not in reasons(root) and standing(root)[0].actions == {"accept": 4}
    decide(root.uri, "handbook", Decision.APPROVE, "read the sample", "dana")
    flows.promote(root=root.uri)
    assert published(root) == {"honest.txt"}


def test_a_set_that_is_registered_after_an_approval_or_a_promotion_counts_too(
    root: Root, made: Callable[..., Path], tmp_path: Path
) -> None:
    source(root, folder(tmp_path, item=QUESTION, other=OTHER, honest=LICENCE + TRAVEL * 3), declared_licence="MIT")
    flows.capture("handbook", root=root.uri)
    decide(root.uri, "handbook", Decision.APPROVE, "read the sample", "dana")
    add(root, made(("q1", QUESTION, "")))
    flows.promote(root=root.uri)
    assert published(root) == {"other.txt", "honest.txt"}
    add(root, made(("q2", OTHER, "")), name="second")
    assert flows.promote(root=root.uri).fresh == ("handbook",)
    assert published(root) == {"honest.txt"}
    assert verify_root(root.uri, "dana").problems == ()


def test_a_set_that_hits_nothing_leaves_approvals_as_they_are(root: Root, made: Callable[..., Path], tmp_path: Path) -> None:
    source(root, folder(tmp_path, honest=LICENCE + TRAVEL * 3))
    before = flows.capture("handbook", root=root.uri).judgement
    add(root, made(("q1", QUESTION, ANSWER)))
    assert flows.capture("handbook", root=root.uri).judgement == before


# --- which version screened what ----------------------------------------------------------------------------------------------


def test_a_set_tells_which_captures_each_version_screened(root: Root, made: Callable[..., Path], tmp_path: Path) -> None:
    source(root, folder(tmp_path, honest=LICENCE + TRAVEL * 3))
    flows.capture("handbook", root=root.uri)
    add(root, made(("q1", QUESTION, ANSWER)))
    assert [each.captures for each in muniment.evalset_history("quiz", root.uri)] == [()]
    for _ in range(2):
        flows.capture("handbook", root=root.uri)
    add(root, made(("q1", QUESTION, ANSWER), ("q2", OTHER, "")))
    flows.capture("handbook", root=root.uri)
    capture = f"handbook/{standing(root)[0].capture}"
    assert [each.captures for each in muniment.evalset_history("quiz", root.uri)] == [(capture,), (capture,)]


# --- removal ------------------------------------------------------------------------------------------------------------------


def test_a_removed_set_is_gone_from_registry_and_evidence_and_what_it_kept_out_is_judged_anew(
    root: Root, made: Callable[..., Path], contaminated: Path
) -> None:
    muniment.evalset_rotate("quiz", made(("q3", TRAVEL + "And more of it.", "")), ["q1"], root=root.uri, actor="dana")
    add(root, made(("q1", OTHER, "")), name="second")
    flows.capture("handbook", root=root.uri)
    removed = muniment.evalset_remove("quiz", root.uri, "dana")
    assert (removed.versions, removed.items, removed.judgements) == (2, 5, ("handbook",))
    assert evalsets.items(root)["question"].to_pylist() == [OTHER]
    suites = {row for each in copies.objects(root) for row in root.lake.columns(each, ["suite"])[1].to_pydict().get("suite", [])}
    assert suites == {"second"}
    assert reasons(root)["EVAL_ITEM"] == 1
    documents = {copies.key_of(each.shard.digest) for each in standing(root)[0].shards}
    assert set(holding(root, "cabinet")) <= documents
    assert verify_root(root.uri, "dana").problems == ()
    flows.capture("handbook", root=root.uri)
    assert reasons(root)["EVAL_ITEM"] == 1


def test_numbers_of_versions_are_never_used_twice(root: Root, made: Callable[..., Path]) -> None:
    add(root, made(("q1", QUESTION, ANSWER)))
    muniment.evalset_remove("quiz", root.uri, "dana")
    with pytest.raises(NotFound):
        muniment.evalset_show("quiz", "dana", root=root.uri)
    assert muniment.evalset_list(root.uri) == []
    assert [each.number for each in add(root, made(("q1", QUESTION, ANSWER))).kept] == [2]


@pytest.mark.parametrize("killed_in", ["purge", "put_in_place", "judge", "forget"])
def test_a_removal_that_is_killed_is_ended_by_the_same_again(
    root: Root, contaminated: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    from muniment.tasks.evaluation import remove

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(remove, killed_in, dies)
        with pytest.raises(KeyboardInterrupt):
            muniment.evalset_remove("quiz", root.uri, "dana")
    assert evalsets.registered(root) == []
    with pytest.raises(Forbidden, match="has not ended"):
        muniment.evalset_add("quiz", contaminated / "copy.txt", root=root.uri, actor="dana")
    muniment.evalset_remove("quiz", root.uri, "dana")
    assert "EVAL_ITEM" not in reasons(root)
    hits = [each for each in copies.objects(root) if root.lake.columns(each, [])[0] == EVAL_HIT.names]
    assert sum(root.lake.table(each).num_rows for each in hits) == 0
    held = root.refs.read("evalsets/quiz", EvalSet)[0]
    assert held is not None and (held.versions, held.files, held.last) == ((), (), 1)
    told = root.lineage.sql("SELECT count(*) AS entries FROM entries WHERE kind = 'evalset.removed'").to_pylist()
    assert told == [{"entries": 1}]
    assert verify_root(root.uri, "dana").problems == ()


def test_a_removal_reaches_backups_and_does_not_come_back_with_an_older_one(root: Root, contaminated: Path, tmp_path: Path) -> None:
    near, away = str(tmp_path / "near"), tmp_path / "away"
    backup.make_backup(root.uri, near, "dana")
    backup.make_backup(root.uri, str(away), "dana")
    away.rename(tmp_path / "unmounted")
    removed = muniment.evalset_remove("quiz", root.uri, "dana")
    assert len(removed.backups) == len(removed.pending) == 1
    copied = open_root(near)
    documents = {copies.key_of(each.shard.digest) for each in standing(copied)[0].shards}
    assert set(holding(copied, "cabinet")) <= documents
    (tmp_path / "unmounted").rename(away)
    restore.restore(str(away), str(tmp_path / "restored"), "dana")
    again = open_root(str(tmp_path / "restored"))
    assert set(holding(again, "cabinet")) <= documents and evalsets.registered(again) == []
    assert "EVAL_ITEM" not in reasons(again)
    assert len(muniment.evalset_remove("quiz", root.uri, "dana").backups) == 1
    assert set(holding(open_root(str(away)), "cabinet")) <= documents


# --- commands -----------------------------------------------------------------------------------------------------------------


def test_every_command_of_a_set_says_what_it_did_and_only_show_says_what_is_in_it(root: Root, made: Callable[..., Path]) -> None:
    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["evalset", *words, "--root", root.uri])
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    first, second = made(("q1", QUESTION, ANSWER)), made(("q2", OTHER, ""), name="second.jsonl")
    said = run("add", "quiz", str(first), "--actor", "dana")
    said += run("rotate", "quiz", str(second), "--retire", "q1", "--on", "2026-01-01", "--until", "2026-02-01", "--actor", "dana")
    listed = run("list", "--json")
    assert [(each["version"], each["items"], each["lapsed"]) for each in json.loads(listed)] == [(2, 1, 1)]
    said += listed + run("list") + run("history", "quiz") + run("history", "quiz", "--json")
    shown_items = json.loads(run("show", "quiz", "--as", "dana", "--json"))
    assert [each["question"] for each in shown_items] == [QUESTION, OTHER]
    assert isinstance(
        CliRunner().invoke(app, ["evalset", "show", "quiz", "--as", "robin", "--root", root.uri]).exception, Forbidden
    )
    said += run("remove", "quiz", "--actor", "dana", "--json")
    assert not any(word in said for word in ("cabinet", "ledgers", "q1"))
    assert json.loads(run("list", "--json")) == []


@pytest.mark.s3
def test_a_set_is_kept_rotated_and_removed_on_s3(
    shared_bucket: str, made: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    opened = open_root(f"s3://{shared_bucket}/{uuid4().hex}")
    policies.put_in_force(opened, SLIM)
    principals.put_in_force(opened, PEOPLE)
    add(opened, made(("q1", QUESTION, ANSWER)))
    source(opened, folder(tmp_path, item=QUESTION, honest=LICENCE + TRAVEL * 3))
    flows.capture("handbook", root=opened.uri)
    assert reasons(opened)["EVAL_ITEM"] == 1
    muniment.evalset_rotate("quiz", made(("q2", OTHER, "")), root=opened.uri, actor="dana")
    assert [each.captures != () for each in muniment.evalset_history("quiz", opened.uri)] == [True, False]
    assert muniment.evalset_remove("quiz", opened.uri, "dana").versions == 2
    assert "EVAL_ITEM" not in reasons(opened)
    with pytest.raises(MunimentError):
        muniment.evalset_show("quiz", "dana", root=opened.uri)
