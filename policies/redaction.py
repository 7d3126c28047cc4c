"""What is written in the place of a finding, and what is taken out of answers: the `[redaction]` part of a policy."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from muniment.policies.findings import FindingTest
from muniment.schemas.source import Record

Form = Literal["redact", "mask", "pseudonym"]
Types = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*\*?$")]  # `EMAIL_ADDRESS`, or `SECRET_*` for a family
Group = Annotated[str, Field(min_length=1)]


class Hidden(Record):
    """Findings that are taken out of a passage when it is answered, unless who asks is in one of these groups."""

    finding: FindingTest
    unless: tuple[Group, ...] = ()  # empty: nobody sees them

    @field_validator("finding")
    @classmethod
    def _counts_nothing(cls, finding: FindingTest) -> FindingTest:
        if finding.count != 1:
            raise ValueError("count says something about documents; in an answer each finding is hidden by itself")
        return finding


class Redaction(Record):
    """How findings are replaced. `redact` writes `[TYPE]`, `mask` the first characters, `pseudonym` a keyed name that is the same for the
    same value."""

    default: Form = "redact"
    types: dict[Types, Form] = {}
    query: tuple[Hidden, ...] = ()

    def form(self, kind: str) -> Form:
        """How a finding of this type is replaced: as its own entry says, else that of the longest family, else the default."""
        families = (name for name in self.types if name.endswith("*") and kind.startswith(name[:-1]))
        named = kind if kind in self.types else max(families, key=len, default="")
        return self.types.get(named, self.default)

    @property
    def pseudonyms(self) -> bool:
        """Whether anything is replaced by a pseudonym, so that a key is needed."""
        return "pseudonym" in (self.default, *self.types.values())

    def hidden_from(self, groups: tuple[str, ...]) -> tuple[FindingTest, ...]:
        """What somebody in these groups is not shown."""
        return tuple(each.finding for each in self.query if not set(each.unless) & set(groups))
