"""Samples of what gates let through and stopped, the labels that people give, and the rates that follow (QUA-8). Ids only, never text."""

from datetime import datetime
from enum import StrEnum

from muniment.schemas.source import Record


class Opinion(StrEnum):
    """What a person says about a verdict."""

    OK = "ok"
    WRONG = "wrong"


class Item(Record):
    """A drawn document with the verdict that it had. weight: how many documents of its stratum it stands for."""

    doc_id: str
    action: str
    reasons: tuple[str, ...]
    weight: float


class Sample(Record):
    """A systematic sample of one judgement, stratified by action and reasons. The same judgement, size and seed give the same one."""

    id: str
    source: str
    judgement: str
    size: int
    seed: str
    strata: dict[str, tuple[int, int]]  # action and reasons → documents, drawn
    items: tuple[Item, ...]
    actor: str
    at: datetime


class Label(Record):
    """What somebody says about a drawn document. `code`: the reason that hit wrongly, or that should have hit."""

    sample: str
    doc_id: str
    opinion: Opinion
    code: str = ""
    actor: str
    at: datetime


class Measured(Record):
    """One gate over all labels. stopped wrongly: of the labelled documents that it hit; missed: of the labelled that it let through.

    Shares are weighted by what each label stands for; low and high are a 95% interval.
    """

    gate: str  # reason code, or `all`
    hit: int  # labelled documents that it hit
    false_positives: tuple[float, float, float]  # share, low, high
    passed: int  # labelled documents that it let through
    false_negatives: tuple[float, float, float]


class Audited(Record):
    """What the labels of a source say, and whether its green lane is open to automation."""

    source: str
    samples: int
    drawn: int
    labelled: int
    gates: tuple[Measured, ...]
    closed: str = ""  # why it is closed; empty while it is open
