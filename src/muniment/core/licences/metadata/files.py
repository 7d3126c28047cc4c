"""What metadata says: declared licences of packages, repositories and data sets, in the files that carry them."""

import configparser
import re
from collections.abc import Callable, Iterator
from email.errors import MessageError

import polars as pl
import yaml  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]

from muniment.core.licences.declared.strings import expression, understand
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.matching.rules import Rules
from muniment.core.licences.metadata import cards, manifests, pasted, stanzas
from muniment.core.licences.metadata.statement import Statement

_DECLARED = 0.95
_LARGEST = 4_000_000  # code points of a metadata file; what is larger is data
# Strangers write these files, and each parser has errors of its own.
_REFUSALS = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError),
    *(configparser.Error, etree.LxmlError, yaml.YAMLError, MessageError),
)
_Reader = Callable[[str], list[Statement]]
# By file name, in lower case; those with an asterisk by its end.
_READERS: dict[str, _Reader] = {
    "metadata": manifests.core_metadata,
    "pkg-info": manifests.core_metadata,
    "pyproject.toml": manifests.pyproject,
    "setup.cfg": manifests.setup_cfg,
    "package.json": manifests.package_json,
    "composer.json": manifests.composer,
    "cargo.toml": manifests.cargo,
    "pom.xml": manifests.pom,
    "*.pom": manifests.pom,
    "*.nuspec": manifests.nuspec,
    "*.gemspec": manifests.gemspec,
    "*.cabal": manifests.cabal,
    "*.metainfo.xml": manifests.appstream,
    "*.appdata.xml": manifests.appstream,
    "description": manifests.cran,
    "meta.yaml": manifests.conda,
    "readme.md": cards.card,
    "citation.cff": cards.citation,
    "codemeta.json": cards.linked_data,
    "croissant.json": cards.linked_data,
    "datapackage.json": cards.linked_data,
    "dataset_infos.json": cards.dataset_infos,
    "openapi.json": cards.interface,
    "openapi.yaml": cards.interface,
    "openapi.yml": cards.interface,
    "swagger.json": cards.interface,
    "swagger.yaml": cards.interface,
    "swagger.yml": cards.interface,
    "copyright": stanzas.dep5,
    "dep5": stanzas.dep5,
    "reuse.toml": stanzas.reuse,
}
_NAMES = "|".join(re.escape(name).replace(r"\*", r"[^/]*") for name in _READERS)
_NAME = rf"(?i)(?:^|[/:!])({_NAMES})$"
_ANY_END = {name[1:]: reader for name, reader in _READERS.items() if name.startswith("*")}


def statements(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the metadata of a frame of (doc, native_key, declared_licence, text)."""
    upstream = frame.select("doc", "declared_licence").drop_nulls()
    distinct = upstream["declared_licence"].unique(maintain_order=True)
    texts = pasted.meanings(distinct, rules)
    meant = {declared: [understand(said) or texts.get(declared) for said in _lines(declared)] for declared in distinct}
    for doc, declared in upstream.iter_rows():
        yield from ((doc, Evidence(each, "declared", "upstream metadata", _DECLARED)) for each in meant[declared])
    named = frame.with_columns(name=pl.col("native_key").str.extract(_NAME, 1).str.to_lowercase()).filter(
        pl.col("name").is_not_null()
    )
    for doc, name, text in named.select("doc", "name", "text").iter_rows():
        for found in read(name, text):
            place = text.find(found.licences[0]) if len(found.licences) == 1 else -1
            start, end = (place, place + len(found.licences[0])) if place >= 0 else (None, None)
            rule = f"{name} {found.field}"
            yield (
                doc,
                Evidence(
                    meaning(found),
                    "declared",
                    rule,
                    _DECLARED,
                    start,
                    end,
                    "asset" if found.scope == "asset" else "grant",
                    found.scope,
                ),
            )


def read(name: str, text: str) -> list[Statement]:
    """What a metadata file of that name says, nothing where it cannot be read: its own tools would refuse it as well."""
    reader = _READERS.get(name) or next((each for end, each in _ANY_END.items() if name.endswith(end)), None)
    if reader is None or len(text) > _LARGEST:
        return []
    try:
        return reader(text)
    except _REFUSALS:
        return []


def meaning(found: Statement) -> str | None:
    """The expression that a statement amounts to; None where one of its licences is not understood."""
    parts = [understand(licence) for licence in found.licences]
    if not all(parts):
        return None
    return expression(f" {found.relation} ".join(f"({part})" for part in dict.fromkeys(parts)))


def _lines(declared: str) -> list[str]:
    lines = [line.strip() for line in declared.splitlines() if line.strip()]
    return lines[:1] if pasted.is_pasted(declared) else lines
