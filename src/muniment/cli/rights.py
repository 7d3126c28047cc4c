"""muniment rights: what may be used for what, since when, and what happens when that changes."""

import typer

from muniment.cli import attribution, proofs, terms, tools, uses

rights_app = typer.Typer(no_args_is_help=True, help="What may be used for what, and the proof of it.")
for command in (
    uses.uses,
    uses.check,
    proofs.verify,
    proofs.document,
    attribution.attribution,
    uses.table,
    tools.tools,
    terms.terms,
    terms.change,
    terms.revoke,
):
    rights_app.command()(command)
