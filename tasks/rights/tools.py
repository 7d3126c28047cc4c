"""The pipeline's own packages and models: their versions, their licences, and whether these are allowed (LIC-8)."""

import os
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import pyarrow as pa
from pydantic import TypeAdapter

from muniment.policies.licences import Tag, licence_tags
from muniment.policies.tools import Tools, tool_licences
from muniment.schemas.canonical import canonical_json, digest, sha256
from muniment.schemas.source import Record
from muniment.store.installed import Environment, Installed, fingerprint
from muniment.tasks.detectors import licence_rules

_SELF = "muniment"
_VERSION = "1"  # of how the table is made


class Tool(Record):
    """One package or model. `licence` is null where nobody could tell; `told` is where it comes from; `reason` is the exception's."""

    name: str
    kind: str  # package, model
    version: str
    licence: str | None
    told: str  # metadata, text, person
    tags: tuple[str, ...]
    allowed: bool
    reason: str = ""


_TOOLS = TypeAdapter(tuple[Tool, ...])


class Found(NamedTuple):
    """A tool before it is judged: see `Tool`."""

    name: str
    kind: str
    version: str
    licence: str | None
    told: str
    reason: str = ""


def recorded() -> tuple[str, bytes]:
    """Digest (SHA-256) and canonical JSON of the table of tools in this environment: what a snapshot records.

    Made once for an installed set of packages, then read from a cache file; delete it any time.
    """
    read_by = import_module("muniment.core.licences.detection").VERSION
    path = _cached(digest([_VERSION, read_by, fingerprint(), tool_licences(), licence_tags().digest]))
    try:
        payload = path.read_bytes()
        _TOOLS.validate_json(payload)
    except (OSError, ValueError):
        payload = canonical_json([tool.model_dump(mode="json") for tool in _judged()])
        _keep(path, payload)
    return sha256(payload), payload


def table() -> tuple[Tool, ...]:
    """Every package that Muniment requires, and every model and table that ships in one, sorted by kind and name."""
    return _TOOLS.validate_json(recorded()[1])


def _judged() -> list[Tool]:
    found = [*_packages(), *_models()]
    tags, rules = _tags([each.licence for each in found]), tool_licences()
    tools = (Tool(**each._asdict(), tags=its, allowed=allowed(each, rules)) for each, its in zip(found, tags, strict=True))
    return sorted(tools, key=lambda tool: (tool.kind != "package", tool.name))


def _packages() -> Iterator[Found]:
    rules = tool_licences()
    packages = Environment().required(_SELF, rules.extras)
    excepted = {each.name: each for each in rules.exception}
    for package, (licence, told) in zip(packages, concluded(packages), strict=True):
        if exception := excepted.get(package.name):
            yield Found(package.name, "package", package.version, exception.licence, "person", exception.reason)
        else:
            yield Found(package.name, "package", package.version, licence, told)


def _models() -> Iterator[Found]:
    installed = Environment().all
    for model in tool_licences().model:
        if model.package in installed:
            version = installed[model.package].version
            yield Found(model.name, "model", version, model.licence, "person", model.reason)


def concluded(packages: Iterable[Installed]) -> list[tuple[str | None, str]]:
    """(SPDX expression or None, where it was told) of each: its metadata, and where that says too little its licence files."""
    told = [(package, declared(package)) for package in packages]
    texts = by_text([package for package, licence in told if licence is None])
    return [(licence or texts.get(package.name), "metadata" if licence else "text") for package, licence in told]


def declared(package: Installed) -> str | None:
    """The SPDX expression of a package's own metadata; None where there is none or it says too little."""
    metadata = import_module("muniment.core.licences.metadata.files")
    said = [metadata.meaning(each) for each in metadata.read("metadata", package.metadata)]
    return next(filter(None, said), None)


def by_text(packages: Sequence[Installed]) -> dict[str, str | None]:
    """The SPDX expression of all licence files of each package, by its name, without a look at its metadata; None where none was read."""
    licences = import_module("muniment.core.licences")
    files = [(package.name, path, text) for package in packages for path, text in package.papers()]
    if not files:
        return {}
    documents = _documents(files)
    found = licences.conclude(documents, licences.detector(licence_rules()).detect(documents))["licence"].to_pylist()
    said: dict[str, list[str]] = {}
    for (name, *_), licence in zip(files, found, strict=True):
        said.setdefault(name, []).extend([licence] if licence else [])
    return {name: import_module("muniment.core.licences.expressions").joined(each) for name, each in said.items()}


def _documents(files: Sequence[tuple[str, str, str]]) -> pa.Table:
    count, nothing = len(files), pa.nulls(len(files), pa.string())
    columns: dict[str, Any] = {
        "doc_id": [str(number) for number in range(count)],
        "native_key": [f"{name}/{number}/{Path(path).name}" for number, (name, path, _) in enumerate(files)],
        "project": nothing,
        "media_type": ["text/plain"] * count,
        "declared_licence": nothing,
        "notices": nothing.cast(pa.large_string()),
        "text": pa.array([text for *_, text in files], pa.large_string()),
    }
    return pa.table(columns)


def _tags(expressions: Sequence[str | None]) -> list[tuple[str, ...]]:
    table = pa.table({"licence": pa.array(expressions, pa.string())})
    return [tuple(tags) for tags in import_module("muniment.core.licences").tags(table, licence_tags())["tags"].to_pylist()]


def allowed(tool: Found, rules: Tools) -> bool:
    """Whether a tool may be used: by the reason that a person gave, by its tags, or licence by licence."""
    if tool.licence is None or tool.reason:
        return tool.licence is not None and Tag.UNKNOWN not in _tags([tool.licence])[0]
    terms = licence_tags().model_copy(update={"preferred": (*licence_tags().preferred, *rules.licences)})
    chosen = import_module("muniment.core.licences.tags").chosen(tool.licence, terms) or tool.licence
    parts = chosen.split(" AND ")
    return all(part in rules.licences or _free(its, rules) for part, its in zip(parts, _tags(parts), strict=True))


def permitted(licence: str) -> bool:
    """Whether a model under this SPDX expression may be used at all."""
    return allowed(Found("", "model", "", licence, "person"), tool_licences())


def _free(tags: Sequence[str], rules: Tools) -> bool:
    return Tag.COMMERCIAL_OK in tags and set(tags) <= set(rules.tags)


def _cached(name: str) -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "muniment"
    return folder / f"tools-{name[:32]}.json"


def _keep(path: Path, payload: bytes) -> None:
    """A cache that cannot be written costs time and nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".json", delete=False) as file:
            file.write(payload)
        Path(file.name).replace(path)
    except OSError:
        pass
