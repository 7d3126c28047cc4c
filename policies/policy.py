"""Policy: what stewards decide, as data. Loading checks it; judging is `muniment.core.verdicts`."""

from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.policies.duplicates import Duplicates
from muniment.policies.findings import FindingTest, Share
from muniment.policies.lanes import Approvals, Audits, Lanes, Overrides, Risk
from muniment.policies.personal import Personal
from muniment.policies.redaction import Redaction
from muniment.policies.retrieval import Retrieval
from muniment.policies.reviews import Reviews
from muniment.policies.rights import Rights
from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Classification, Lane, Record
from muniment.schemas.verdict import Action

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,47}$")]


class SignalTest(Record):
    """Hits a document whose signal lies below, above, or has one of these labels; several conditions must all hold."""

    name: str
    below: float | None = None
    above: float | None = None
    labels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "SignalTest":
        if self.below is None and self.above is None and not self.labels:
            raise ValueError("give below, above or labels")
        return self


class LicenceTest(Record):
    """Hits a document whose concluded licence has this status (unknown, conflict, revoked, …), or carries one of these tags."""

    status: tuple[Literal["known", "inherited", "unknown", "conflict", "revoked"], ...] = ()
    tags: tuple[str, ...] = ()


class OptOutTest(Record):
    """Hits a document whose publisher reserved one of these uses, by denying it or by asking for payment."""

    uses: Annotated[tuple[Literal["train", "input", "search"], ...], Field(min_length=1)]


class TwinTest(Record):
    """Hits a document that duplicates a kept one, by kind and exact Jaccard similarity; with `spared`, one that is close to a kept one
    and was spared for one of these reasons."""

    kind: Literal["exact", "near", "embedding"]
    jaccard: Share = 0.0
    spared: tuple[Literal["sample", "numbers", "short", "within", "across", "vendored", "version"], ...] = ()


class EvalTest(Record):
    """Hits a document that holds this share of an evaluation item's n-grams; of the kind `item`, one that is an item, or a set's file."""

    kind: Literal["holdout", "target", "item"]
    overlap: Share


class ResemblanceTest(Record):
    """Hits a document whose sketch agrees with that of an erased one in this many of 25 bands (docs/erasure.md has what that means)."""

    bands: int = Field(ge=2, le=25)


class DisagreementTest(Record):
    """Hits a document in which two detectors take the same characters for different things, each at least this sure; with
    `only_one_of`, one in which one of these two is that sure of something that the other says nothing about. Both must have run."""

    score: Share
    overlap: Share = 0.5  # of both spans' characters together
    only_one_of: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _is_about_two(self) -> "DisagreementTest":
        if self.only_one_of and len(set(self.only_one_of)) < 2:
            raise ValueError("only_one_of names two detectors")
        return self


class LanguageTest(Record):
    """Hits a document that is confidently in another language than its source declares."""

    confidence: Share


class ColumnTest(Record):
    """Hits every document of a table source in which a column that is used so (as the text, the title, …) is likely to hold personal
    data of these types (`*` for any), or helps to single people out by one of `quasi`."""

    types: tuple[str, ...] = ()
    quasi: tuple[str, ...] = ()
    uses: tuple[Literal["text", "key", "title", "modified", "licence", "acl", "filter"], ...] = ("text",)
    score: Share

    @model_validator(mode="after")
    def _says_something(self) -> "ColumnTest":
        if not (self.types or self.quasi) or not self.uses:
            raise ValueError("give types or quasi, and uses")
        return self


class Scope(Record):
    """Where a rule applies. What is left empty does not limit it."""

    sources: tuple[str, ...] = ()
    classifications: tuple[Classification, ...] = ()
    lanes: tuple[Lane, ...] = ()
    media_types: tuple[str, ...] = ()


_TESTS = (
    "finding",
    "signal",
    "licence",
    "opt_out",
    "twin",
    "evaluation",
    "disagreement",
    "unexpected_language",
    "columns",
    "resembles",
    "always",
)


class Rule(Record):
    """One decision: exactly one test, the action when it hits, and why. A guidance rule is reported and changes nothing."""

    code: Code
    action: Action
    why: Annotated[str, Field(min_length=10)]
    enforced: bool = True
    only: Scope = Scope()
    finding: FindingTest | None = None
    signal: SignalTest | None = None
    licence: LicenceTest | None = None
    opt_out: OptOutTest | None = None
    twin: TwinTest | None = None
    evaluation: EvalTest | None = None
    disagreement: DisagreementTest | None = None
    unexpected_language: LanguageTest | None = None
    columns: ColumnTest | None = None
    resembles: ResemblanceTest | None = None
    always: Literal[True] | None = None  # hits every document in scope

    @model_validator(mode="after")
    def _has_one_test(self) -> "Rule":
        tests = [name for name in _TESTS if getattr(self, name) is not None]
        if len(tests) != 1:
            raise ValueError(f"give exactly one test: {', '.join(_TESTS[:-1])} or {_TESTS[-1]}")
        if self.action is Action.REDACT and self.finding is None:
            raise ValueError("only a finding can be redacted")
        return self


class Green(Record):
    """What a capture of a green-lane source must keep to be approved without a person."""

    max_hold_share: Share
    max_reject_share: Share
    max_set_aside_share: Share


class Gates(Record):
    """What a snapshot must keep to be promoted."""

    max_unknown_licence_share: Share
    max_unverified_rights_share: Share = 0.05  # no right established at all
    max_partial_rights_share: Share = 1.0  # one statement alone: a declaration nothing bears out, a licence file without metadata
    min_documents: int = Field(ge=0)
    max_shrink_share: Share  # of the documents that the snapshot before had
    # Jensen-Shannon divergence from the snapshot before, 0 (the same shares) to 1 (nothing in common).
    max_source_shift: Share = 1.0
    max_licence_shift: Share = 0.7
    max_language_shift: Share = 0.5


class Policy(Record):
    """A whole policy. `detectors` are run; without the evidence of each of the `required` ones a document is held."""

    name: str
    detectors: tuple[str, ...]
    required: tuple[str, ...]
    green: Green
    gates: Gates
    retrieval: Retrieval
    personal: Personal = Personal()
    duplicates: Duplicates = Duplicates()
    redaction: Redaction = Redaction()
    rights: Rights = Rights()
    reviews: Reviews = Reviews()
    lanes: Lanes = Lanes()
    approvals: Approvals = Approvals()
    overrides: Overrides = Overrides()
    risk: Risk = Risk()
    audits: Audits = Audits()
    rule: tuple[Rule, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> "Policy":
        codes = [rule.code for rule in self.rule]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"codes used twice: {', '.join(twice)}")
        return self

    @property
    def digest(self) -> str:
        """Names this policy: its meaning, not its layout or comments."""
        return digest(self)

    def by_code(self) -> dict[str, Rule]:
        """Rules by their reason code."""
        return {rule.code: rule for rule in self.rule}

    def redactions(self) -> tuple[FindingTest, ...]:
        """What is redacted in documents whose action is `redact`."""
        return tuple(rule.finding for rule in self.rule if rule.finding and rule.enforced and rule.action is Action.REDACT)


def parse(toml: str, name: str = "policy") -> Policy:
    """A policy from TOML text; raises `PolicyError` that names every wrong place."""
    return load(Policy, toml, name)


def default() -> str:
    """Text of the policy that ships with Muniment."""
    return files("muniment.policies").joinpath("default.toml").read_text()
