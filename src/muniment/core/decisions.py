"""What stewards' decisions come to: which of them hold, and what they admit. Documents go over groups, groups over the whole capture."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from muniment.core.verdicts import MISSING
from muniment.policies.lanes import Approvals
from muniment.policies.policy import Policy, Rule
from muniment.schemas.review import APPROVALS, Decision, Effect, Review, Standing
from muniment.schemas.verdict import PROMOTABLE, SEVERITY, Action

_STOPS = (Action.HOLD, Action.REJECT)
_NAMES = {rank: str(action) for action, rank in SEVERITY.items()}


class Votes:
    """Decisions about one thing (the whole, a code, a document), in the order in which they were recorded."""

    def __init__(self) -> None:
        self.refusal: Review | None = None
        self.approvals: list[Review] = []

    def add(self, review: Review) -> None:
        """A refusal ends every approval before it, a withdrawal all that was decided; an approval replaces its actor's own."""
        if review.decision in APPROVALS:
            self.approvals = [*(each for each in self.approvals if each.actor != review.actor), review]
        else:
            self.approvals = []
            self.refusal = None if review.decision is Decision.WITHDRAW else review

    def settled(self, needed: int, now: datetime, approvals: Approvals) -> tuple[Review, ...]:
        """The decision that holds, and what others decided with it: the last `needed` approvals when all of them hold, else the
        refusal before them, else nothing. Of approvals that differ the narrower one holds."""
        last = self.approvals[-needed:]
        if len(last) == needed and all(holds(each, now, approvals) for each in last):
            last.reverse()
            return tuple(sorted(last, key=lambda each: each.decision is not Decision.APPROVE))
        return (self.refusal,) if self.refusal else ()


def holds(review: Review, now: datetime, approvals: Approvals) -> bool:
    """Whether a decision is still in force: its day has not come, and an approval is not older than the policy lets it be."""
    if review.until is not None and now.date() >= review.until:
        return False
    return review.decision not in APPROVALS or now < review.at + timedelta(days=approvals.valid_days)


def settle(reviews: Iterable[Review], needed: int, now: datetime, approvals: Approvals) -> Standing:
    """What holds at a moment of all decisions about one judgement, given in the order in which they were recorded.

    needed: how many different people must approve the same thing.
    """
    whole, groups, documents = Votes(), dict[str, Votes](), dict[str, Votes]()
    for review in reviews:
        if review.whole:
            whole.add(review)
        for code in review.groups:
            groups.setdefault(code, Votes()).add(review)
        for doc_id in review.documents:
            documents.setdefault(doc_id, Votes()).add(review)
    first, *seconds = whole.settled(needed, now, approvals) or (None,)
    return Standing(
        whole=first,
        seconds=tuple(each for each in seconds if each),
        groups=_settled(groups, needed, now, approvals),
        documents=_settled(documents, needed, now, approvals),
    )


def _settled(votes: Mapping[str, Votes], needed: int, now: datetime, approvals: Approvals) -> dict[str, Review]:
    found = {name: each.settled(needed, now, approvals) for name, each in sorted(votes.items())}
    return {name: each[0] for name, each in found.items() if each}


def apply(verdicts: pl.DataFrame, effect: Effect, policy: Policy) -> pl.DataFrame:
    """Verdicts (columns of VERDICT) as decisions leave them: `action` anew, and `widely`: all findings that hold are redacted too.

    What an override admits is a risk taken knowingly: its action is `known-risk`, and it keeps its reasons.
    """
    plain = {code: _own(rule) for code, rule in policy.by_code().items()} | {MISSING: SEVERITY[Action.HOLD]}
    grouped = {code: _ranked(code, effect.groups.get(code), effect.whole, policy) for code in plain}
    base, action = _rank(plain), pl.col("action").replace_strict({str(a): r for a, r in SEVERITY.items()}, return_dtype=pl.Int64)
    decided = _by_document(effect, plain, policy, _rank(grouped))
    # What does not follow from its reasons under this policy is never made milder.
    rank = pl.when(base == action).then(decided).otherwise(pl.max_horizontal(action, decided))
    return verdicts.with_columns(
        rank.replace_strict(_NAMES, return_dtype=pl.String).alias("action"), _widely(effect).alias("widely")
    )


def admitted(verdicts: pl.DataFrame, effect: Effect, policy: Policy) -> pl.DataFrame:
    """The same, without what is not promoted. Nothing is, unless the whole is approved."""
    if effect.whole not in APPROVALS:
        return apply(verdicts, effect, policy).clear()
    return apply(verdicts, effect, policy).filter(pl.col("action").is_in([str(action) for action in PROMOTABLE]))


def liftable(code: str, decision: Decision, policy: Policy) -> bool:
    """Whether a decision of this kind can lift a code at all."""
    if code == MISSING or code in policy.overrides.never:
        return False
    rule = policy.by_code().get(code)
    if decision is Decision.APPROVE_REDACTED:
        return rule is not None and rule.finding is not None and rule.action is Action.HOLD
    return rule is not None and code not in policy.overrides.redacted_only


def stops(code: str, policy: Policy) -> bool:
    """Whether a code keeps a document out."""
    rule = policy.by_code().get(code)
    return rule is None or (rule.enforced and rule.action in _STOPS)


def _own(rule: Rule) -> int:
    return SEVERITY[rule.action] if rule.enforced else SEVERITY[Action.ACCEPT]


def _ranked(code: str, decision: Decision | None, whole: Decision, policy: Policy) -> int:
    """How severe a code is once a decision about it is taken into account."""
    rule = policy.by_code().get(code)
    own = _own(rule) if rule else SEVERITY[Action.HOLD]
    if decision is None and whole is Decision.APPROVE_REDACTED:
        decision = whole
    if decision is Decision.REJECT:
        return SEVERITY[Action.REJECT]
    if decision is Decision.HOLD:
        return max(own, SEVERITY[Action.HOLD])
    if decision is None or own < SEVERITY[Action.HOLD] or not liftable(code, decision, policy):
        return own
    return SEVERITY[Action.REDACT if decision is Decision.APPROVE_REDACTED else Action.KNOWN_RISK]


def _rank(ranks: Mapping[str, int]) -> pl.Expr:
    """The severest of a document's codes; one that the policy does not know holds."""
    each = pl.element().replace_strict(list(ranks), list(ranks.values()), default=SEVERITY[Action.HOLD], return_dtype=pl.Int64)
    return pl.col("reasons").list.eval(each).list.max().fill_null(0)


def _by_document(effect: Effect, plain: Mapping[str, int], policy: Policy, otherwise: pl.Expr) -> pl.Expr:
    constant = {
        Decision.REJECT: pl.lit(SEVERITY[Action.REJECT]),
        Decision.HOLD: pl.max_horizontal(_rank(plain), pl.lit(SEVERITY[Action.HOLD])),
    }
    for decision in (*APPROVALS, *constant):
        if doc_ids := _decided(effect.documents, decision):
            ranks = {code: _ranked(code, decision, Decision.APPROVE, policy) for code in plain}
            otherwise = pl.when(pl.col("doc_id").is_in(doc_ids)).then(constant.get(decision, _rank(ranks))).otherwise(otherwise)
    return otherwise


def _widely(effect: Effect) -> pl.Expr:
    """Whether everything that a finding rule holds for is redacted in a document: by the narrowest decision about it."""
    codes = [code for code, decision in effect.groups.items() if decision is Decision.APPROVE_REDACTED]
    wide = pl.lit(effect.whole is Decision.APPROVE_REDACTED) | (
        pl.col("reasons").list.set_intersection(codes).list.len() > 0 if codes else pl.lit(False)
    )
    narrow, widely = _decided(effect.documents, Decision.APPROVE), _decided(effect.documents, Decision.APPROVE_REDACTED)
    return (wide & ~_among(narrow)) | _among(widely)


def _decided(documents: Mapping[str, Decision], decision: Decision) -> Sequence[str]:
    return [doc_id for doc_id, each in documents.items() if each is decision]


def _among(doc_ids: Sequence[str]) -> pl.Expr:
    return pl.col("doc_id").is_in(doc_ids) if doc_ids else pl.lit(False)
