"""`muniment eval acl FOLDER`: does anybody see what they may not, and does everybody find all that they may.

Beside a retrieval collection the folder holds `acl.jsonl` (`{"doc","groups"}`; a document without a line is nobody's) and
`users.jsonl` (`{"user","groups"}`). Who may read what is worked out here once more, a pair at a time, so that a fault in the product's
own mask would show.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from muniment.core.access import allowed
from muniment.evaluate.collection import Indexed, Mask, Positions, collection
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.evaluate.records import Labelled, records
from muniment.evaluate.report import Options, Outcome
from muniment.schemas.principal import Principal

_K = 10
_QUERIES = 1000  # asked as each user, evenly spaced
_SLICES = ((0.01, "le1pct"), (0.1, "le10pct"), (0.5, "le50pct"), (1.0, "le100pct"))  # by the share that a user may read
_TIE = 1e-5  # of a score
Found = dict[str, list[float]]


def score(data: Sequence[Path], options: Options) -> Outcome:
    """`leaks` (results that the user may not read) and `wrong` (passages that the mask allows and the rule does not, or the reverse),
    both 0; `dense.recall` and `lexical.recall` in the best 10 against a full ranking reduced to the allowed, overall and by the share
    that the user may read (`le1pct` …).
    """
    acl = {str(row["doc"]): row["groups"] for row in records([data[0] / "acl.jsonl"], ["doc", "groups"])}
    users = records([data[0] / "users.jsonl"], ["groups"])
    read = collection(data, acl)
    indexed = Indexed(read.documents, options.encoder)
    queries = read.queries[:: max(1, -(-len(read.queries) // _QUERIES))]
    full = _full(indexed, queries)
    leaks, wrong = 0, 0
    found: dict[str, Found] = {}
    for number, user in enumerate(users):
        mask = allowed(indexed.chunks, _principal(user, number))
        rule = np.array([bool(set(user["groups"]) & set(acl.get(doc, []))) for doc in indexed.chunks["doc_id"].to_pylist()], bool)
        wrong += int((mask != rule).sum())
        recalls, leaked = _asked(indexed, queries, full, mask, rule)
        leaks += leaked
        for name in ("all", _slice(rule)) if rule.any() else ():
            for way, values in recalls.items():
                found.setdefault(name, {}).setdefault(way, []).extend(values)
    counts = {"users": count(len(users)), "queries": count(len(queries)), "leaks": count(leaks), "wrong": count(wrong)}
    return Outcome(counts | indexed.metrics | _recalls(found), indexed.systems)


def _principal(user: Labelled, number: int) -> Principal:
    return Principal(id=str(user.get("user", user.get("id", number))), groups=tuple(user["groups"]))


def _full(indexed: Indexed, queries: list[str]) -> list[tuple[np.ndarray, Positions, np.ndarray]]:
    """For each query: the inner product of every passage, and the full lexical ranking with its scores."""
    encoded = indexed.encoder.encode(queries)
    ranked = [indexed.words.search(query, len(indexed.vectors), None) for query in queries]
    return [(indexed.vectors @ vector, positions, scores) for vector, (scores, positions) in zip(encoded, ranked, strict=True)]


def _asked(
    indexed: Indexed, queries: list[str], full: list[tuple[np.ndarray, Positions, np.ndarray]], mask: Mask, rule: Mask
) -> tuple[Found, int]:
    """Recalls of each query asked under a mask, and results that the rule forbids (of each way and of both fused)."""
    recalls: Found = {"dense": [], "lexical": []}
    leaks = 0
    for query, (products, positions, scores) in zip(queries, full, strict=True):
        dense, lexical = indexed.dense(query, mask, _K), indexed.lexical(query, mask, _K)
        leaks += sum(int((~rule[each]).sum()) for each in (dense, lexical, indexed.hybrid(lexical, dense, _K)))
        recalls["dense"].append(_recall(products[dense], products[rule]))
        worded = np.zeros(len(rule))
        worded[positions] = scores
        within = scores[rule[positions]]
        if len(within):
            recalls["lexical"].append(_recall(worded[lexical], within))
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
