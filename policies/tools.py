"""Under what licences the pipeline's own packages and models may be (LIC-8)."""

from functools import cache
from importlib.resources import files

from pydantic import Field

from muniment.policies.licences import Tag
from muniment.policies.toml import load
from muniment.schemas.source import Record


class Excepted(Record):
    """A package with the licence that a person found, and why it may be used."""

    name: str
    licence: str
    reason: str = Field(min_length=1)


class Shipped(Record):
    """A model or table that comes inside a package under a licence of its own; `reason`: why it may be used where the rules say no."""

    name: str
    package: str
    licence: str
    source: str = Field(min_length=1)
    reason: str = ""


class Tools(Record):
    """`tags` are all that a tool may have, COMMERCIAL_OK it must have; `licences` pass whatever their tags."""

    tags: tuple[Tag, ...] = Field(min_length=1)
    licences: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    exception: tuple[Excepted, ...] = ()
    model: tuple[Shipped, ...] = ()


@cache
def tool_licences() -> Tools:
    """The rules that ship with Muniment. Raises `PolicyError` where they contradict their record."""
    text = files("muniment.policies").joinpath("tools.toml").read_text(encoding="utf-8")
    return load(Tools, text, "The rules for tools")
