"""Nobody learns of a document that they may not read: every way to ask, by every role, for documents planted to be found."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from click.testing import CliRunner
from tests.leaks.conftest import HALF, QUICK, SECRETS, WHOLE
from tests.leaks.world import Doc, id_of, may_read, name_of, ordinary, people, question_of
from typer.main import get_command

from muniment.cli import app
from muniment.errors import Forbidden, MunimentError
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.search import Answer, Filters, Mode, Question
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import index_of
from muniment.tasks.explain_to import tell
from muniment.tasks.search.give import give
from muniment.tasks.search.search import answer

pytestmark = pytest.mark.filterwarnings("ignore")
Pair = tuple[str, str]
DOCUMENTS = {each.key: each for each in (*ordinary(), *SECRETS)}


def observed(root: Root, question: Question, asking: Principal) -> Any:
    """All that the answer shows but the ids of snapshot and index, which are those of all that is in them; of an error, its words."""
    try:
        found = answer(root, question, asking)
    except MunimentError as error:
        return error.code, error.message, error.remedy
    for hit in found.hits:
        assert may_read(DOCUMENTS[hit.title], asking), (asking.id, hit.title)
    plain = found.model_dump(exclude={"snapshot", "index"})
    return rounded(plain)


def rounded(value: Any) -> Any:
    """Numbers to seven digits: sums of the same vectors can differ in the last bit with what is summed beside them."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list | tuple) else value


def hidden_from(asking: Principal, size: int) -> list[Doc]:
    """The first secrets of each kind that this principal may not read."""
    return [each for each in SECRETS[: 4 * size] if not may_read(each, asking)]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("size", [QUICK, HALF])
def test_answers_are_in_every_mode_those_of_a_corpus_without_the_secret(pair: Pair, tried: Counter[str], size: int) -> None:
    """Results, counts, scores and their parts, the low-evidence flag, redactions and notes."""
    there, gone = map(open_root, pair)
    for asking in people(there):
        for secret in hidden_from(asking, size):
            if may_read_any(asking, size):
                continue  # of another secret that they may read the other corpus cannot know
            for mode in Mode:
                for text in (question_of(secret), f"{secret.text.split()[2]} meeting journal of the cabinet"):
                    question = Question(text=text, mode=mode, k=10)
                    assert observed(there, question, asking) == observed(gone, question, asking), (asking.id, secret.key, mode)
                    tried[f"results, counts, scores, evidence: {mode}"] += 1


def may_read_any(asking: Principal, size: int) -> bool:
    """Whether any secret is theirs to read."""
    return any(may_read(each, asking) for each in SECRETS)


@pytest.mark.parametrize("size", [QUICK, WHOLE])
def test_no_answer_holds_a_secret_whoever_asked_before(pair: Pair, tried: Counter[str], size: int) -> None:
    """Roles take turns in one process, the one who may read it right before the one who may not."""
    root, chance = open_root(pair[0]), random.Random(size)
    asked = [(asking, secret) for asking in people(root) for secret in SECRETS[: 4 * size]]
    chance.shuffle(asked)
    for asking, secret in asked:
        for each in sorted(people(root), key=lambda one: not may_read(secret, one))[:1]:
            observed(root, Question(text=question_of(secret)), each)
        found = answer(root, Question(text=question_of(secret), k=3), asking)
        assert all(may_read(DOCUMENTS[hit.title], asking) for hit in found.hits)
        assert (secret.key in {hit.title for hit in found.hits}) == may_read(secret, asking)
        tried["caches: roles take turns"] += 1


@pytest.mark.parametrize("size", [QUICK, WHOLE])
def test_filters_tell_no_more_than_the_answers(pair: Pair, tried: Counter[str], size: int) -> None:
    there, gone = map(open_root, pair)
    for asking in (each for each in people(there) if not may_read_any(each, size)):
        for secret in hidden_from(asking, size):
            for filters in (
                Filters(sources=(secret.source,)),
                Filters(classifications=(secret.classification,)),
                Filters(languages=("en",)),
                Filters(sources=("no-such-source",)),
            ):
                question = Question(text=question_of(secret), filters=filters)
                assert observed(there, question, asking) == observed(gone, question, asking)
                tried["filters"] += 1


def citations(root: Root, index: Index) -> dict[str, list[str]]:
    """Citations of every passage, by document."""
    table = root.lake.read_all(index.chunks, CHUNK, ["chunk_id", "doc_id"])
    found: dict[str, list[str]] = {}
    for row in table.to_pylist():
        found.setdefault(row["doc_id"], []).append(row["chunk_id"])
    return found


def refusal(root: Root, citation: str, asking: Principal, **where: Any) -> tuple[str, str, str]:
    with pytest.raises(Forbidden) as caught:
        give(root, citation, asking, **where)
    return caught.value.code, caught.value.message, caught.value.remedy


@pytest.mark.parametrize("size", [QUICK, WHOLE])
def test_a_citation_that_is_not_theirs_is_refused_as_one_that_is_not_there(pair: Pair, tried: Counter[str], size: int) -> None:
    root = open_root(pair[0])
    index = index_of(root, "production")
    held = citations(root, index)
    for asking in people(root):
        absent = refusal(root, "0" * 32 + ":0000", asking)
        for secret in hidden_from(asking, size):
            for citation in held[id_of(root, secret)]:
                for where in ({}, {"index": index.id}, {"index": index.id, "revision": 0}, {"index": "no-such-index"}):
                    assert refusal(root, citation, asking, **where) == absent
                    tried["citations by id, in this and in named indexes"] += 1
        for mine in (each for each in SECRETS[: 4 * size] if may_read(each, asking)):
            assert give(root, held[id_of(root, mine)][0], asking).title == mine.key


def untold(root: Root, name: str, asking: Principal) -> tuple[str, str, str]:
    with pytest.raises(Forbidden) as caught:
        tell(root, name, asking)
    return caught.value.code, caught.value.message, caught.value.remedy


@pytest.mark.parametrize("size", [QUICK, WHOLE])
def test_the_story_of_a_document_that_is_not_theirs_is_that_of_one_that_is_not_there(
    pair: Pair, tried: Counter[str], size: int
) -> None:
    root = open_root(pair[0])
    held = citations(root, index_of(root, "production"))
    for asking in people(root):
        absent = untold(root, "0" * 32, asking)
        assert untold(root, "no-such-source:page.md", asking) == absent
        for secret in hidden_from(asking, size):
            doc_id = id_of(root, secret)
            for name in (doc_id, f"{secret.source}:{secret.key}", held[doc_id][0]):
                assert untold(root, name, asking) == absent
                tried["explain"] += 1
        for mine in (each for each in SECRETS[: 4 * size] if may_read(each, asking)):
            assert mine.key in str(tell(root, id_of(root, mine), asking))


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("size", [QUICK, HALF])
def test_nothing_that_is_printed_holds_a_word_of_it(pair: Pair, tried: Counter[str], size: int) -> None:
    uri = pair[0]
    root, run, commands = (
        open_root(uri),
        CliRunner(),
        get_command(app),
    )  # made once: making all commands takes longer than one of them
    held = citations(root, index_of(root, "production"))
    chance = random.Random(size)
    for asking in [*people(root), Principal(id="stranger")]:
        for secret in chance.sample(hidden_from(asking, 16), 2 * size):
            word = secret.text.split()[2]
            query = f"{word} plan closes site agreement"
            for command in (
                ["search", query, "--as", asking.id, "--root", uri, "--json"],
                ["search", query, "--as", asking.id, "--root", uri],
                ["cite", held[id_of(root, secret)][0], "--as", asking.id, "--root", uri, "--json"],
                ["explain", f"{secret.source}:{secret.key}", "--as", asking.id, "--root", uri],
            ):
                done = run.invoke(commands, command)
                shown = f"{done.output}{done.exception}"
                assert word not in shown and secret.key not in shown
                assert id_of(root, secret) not in shown
                tried["what is printed, JSON and errors"] += 1


def test_the_ledger_holds_hashes_and_no_question(pair: Pair, tried: Counter[str]) -> None:
    root = open_root(pair[0])
    dana = next(each for each in people(root) if each.id == "robin")
    answer(root, Question(text=question_of(SECRETS[0])), dana)
    refusal(root, "what is the quokka plan", dana)
    written = json.dumps([entry.model_dump(mode="json") for entry in root.ledger.since(0)])
    for word in ("quokka", name_of(100_000), SECRETS[0].text.split()[2]):
        assert word not in written
        tried["ledger"] += 1
    kinds = [entry.kind for entry in root.ledger.since(0)]
    assert "search.answered" in kinds and "read.refused" in kinds


def test_what_may_be_read_is_found(pair: Pair) -> None:
    """The other half of all these tests: they would pass with nothing served."""
    root = open_root(pair[0])
    for asking in people(root):
        mine = [each for each in (*ordinary(), *SECRETS) if may_read(each, asking)]
        for each in mine[:12]:
            found: Answer = answer(root, Question(text=question_of(each) if "secret" in each.key else each.text[-70:], k=3), asking)
            assert each.key in {hit.title for hit in found.hits}, (asking.id, each.key)
    assert len([each for each in people(root) if any(may_read(one, each) for one in ordinary())]) == 4
