"""muniment audit verify, checkpoint, prove: that what is kept is what was written, shown to ourselves and to others."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json
from muniment.core.notes import Checkpoint, parsed, verifier_key
from muniment.store.root import open_root
from muniment.tasks.audit import checkpoints
from muniment.tasks.audit.verify import verify_root

app = typer.Typer(no_args_is_help=True, help="Check that what is kept is what was written, and prove it to others.")

Out = Annotated[Path | None, typer.Option("--out", help="File to write.", dir_okay=False)]


@app.command("verify")
def audit_verify(
    against: Annotated[
        Path | None,
        typer.Option(help="A checkpoint that was kept elsewhere: finds a history that was rewritten with the key.", exists=True),
    ] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Check every entry of the ledger, its head and checkpoints, what it says of reviews, registry and receipts, and every object's
    digest. Signs a checkpoint when all is sound; exit code 1 when anything differs.

    Examples: `muniment audit verify`; `muniment audit verify --against /mnt/elsewhere/monday.note`
    """
    with progress():
        audit = verify_root(root, actor or me(), against)
    if as_json:
        show_json(audit)
    else:
        state = "[red]NOT sound[/red]" if audit.problems else "[green]sound[/green]"
        out.print(
            f"{state}: {audit.entries:,} ledger entries, {audit.checkpoints:,} checkpoints, {audit.reviews:,} reviews, "
            f"{audit.receipts:,} receipts, {audit.objects:,} objects; {audit.unnamed:,} objects that nothing names."
        )
        for problem in audit.problems:
            out.print(f"  [red]✗[/red] {problem}", highlight=False)
    if audit.problems:
        raise typer.Exit(1)


@app.command("checkpoint")
def audit_checkpoint(
    file: Out = None,
    since: Annotated[
        Path | None, typer.Option(help="An older checkpoint: write the proof that the ledger only grew since.", exists=True)
    ] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Sign the ledger as it is (a C2SP checkpoint), and keep it where whoever can change the root cannot: that is what makes it worth
    something.

    Examples: `muniment audit checkpoint --out monday.note`; `muniment audit checkpoint --since monday.note --out tuesday.proof`
    """
    proof = checkpoints.prove_consistency(root, since.read_bytes(), actor or me()) if since else b""
    made = checkpoints.checkpoint(root, actor or me()) if not proof else parsed(proof.partition(b"\n\n")[2])
    assert made is not None
    if file:
        file.write_bytes(proof or made.note)
    _show(made, open_root(root).vault.public_key, file, as_json)


@app.command("prove")
def audit_prove(
    entry: Annotated[int, typer.Argument(help="Number of a ledger entry.", min=1)],
    file: Out = None,
    root: Root = "",
    actor: Actor = "",
) -> None:
    """Prove to others that the ledger holds an entry (C2SP tlog-proof, with the entry in its `extra` line).

    Whoever has `muniment/verifiers/inclusion.py` and the public key checks it without Muniment.
    Example: `muniment audit prove 42 --out entry-42.tlog-proof`
    """
    proof = checkpoints.prove_inclusion(root, entry, actor or me())
    if file is None:
        typer.echo(proof.decode(), nl=False)
        return
    file.write_bytes(proof)
    out.print(f"Written: {file}. Public key: {open_root(root).vault.public_key}", highlight=False, soft_wrap=True)


def _show(made: Checkpoint, public_key: str, file: Path | None, as_json: bool) -> None:
    key = verifier_key(made.origin, bytes.fromhex(public_key))
    if as_json:
        return show_json(
            {"origin": made.origin, "size": made.size, "root": made.root.hex(), "note": made.note.decode(), "key": key}
        )
    if file:
        out.print(f"Written: {file}", highlight=False, soft_wrap=True)
    else:
        typer.echo(made.note.decode(), nl=False)
    out.print(f"{made.size:,} entries. Key for verifiers: {key}", highlight=False, soft_wrap=True)
