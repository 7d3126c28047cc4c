"""Uses: what a corpus is wanted for, and what each use asks of the rights of every document in it (LIC-4)."""

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.errors import NotFound
from muniment.policies.licences import Tag
from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Classification, Record, Slug, Terms

PERMISSIONS = (Tag.COMMERCIAL_OK, Tag.REDISTRIBUTION_OK)
OBLIGATIONS = tuple(tag for tag in Tag if tag not in PERMISSIONS)
RESERVED = ("train", "input", "search")  # uses that a publisher can opt out of
CONTRACT = tuple(name for name in Terms.model_fields if not name.startswith("valid_"))
CLASSIFICATION, LICENCES = "classification", "licences"

Stance = Literal["required", "refused", "admitted", "named", "alone", "limited"]
# What can be said about each thing; nothing else makes sense.
_STANCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(PERMISSIONS, ("required", "admitted")),
    **dict.fromkeys((*OBLIGATIONS, *RESERVED, *CONTRACT), ("refused", "admitted")),
    "customer": ("refused", "named"),
    "no_mixing": ("refused", "alone"),
    CLASSIFICATION: ("limited",),
    LICENCES: ("refused",),
}


class Clause(Record):
    """What a use says about one thing: a tag, a use that was opted out of, a contract term, a classification, or licences by name.

    `required`: a document without the permission violates it. `refused`: one that carries it does. `admitted`: neither, said on purpose.
    `named`: a source bound to a customer is admitted when the check names that customer. `alone`: a source that must not be mixed is
    admitted when everything else is bound to the same customer. `limited`: nothing more sensitive than `limit`, or than `named` for
    material of the named customer.
    """

    about: str
    stance: Stance
    why: Annotated[str, Field(min_length=10)]
    limit: Classification | None = None
    named: Classification | None = None
    names: tuple[str, ...] = ()  # of licences, with `*` for any characters

    @model_validator(mode="after")
    def _makes_sense(self) -> "Clause":
        if self.about not in _STANCES:
            raise ValueError(f"nothing is called {self.about}: say one of {', '.join(_STANCES)}")
        if self.stance not in _STANCES[self.about]:
            raise ValueError(f"{self.about} cannot be {self.stance}: say {' or '.join(_STANCES[self.about])}")
        if (self.limit is not None) != (self.about == CLASSIFICATION):
            raise ValueError("limit belongs to the clause about classification, which needs it")
        if self.named is not None and self.about != CLASSIFICATION:
            raise ValueError("named belongs to the clause about classification")
        if bool(self.names) != (self.about == LICENCES):
            raise ValueError("names belongs to the clause about licences, which needs it")
        return self


class Use(Record):
    """One use. Every tag, contract term and classification has a clause: what is not spoken of would be admitted by accident."""

    name: Slug
    description: Annotated[str, Field(min_length=20)]
    uses: tuple[Literal["train", "input", "search"], ...] = Field(min_length=1)  # what is done with a text, on the axis of opt-outs
    clause: tuple[Clause, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "Use":
        counts = Counter(clause.about for clause in self.clause)
        if twice := sorted(name for name, count in counts.items() if count > 1):
            raise ValueError(f"{self.name} has two clauses about {', '.join(twice)}")
        if missing := [name for name in _STANCES if name not in counts and name not in (*RESERVED, LICENCES)]:
            raise ValueError(f"{self.name} has no clause about {', '.join(missing)}: say refused, admitted or what it asks")
        if silent := [name for name in self.uses if name not in counts]:
            raise ValueError(f"{self.name} is a use to {', '.join(silent)} and has no clause about publishers who reserved that")
        if idle := sorted(set(RESERVED) & set(counts) - set(self.uses)):
            raise ValueError(f"{self.name} has a clause about {', '.join(idle)}, which it does not do")
        self._contradicts()
        return self

    def _contradicts(self) -> None:
        stances = {clause.about: clause.stance for clause in self.clause}
        asked = [name for name in PERMISSIONS if stances[name] == "required"]
        if asked and stances[Tag.UNKNOWN] == "admitted":
            raise ValueError(f"{self.name} requires {asked[0]} and admits UNKNOWN, which never has it")
        if stances[Tag.COMMERCIAL_OK] == "required" and stances[Tag.NONCOMMERCIAL] == "admitted":
            raise ValueError(f"{self.name} requires COMMERCIAL_OK and admits NONCOMMERCIAL, which never has it")
        clause = self.about(CLASSIFICATION)
        if clause.named is not None and stances["customer"] != "named":
            raise ValueError(
                f"{self.name} has a limit for the named customer's material and refuses all that is bound to a customer"
            )

    @property
    def digest(self) -> str:
        """Names this use: its meaning, not its layout or comments."""
        return digest(self)

    def about(self, name: str) -> Clause:
        """The clause about one thing; raises `KeyError` where there is none."""
        return {clause.about: clause for clause in self.clause}[name]


class Uses(Record):
    """All uses that are known."""

    use: tuple[Use, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Uses":
        counts = Counter(use.name for use in self.use)
        if twice := sorted(name for name, count in counts.items() if count > 1):
            raise ValueError(f"uses named twice: {', '.join(twice)}")
        return self

    def named(self, name: str) -> Use:
        """One use; raises `NotFound`."""
        for use in self.use:
            if use.name == name:
                return use
        raise NotFound(f"No use is called {name}.", f"Say one of: {', '.join(use.name for use in self.use)}.")


def load_uses(toml: str) -> Uses:
    """The uses in a TOML text; raises `PolicyError` where it cannot be read or contradicts itself."""
    return load(Uses, toml, "The table of uses")


@cache
def shipped() -> Uses:
    """The uses that ship with Muniment."""
    return load_uses(files("muniment.policies").joinpath("uses.toml").read_text(encoding="utf-8"))
