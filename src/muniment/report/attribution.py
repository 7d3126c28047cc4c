"""The attribution manifest as Markdown for people, CSV for tables, JSON for machines: pieces of text, one after the other."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from muniment.core.rights.addresses import address
from muniment.core.rights.attribution import Group, changes
from muniment.core.rights.readings import names as names_in

Credits = Iterable[tuple[str, Group]]  # source, group
COLUMNS = ("source", "project", "title", "where", "licence", "licence_names", "links", "copyright", "changes", "document")
_PREFACE = """# Attributions

The documents of snapshot `{snapshot}`: their titles, where they are from, the licences that they are used under, and whom their authors
name. All texts were converted to plain text; where a text was changed beyond that, its entry says so. Nobody named here endorses what is
made of them.
"""


def markdown(snapshot: str, credits: Credits, names: Mapping[str, str]) -> Iterator[str]:
    """A page with a section for each source and project."""
    yield _PREFACE.format(snapshot=snapshot)
    last, loose = None, False
    for source, group in credits:
        if source != last:
            yield f"\n## {_plain(source)}\n"
            last, loose = source, False
        if group.project:
            yield f"\n### {_plain(group.project)}\n\n"
            yield from (f"- {_licence(each, names)}\n" for each in group.licences)
            yield from (f"- {_plain(line)}\n" for line in group.copyrights)
            yield "\n"
            alike = len(group.licences) == 1
            yield from (
                _entry(each, "" if alike else _plain(str(each["licence"] or "licence unknown"))) for each in group.documents
            )
            yield from (f"\nNotice that goes with it (`{_code(where)}`):\n\n{_quoted(text)}\n" for where, text in group.notices)
        else:
            yield "" if loose else "\n### Documents of no project\n\n"
            loose = True
            told = "; ".join([_licence(group.licences[0], names), *map(_plain, group.copyrights)])
            yield from (_entry(each, told) for each in group.documents)


def table(credits: Credits, names: Mapping[str, str]) -> Iterator[str]:
    """CSV (RFC 4180), a row a document."""
    yield _row(COLUMNS)
    for source, group in credits:
        said = " | ".join(group.copyrights)
        for each in group.documents:
            known = names_in(str(each["licence"] or ""))
            links = " ".join(filter(None, map(address, known)))
            told = " | ".join(names.get(name, name) for name in known)
            where = (source, group.project, each["title"], each["native_key"], each["licence"] or "unknown")
            yield _row((*where, told, links, said, changes(each["redactions"]), each["doc_id"]))


def records(snapshot: str, credits: Credits, names: Mapping[str, str]) -> Iterator[str]:
    """One JSON object: the licences by identifier, and the groups."""
    licences = {name: {"name": full, "link": address(name)} for name, full in sorted(names.items())}
    yield json.dumps({"snapshot": snapshot, "licences": licences}, ensure_ascii=False)[:-1] + ', "groups": ['
    mark = "\n"
    for source, group in credits:
        yield mark + json.dumps({"source": source, **_told(group)}, ensure_ascii=False)
        mark = ",\n"
    yield "\n]}\n"


def _told(group: Group) -> dict[str, object]:
    documents = [
        {
            "title": each["title"], "where": each["native_key"], "licence": each["licence"],
            "changes": changes(each["redactions"]), "document": each["doc_id"],
        }
        for each in group.documents
    ]  # fmt: skip
    notices = [{"where": where, "text": text} for where, text in group.notices]
    return {"project": group.project, "copyrights": group.copyrights, "notices": notices, "documents": documents}


def _licence(expression: object, names: Mapping[str, str]) -> str:
    """An expression with what its identifiers mean, as links where there are any."""
    if not expression:
        return "licence unknown"
    known = [(name, names.get(name, name), address(name)) for name in names_in(str(expression))]
    told = ", ".join(f"[{_plain(full)}]({link})" if link else _plain(full) for _, full, link in known)
    return f"{_plain(str(expression))} ({told})"


def _entry(document: Mapping[str, object], told: str) -> str:
    changed = changes(document["redactions"])
    after = "; ".join(filter(None, (told, changed and f"changed: {changed}")))
    return f"- {_plain(str(document['title']))}, `{_code(document['native_key'])}`{': ' * bool(after)}{after}\n"


def _plain(text: str) -> str:
    """Text in which Markdown and HTML see nothing."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in " ".join(text.split()))


def _code(text: object) -> str:
    return " ".join(str(text).replace("`", "'").split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {_plain(line)}" for line in text.strip().splitlines())


def _row(cells: Iterable[object]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(_harmless(str(cell)) for cell in cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no table program takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
