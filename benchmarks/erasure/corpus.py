"""A corpus that went the product's own way: captured, judged, approved and promoted six times, indexed twice."""

from pathlib import Path

import numpy as np
import polars as pl

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source

ROUNDS, INDEXED = 6, (3, 6)
USER = "dana"
_ROWS = 2_500  # documents of a file
_CHANGED = 50  # documents that change in each round
_WORDS = 150
_SOURCE = {
    "kind": "table", "owner": "o", "steward": "s", "declared_licence": "CC0-1.0", "acl": ["all"],
    "columns": {"text": "text", "key": "key"},
}  # fmt: skip


class Texts:
    """Documents of words of a Zipf-like vocabulary, with an address in each: a fixed seed."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(11)
        letters = list("aeioubcdfglmnprstv")
        self._words = np.array(["".join(self._chance.choice(letters, self._chance.integers(2, 10))) for _ in range(20_000)])
        self._made = 0

    def frame(self, count: int) -> pl.DataFrame:
        """So many more documents: columns key and text."""
        drawn = self._words[np.minimum(self._chance.zipf(1.3, count * _WORDS), 20_000) - 1].reshape(count, _WORDS)
        first, self._made = self._made, self._made + count
        rows = [
            (f"d{first + number}", f"{' '.join(row[:90])}.\nContact u{first + number}@example.org for more. {' '.join(row[90:])}.")
            for number, row in enumerate(drawn)
        ]
        return pl.DataFrame(rows, ["key", "text"], orient="row")


def build(folder: Path, documents: int) -> str:
    """A root in which so many documents were promoted in six snapshots, of which two are indexed."""
    texts, given, uri = Texts(), folder / "input", str(folder / "root")
    given.mkdir(parents=True)
    later = documents // 100
    for number, first in enumerate(range(0, documents - (ROUNDS - 1) * later, _ROWS)):
        texts.frame(min(_ROWS, documents - (ROUNDS - 1) * later - first)).write_parquet(given / f"00-{number:04d}.parquet")
    _register(uri, "made", given)
    _set_up(uri)
    for number in range(1, ROUNDS + 1):
        if number > 1:
            texts.frame(later).write_parquet(given / f"{number:02d}-0000.parquet")
            _change(given / f"00-{number:04d}.parquet", texts)
        captured = flows.capture("made", root=uri, actor="bench")
        decide(uri, captured.judgement, Decision.APPROVE, "benchmark", "s")
        flows.promote(root=uri, actor="bench")
        if number in INDEXED:
            flows.index(root=uri, actor="bench")
    return uri


def build_sources(folder: Path, sources: int, documents: int) -> str:
    """A root in which so many sources of so many documents each were promoted once and indexed: a segment each."""
    texts, uri = Texts(), str(folder / "root")
    _set_up(uri)
    for number in range(sources):
        name, given = f"made-{number:02d}", folder / f"{number:02d}"
        given.mkdir(parents=True)
        texts.frame(documents).write_parquet(given / "texts.parquet")
        _register(uri, name, given)
        captured = flows.capture(name, root=uri, actor="bench")
        decide(uri, captured.judgement, Decision.APPROVE, "benchmark", "s")
    flows.promote(root=uri, actor="bench")
    flows.index(root=uri, actor="bench")
    return uri


def _register(uri: str, name: str, location: Path) -> None:
    add_source(uri, Source.model_validate({**_SOURCE, "id": name, "location": str(location)}), "bench")
    approve_source(uri, name, "s")


def _set_up(uri: str) -> None:
    policies.put_in_force(open_root(uri), _policy())
    principals.put_in_force(open_root(uri), f'[{USER}]\ngroups = ["all"]\nclearance = "restricted"\n')


def _policy() -> str:
    """The policy that ships with its quick detectors: what an erasure touches is as many objects, sooner made."""
    cheap = {"detectors": '["secrets", "language", "quality", "twins"]', "required": '["secrets", "quality"]'}
    lines = default().splitlines()
    return "\n".join(f"{name} = {cheap[name]}" if (name := line.split(" =")[0]) in cheap else line for line in lines)


def _change(file: Path, texts: Texts) -> None:
    """Other texts for a few documents of a file."""
    if file.exists():
        held = pl.read_parquet(file)
        new = texts.frame(min(_CHANGED, held.height))["text"]
        held.with_columns(text=pl.concat([new, held["text"][len(new) :]])).write_parquet(file)
