"""Credentials in text: rules as data behind a keyword gate; what is plainly an example or a placeholder is no secret."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.findings import Span, findings, surest
from muniment.core.identity import keyed_hash
from muniment.core.lines import lines
from muniment.core.secret_rules import RULES, Rule
from muniment.schemas.evidence import FINDING

VERSION = "1"

_PLACEHOLDER = re.compile(
    r"(?i)example|placeholder|change[-_]?me|dummy|redacted|your[-_]?\w|my[-_]?(?:secret|token|password|api)|"
    r"\*{3}|x{4}|\.{3}|1234567|abcdef|(.)\1{5}|^\W*(?:password|secret|token)\W*$"
)
_REFERENCE = re.compile(
    r"^[$%@{<\[(]|\$\{|\{\{|\w\(|^(?:[a-z_]+\.)+[a-zA-Z_]+$|^(?:os|env|process|self|this|config|settings)\.|^/[\w/.-]+$"
)


def detector(key: bytes, rules: Sequence[Rule] = RULES) -> Detector:
    """Secrets as FINDING evidence: types `SECRET_…`, scores between 0 and 1 as the rules give them.

    `key` makes the keyed hashes of values; `rules` are the kinds of secret that are looked for.
    """
    settings = {"key": keyed_hash(key, "digest of the key"), "rules": [asdict(rule) for rule in rules]}
    return Detector("secrets", VERSION, ("doc_id", "text"), FINDING, partial(_detect, key=key, rules=tuple(rules)), settings)


def entropy(value: str) -> float:
    """Shannon entropy of the characters of `value`, in bits a character (Shannon 1948); 0 for an empty one."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values()) if value else 0.0


def _detect(documents: pa.Table, key: bytes, rules: tuple[Rule, ...]) -> pa.Table:
    whole = pl.DataFrame({"line": pl.Series(pl.from_arrow(documents["text"]))}).with_row_index("row")
    whole = whole.select("row", pl.lit(0, pl.Int64).alias("start"), "line")
    single = lines(documents).select("row", "start", "line")
    spans = surest(span for rule in rules for span in _spans(rule, whole if rule.whole else single))
    return findings(documents, spans, f"secrets@{VERSION}", key, lambda kind, value: value.strip())


def _spans(rule: Rule, frame: pl.DataFrame) -> Iterator[Span]:
    pattern = re.compile(rule.pattern)
    group = "secret" if "secret" in pattern.groupindex else 0
    gate = pl.col("line").str.contains_any(list(rule.keywords), ascii_case_insensitive=True)
    for row, start, line in frame.filter(gate).iter_rows():
        for match in pattern.finditer(line):
            if _is_secret(match[group], rule):
                yield Span(
                    row, start + match.start(group), start + match.end(group), rule.type, rule.score, rule.type, "credentials"
                )


def _is_secret(value: str, rule: Rule) -> bool:
    """Random enough for its rule, and neither an example nor the name of a place where the secret is kept."""
    if rule.whole:
        return True
    if _PLACEHOLDER.search(value) or entropy(value) < rule.entropy:
        return False
    if rule.type not in ("SECRET_PASSWORD", "SECRET_URL_PASSWORD"):
        return True
    mixed = rule.type == "SECRET_URL_PASSWORD" or (re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))
    return bool(mixed) and not _REFERENCE.search(value)
