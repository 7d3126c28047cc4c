"""Registered encoders, and what was measured of them."""

from enum import StrEnum

from pydantic import Field

from muniment.schemas.source import Record, Slug


class Pooling(StrEnum):
    """How the states of a text's tokens become one vector."""

    MEAN = "mean"
    CLS = "cls"


class Registered(Record):
    """An encoder that was brought in from a folder: its files lie under the root, each named by its SHA-256."""

    name: Slug
    licence: str  # SPDX, of the model
    pooling: Pooling
    query_prefix: str = ""
    passage_prefix: str = ""
    limit: int | None = Field(default=None, ge=2)  # tokens that it reads of a text
    dimension: int = Field(ge=1)  # found by running it
    model: str
    tokenizer: str
    bytes: int


class Measured(Record):
    """Dense retrieval in one language: nDCG@10 with a 95% interval by a bootstrap over its queries."""

    language: str
    queries: int
    documents: int
    ndcg10: float
    low: float
    high: float


class Admission(Record):
    """An encoder's evaluation by language. It is of that digest and no other: a changed model has to be measured again."""

    encoder: str
    digest: str
    data: str  # SHA-256 of the collection's files
    languages: tuple[Measured, ...]

    def admits(self, language: str) -> bool:
        """Whether it was measured in that language."""
        return any(each.language == language for each in self.languages)


class Described(Record):
    """What everybody may know of an encoder."""

    name: str
    digest: str
    licence: str
    dimension: int
    limit: int | None
    shipped: bool  # whether it comes with the packages; else it was registered under this root
    runs: str  # where it runs here, and why; empty: on the CPU alone
    languages: tuple[Measured, ...] = ()


class Removed(Record):
    """An encoder that was taken away: digests of its versions, and of the files that nothing else has."""

    name: str
    versions: tuple[str, ...]
    files: tuple[str, ...]
