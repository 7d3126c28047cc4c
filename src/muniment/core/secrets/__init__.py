"""Credentials in text: kinds as data behind a keyword gate; what is plainly an example, a reference or a word is no secret."""

from functools import lru_cache, partial

import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.findings import findings
from muniment.core.identity import keyed_hash
from muniment.core.secrets.assignments import Assignments
from muniment.core.secrets.matching import Matcher, apart, spans
from muniment.policies.secrets import Kind, NameTable, SecretRules
from muniment.schemas.evidence import FINDING

__all__ = ["VERSION", "detector"]
VERSION = "2"


def detector(key: bytes, rules: SecretRules) -> Detector:
    """Secrets as FINDING evidence: types `SECRET_…`, category `credentials`, scores between 0 and 1 as the rules give them.

    `key` makes the keyed hashes of values; `rules` are the kinds of secret that are looked for and the names that they are given to.
    """
    settings = {"key": keyed_hash(key, "digest of the key"), "rules": rules.digest}
    matchers, assignments = _compiled(rules.kinds(), rules.names)
    detect = partial(_detect, key=key, matchers=matchers, assignments=assignments)
    return Detector("secrets", VERSION, ("doc_id", "text"), FINDING, detect, settings)


@lru_cache(maxsize=4)
def _compiled(kinds: tuple[Kind, ...], names: NameTable) -> tuple[tuple[Matcher, ...], Assignments]:
    """Hundreds of expressions, which are the same for every key."""
    matchers = tuple(Matcher.of(kind) for kind in kinds if not kind.named)
    return matchers, Assignments.of(names, [kind for kind in kinds if kind.named])


def _detect(documents: pa.Table, key: bytes, matchers: tuple[Matcher, ...], assignments: Assignments) -> pa.Table:
    found = spans(documents, matchers, assignments)
    return findings(documents, apart(found), f"secrets@{VERSION}", key, lambda kind, value: value.strip())
