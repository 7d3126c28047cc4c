"""muniment source quarantine, release: what was promoted goes back into quarantine, and returns after review."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.tasks.review.quarantine import quarantine_source, release_source

Named = Annotated[str, typer.Argument(help="The source's id.")]
Family = Annotated[str, typer.Option("--family", help="All sources whose id matches this glob: `crawl-*`.")]
Why = Annotated[str, typer.Option("--reason", help="Why; kept with the entry.")]


def put_back(
    source: Named = "", family: Family = "", reason: Why = "", root: Root = "", actor: Actor = "", as_json: Json = False
) -> None:
    """Put a promoted source back into quarantine: searches stop serving it at once, its approvals are void, and the next promotion
    leaves it out. Lists what was made from it.

    Examples: `muniment source quarantine handbook --reason "the export was wrong" --actor dana`;
    `muniment source quarantine --family "crawl-*" --reason "terms changed" --actor dana`
    """
    found = quarantine_source(root, _pattern(source, family, reason), reason, actor or me())
    if as_json:
        return show_json(found)
    kinds = ("refs", "snapshots", "indexes", "models", "recipients")
    rows = [(each.source, *(", ".join(getattr(each, kind)) or "none" for kind in kinds)) for each in found]
    note = "Not served from now on. The next promotion leaves it out: `muniment promote`. What hangs on it was not changed."
    show_table("Back in quarantine", ("Source", *(kind.capitalize() for kind in kinds)), rows, note)


def release(
    source: Named = "", family: Family = "", reason: Why = "", root: Root = "", actor: Actor = "", as_json: Json = False
) -> None:
    """End a quarantine. The source is served again once a new approval is promoted: `muniment review SOURCE`.

    Example: `muniment source release handbook --reason "the export is right again" --actor dana`
    """
    released = release_source(root, _pattern(source, family, reason), reason, actor or me())
    if as_json:
        return show_json({"released": released})
    out.print(f"Released: {', '.join(released) or 'nothing was in quarantine'}. Review it, then `muniment promote`.")


def _pattern(source: str, family: str, reason: str) -> str:
    if bool(source) == bool(family):
        raise typer.BadParameter("give a source or --family")
    if len(reason) < 3:
        raise typer.BadParameter("give --reason, at least 3 characters")
    return source or family
