"""muniment original: the bytes of a document as they were fetched."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Json, Root, me, out, show_json
from muniment.tasks.custody.disclose import disclose


def original(
    document: Annotated[str, typer.Argument(metavar="DOC", help="A document's id, or SOURCE:KEY.")],
    file: Annotated[Path, typer.Option("--out", help="Where to write it.")],
    user: Annotated[str, typer.Option("--as", help="Who asks, a known principal.", show_default="your login name")] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Write a document's bytes as they were fetched, for its source's steward or owner who is cleared for it.

    A source must keep originals for that: `muniment source add --keep-originals`. Example:
    `muniment original handbook:contact.md --out contact.md --as dana`
    """
    given = disclose(root, document, user or me())
    file.write_bytes(given.raw)
    if as_json:
        return show_json(given.model_dump(mode="json", exclude={"raw"}) | {"bytes": len(given.raw), "file": str(file)})
    out.print(f"{len(given.raw):,} bytes of {given.doc_id} ({given.media_type}) are in {file}.")
