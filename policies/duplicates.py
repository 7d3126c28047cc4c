"""What counts as a duplicate, where, and which of two is kept: the `[duplicates]` part of a policy."""

from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.schemas.source import Record

Criterion = Literal["admitted", "source", "authority", "licence", "freshness", "quality", "length"]
PREFERENCE: tuple[Criterion, ...] = ("admitted", "source", "authority", "licence", "freshness", "quality", "length")
Jaccard = Annotated[float, Field(ge=0.5, le=1)]


class Domain(Record):
    """How documents of some sources, media types or languages are compared. What is left empty does not limit it.

    Two documents of different domains are compared by the stricter of both.
    """

    name: str
    sources: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()  # patterns: `text/x-*`
    languages: tuple[str, ...] = ()
    jaccard: Jaccard = 0.8  # exact similarity from which one of two is removed
    ngram: int = Field(default=5, ge=1, le=32)  # tokens of a shingle
    near_from: int = Field(default=0, ge=0)  # shorter documents (tokens) are removed for an exact twin only
    exact_from: int = Field(default=0, ge=0)  # and those shorter than this for none: boilerplate that every text may carry
    numbers: Literal["apart", "alike"] = "apart"  # documents that differ in numbers only
    projects: Literal["apart", "alike"] = "alike"  # copies in other projects or vendored folders, and versions in one project
    within: bool = True  # whether a document of the same source can be the twin
    across: bool = True  # whether one of another source can
    keep: int = Field(default=1, ge=1)  # documents kept of a group: more than 1 thins it out instead of removing all but one
    cosine: Annotated[float, Field(gt=0, le=1)] | None = None  # off unless given: twins by embedding, among near candidates

    def covers(self, source: str, media_type: str, language: str | None) -> bool:
        """Whether documents of this source, media type and language belong here."""
        return (
            (not self.sources or source in self.sources)
            and (not self.media_types or any(fnmatchcase(media_type, pattern) for pattern in self.media_types))
            and (not self.languages or language in self.languages)
        )


class Duplicates(Record):
    """All of it. The first domain that covers a document is its domain; `prefer` orders two that duplicate each other.

    What the corpus holds already is preferred before anything else, and the smaller id decides last.
    """

    prefer: tuple[Criterion, ...] = PREFERENCE
    sources: tuple[str, ...] = ()  # from the most to the least preferred; all others come after
    domain: tuple[Domain, ...] = (Domain(name="text"),)

    @model_validator(mode="after")
    def _covers_everything(self) -> "Duplicates":
        if not self.domain or any((self.domain[-1].sources, self.domain[-1].media_types, self.domain[-1].languages)):
            raise ValueError("the last domain must cover everything: give it no sources, media types or languages")
        if len({domain.name for domain in self.domain}) < len(self.domain):
            raise ValueError("two domains have the same name")
        if len(set(self.prefer)) < len(self.prefer):
            raise ValueError("a criterion is given twice")
        return self

    @property
    def ngrams(self) -> tuple[int, ...]:
        """All shingle sizes in use: each document is signed once for each."""
        return tuple(sorted({domain.ngram for domain in self.domain}))
