"""How long a capture may wait for its steward, and who is told when it waits longer."""

from typing import Annotated

from pydantic import Field, model_validator

from muniment.schemas.source import Record

Hours = Annotated[float, Field(gt=0, le=24 * 366)]


class Reviews(Record):
    """Times count from the judgement. `escalate_to` names a person or a group; empty: the owner of the source."""

    remind_after_hours: Hours = 24
    escalate_after_hours: Hours = 72
    escalate_to: str = ""

    @model_validator(mode="after")
    def _reminds_first(self) -> "Reviews":
        if self.escalate_after_hours < self.remind_after_hours:
            raise ValueError("escalate_after_hours lies before remind_after_hours")
        return self
