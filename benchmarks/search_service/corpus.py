"""A corpus of short made documents that went the product's own way, and questions in its words."""

from pathlib import Path

import numpy as np
import polars as pl

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.canonical import sha256
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source

CALLERS = 32
_GROUPS = ("all", "half", "tenth", "hundredth")  # by how much of the corpus they may read
_WORDS = 60  # of a document


class Words:
    """A Zipf-like vocabulary, drawn with a fixed seed."""

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        letters = np.random.default_rng(11)
        signs = list("aeioubcdfglmnprstv")
        self._words = np.array(["".join(letters.choice(signs, letters.integers(2, 10))) for _ in range(8_000)])

    def text(self, words: int) -> str:
        """So many words."""
        return " ".join(self._words[np.minimum(self._chance.zipf(1.3, words), 8_000) - 1])


def build(folder: Path, documents: int) -> str:
    """A root with so many documents indexed; each source is for one group, and a larger group may read the smaller ones' too."""
    uri, words = str(folder / "root"), Words(3)
    for group, share in zip(_GROUPS, (0.5, 0.4, 0.09, 0.01), strict=True):
        given = folder / group
        given.mkdir(parents=True)
        rows = [(f"{group}-{number}", f"{words.text(_WORDS)}.") for number in range(round(documents * share))]
        pl.DataFrame(rows, ["key", "text"], orient="row").write_parquet(given / "rows.parquet")
        may = _GROUPS[: _GROUPS.index(group) + 1]
        plain = {
            "id": group,
            "kind": "table",
            "owner": "o",
            "steward": "s",
            "declared_licence": "CC0-1.0",
            "acl": may,
            "location": str(given),
        }
        add_source(uri, Source.model_validate({**plain, "columns": {"text": "text", "key": "key"}}), "bench")
        approve_source(uri, group, "s")
    policies.put_in_force(open_root(uri), _policy())
    for group in _GROUPS:
        flows.capture(group, root=uri)
        decide(uri, group, Decision.APPROVE, "benchmark", "s")
    flows.promote(root=uri)
    flows.index(root=uri)
    tables = [f'[caller{number}]\ngroups = ["{_GROUPS[number % 4]}"]\nclearance = "restricted"\n' for number in range(CALLERS)]
    principals.put_in_force(open_root(uri), "".join(tables))
    return uri


def people(folder: Path) -> Path:
    """A key for each caller."""
    path = folder / "people.toml"
    path.write_text("".join(f'[caller{n}]\nrole = "reader"\nkey = "{sha256(f"key {n}".encode())}"\n' for n in range(CALLERS)))
    return path


def _policy() -> str:
    """The policy that ships with two quick detectors: what is measured comes after them."""
    cheap = {"detectors": '["secrets", "language"]', "required": '["secrets"]'}
    lines = default().splitlines()
    return "\n".join(f"{name} = {cheap[name]}" if (name := line.split(" =")[0]) in cheap else line for line in lines)
