"""How personal data is looked for: the `[personal]` part of a policy."""

from typing import Literal

from pydantic import model_validator

from muniment.policies.recognisers import Recogniser, shipped
from muniment.schemas.source import Record


class Personal(Record):
    """`default` runs our recognisers and those of the policy; `compatible` runs Presidio's for `language`, unchanged.

    A recogniser with the id of one that ships takes its place; one whose types should not be looked for is named in `without`.
    """

    mode: Literal["default", "compatible"] = "default"
    language: str = "en"  # of Presidio's recognisers, in compatible mode
    without: tuple[str, ...] = ()  # ids of recognisers that ship and are not to run
    recogniser: tuple[Recogniser, ...] = ()

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
