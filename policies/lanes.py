"""Who may decide, how long a decision holds, and how risky a capture may be: the `[approvals]`, `[overrides]`, `[risk]`, `[audits]`
and `[lanes]` parts of a policy."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.policies.findings import Share
from muniment.schemas.source import Lane, Record

Days = Annotated[int, Field(ge=1, le=3660)]


class Approvals(Record):
    """Who may decide besides a source's own steward, and for how long an approval can be promoted.

    four_eyes: whoever submitted a source, or captured it by hand, does not decide about it. `possible` lets them where nobody else may
    decide at all, and says so in the decision; `always` refuses them; `never` does not ask.
    """

    valid_days: Days = 365
    four_eyes: Literal["always", "possible", "never"] = "possible"
    roles: tuple[str, ...] = ("stewards",)  # groups of principals
    approvers: dict[Lane, Annotated[int, Field(ge=1, le=9)]] = {}  # how many different people a lane's approvals need
    identity: dict[Lane, Literal["typed", "known"]] = {}  # known: a lane's approvals need a proven identity


class Overrides(Record):
    """Approving a group of reasons or a document that the policy stops: for a while, and not for every reason."""

    days: Days = 30  # when nobody says until when
    max_days: Days = 90
    never: tuple[str, ...] = ("LICENCE_REVOKED", "EVAL_ITEM")  # codes that no decision lifts
    redacted_only: tuple[str, ...] = ("SECRET_FOUND",)  # codes that are lifted only with what was found redacted
    roles: dict[str, tuple[str, ...]] = {
        "RESEMBLES_ERASED": ("compliance",),
        "TRAINING_RESERVED": ("compliance",),
        "USE_RESERVED": ("compliance",),
    }  # codes that only members of these groups may lift

    @model_validator(mode="after")
    def _default_is_allowed(self) -> "Overrides":
        if self.days > self.max_days:
            raise ValueError("days is more than max_days")
        return self


class Factor(Record):
    """What a factor adds at most, and from which measured value on it adds all of that; below, in proportion."""

    weight: Annotated[float, Field(ge=0, le=100)]
    cap: Annotated[float, Field(gt=0)] = 1.0


class Risk(Record):
    """The table of risk. A capture's score is the sum of its factors; a source's lane can be stricter, never milder."""

    green_below: Annotated[float, Field(ge=0)] = 40.0  # from here on a person decides
    standard_below: Annotated[float, Field(ge=0)] = 70.0  # from here on as many people as the restricted lane asks for
    new_source: Factor = Factor(weight=15)  # 1 until a capture of the source was approved
    classification: Factor = Factor(weight=15)  # public 0, internal 1/3, confidential 2/3, restricted 1
    licence_unknown: Factor = Factor(weight=15, cap=0.5)  # share of documents without a concluded licence
    personal_density: Factor = Factor(weight=10, cap=5.0)  # findings of personal data a document
    held: Factor = Factor(weight=10, cap=0.5)  # share of documents that are held
    change: Factor = Factor(weight=10, cap=1.0)  # documents added, changed or gone, by documents; 0 for the first capture
    set_aside: Factor = Factor(weight=10, cap=0.5)  # share of records that could not be taken in
    disagreement: Factor = Factor(weight=5, cap=0.1)  # share of documents about which detectors disagree
    opt_outs: Factor = Factor(weight=5, cap=0.5)  # share of documents whose publisher reserved a use
    tool_failures: Factor = Factor(weight=15)  # detectors that failed

    @model_validator(mode="after")
    def _limits_rise(self) -> "Risk":
        if self.green_below > self.standard_below:
            raise ValueError("green_below is more than standard_below")
        return self

    def factors(self) -> dict[str, Factor]:
        """Every factor by name, in the order of the table."""
        return {name: value for name, value in self if isinstance(value, Factor)}


class Audits(Record):
    """Samples that people label, and what closes the green lane of a source to automation."""

    green_size: Annotated[int, Field(ge=0, le=100_000)] = 50  # documents drawn of every capture that the green lane approves
    max_false_negatives: Share = 0.1  # of what was let through: upper end of the 95% interval
    min_labelled: Annotated[int, Field(ge=1)] = 40  # before that, only a rate that is certainly over the limit closes it


class Lanes(Record):
    """What the restricted lane may be used for."""

    research_refs: tuple[str, ...] = ("research",)  # the only refs that its sources are promoted to
