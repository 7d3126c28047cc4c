"""The record of processing activities as a page for people: Markdown, or HTML without anything from elsewhere."""

from collections.abc import Iterator, Sequence
from html import escape

from muniment.schemas.activity import Activities, Activity
from muniment.schemas.review import Section

_NONE = "missing"
_STYLE = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}"


def sections(record: Activities) -> list[Section]:
    """The record as tables: activities, what was found, recipients, time limits, measures, and what people must add."""
    done = record.activities
    return [
        Section(
            title="Activities (a, b)",
            columns=("Source", "Contact", "Steward", "Documents", "Purposes"),
            rows=tuple((each.source, each.contact, each.steward, f"{each.documents:,}", _list(each.purposes)) for each in done),
        ),
        Section(
            title="Categories of data and of people (c)",
            columns=("Source", "Classification", "Personal data found, in documents", "Special categories"),
            rows=tuple((each.source, each.classification, _counts(each.data), _counts(each.special)) for each in done),
            note="Types are those that the recognisers find; what they do not look for is not counted.",
        ),
        Section(
            title="Recipients and transfers (d, e)",
            columns=("Source", "Inside: groups", "Outside: recipients", "Third countries and safeguards"),
            rows=tuple(
                (
                    each.source,
                    _list(each.groups) if each.groups else "nobody",
                    _outside(each),
                    _list(each.transfers) if each.transfers else "none registered",
                )
                for each in done
            ),
        ),
        Section(
            title="Time limits (f)",
            columns=("What", "How long"),
            rows=(*((each.source, limit) for each in done for limit in each.limits), *record.limits.items()),
        ),
        Section(
            title="Security measures in force (g)",
            columns=("Measure", "In force", "Detail"),
            rows=tuple((each.name, "yes" if each.on else "NO", each.detail) for each in record.measures),
        ),
        Section(title="Missing: to be added by people", columns=("What",), rows=tuple((each,) for each in record.missing)),
    ]


def markdown(record: Activities) -> str:
    """The record as Markdown."""
    return "\n".join(_markdown(record)) + "\n"


def html(record: Activities) -> str:
    """The record as one HTML page."""
    return "\n".join(_html(record)) + "\n"


def _markdown(record: Activities) -> Iterator[str]:
    yield f"# Record of processing activities\n\nGDPR Art. 30 (1), root {record.root_key}, {record.made:%Y-%m-%d %H:%M} UTC.\n"
    for each in sections(record):
        yield f"## {each.title}\n"
        yield f"| {' | '.join(each.columns)} |\n|{'---|' * len(each.columns)}"
        yield from (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in each.rows)
        yield f"\n{each.note}\n" if each.note else ""


def _html(record: Activities) -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Record of processing activities</title><style>{_STYLE}</style>'
    yield f"<h1>Record of processing activities</h1><p>GDPR Art. 30 (1), root {escape(record.root_key)}, {record.made:%Y-%m-%d %H:%M} UTC.</p>"
    for each in sections(record):
        yield f"<h2>{escape(each.title)}</h2><table><tr>{''.join(f'<th>{escape(name)}</th>' for name in each.columns)}</tr>"
        yield from (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in each.rows)
        yield "</table>" + (f"<p>{escape(each.note)}</p>" if each.note else "")
    yield "</html>"


def _list(values: Sequence[str]) -> str:
    return "; ".join(values) or _NONE


def _counts(values: dict[str, int]) -> str:
    return (
        ", ".join(f"{name} {count:,}" for name, count in sorted(values.items(), key=lambda each: (-each[1], each[0])))
        or "none found"
    )


def _outside(activity: Activity) -> str:
    return ", ".join(activity.recipients) or "none registered"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
