"""Tuning on stored queries: what is chosen, what is recorded, and when it is used."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.indexes import SUBJECTS
from tests.shelf import doc, shelf

from muniment.errors import NotFound
from muniment.schemas.ledger import EntryKind
from muniment.schemas.ranking import DENSE, LEXICAL, Weighting
from muniment.schemas.search import Mode
from muniment.store.root import open_root
from muniment.tasks.corpus import index_of
from muniment.tasks.queries.registry import add_queries
from muniment.tasks.search.recipe import OTHER_INDEX, keep, recipe_of
from muniment.tasks.search.search import search
from muniment.tasks.search.tune import LEAST, WAYS, Tried, clear_tuning, recipe_from, tune_index


@pytest.fixture
def desk(uri: str) -> str:
    shelf(
        uri,
        [
            doc(f"{name}{n}", f"The {name} of number n{n}x{name} is described at length here.")
            for name in SUBJECTS
            for n in range(3)
        ],
    )
    return uri


def asked(uri: str, folder: Path, user: str = "guest") -> None:
    root = open_root(uri)
    lines = [
        {
            "id": f"{name}{n}",
            "text": f"Where is number n{n}x{name}?",
            "user": user,
            "relevant": [{"document": doc(f"{name}{n}", "")["doc_id"]}],
        }
        for name in SUBJECTS
        for n in range(3)
    ]
    file = folder / "queries.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    add_queries(root.uri, "desk", file, "robin")


def test_words_alone_are_kept_where_nothing_beats_them_and_the_figures_are_recorded(desk: str, tmp_path: Path) -> None:
    asked(desk, tmp_path)
    made = tune_index(desk, "desk", "robin")
    root = open_root(desk)
    assert made.weighting == LEXICAL
    assert made.measured[0].ndcg10.value == 1.0
    assert made.measured[WAYS.index(DENSE)].gain.value <= 0
    assert (made.index, made.queries) == (index_of(root, "production").id, "desk@1")
    assert recipe_of(root, "production") == made
    entry = next(each for each in root.ledger.since(0) if each.kind is EntryKind.INDEX_TUNED)
    assert entry.counts == {"queries": 36}
    assert "number" not in entry.model_dump_json()
    answer = search(desk, "Where is number n1xchess?", "guest")
    assert (answer.mode, answer.tuned) == (Mode.LEXICAL, True)


def test_too_few_queries_tell_nothing(desk: str, tmp_path: Path) -> None:
    asked(desk, tmp_path)
    shelf(desk, [doc("chess0", "The chess of number n0xchess is described at length here.")])
    with pytest.raises(NotFound, match=f"{LEAST} are needed"):
        tune_index(desk, "desk", "robin")


def test_another_way_is_chosen_only_where_it_gains_beyond_chance() -> None:
    chance = np.random.default_rng(1)
    words = chance.random(200)
    even, better = (np.tile(words, (len(WAYS), 1)) for _ in range(2))
    better[3] = np.minimum(1, words + 0.1)
    proof = np.full_like(even, 0.5)
    assert recipe_from(Tried(even, proof)).weighting == LEXICAL
    chosen = recipe_from(Tried(better, proof))
    assert chosen.weighting == WAYS[3]
    assert chosen.chosen_gain.low > 0
    assert chosen.low_evidence == 0.5


def test_a_recipe_is_used_for_its_encoder_and_its_mode_and_no_longer_when_it_is_cleared(desk: str, tmp_path: Path) -> None:
    asked(desk, tmp_path)
    root, made = open_root(desk), tune_index(desk, "desk", "robin")
    keep(root, made.model_copy(update={"weighting": Weighting(dense=0.4), "low_evidence": 0.99}))
    answer = search(desk, "violin", "guest")
    assert (answer.mode, answer.tuned, answer.low_evidence) == (Mode.HYBRID, True, True)
    assert not search(desk, "violin", "guest", mode=Mode.LEXICAL).tuned
    keep(root, made.model_copy(update={"encoder_digest": "another"}))
    other = search(desk, "violin", "guest")
    assert (other.mode, other.tuned, other.notes) == (Mode.LEXICAL, False, (OTHER_INDEX,))
    assert clear_tuning(desk, "robin")
    assert not clear_tuning(desk, "robin")
    assert search(desk, "violin", "guest").notes == ()
