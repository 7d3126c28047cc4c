"""muniment rights uses, check, table: what a snapshot may be used for, and the proof."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.policies.uses import CLASSIFICATION, CONTRACT, Clause, shipped
from muniment.schemas.rights import ALWAYS, Breach, Check, Proof, Violation
from muniment.store.root import open_root
from muniment.tasks.rights import check as rights
from muniment.tasks.rights import proof as proofs

_SHOWN, _OF_EACH = 10, 3  # documents of a clause that are told in JSON, and in the terminal


def uses(name: Annotated[str, typer.Argument(help="A use; empty: list all.")] = "", as_json: Json = False) -> None:
    """The uses that a snapshot can be checked for; with a name, every clause of it and why.

    Examples: `muniment rights uses`; `muniment rights uses open-weights`
    """
    known = shipped()
    if not name:
        if as_json:
            return show_json(known.use)
        return show_table(
            "Uses", ("Use", "Does", "What for"), [(each.name, ", ".join(each.uses), each.description) for each in known.use]
        )
    use = known.named(name)
    if as_json:
        return show_json(use)
    out.print(f"[bold]{use.name}[/bold]: {use.description}\n")
    show_table("", ("About", "Is", "Why"), [(clause.about, _stance(clause), clause.why) for clause in use.clause])


def check(
    use: Annotated[str, typer.Option("--use", help="What for: see `muniment rights uses`.")],
    name: Annotated[str, typer.Argument(metavar="REF", help="A ref or snapshot.")] = "production",
    customer: Annotated[str, typer.Option(help="The customer whom the use is for.")] = "",
    without: Annotated[list[str] | None, typer.Option(help="A layer to leave out: `share-alike`.")] = None,
    file: Annotated[Path | None, typer.Option("--out", help="Write the proof here (`.json.gz`).", dir_okay=False)] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", help="Write every violating document here, a line of JSON each.", dir_okay=False)
    ] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Check whether a snapshot may be used for something, document by document, and prove it. Exit code 1 when it may not.

    Examples: `muniment rights check --use internal-retrieval`;
    `muniment rights check --use open-weights --without share-alike --out proof.json.gz`
    """
    layers = tuple(without or ())
    with progress():
        if file:
            found, made = proofs.prove(root, name, use, file, actor or me(), customer, layers, _SHOWN)
        else:
            found, made = rights.check(root, name, use, customer, layers, _SHOWN), None
        if listed:
            _write_list(root, found, name, listed)
    if as_json:
        _print_json(root, found, made, name)
    else:
        _show(found, made, file, listed)
    if not found.passed:
        raise typer.Exit(1)


def table(
    file: Annotated[Path, typer.Option("--out", help="JSON file to write.", dir_okay=False)],
    of: Annotated[str, typer.Option("--of", help="As a snapshot or ref was made under it; else the one in force.")] = "",
    root: Root = "",
) -> None:
    """Write the licence table and the uses, for whoever verifies proofs: agree on this file once, and give it as `--terms`."""
    file.write_text(json.dumps(rights.agreed(root, of), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    out.print(f"Written: {file}", highlight=False, soft_wrap=True)


def _print_json(root: str, found: Check, made: Proof | None, name: str) -> None:
    """The check with every violating document, written as they are found: they may be many."""
    plain = {**found.model_dump(mode="json"), "passed": found.passed, "proof": made.model_dump(mode="json") if made else None}
    head = json.dumps(plain, indent=2, ensure_ascii=False).removesuffix("\n}")
    sys.stdout.write(head + ',\n  "violations": [')
    mark = "\n    "
    for each in _violating(root, found, name):
        sys.stdout.write(mark + json.dumps(each.model_dump(mode="json"), ensure_ascii=False))
        mark = ",\n    "
    sys.stdout.write("\n  ]\n}\n")


def _write_list(root: str, found: Check, name: str, file: Path) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for each in _violating(root, found, name):
            lines.write(json.dumps(each.model_dump(mode="json"), ensure_ascii=False) + "\n")


def _violating(root: str, found: Check, name: str) -> Iterator[Violation]:
    if found.passed:
        return iter(())
    opened = open_root(root)
    return rights.violating(opened, rights.ask(opened, name, found.use, found.customer, found.without))


def _show(found: Check, made: Proof | None, file: Path | None, listed: Path | None) -> None:
    whom = f" for {escape(found.customer)}" if found.customer else ""
    verdict = "[green]may be used[/green]" if found.passed else "[red]may NOT be used[/red]"
    out.rule(f"[bold]{found.ref or found.snapshot}[/bold] {verdict} as [bold]{found.use}[/bold]{whom}", align="left")
    left_out = f", {found.left_out:,} left out with {', '.join(found.without)}" if found.without else ""
    out.print(
        f"snapshot {found.snapshot}: {found.documents:,} documents{left_out}; {found.violating:,} violate a clause\n",
        highlight=False,
    )
    if found.breaches:
        rows = [(each.clause, each.documents, _whom(each), each.why) for each in found.breaches]
        show_table("", ("Clause", "Documents", "Mostly", "Why"), rows)
        _show_first(found)
        _advise(found, listed)
    elif made:
        out.print(f"Proof: {file}, {made.bytes:,} bytes, root {made.root}", highlight=False, soft_wrap=True)
        out.print(f"  → verify it anywhere: muniment rights verify {file} --key {made.key}", highlight=False, soft_wrap=True)
    else:
        out.print("[dim]Write the proof with --out proof.json.gz[/dim]")


def _show_first(found: Check) -> None:
    """A few documents of every clause, each once."""
    few = {each.doc_id: each for breach in found.breaches for each in breach.first[:_OF_EACH]}
    rows = [
        (each.doc_id, each.source, each.native_key, each.licence or "unknown", ", ".join(each.clauses)) for each in few.values()
    ]
    more = found.violating - len(rows)
    show_table(
        "Some of them" if more else "The documents",
        ("Document", "Source", "Key", "Licence", "Violates"),
        rows,
        f"and {more:,} more" if more else "",
    )


def _whom(breach: Breach) -> str:
    """Whose fault it is: of a contract's clause the sources, of any other the licences."""
    return _most(breach.sources if breach.clause in (*CONTRACT, CLASSIFICATION, *ALWAYS) else breach.licences)


def _advise(found: Check, listed: Path | None) -> None:
    if "SHAREALIKE" in {each.clause for each in found.breaches} and not found.without:
        out.print("  → leave the share-alike layer out with --without share-alike", highlight=False)
    named = shipped().named(found.use).about("customer").stance == "named"
    if "customer" in {each.clause for each in found.breaches} and named and not found.customer:
        out.print("  → name the customer whom this is for with --customer", highlight=False)
    if listed:
        out.print(f"  → every violating document: {listed}", highlight=False, soft_wrap=True)
    else:
        out.print("  → every violating document: --list FILE, or --json; why one is in: muniment explain DOCUMENT", highlight=False)


def _most(counts: dict[str, int]) -> str:
    """The two names with the most documents."""
    names = sorted(counts, key=lambda name: (-counts[name], name))
    shown = ", ".join(f"{name or 'unknown'} {counts[name]:,}" for name in names[:2])
    return shown + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _stance(clause: Clause) -> str:
    if clause.about == CLASSIFICATION:
        own = f", {clause.named} of the named customer" if clause.named else ""
        return f"at most {clause.limit}{own}"
    told = {
        "named": "admitted for the named customer",
        "alone": "admitted alone",
        "refused": "refused" + (f": {', '.join(clause.names)}" if clause.names else ""),
    }
    return told.get(clause.stance, clause.stance)
