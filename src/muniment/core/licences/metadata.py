"""What metadata says: declared licences of packages, repositories and data sets, in the files that carry them."""

import re
from collections.abc import Iterator

import polars as pl

from muniment.core.licences.declared import understand
from muniment.core.licences.evidence import Evidence

_DECLARED = 0.95
_FIELD = re.compile(r"^(License-Expression|License|Classifier):[ \t]*(.+)$", re.MULTILINE)
_NAME = r"(?:^|[/:!])(?:METADATA|PKG-INFO)$"


def statements(frame: pl.DataFrame) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the metadata of a frame of (doc, native_key, declared_licence, text)."""
    for doc, declared in frame.select("doc", "declared_licence").drop_nulls().iter_rows():
        for statement in filter(None, map(str.strip, declared.splitlines())):
            yield doc, Evidence(understand(statement), "declared", "upstream metadata", _DECLARED)
    for doc, text in frame.filter(pl.col("native_key").str.contains(_NAME)).select("doc", "text").iter_rows():
        for line in _FIELD.finditer(text, 0, max(text.find("\n\n"), 0) or len(text)):
            if line[1] != "Classifier" or line[2].startswith("License ::"):
                yield doc, Evidence(understand(line[2]), "declared", f"metadata {line[1]}", _DECLARED, line.start(), line.end())
