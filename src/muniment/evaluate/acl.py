"""`muniment eval acl FOLDER`: does anybody see what they may not, and does everybody find all that they may.

Beside a retrieval collection the folder holds `acl.jsonl` (`{"doc","groups"}`; a document without a line is nobody's) and
`users.jsonl` (`{"user","groups"}`). Who may read what is worked out here once more, a pair at a time, so that a fault in the product's
own mask would show.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from muniment.core.access import allowed
from muniment.evaluate.collection import Indexed, Mask, collection, lexicon
from muniment.evaluate.filtered import filtered
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.evaluate.records import Labelled, records
from muniment.evaluate.report import Options, Outcome
from muniment.schemas.principal import Principal
from muniment.schemas.ranking import HYBRID
from muniment.tasks.search.rank import weighted

_K = 10
_QUERIES = 1000  # asked as each user, evenly spaced
_SLICES = ((0.01, "le1pct"), (0.1, "le10pct"), (0.5, "le50pct"), (1.0, "le100pct"))  # by the share that a user may read
_TIE = 1e-5  # of a score
Found = dict[str, list[float]]


def score(data: Sequence[Path], options: Options) -> Outcome:
    """`leaks` (results that the user may not read) and `wrong` (passages that the mask allows and the rule does not, or the reverse),
    both 0; `dense.recall` in the best 10 against a full ranking reduced to the allowed, and `lexical.recall` against an index
    that holds nothing else, both overall and by the share that the user may read (`le1pct` …). Then `filtered.…`: the same vectors as a served index answers them, with compressed files and a
    planner, for shares that may be read at random and by subject, with milliseconds of one core.
    """
    acl = {str(row["doc"]): row["groups"] for row in records([data[0] / "acl.jsonl"], ["doc", "groups"])}
    users = records([data[0] / "users.jsonl"], ["groups"])
    read = collection(data, acl)
    indexed = Indexed(read.documents, options.encoder)
    queries = read.queries[:: max(1, -(-len(read.queries) // _QUERIES))]
    leaks, wrong = 0, 0
    found: dict[str, Found] = {}
    for number, user in enumerate(users):
        mask = allowed(indexed.chunks, _principal(user, number))
        rule = np.array([bool(set(user["groups"]) & set(acl.get(doc, []))) for doc in indexed.chunks["doc_id"].to_pylist()], bool)
        wrong += int((mask != rule).sum())
        recalls, leaked = _asked(indexed, queries, mask, rule)
        leaks += leaked
        for name in ("all", _slice(rule)) if rule.any() else ():
            for way, values in recalls.items():
                found.setdefault(name, {}).setdefault(way, []).extend(values)
    counts = {"users": count(len(users)), "queries": count(len(queries)), "leaks": count(leaks), "wrong": count(wrong)}
    planned = (
        filtered(indexed.vectors, np.ascontiguousarray(indexed.encoder.asked(queries), np.float32)) if len(queries) > 1 else {}
    )
    counts["leaks"] = count(leaks + sum(each.value for name, each in planned.items() if name.endswith(".leaks")))
    return Outcome(counts | indexed.metrics | _recalls(found) | planned, indexed.systems)


def _principal(user: Labelled, number: int) -> Principal:
    return Principal(id=str(user.get("user", user.get("id", number))), groups=tuple(user["groups"]))


def _asked(indexed: Indexed, queries: list[str], mask: Mask, rule: Mask) -> tuple[Found, int]:
    """Recalls of each query asked under a mask, and results that the rule forbids (of each way and of both).

    Words are held against an index of nothing but what the rule allows: positions and scores must be its own.
    """
    recalls: Found = {"dense": [], "lexical": []}
    leaks, readable = 0, np.flatnonzero(rule)
    alone = lexicon(indexed.chunks.filter(pa.array(rule)))
    for query, vector in zip(queries, indexed.encoder.encode(queries), strict=True):
        sides, products = indexed.sides(query, mask, _K), indexed.vectors @ vector
        both = weighted(sides, HYBRID)[1]
        leaks += sum(int((~rule[each]).sum()) for each in (sides.dense[1], sides.lexical[1], both))
        recalls["dense"].append(_recall(products[sides.dense[1]], products[rule]))
        found, expected = indexed.words.search(query, _K, mask), alone.search(query, _K, None)
        own = dict(zip(readable[expected.positions].tolist(), expected.scores.tolist(), strict=True))
        same = sum(own.get(place) == score for place, score in zip(found.positions.tolist(), found.scores.tolist(), strict=True))
        if own:
            recalls["lexical"].append(same / len(own))
    return recalls, leaks


def _recall(got: np.ndarray, all_allowed: np.ndarray) -> float:
    """Share of the best _K allowed that was found; of equal scores any is as good."""
    best = np.sort(all_allowed)[::-1][:_K]
    return min(1.0, float((got >= best[-1] - _TIE).sum() / len(best))) if len(best) else 1.0


def _slice(rule: Mask) -> str:
    return next(name for most, name in _SLICES if rule.mean() <= most)


def _recalls(found: dict[str, Found]) -> Metrics:
    metrics: Metrics = {}
    for name, ways in found.items():
        each = {f"{way}.recall": share(values) for way, values in ways.items() if values}
        metrics |= each if name == "all" else under(name, each)
    return metrics
