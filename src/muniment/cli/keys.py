"""muniment keys: the key that makes pseudonyms, and the keys that encrypt what lies under a root."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.tasks.custody import encryption, keys

app = typer.Typer(
    no_args_is_help=True,
    help="Keys: of pseudonyms, and of encryption at rest. List them, turn encryption on, make new ones, destroy old ones.",
)


class Purpose(StrEnum):
    """What a key is for, of those that can be replaced."""

    PSEUDONYMS = "pseudonyms"
    KEK = "kek"
    DATA = "data"


@app.command("list")
def list_keys(root: Root = "", as_json: Json = False) -> None:
    """Every generation of the pseudonym key, whether it is in use, kept or retired, and which snapshots hold pseudonyms that it made."""
    known = keys.keys(root)
    if as_json:
        return show_json(known)
    rows = [(each.id, each.state, len(each.snapshots), ", ".join(each.snapshots[-3:])) for each in known]
    note = "" if rows else "None yet: the first is made when a policy asks for pseudonyms."
    show_table("Keys for pseudonyms", ("Id", "State", "Snapshots", "The last of them"), rows, note)


@app.command()
def status(root: Root = "", as_json: Json = False) -> None:
    """How the root is encrypted: where the key-encryption key is, which data keys there are, which sources keep originals.

    Example: `muniment keys status`
    """
    _show(encryption.sealing(root), as_json)


@app.command()
def encrypt(
    kek: Annotated[
        str, typer.Option(help="Where the key-encryption key is: keyring:, file:PATH, env:NAME, command:PROGRAM ARGUMENTS.")
    ] = "keyring:",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Encrypt what lies under a root, and all that will: a new root or one that is in use. Run it again when it was interrupted.

    The ledger, refs, and sketches without text stay plain: see docs/keys.md. Examples: `muniment keys encrypt`;
    `muniment keys encrypt --kek env:CORPUS_KEK`; `muniment keys encrypt --kek file:/run/secrets/kek`
    """
    _show(encryption.encrypt(root, kek, actor or me()), as_json)


@app.command()
def rotate(
    purpose: Annotated[Purpose, typer.Argument(help="Which key.")],
    to: Annotated[str, typer.Option(help="kek: where the new key-encryption key is.")] = "",
    reencrypt: Annotated[bool, typer.Option("--reencrypt", help="data: seal everything anew, then destroy the old key.")] = False,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Make a new key. The one before is kept until it is retired, or for `data --reencrypt` until nothing needs it.

    Examples: `muniment keys rotate pseudonyms` (the next promotion writes every pseudonym anew);
    `muniment keys rotate kek --to env:CORPUS_KEK_2` (no object is touched); `muniment keys rotate data --reencrypt`
    """
    who = actor or me()
    if (to and purpose is not Purpose.KEK) or (reencrypt and purpose is not Purpose.DATA):
        raise typer.BadParameter("--to goes with kek, --reencrypt with data.")
    if purpose is Purpose.KEK:
        return _show(encryption.rotate_kek(root, to, who), as_json)
    if purpose is Purpose.DATA:
        return _show(encryption.rotate_data(root, who, reencrypt), as_json)
    made = keys.rotate(root, who)
    if as_json:
        return show_json(made)
    out.print(f"Key [bold]{made.id}[/bold] is in use for {purpose}: `muniment promote` writes them anew.")


@app.command()
def reseal(root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Seal with the data key in use whatever is not, then destroy the other data keys: ends an interrupted `rotate data --reencrypt`.

    Example: `muniment keys reseal`
    """
    _show(encryption.reseal(root, actor or me()), as_json)


@app.command()
def decrypt(
    to: Annotated[Path, typer.Option(help="A new folder; keep it as safe as the root.")],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Write a plain copy of an encrypted root, for programs that have no key. The root stays as it is,
    and its ledger says who made one.

    Example: `muniment keys decrypt --to ./plain`
    """
    written = encryption.decrypt_to(root, to, actor or me())
    if as_json:
        return show_json({"folder": str(to), "objects": written})
    out.print(f"{written:,} objects lie in {to} in the clear. Remove it when it was read.")


@app.command()
def retire(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="An earlier one: `muniment keys list`, `muniment keys status`.")],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Destroy an earlier pseudonym key, or a key-encryption key of the keyring that nothing needs, for good.

    What a pseudonym key made can be linked to nobody any more. Destroy it in backups of the keyring too.

    Example: `muniment keys retire 9f2c41d07a6be835`
    """
    if encryption.retire_kek(root, identifier, actor or me()):
        return _show(encryption.sealing(root), as_json)
    gone = keys.retire(root, identifier, actor or me())
    if as_json:
        return show_json(gone)
    out.print(
        f"Key [bold]{gone.id}[/bold] is destroyed in this keyring; {len(gone.snapshots)} snapshots hold pseudonyms that it made."
    )


def _show(held: encryption.Sealing, as_json: bool) -> None:
    if as_json:
        return show_json(held)
    if not held.kek:
        return out.print("Nothing under this root is encrypted. Turn it on: `muniment keys encrypt`.")
    rows = [
        ("Key-encryption key", held.kek),
        *(("Data key", f"{each} {'in use' if each == held.keys[-1] else 'opens older objects'}") for each in held.keys),
        *(("Originals of", each) for each in held.sources),
        *([("Sealed now", f"{held.sealed:,} objects, {held.bytes:,} bytes")] if held.sealed else []),
    ]
    show_table("Encryption", ("", ""), rows, "" if held.keys else "Only originals are encrypted. All: `muniment keys encrypt`.")
