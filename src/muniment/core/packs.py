"""An evidence pack as Markdown: the same text in the terminal and in a Prefect artifact."""

from muniment.schemas.review import Pack, Section


def markdown(pack: Pack, links: tuple[tuple[str, str], ...] = ()) -> str:
    """GitHub-flavoured Markdown of a pack; `links` (label, address) stand under the headline."""
    lines = [
        f"# {pack.source}: {pack.headline}",
        "",
        f"Judgement `{pack.judgement}` · capture `{pack.capture}` · lane **{pack.lane}**",
        "",
    ]
    lines += [f"- [{label}]({address})" for label, address in links] + [""] * bool(links)
    for section in pack.sections:
        lines += _section(section)
    return "\n".join(lines)


def _section(section: Section) -> list[str]:
    lines = [f"## {section.title}", ""]
    if section.note:
        lines += [section.note, ""]
    if section.rows:
        lines += [_row(section.columns), _row(tuple("---" for _ in section.columns))]
        lines += [_row(row) for row in section.rows]
        lines.append("")
    return lines


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
