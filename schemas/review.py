"""Stewards' decisions about one judgement: about all of it, about groups of reasons, or about single documents."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from muniment.schemas.canonical import digest
from muniment.schemas.chart import Chart
from muniment.schemas.source import Lane, Record


class Decision(StrEnum):
    """What a steward can decide. `withdraw` takes an earlier decision about the same back."""

    APPROVE = "approve"
    APPROVE_REDACTED = "approve-redacted"  # also admits documents held only for personal data, with all of it redacted
    REJECT = "reject"
    HOLD = "hold"
    WITHDRAW = "withdraw"


APPROVALS = (Decision.APPROVE, Decision.APPROVE_REDACTED)


class Identity(StrEnum):
    """How an actor is known, from weakest to strongest. Only the last three were proven to somebody."""

    TYPED = "typed"  # a name that somebody wrote
    POLICY = "policy"  # no person: the green lane
    PROXY = "proxy"  # signed in at the reverse proxy before the server
    API_KEY = "api-key"  # whoever holds a key that the server knows
    TOKEN = "token"  # whom an OpenID Connect issuer vouches for


WEAK = (Identity.TYPED, Identity.POLICY)


class Review(Record):
    """One decision, bound to exactly one judgement. Without `groups` and `documents` it is about the whole capture."""

    judgement: str
    decision: Decision
    reason: Annotated[str, Field(min_length=3, max_length=2000)]
    actor: Annotated[str, Field(min_length=1)]
    identity: Identity = Identity.TYPED
    groups: tuple[str, ...] = ()  # reason codes
    documents: tuple[str, ...] = ()  # ids
    until: date | None = None  # the first day on which it holds no more
    override: bool = False  # it admits what the policy stops
    alone: bool = False  # by whoever submitted the source or captured it by hand: there was nobody else who may decide
    at: datetime
    run: str = ""  # the flow run that recorded it, so that a run that is done again records it once

    @property
    def whole(self) -> bool:
        """Whether it is about the whole capture."""
        return not (self.groups or self.documents)

    @property
    def name(self) -> str:
        """Digest of all but when and in which run: a snapshot of the same decisions is the same snapshot."""
        return digest(self.model_dump(mode="json", exclude={"at", "run"}))


class Effect(Record):
    """What decisions do, without who decided and why. Documents go over groups, groups over the whole."""

    whole: Decision
    groups: Mapping[str, Decision] = {}
    documents: Mapping[str, Decision] = {}


class Standing(Record):
    """The decisions that hold about one judgement at one moment."""

    whole: Review | None = None
    seconds: tuple[Review, ...] = ()  # approvals of the whole by others, where the lane asks for more than one
    groups: Mapping[str, Review] = {}
    documents: Mapping[str, Review] = {}

    @property
    def decisions(self) -> tuple[str, ...]:
        """Names of all of them, each once: of the whole first, the others sorted."""
        whole = [each.name for each in (self.whole, *self.seconds) if each]
        scoped = {each.name for each in (*self.groups.values(), *self.documents.values())}
        return (*dict.fromkeys(whole), *sorted(scoped))

    @property
    def name(self) -> str:
        """Names all that holds: of one decision its own name."""
        return self.decisions[0] if len(self.decisions) == 1 else digest(list(self.decisions))

    @property
    def effect(self) -> Effect:
        """What they do; a whole that nobody approved admits nothing."""
        return Effect(
            whole=self.whole.decision if self.whole else Decision.HOLD,
            groups={code: each.decision for code, each in self.groups.items()},
            documents={doc_id: each.decision for doc_id, each in self.documents.items()},
        )


class Contribution(Record):
    """One factor of a risk score: what was measured, and what it adds."""

    factor: str
    measured: float
    points: float
    limit: float  # the most that it can add


class Assessment(Record):
    """How risky a capture is by the policy's table, and the lane that it needs for that at least."""

    score: float
    contributions: tuple[Contribution, ...]
    needs: Lane
    lane: Lane  # the stricter of that and the source's own


class Section(Record):
    """One table of an evidence pack."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Pack(Record):
    """What a steward reads before deciding: counts, reasons, masked samples and ids, never text."""

    judgement: str
    capture: str
    source: str
    lane: str
    headline: str
    sections: tuple[Section, ...]
    charts: tuple[Chart, ...] = ()
