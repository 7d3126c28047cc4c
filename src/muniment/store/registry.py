"""The source registry: a TOML file for each source, with every earlier version kept beside it."""

import tomllib
from typing import Any

import tomlkit
from pydantic import ValidationError

from muniment.errors import NotFound, RegistryError
from muniment.schemas.source import Source, Status
from muniment.store.objects import Objects


class Registry:
    """`registry/<id>.toml` is in force, `registry/history/<id>/<version>.toml` keeps what was."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def get(self, identifier: str) -> Source:
        """A registered source; raises `RegistryError` when it is unknown or its entry is wrong."""
        return self._read(identifier)[0]

    def approved(self, identifier: str) -> Source:
        """A source that may be captured; raises `RegistryError` when it is not approved."""
        source = self.get(identifier)
        if source.status is not Status.APPROVED:
            raise RegistryError(
                f"Source {identifier} is {source.status}.", f"Its steward can run `muniment source approve {identifier}`."
            )
        return source

    def all(self) -> list[Source]:
        """Every registered source, by id."""
        names = (key.removeprefix("registry/") for key in self._objects.list("registry/"))
        return [self.get(name.removesuffix(".toml")) for name in names if "/" not in name]

    def history(self, identifier: str) -> list[Source]:
        """Every version of an entry, the first one first; raises `RegistryError` when it is unknown."""
        self.get(identifier)
        return [parse(self._objects.read(key).decode()) for key in sorted(self._objects.list(f"registry/history/{identifier}/"))]

    def put(self, source: Source) -> Source:
        """Register a source or change it: the version rises, the earlier entry is kept. An equal entry changes nothing."""
        try:
            held, tag = self._read(source.id)
        except NotFound:
            held, tag = None, ""
        if held is not None and held == source.model_copy(update={"version": held.version}):
            return held
        source = source.model_copy(update={"version": held.version + 1 if held else 1})
        self._objects.put(f"registry/history/{source.id}/{source.version:06d}.toml", _dump(source))
        self._objects.replace(f"registry/{source.id}.toml", _dump(source), tag)
        return source

    def _read(self, identifier: str) -> tuple[Source, str]:
        try:
            payload, tag = self._objects.read_tagged(f"registry/{identifier}.toml")
        except NotFound:
            raise UnknownSource(f"Source {identifier} is not registered.", "Add it with `muniment source add`.") from None
        return parse(payload.decode()), tag


class UnknownSource(RegistryError, NotFound):
    """No entry of that id."""


def parse(toml: str) -> Source:
    """A source from the text of its TOML entry; raises `RegistryError` that names every wrong field."""
    try:
        fields: Any = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"The registry entry is not TOML: {error}.", "Correct the file.") from None
    return validated(fields)


def validated(fields: dict[str, Any]) -> Source:
    """A source from plain fields; raises `RegistryError` that names every wrong field."""
    try:
        return Source.model_validate(fields)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise RegistryError(
            f"The registry entry is wrong: {wrong}.", "Correct these fields; `muniment source add --help` lists all."
        ) from None


def _dump(source: Source) -> bytes:
    return tomlkit.dumps(source.model_dump(mode="json", exclude_none=True)).encode()
