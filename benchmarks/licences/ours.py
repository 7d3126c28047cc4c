"""Muniment: the whole detector and the conclusion for each document, on a table of documents."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from clock import Conclusions, report

from muniment.core import licences
from muniment.store import reference

RULES = reference.kept(licences.COMPILED, lambda: licences.compile_rules(reference.licence_texts()).arrays())
DETECTOR = licences.detector(licences.restore(RULES))
licences.understand("MIT")  # loads the list of licences


def prepare(documents: Sequence[Mapping[str, Any]], times: int) -> pa.Table:
    """The documents so many times over, each time with another first line."""
    copies = [document | {"text": f"{number}\n\n{document['text']}"} for number in range(times) for document in documents]
    columns = {"doc_id": [str(number) for number in range(len(copies))], "native_key": ["document"] * len(copies)}
    columns |= {name: [copy.get(name) for copy in copies] for name in ("media_type", "project", "declared_licence", "notices")}
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    return table.append_column("text", pa.array([copy["text"] for copy in copies], pa.large_string()))


def conclude(table: pa.Table) -> Conclusions:
    """The licence of each document."""
    concluded: Conclusions = licences.conclude(table, DETECTOR.detect(table))["licence"].to_pylist()
    return concluded


if __name__ == "__main__":
    report(prepare, conclude, "muniment")
