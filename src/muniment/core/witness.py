"""The least evidence that hits a rule: what a proof that the rule blocks is made with (QUA-7)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from muniment.errors import PolicyError
from muniment.policies.policy import Rule
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import COLUMN, EVAL_HIT, FINDING, SIGNAL, TWIN
from muniment.schemas.source import Classification, Kind, Lane, Source
from muniment.schemas.tombstone import RESEMBLANCE

DOC = "0" * 32
TABLES = {
    "findings": FINDING,
    "signals": SIGNAL,
    "twins": TWIN,
    "hits": EVAL_HIT,
    "columns": COLUMN,
    "resemblance": RESEMBLANCE,
}
RIGHTS = pa.schema(
    [(name, pa.string()) for name in ("doc_id", "licence", "status", "rights")]
    + [(name, pa.list_(pa.string())) for name in ("tags", "reserved")]
)
_KNOWN: dict[str, Any] = {
    "doc_id": DOC, "licence": "MIT", "status": "known", "rights": "verified", "tags": ["COMMERCIAL_OK"], "reserved": [],
}  # fmt: skip
_WORD = "witness{:04d}"  # of the text that stands for a value which was found


class Witness(NamedTuple):
    """One document, all evidence about it, and what was said in words. `values`: words of the text that were found."""

    document: pa.Table
    evidence: Mapping[str, pa.Table]
    rights: pa.Table
    source: Source
    ran: tuple[str, ...]
    said: str
    values: tuple[str, ...]


class Made(NamedTuple):
    """Evidence rows by table (columns that are left out are empty), and changes of the rights, the source and who ran."""

    said: str
    rows: Mapping[str, list[dict[str, Any]]] = {}
    rights: Mapping[str, Any] = {}
    source: Mapping[str, Any] = {}
    ran: tuple[str, ...] = ()


def witness(rule: Rule) -> Witness:
    """Evidence that hits a rule and as little else as can be. Raises `PolicyError` for a kind of test that nobody made a generator for."""
    kind = next((name for name in GENERATORS if getattr(rule, name) is not None), None)
    if kind is None:
        raise PolicyError(
            f"No evidence can be made for rule {rule.code}.", "Its kind of test needs a generator in core/witness.py."
        )
    made = GENERATORS[kind](rule)
    found = made.rows.get("findings", [])
    values = tuple(_WORD.format(row["start"] // _STEP) for row in found)
    return Witness(
        document=_table(DOCUMENT, [_document(rule, len(found))]),
        evidence={name: _table(schema, made.rows.get(name, [])) for name, schema in TABLES.items()},
        rights=pa.Table.from_pylist([{**_KNOWN, **made.rights}], RIGHTS),
        source=_source(rule, made.source),
        ran=made.ran,
        said=made.said,
        values=tuple(dict.fromkeys(values)),
    )


_STEP = len(_WORD.format(0)) + 1


def _document(rule: Rule, values: int) -> dict[str, Any]:
    words = " ".join(_WORD.format(number) for number in range(max(values, 1)))
    media = rule.only.media_types[0] if rule.only.media_types else "text/plain"
    return {
        "doc_id": DOC, "native_key": "witness.txt", "media_type": media, "title": "Witness", "text": f"{words} and nothing else.",
    }  # fmt: skip


def _source(rule: Rule, changed: Mapping[str, Any]) -> Source:
    only = rule.only
    plain: dict[str, Any] = {
        "id": only.sources[0] if only.sources else "witness",
        "kind": Kind.FOLDER,
        "location": "/witness",
        "owner": "nobody",
        "steward": "nobody",
        "classification": only.classifications[0] if only.classifications else Classification.INTERNAL,
        "lane": only.lanes[0] if only.lanes else Lane.STANDARD,
        "acl": ("nobody",),
    }
    return Source.model_validate({**plain, **changed})


def _finding(rule: Rule) -> Made:
    test = rule.finding
    assert test is not None
    score = (test.score + test.below) / 2 if test.below is not None else min(1.0, test.score + 0.01)
    about = {
        "type": _one_of(test.types),
        "rule": _one_of(test.rules),
        "category": test.categories[0] if test.categories else None,
        "score": score,
    }
    rows = [_found("personal", number, **about) for number in range(test.count)]
    return Made(f"{test.count} × {about['type']} at {score:.2f}", {"findings": rows})


def _signal(rule: Rule) -> Made:
    test = rule.signal
    assert test is not None
    if test.above is not None and test.below is not None:
        value = (test.above + test.below) / 2
    else:
        value = test.below - 1 if test.below is not None else test.above + 1 if test.above is not None else 0.0
    label = test.labels[0] if test.labels else None
    row = {"doc_id": DOC, "name": test.name, "value": value, "label": label}
    return Made(f"{test.name} = {label or f'{value:g}'}", {"signals": [row]})


def _licence(rule: Rule) -> Made:
    test = rule.licence
    assert test is not None
    if test.status:
        status = test.status[0]
        known = status in ("known", "inherited")
        return Made(
            f"licence {status}",
            rights={"status": status, "licence": "MIT" if known else None, "tags": [] if known else ["UNKNOWN"]},
        )
    return Made(f"licence tagged {', '.join(test.tags[:1])}", rights={"licence": "LicenseRef-Witness", "tags": list(test.tags[:1])})


def _opt_out(rule: Rule) -> Made:
    assert rule.opt_out is not None
    return Made(f"{rule.opt_out.uses[0]} reserved", rights={"reserved": [rule.opt_out.uses[0]]})


def _twin(rule: Rule) -> Made:
    test = rule.twin
    assert test is not None
    spared = test.spared[0] if test.spared else None
    row = {"doc_id": DOC, "canonical_id": "1" * 32, "kind": test.kind, "jaccard": max(test.jaccard, 0.99), "spared": spared}
    return Made(f"{test.kind} twin{f', spared: {spared}' if spared else ''}", {"twins": [row]})


def _evaluation(rule: Rule) -> Made:
    test = rule.evaluation
    assert test is not None
    overlap = min(1.0, test.overlap + 0.01)
    return Made(f"{overlap:.0%} of a {test.kind}", {"hits": [{"doc_id": DOC, "kind": test.kind, "overlap": overlap}]})


def _disagreement(rule: Rule) -> Made:
    test = rule.disagreement
    assert test is not None
    score = min(1.0, test.score + 0.01)
    if test.only_one_of:
        rows = [_found(test.only_one_of[0], 0, type="WITNESS", score=score)]
        return Made(f"only {test.only_one_of[0]} finds something", {"findings": rows}, ran=test.only_one_of)
    rows = [_found(name, 0, type=kind, score=score) for name, kind in (("personal", "WITNESS"), ("names", "OTHER"))]
    return Made("two readings of one place", {"findings": rows})


def _unexpected_language(rule: Rule) -> Made:
    test = rule.unexpected_language
    assert test is not None
    row = {"doc_id": DOC, "name": "language", "value": 1.0, "label": "de"}
    return Made("German where English is declared", {"signals": [row]}, source={"language": "en"})


def _columns(rule: Rule) -> Made:
    test = rule.columns
    assert test is not None
    row = {
        "source_id": "witness", "uses": [test.uses[0]], "score": min(1.0, test.score + 0.01),
        "type": _one_of(test.types) if test.types else None, "quasi": _one_of(test.quasi) if test.quasi else None,
    }  # fmt: skip
    said = f"a column of {row['type'] or row['quasi']} as {test.uses[0]}"
    return Made(said, {"columns": [row]}, source={"kind": Kind.TABLE, "columns": {"text": "text"}})


def _resembles(rule: Rule) -> Made:
    row: dict[str, Any] = {field.name: 1_000 for field in RESEMBLANCE if pa.types.is_integer(field.type)}
    return Made("it resembles what was erased", {"resemblance": [{**row, "doc_id": DOC}]})


def _always(rule: Rule) -> Made:
    return Made("nothing: it hits every document in its scope")


GENERATORS: dict[str, Callable[[Rule], Made]] = {
    "finding": _finding,
    "signal": _signal,
    "licence": _licence,
    "opt_out": _opt_out,
    "twin": _twin,
    "evaluation": _evaluation,
    "disagreement": _disagreement,
    "unexpected_language": _unexpected_language,
    "columns": _columns,
    "resembles": _resembles,
    "always": _always,
}


def _found(detector: str, number: int, **about: Any) -> dict[str, Any]:
    start = number * _STEP
    return {"doc_id": DOC, "detector": f"{detector}@witness", "start": start, "end": start + _STEP - 1, **about}


def _one_of(names: tuple[str, ...]) -> str:
    """One name of a list; of a family (`SECRET_*`) one of its members."""
    return names[0].replace("*", "WITNESS") if names else "WITNESS"


def _table(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows with everything that they leave out empty."""
    columns = {field.name: pa.array([row.get(field.name, _empty(field)) for row in rows], field.type) for field in schema}
    return pa.table(columns, schema)


def _empty(field: pa.Field) -> Any:
    if field.nullable:
        return None
    if pa.types.is_list(field.type):
        return []
    return (
        ""
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        else b""
        if pa.types.is_binary(field.type)
        else 0
    )
