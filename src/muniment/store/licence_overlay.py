"""Licence rules that ship with Muniment: names of newer licences, and of Creative Commons licences in other languages.

They are data (`licence_rules/*.toml`), each with its source, and stand beside the rules of licensedcode-data.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import product
from typing import Any

from license_expression import get_license_index

Row = tuple[str, str, str, int | None, str]  # rule, expression, kind, relevance, text: as `reference.RULE`


def overlay(known: frozenset[str]) -> Iterator[Row]:
    """All rules of the folder; `known` are the SPDX identifiers that there are, for the ports of Creative Commons licences."""
    folder = files("muniment.store").joinpath("licence_rules")
    yield from _names(tomllib.loads(folder.joinpath("models.toml").read_text(encoding="utf-8")))
    yield from _titles(tomllib.loads(folder.joinpath("creative_commons.toml").read_text(encoding="utf-8")), known)


def newer_identifiers(spdx: Mapping[str, str]) -> dict[str, str]:
    """SPDX identifiers that ScanCode's keys were given since, as the licence list of license-expression has them."""
    newer = {entry["license_key"]: entry.get("spdx_license_key") for entry in get_license_index()}
    return {key: newer[key] for key, name in spdx.items() if name.startswith("LicenseRef-") and newer.get(key)}


def _names(table: dict[str, Any]) -> Iterator[Row]:
    for licence in table["licence"]:
        for kind, field in (("reference", "names"), ("notice", "notices")):
            for number, phrase in enumerate(licence.get(field, []), 1):
                yield f"muniment_{licence['expression']}_{kind}_{number}", licence["expression"], kind, 100, phrase


def _titles(table: dict[str, Any], known: frozenset[str]) -> Iterator[Row]:
    for language, words in table["language"].items():
        for elements, version in product(table["licences"], table["versions"]):
            plain = "-".join(["CC", *map(str.upper, elements), version])
            ports = {plain: "", **{f"{plain}-{port}": name for port, name in words.get("ports", {}).items()}}
            for expression, name in ports.items():
                for number, spelling in enumerate(product(*(words[element] for element in elements)), 1):
                    title = " ".join(["-".join(spelling), version, name]).strip()
                    for place, form in enumerate(("", *words["of"])):
                        if expression in known:
                            row = f"muniment_{expression}_{language}_{number}_{place}"
                            yield row, expression, "reference", 100, f"{form} {title}".strip()
