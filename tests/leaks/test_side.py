"""What is not said in an answer tells nothing either: hidden values in what is read, and how long it takes."""

import statistics
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.leaks import world
from tests.leaks.conftest import SECRETS
from tests.leaks.test_leaks import citations
from tests.leaks.world import Doc, id_of, may_read, people, question_of

from muniment.errors import Forbidden
from muniment.policies.policy import default
from muniment.schemas.search import Mode, Question
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.corpus import index_of
from muniment.tasks.explain_to import tell
from muniment.tasks.search.give import give
from muniment.tasks.search.search import answer

ADDRESS = "jo.smith@initech.example.org"
HIDDEN = '[redaction]\ndefault = "redact"\n[[redaction.query]]\nfinding = { types = ["EMAIL_ADDRESS"] }\nunless = ["legal"]\n'
LEVEL = 1e-6  # chance of a false alarm


def test_a_value_that_policy_hides_is_in_no_answer_no_neighbour_and_no_citation(tmp_path: Path, tried: Counter[str]) -> None:
    """A long document: the value lies in the text before and after the passages that are cited, too."""
    uri = str(tmp_path / "root")
    sentence = "The shelf in the archive is ordered by whoever keeps the keys of the hallway. "
    long = Doc(
        "internal-default", "shelf.md", "# Shelves\n\n" + (sentence * 4 + f"Write to {ADDRESS} for the shelf.\n\n") * 12, ("staff",)
    )
    world.build(uri, [long, *world.ordinary(8)])
    root = open_root(uri)
    policies.put_in_force(root, default().replace('[redaction]\ndefault = "redact"\n', HIDDEN))
    held = citations(root, index_of(root, "production"))[id_of(root, long)]
    assert len(held) > 2
    for asking in people(root)[:3]:
        for mode in (Mode.DENSE, Mode.HYBRID):
            hits = answer(root, Question(text="write to whom for the shelf", mode=mode, k=10, per_document=10), asking).hits
            shown = [hit for hit in hits if hit.title == long.key]
            assert bool(shown) == may_read(long, asking)
            assert any(ADDRESS in hit.text for hit in shown) == (may_read(long, asking) and "legal" in asking.groups)
            tried["redaction at query"] += 1
        for citation in held[:6]:
            try:
                text = give(root, citation, asking).text
            except Forbidden:
                assert not may_read(long, asking)
            else:
                assert may_read(long, asking) and ("smith" not in text or "legal" in asking.groups)
            tried["redaction by citation"] += 1


def test_a_value_that_policy_hides_is_in_no_story_of_a_document(tmp_path: Path, tried: Counter[str]) -> None:
    uri = str(tmp_path / "root")
    named = Doc("internal-default", f"Letters of {ADDRESS}", "# Letters\n\nThe shelf is in the archive.", ("staff",))
    world.build(uri, [named, *world.ordinary(4)])
    root = open_root(uri)
    policies.put_in_force(root, default().replace('[redaction]\ndefault = "redact"\n', HIDDEN))
    for asking in (each for each in people(root) if may_read(named, each)):
        assert (ADDRESS in str(tell(root, id_of(root, named), asking))) == ("legal" in asking.groups)
        tried["redaction in a story"] += 1
    assert sum(may_read(named, each) for each in people(root)) == 2


@pytest.mark.slow
def test_the_time_of_an_answer_does_not_tell_whether_there_is_a_secret(pair: tuple[str, str], tried: Counter[str]) -> None:
    """Ranks of CPU times (Mann and Whitney 1947) of questions that would hit a secret, in the corpus that has it and in the one that
    has not, asked in turns; and of citations that are refused, of what is there and of what is not."""
    there, gone = map(open_root, pair)
    robin = next(each for each in people(there) if each.id == "robin")
    held = citations(there, index_of(there, "production"))
    secrets = [each for each in SECRETS if not may_read(each, robin)]

    def asked(root: object, text: str) -> float:
        began = time.thread_time()
        answer(root, Question(text=text), robin)  # type: ignore[arg-type]
        return time.thread_time() - began

    def refused(citation: str) -> float:
        began = time.thread_time()
        with pytest.raises(Forbidden):
            give(there, citation, robin)
        return time.thread_time() - began

    rounds = [secrets[number % len(secrets)] for number in range(200)]
    for each in rounds[:10]:
        asked(there, question_of(each)), asked(gone, question_of(each)), refused(held[id_of(there, each)][0])
    answers = [(asked(there, question_of(each)), asked(gone, question_of(each))) for each in rounds]
    refusals = [
        (refused(held[id_of(there, each)][0]), refused(f"{number:032x}:{number:016x}")) for number, each in enumerate(rounds)
    ]
    tried["latency: answers"] += len(rounds)
    tried["latency: refusals"] += len(rounds)
    for pairs in (refusals, answers):
        with_it, without = zip(*pairs, strict=True)
        assert chance(list(with_it), list(without)) > LEVEL, (statistics.median(with_it), statistics.median(without))


def chance(one: list[float], other: list[float]) -> float:
    """Two-sided chance of ranks as different as these when both come from the same, by the normal approximation."""
    ranks = {value: rank for rank, value in enumerate(sorted([*one, *other]), start=1)}
    total, n, m = sum(ranks[value] for value in one), len(one), len(other)
    mean, deviation = n * (n + m + 1) / 2, (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(total - mean) / deviation))


def test_ranks_tell_times_apart_that_differ_by_a_tenth() -> None:
    """The test of times can fail."""
    plain = [1.0 + 0.0005 * (number * 37 % 200) for number in range(200)]
    assert chance(plain, [each + 1e-7 for each in plain]) > LEVEL
    assert chance(plain, [each * 1.1 for each in plain]) < LEVEL
