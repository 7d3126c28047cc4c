"""Print the coverage table, or write the texts: `python -m benchmarks.personal.languages --help`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.personal.languages.coverage import Row, false_alarms, predicted, rows
from benchmarks.personal.languages.templates import Labelled, corpus
from benchmarks.personal.languages.values import REGIONS

from muniment.evaluate.metrics import Metric


def main(
    out: Annotated[Path | None, typer.Option(help="Write the texts there, a file a language, and do nothing else.")] = None,
    languages: Annotated[str, typer.Option(help="ISO 639-1 codes, with commas.")] = ",".join(REGIONS),
    copies: Annotated[int, typer.Option(help="Texts made of each template.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed, the same texts.")] = 1,
    half: Annotated[
        str, typer.Option(help="`even` or `odd`: every other template; the odd ones were not looked at for rules.")
    ] = "",
    threshold: Annotated[float, typer.Option(help="Findings that score less do not count.")] = 0.4,
) -> None:
    """Texts of known content in eight languages, and how much of it is found."""
    for language in languages.split(","):
        texts = list(corpus(language, copies, seed, half))
        if out:
            write(out, language, texts)
            continue
        told = predicted(texts, threshold)
        rest = [spans for text, spans in zip(texts, told, strict=True) if text.domain == "negative"]
        full = [(text, spans) for text, spans in zip(texts, told, strict=True) if text.domain != "negative"]
        for row in rows(language, [text for text, _ in full], [spans for _, spans in full]):
            print(line(row), flush=True)
        print(f"| {language} | false alarms in 1,000 texts without any | {len(rest):,} | {interval(false_alarms(rest), 0)} | | |")


def line(row: Row) -> str:
    """A row of a Markdown table."""
    figures = " | ".join(interval(each) for each in (row.precision, row.recall, row.f1))
    return f"| {row.language} | {row.type or 'all'} | {row.spans:,} | {figures} |"


def interval(metric: Metric, digits: int = 3) -> str:
    """A figure with its 95% interval."""
    value, low, high = (f"{each or 0:.{digits}f}".replace("0.", ".", 1) if digits else f"{each or 0:.0f}" for each in metric)
    return f"{value} ({low}–{high})" if metric.low is not None else value


def write(folder: Path, language: str, texts: Sequence[Labelled]) -> None:
    """One file in the form of `muniment eval pii`; towns, which may be a part of an address or not, are not labelled."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{language}.jsonl").open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            spans = [
                {"start": start, "end": end, "type": kind, "text": text.text[start:end]}
                for start, end, kind in text.spans
                if kind != "PLACE"
            ]
            record = {"id": f"{language}-{number:05d}", "lang": language, "domain": text.domain, "text": text.text, "spans": spans}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    typer.run(main)
