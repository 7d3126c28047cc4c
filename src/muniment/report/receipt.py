"""A receipt of an erasure as a page that stands for itself: HTML and CSS in one file, no script, made to be printed and filed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from importlib import resources

from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Copy, Purpose, Receipt, Request

_PLACES = {
    "document": "captured texts, in quarantine",
    "promoted document": "texts in snapshots",
    "chunk": "passages for search",
    "vector": "vectors of passages",
    "index file": "search index files",
    "finding": "findings of detectors",
    "signal": "measurements of texts",
    "licence evidence": "evidence of licences",
    "opt-out": "declared opt-outs",
    "signature": "fingerprints for duplicates",
    "twin": "pairs of duplicates",
    "evaluation hit": "matches with evaluation sets",
    "verdict": "decisions of the policy",
    "band index": "index of duplicates",
    "capture": "lists of captured texts",
    "judgement": "lists of decisions",
    "snapshot": "snapshots",
    "index": "lists of search indexes",
    "original": "originals, encrypted each by itself",
    "backup": "backups",
    "set-aside record": "records that could not be taken in",
    "column": "descriptions of columns",
}
_STATUSES = {
    "rewritten": "written anew without the documents; the old file was removed",
    "superseded": "replaced by a new revision; the old one was removed",
    "rebuilt": "built anew from what is left; the old file was removed",
    "removed": "removed",
    "shredded": "its key was destroyed, so that nobody can decrypt it",
    "erased in": "erased in the same way",
    "pending": "could not be reached yet",
    "left": "something was found here after the erasure",
}
_PURPOSES = {
    Purpose.REQUEST: "a request",
    Purpose.RETENTION: "the end of a retention period",
    Purpose.CONTRACT: "the end of a contract",
    Purpose.LICENCE: "a licence that was taken back",
}
_KINDS = {"model": "Model", "recipient": "Recipient", "hold": "Legal hold", "backup": "Backup", "outside": "Outside"}
_TRACES = {
    "id": "its id",
    "text": "a passage of its text",
    "name": "its title or path",
    "digest": "a digest of it",
    "vector": "its vector",
}
_BAD = {"pending", "left"}


def page(receipt: Receipt, request: Request, authentic: bool) -> str:
    """The page of a receipt and the request that it answers; `authentic` is whether its signature is valid."""
    style = resources.files("muniment.report").joinpath("receipt.css").read_text()
    sections = (_head(receipt), _asked(receipt, request), _course(receipt), _copies(receipt), _proof(receipt), _open(receipt))
    body = "\n".join((*sections, _outside(receipt), _seal(receipt, authentic)))
    title = f"Receipt of erasure {escape(receipt.request)}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n<style>\n{style}</style></head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body></html>\n"
    )


def _head(receipt: Receipt) -> str:
    number = _count(receipt.documents, "document") or "no document"
    if receipt.proven:
        verdict, said = "proven", f"{number} erased. No trace was found in {_searched(receipt)}."
    else:
        failed = sum(not holds for holds in receipt.checks.values())
        verdict, said = "not-proven", f"The erasure of {number} is not proven: {failed} of {len(receipt.checks)} checks failed."
    mark = "Proven" if receipt.proven else "Not proven"
    return f'<header><p class="kind">Receipt of erasure</p><h1>{escape(receipt.request)}</h1></header>\n<p class="verdict {verdict}"><b>{mark}.</b> {said}</p>'


def _asked(receipt: Receipt, request: Request) -> str:
    named = {
        "Reason": request.reason,
        "Because of": _PURPOSES[request.purpose],
        "Selected by": _selector(request),
        "Recorded by": request.actor,
        "Documents": f"{receipt.documents:,}",
        "Snapshots that held them": ", ".join(receipt.affected_snapshots) or "none",
        "Search indexes that held them": ", ".join(receipt.affected_indexes) or "none",
    }
    return _section("What was asked", _facts(named))


def _selector(request: Request) -> str:
    """Kinds of what was named, never a value that identifies a person: subjects are keyed hashes, and are counted."""
    chosen = request.selector
    parts = [
        _count(len(chosen.documents), "document id"),
        f"source {chosen.source}" * bool(chosen.source),
        f"licence {chosen.licence}" * bool(chosen.licence),
        f"contract {chosen.contract}" * bool(chosen.contract),
        f"classification {chosen.classification}" if chosen.classification else "",
        _count(len(chosen.content), "digest") + " of content" * bool(chosen.content),
        _count(len(chosen.subjects), "data subject") + ", by keyed hash" * bool(chosen.subjects),
        f"{chosen.by} from {_time(chosen.after)}" if chosen.after else "",
        f"{chosen.by} before {_time(chosen.before)}" if chosen.before else "",
    ]
    return ", ".join(filter(None, parts)) or f"{len(request.documents):,} documents that were found for it"


def _course(receipt: Receipt) -> str:
    since = receipt.requested or receipt.started
    steps = (
        ("Asked", receipt.requested),
        ("No longer served", receipt.withheld),
        ("Erasure began", receipt.started),
        ("Erased and searched for", receipt.finished),
    )
    rows = [(name, _time(at), _after(at - since)) for name, at in steps if at]
    if receipt.deadline:
        met = "met" if receipt.finished <= receipt.deadline else "missed"
        rows.append(("Deadline", _time(receipt.deadline), met))
    return _section("When", _table(("", "Time (UTC)", "After the request"), rows))


def _copies(receipt: Receipt) -> str:
    groups: dict[tuple[str, str], list[Copy]] = {}
    for copy in receipt.copies:
        groups.setdefault((copy.place, copy.status), []).append(copy)
    order = [*_PLACES]
    rows = [
        (
            f"<b>{escape(place)}</b><br><small>{escape(_PLACES.get(place, ''))}</small>",
            f"{len(held):,}",
            f"{sum(copy.rows for copy in held):,}",
            _size(sum(copy.bytes for copy in held)),
            f'<span class="{"bad" if status in _BAD else "good"}">{escape(status)}</span><br><small>{escape(_STATUSES.get(status, ""))}</small>',
        )
        for (place, status), held in sorted(groups.items(), key=lambda each: order.index(each[0][0]) if each[0][0] in order else 99)
    ]
    amount = f"<p>{_size(receipt.bytes_affected)} held rows of the documents; {_size(receipt.bytes_written)} were written in their place.</p>"
    heads = ("Kind of copy", "Places", "Rows", "Size before", "What was done")
    return _section("Every copy, and what became of it", _table(heads, rows, numbers=(1, 2, 3), markup=True) + amount)


def _proof(receipt: Receipt) -> str:
    items = "".join(
        f'<li class="{"holds" if holds else "fails"}">{escape(what[:1].upper() + what[1:])}</li>'
        for what, holds in receipt.checks.items()
    )
    kinds = ", ".join(f"{count:,} {escape(kind)}" for kind, count in sorted(receipt.checked.items()) if kind != "bytes")
    looked = f"<p>Searched: {_searched(receipt)} ({kinds or 'none'}).</p>"
    if receipt.residue:
        rows = [(each.place, each.name, _TRACES.get(each.trace, each.trace), f"{each.count:,}") for each in receipt.residue[:200]]
        found = "<h3>What was found</h3>" + _table(("Kind of file", "Where", "What of it", "Times"), rows, numbers=(3,))
        if len(receipt.residue) > len(rows):
            found += f"<p>And {len(receipt.residue) - len(rows):,} more; the receipt's JSON has all.</p>"
    else:
        found = "<p>Nothing of the documents was found.</p>"
    return _section("How it was proven", f'<ul class="checks">{items}</ul>{looked}{found}')


def _open(receipt: Receipt) -> str:
    if not receipt.follow_up:
        return _section("What is left to do", "<p>Nothing: no model, recipient, legal hold or unreached backup is registered.</p>")
    rows = [(_KINDS.get(each.kind, each.kind), each.name, each.action) for each in receipt.follow_up]
    return _section("What is left to do", _table(("", "Which", "What must be done"), rows))


def _outside(receipt: Receipt) -> str:
    items = "".join(f"<li>{escape(each[:1].upper() + each[1:])}</li>" for each in receipt.not_checked)
    return _section("What was not checked", f"<p>This receipt says nothing about:</p><ul>{items}</ul>")


def _seal(receipt: Receipt, authentic: bool) -> str:
    valid = "valid" if authentic else "NOT VALID: the receipt was changed after it was signed"
    facts = _facts({"Signature is": valid, "Public key (Ed25519)": receipt.key_id, "Signature": receipt.signature}, code=True)
    how = (
        f"<p>To check it: <code>muniment receipts {escape(receipt.request)}</code>. Without Muniment: take the JSON below, set "
        "<code>signature</code> to an empty string, write it with sorted keys and no spaces as UTF-8, and verify the signature (Ed25519, "
        "RFC 8032) over these bytes with the public key, which must be the one that the operator has made known.</p>"
    )
    signed = escape(canonical_json(receipt).decode())
    return _section(
        "Signature", facts + how + f'<details><summary>The signed receipt</summary><pre class="json">{signed}</pre></details>'
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>"


def _facts(named: dict[str, str], code: bool = False) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd{' class=code' * code}>{escape(value)}</dd>" for name, value in named.items())
    return f"<dl>{rows}</dl>"


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]], numbers: tuple[int, ...] = (), markup: bool = False) -> str:
    def cells(row: Iterable[str], tag: str, plain: bool) -> str:
        marks = (
            f"<{tag}{' class=number' * (at in numbers)}>{escape(cell) if plain else cell}</{tag}>" for at, cell in enumerate(row)
        )
        return f"<tr>{''.join(marks)}</tr>"

    body = "".join(cells(row, "td", not markup) for row in rows)
    return f"<table><thead>{cells(heads, 'th', True)}</thead><tbody>{body}</tbody></table>"


def _searched(receipt: Receipt) -> str:
    files = sum(count for kind, count in receipt.checked.items() if kind != "bytes")
    return f"{files:,} files, {_size(receipt.checked.get('bytes', 0))} with what they decode to"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}" if number else ""


def _size(count: int) -> str:
    value, units = float(count), iter(("B", "kB", "MB", "GB"))
    unit = next(units)
    while value >= 1000 and unit != "GB":
        value, unit = value / 1000, next(units)
    return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"


def _time(at: datetime | None) -> str:
    return f"{at:%d %B %Y, %H:%M:%S}" if at else ""


def _after(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 1:
        return "at once"
    if seconds < 120:
        return _count(round(seconds), "second")
    return (
        f"{seconds / 60:.0f} minutes"
        if seconds < 7200
        else f"{seconds / 3600:.1f} hours"
        if seconds < 172800
        else f"{span.days} days"
    )
