"""Cards: what data sets, models, citations and interfaces say of their own licence, as records in YAML or JSON."""

import json
import re

import yaml  # type: ignore[import-untyped]

from muniment.core.licences.metadata.statement import Statement, statement

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.{0,65536}?)\n---[ \t]*$", re.DOTALL | re.MULTILINE)
_BLOCK = r"^(?:{names}):.*(?:\n(?:[ \t-].*)?)*"


def card(text: str) -> list[Statement]:
    """README.md of a data set or model: `license` in its front matter; beside `other` the name and address of the licence count."""
    front = _FRONT.match(text)
    fields = _yaml(front[1], "license", "license_name", "license_link") if front else {}
    value = fields.get("license")
    if not value or (isinstance(value, str) and value.lower() in ("other", "unknown")):
        named = {"name": fields.get("license_name"), "url": fields.get("license_link")}
        return statement("card license_name", named) or statement("card license", value)
    return statement("card license", value)


def citation(text: str) -> list[Statement]:
    """CITATION.cff 1.2: `license`, of which a list is a choice, else its address."""
    fields = _yaml(text, "license", "license-url")
    return statement("license", fields.get("license"), "OR") or statement("license-url", fields.get("license-url"))


def interface(text: str) -> list[Statement]:
    """OpenAPI: the licence of the interface's description."""
    info = (_json(text) if text.lstrip().startswith("{") else _yaml(text, "info")).get("info")
    return statement("info license", info.get("license"), scope="document") if isinstance(info, dict) else []


def linked_data(text: str) -> list[Statement]:
    """codemeta.json, Croissant and other JSON-LD of one thing: its `license`."""
    fields = _json(text)
    value = fields.get("license", fields.get("schema:license", fields.get("sc:license")))
    return statement("license", value) or statement("licenses", fields.get("licenses"))


def dataset_infos(text: str) -> list[Statement]:
    """dataset_infos.json: a record with a `license` for each configuration of a data set."""
    told = (each.get("license") for each in _json(text).values() if isinstance(each, dict))
    return statement("license", list(dict.fromkeys(each for each in told if isinstance(each, str) and len(each) < 1000)))


def _json(text: str) -> dict[str, object]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _yaml(text: str, *names: str) -> dict[str, object]:
    """The named top-level fields alone, so that the rest of a long file costs nothing and may be wrong."""
    wanted = re.compile(_BLOCK.format(names="|".join(names)), re.MULTILINE)
    blocks = "\n".join(found[0] for found in wanted.finditer(text))
    value = yaml.safe_load(blocks) if len(blocks) < 65_536 else None  # not the loader in C: deep nesting ends the process there
    return value if isinstance(value, dict) else {}
