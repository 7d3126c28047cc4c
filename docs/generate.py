"""Write the reference pages from the code, or check that they are up to date: `python docs/generate.py [--check]`."""

import sys
from pathlib import Path

import pyarrow as pa
import typer
from typer.cli import get_docs_for_click

from muniment import errors
from muniment.cli import app
from muniment.policies.guidance import action_of
from muniment.policies.policy import default, parse
from muniment.schemas import chunk, document, evidence, verdict
from muniment.schemas.ledger import MIGRATIONS, EntryKind
from muniment.schemas.source import Source

REFERENCE = Path(__file__).parent / "reference"
_MADE = "<!-- Written by `make reference`; do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """File name → text of every generated page."""
    return {"cli.md": _cli(), "policy.md": _policy(), "tables.md": _tables(), "errors.md": _errors(), "source.md": _source()}


def _cli() -> str:
    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="muniment")
    return _MADE + "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"


def _policy() -> str:
    policy = parse(default())
    lines = [
        "# Reason codes",
        "",
        "A code never changes its meaning. These are the rules of the policy that ships; `muniment policy show` tells yours.",
        "",
    ]
    lines += ["| Code | Action | Why |", "|---|---|---|"]
    lines += [f"| `{rule.code}` | {action_of(policy.by_code(), rule.code)} | {rule.why} |" for rule in policy.rule]
    lines += ["| `EVIDENCE_MISSING` | hold | A detector that the policy requires gave no evidence about the document's shard. |"]
    return _MADE + "\n".join(lines) + "\n"


def _tables() -> str:
    lines = ["# Tables", "", "Columns of every Parquet table, and of the lineage projection. `!` means never null.", ""]
    for module in (document, evidence, verdict, chunk):
        for name, schema in vars(module).items():
            if isinstance(schema, pa.Schema):
                lines += [f"## {name}", "", "| Column | Type |", "|---|---|"]
                lines += [f"| {field.name} | {field.type}{'' if field.nullable else ' !'} |" for field in schema] + [""]
    lines += ["## Lineage", "", "```sql", *(statement.strip() for statement in MIGRATIONS.values()), "```", ""]
    lines += ["Kinds of ledger entries: " + ", ".join(f"`{kind}`" for kind in EntryKind) + ".", ""]
    return _MADE + "\n".join(lines)


def _errors() -> str:
    lines = [
        "# Errors",
        "",
        "Every deliberate error, what it means, and whether trying the same call again can help.",
        "",
        "| Code | Retry | Meaning |",
        "|---|---|---|",
    ]
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, errors.MunimentError) and "code" in vars(error):
            meaning = (error.__doc__ or "").splitlines()[0]
            lines.append(f"| `{error.code}` | {'yes' if error.retryable else 'no'} | {meaning} |")
    return _MADE + "\n".join(lines) + "\n"


def _source() -> str:
    lines = ["# Registry entry", "", (Source.__doc__ or "").strip(), "", "| Field | Type | Default |", "|---|---|---|"]
    for name, field in Source.model_fields.items():
        kind = getattr(field.annotation, "__name__", str(field.annotation))
        lines.append(
            f"| {name} | {kind} | {'required' if field.is_required() else f'`{field.default!s}`' if str(field.default) else ''} |"
        )
    return _MADE + "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages; with `--check`, only compare, and give 1 when one is out of date."""
    stale = 0
    for name, text in pages().items():
        path = REFERENCE / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                sys.stderr.write(f"{path} is out of date: run `make reference`\n")
                stale = 1
        else:
            path.write_text(text)
    return stale


if __name__ == "__main__":
    sys.exit(main())
