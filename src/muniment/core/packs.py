"""An evidence pack as Markdown: what decides first, what explains it folded away, and pictures between."""

import base64
from collections.abc import Mapping, Sequence

from muniment.schemas.review import Pack, Section

# What most decisions do not need: a click away.
_FOLDED = ("Columns", "Licences", "Languages", "Set aside", "Risk", "Source", "Decisions so far")


def markdown(pack: Pack, form: str = "", about: Mapping[str, str] | None = None, pictures: Sequence[tuple[str, bytes]] = ()) -> str:
    """GitHub-flavoured Markdown of a pack.

    form: address of the form that decides about all of it; about: reason code or document → address of the form for that alone;
    pictures: what each shows, and its PNG. They stand in the text itself: no server is asked for them.
    """
    first, *others = pack.sections  # what has no rows is told in a line
    lines = [f"# {pack.source}: {pack.headline}", ""]
    lines += [f"**[Decide about this capture]({form})**", ""] if form else []
    lines += _section(first, {})
    for said, png in pictures:
        lines += [f"![{said}](data:image/png;base64,{base64.b64encode(png).decode()})", ""]
    for section in (each for each in others if each.rows and each.title not in _FOLDED):
        lines += _section(section, about or {})
    lines += [f"- **{each.title}.** {each.note}" for each in others if not each.rows] + [""]
    for section in (each for each in others if each.rows and each.title in _FOLDED):
        lines += _folded(section)
    lines += [f"Judgement `{pack.judgement}`, capture `{pack.capture}`. An approval is void as soon as anything in it changes.", ""]
    return "\n".join(lines)


def _folded(section: Section) -> list[str]:
    inner = _section(section, {})[2:]
    return ["<details>", f"<summary>{section.title}</summary>", "", *inner, "</details>", ""]


def _section(section: Section, about: Mapping[str, str]) -> list[str]:
    lines = [f"### {section.title}", ""]
    if section.note:
        lines += [section.note, ""]
    if section.rows:
        links = [about.get(row[0].strip("`*"), "") for row in section.rows]
        rows = [(*row, f"[decide]({link})" if link else "") for row, link in zip(section.rows, links, strict=True)]
        columns = (*section.columns, "") if any(links) else section.columns
        lines += [_row(columns), _row(tuple("---" for _ in columns))]
        lines += [_row(row[: len(columns)]) for row in rows]
        lines.append("")
    return lines


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
