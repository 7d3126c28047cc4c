"""How personal data is looked for: the `[personal]` part of a policy."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from muniment.policies.recognisers import Recogniser, shipped
from muniment.schemas.source import Record


class PresidioPattern(Record):
    """One pattern of a recogniser of Presidio's."""

    name: str
    regex: str
    score: Annotated[float, Field(ge=0, le=1)]


class PresidioRecogniser(Record):
    """A recogniser that is registered with Presidio, in the fields of its `PatternRecognizer.from_dict`."""

    name: str
    supported_entity: str
    patterns: tuple[PresidioPattern, ...] = ()
    deny_list: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _finds_something(self) -> "PresidioRecogniser":
        if not (self.patterns or self.deny_list):
            raise ValueError("give patterns or a deny_list")
        return self


class Personal(Record):
    """`default` runs our recognisers and those of the policy; `compatible` runs Presidio's for `language`, unchanged.

    A recogniser with the id of one that ships takes its place; one whose types should not be looked for is named in `without`.
    """

    mode: Literal["default", "compatible"] = "default"
    language: str = "en"  # of Presidio's recognisers, in compatible mode
    without: tuple[str, ...] = ()  # ids of recognisers that ship and are not to run
    recogniser: tuple[Recogniser, ...] = ()
    presidio: tuple[PresidioRecogniser, ...] = ()  # registered beside Presidio's own, in compatible mode

    @model_validator(mode="after")
    def _fits_its_mode(self) -> "Personal":
        if self.mode == "compatible" and (self.recogniser or self.without):
            raise ValueError(
                "recognisers and `without` belong to the default mode; register yours with Presidio in compatible mode"
            )
        if unknown := sorted(set(self.without) - {each.id for each in shipped()}):
            raise ValueError(f"no recogniser that ships is called {', '.join(unknown)}")
        ids = [each.id for each in self.recogniser]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"recognisers with one id: {', '.join(twice)}")
        return self

    @property
    def registered(self) -> tuple[dict[str, Any], ...]:
        """The recognisers of `presidio` as Presidio reads them."""
        return tuple(each.model_dump(mode="json", exclude_defaults=True) for each in self.presidio)
