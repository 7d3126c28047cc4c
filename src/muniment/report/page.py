"""A page that stands alone: its look, and tables."""

from collections.abc import Iterable, Sequence

_STYLE = """
:root { color-scheme: light dark; --edge: #8884; --soft: light-dark(#f4f5f7, #22262c); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1.2rem; background: light-dark(#fff, #16191d); color: light-dark(#1d2329, #dfe3e8); }
h1 { font-size: 1.7rem; line-height: 1.25; margin-bottom: .4rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .2rem; }
p { margin: .3rem 0 .8rem; } .look { opacity: .75; } svg { width: 100%; height: auto; font-family: system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; } code { font-size: .85em; overflow-wrap: anywhere; }
.warn { border-left: 4px solid #d9483b; background: var(--soft); padding: .5rem .9rem; margin-top: 1rem; } .good { border-left: 4px solid #4a9d7c; background: var(--soft); padding: .5rem .9rem; margin-top: 1rem; }
footer { margin-top: 3rem; font-size: .8rem; opacity: .7; } tr:has(+ .below) > td { border-bottom: 0; padding-bottom: 0; } details > table { margin: .3rem 0 .6rem 1.2rem; width: calc(100% - 1.2rem); }
"""


def document(title: str, parts: Iterable[str]) -> str:
    """A whole HTML document of parts that are HTML already."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = (1, 2), below: Sequence[str] = ()) -> str:
    """Cells are HTML already; so is what stands below each row, over its whole width."""
    marks = [" class=n" if place in numeric else "" for place in range(len(columns))]
    head = "".join(f"<th{mark}>{name}</th>" for mark, name in zip(marks, columns, strict=True))
    body = ["".join(f"<td{mark}>{cell}</td>" for mark, cell in zip(marks, row, strict=True)) for row in rows]
    if below:
        body = [
            f"{row}</tr>\n<tr class=below><td colspan={len(columns)}>{more}</td>" for row, more in zip(body, below, strict=True)
        ]
    lines = "".join(f"<tr>{row}</tr>\n" for row in body)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{lines}</tbody></table>"
