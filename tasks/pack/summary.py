"""The answers in one look, each in a line."""

from collections.abc import Iterator

from muniment.schemas.review import Section
from muniment.tasks.pack import decisions, duplicates
from muniment.tasks.pack.facts import Facts
from muniment.tasks.review.risk import assess

_PROMOTED = {"accept": "as they are", "redact": "redacted", "known-risk": "as a known risk"}
_STOPPED = {"hold": "held", "reject": "rejected"}
_MOVED = {"added": "added", "changed": "changed", "vanished": "vanished", "set_aside": "set aside"}


def headline(facts: Facts) -> str:
    """How many documents would be promoted."""
    kept = sum(facts.judgement.actions.get(action, 0) for action in _PROMOTED)
    return f"{kept:,} of {facts.total:,} document{'s' * (facts.total != 1)} would be promoted"


def lane(facts: Facts) -> str:
    """The lane that the decision takes."""
    return str(assess(facts.root, facts.judgement).lane)


def glance(facts: Facts) -> Section:
    """One line a question, what decides first."""
    rows = tuple((question, answer) for question, answer in _answers(facts) if answer)
    return Section(title="At a glance", columns=("", ""), rows=rows)


def _answers(facts: Facts) -> Iterator[tuple[str, str]]:
    actions, source, risk = facts.judgement.actions, facts.source, assess(facts.root, facts.judgement)
    failed = ", ".join(f"{name} ({error})" for name, error in facts.judgement.failed.items())
    yield "Evidence missing", failed and f"**{failed}**: documents without it are held"
    yield "What it is", f"{source.kind}, {source.classification}, of {source.owner}; steward {source.steward}"
    yield "Risk", f"{risk.score:.0f} of 100, **{risk.lane}** lane{_raised(facts)}"
    yield "Since the last capture", _counts(facts.capture.counts, _MOVED)
    yield "Would be promoted", _counts(actions, _PROMOTED)
    yield "Would stay out", _counts(actions, _STOPPED)
    yield "Licence", _licence(facts)
    yield "Personal data", _personal(facts)
    yield "Duplicates", duplicates.said(facts)
    yield "Decided so far", decisions.last(facts)


def _raised(facts: Facts) -> str:
    """Whether the score asks for a stricter lane than the source has."""
    own, found = facts.source.lane, assess(facts.root, facts.judgement)
    return f": raised from {own} by its risk" if found.lane != own else ""


def _counts(counts: dict[str, int], names: dict[str, str]) -> str:
    return ", ".join(f"{counts[name]:,} {said}" for name, said in names.items() if counts.get(name)) or "nothing"


def _licence(facts: Facts) -> str:
    unknown = facts.verdicts["licence"].null_count()
    named = facts.verdicts["licence"].drop_nulls().value_counts(sort=True).rows()[:2]
    known = ", ".join(f"{name} {count:,}" for name, count in named)
    return "; ".join(each for each in (known, f"{unknown:,} unknown or conflicting" * bool(unknown)) if each)


def _personal(facts: Facts) -> str:
    if facts.findings.is_empty():
        return "none found"
    return f"{facts.findings.height:,} findings in {facts.findings['doc_id'].n_unique():,} documents"


def source(facts: Facts) -> Section:
    """The registry entry."""
    source = facts.source
    said = [
        ("Owner", source.owner), ("Steward", source.steward), ("Classification", str(source.classification)),
        ("Kind", str(source.kind)), ("Declared licence", source.declared_licence or "none"), ("Readable by", ", ".join(source.acl) or "nobody"),
        ("Tenant", source.tenant), ("Authority", str(source.authority)),
    ]  # fmt: skip
    return Section(title="Source", columns=("", ""), rows=tuple(said))
