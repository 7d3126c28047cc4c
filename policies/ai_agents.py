"""Which crawlers fetch for AI systems, and for what: a table that stewards keep, and its loader."""

from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import Field, model_validator

from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Record


class Use(StrEnum):
    """What may be done with a document: train models on it, give it to a model as context of an answer, list it in a search."""

    TRAIN = "train"
    INPUT = "input"
    SEARCH = "search"


class Agent(Record):
    """Product tokens of one operator that fetch for the same uses, and where the operator says so."""

    operator: str = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)
    uses: tuple[Use, ...] = Field(min_length=1)
    source: str = Field(min_length=1)


class Agents(Record):
    """The whole table."""

    agent: tuple[Agent, ...]

    @model_validator(mode="after")
    def _distinct(self) -> "Agents":
        names = [name.lower() for agent in self.agent for name in agent.names]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"agents listed twice: {', '.join(twice)}")
        return self

    @property
    def digest(self) -> str:
        """Names this table: its meaning, not its layout or comments."""
        return digest(self)

    def uses_of(self) -> dict[str, tuple[str, ...]]:
        """Uses by product token in lower case."""
        return {name.lower(): tuple(use.value for use in agent.uses) for agent in self.agent for name in agent.names}


def load_agents(text: str) -> Agents:
    """The table in a TOML text. Raises `PolicyError` where it cannot be read or names an agent twice."""
    return load(Agents, text, "The table of AI agents")


@cache
def ai_agents() -> Agents:
    """The table that ships with Muniment."""
    return load_agents(files("muniment.policies").joinpath("ai_agents.toml").read_text(encoding="utf-8"))
