"""Prove that every enforced rule of a policy blocks: with the least evidence that hits it, through judging and through publishing."""

from tempfile import TemporaryDirectory

import pyarrow as pa

from muniment.core.verdicts import judge
from muniment.core.witness import Witness, witness
from muniment.errors import PolicyError
from muniment.policies.policy import Policy, Rule
from muniment.schemas.capture import ShardEvidence
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.schemas.review import Decision, Effect
from muniment.schemas.source import Record
from muniment.schemas.verdict import SEVERITY, VERDICT, Action
from muniment.store.root import Root
from muniment.tasks import policies
from muniment.tasks.publish.documents import Job, promoted


class Proof(Record):
    """One rule: what it is shown, what came of that, and whether that is what the policy says."""

    code: str
    enforced: bool
    action: str
    evidence: str
    alone: str  # action when the policy had this rule alone
    together: str  # action among all rules
    outcome: str  # after an approval: kept out, redacted, marked as a risk, let through
    proven: bool


def prove_policy(toml: str, name: str = "policy") -> list[Proof]:
    """A proof for each rule, in the policy's order; nothing is read or written but a temporary folder. Raises `PolicyError`."""
    policy = policies.checked(toml, name)
    with TemporaryDirectory(prefix="muniment-") as folder:
        root = Root(folder)
        policies.put_in_force(root, toml)
        _ = root.vault
        return [_proof(root, policy, rule) for rule in policy.rule]


def _proof(root: Root, policy: Policy, rule: Rule) -> Proof:
    try:
        shown = witness(rule)
    except PolicyError as error:
        return Proof(
            code=rule.code, enforced=rule.enforced, action=str(rule.action), evidence="none", alone="", together="",
            outcome=error.message, proven=False,
        )  # fmt: skip
    alone = _judged(shown, policy.model_copy(update={"rule": (rule,)}))
    together = _judged(shown, policy)
    outcome = _outcome(root, policy, shown, together)
    return Proof(
        code=rule.code,
        enforced=rule.enforced,
        action=str(rule.action),
        evidence=shown.said,
        alone=alone["action"][0].as_py(),
        together=together["action"][0].as_py(),
        outcome=outcome,
        proven=_holds(rule, alone, together, outcome),
    )


def _judged(shown: Witness, policy: Policy) -> pa.Table:
    return judge(shown.document, shown.evidence, shown.rights, shown.source, policy, ran=(*policy.detectors, *shown.ran))


def _holds(rule: Rule, alone: pa.Table, together: pa.Table, outcome: str) -> bool:
    """Whether a rule does what it says: enforced, exactly its action alone and nothing milder among others; as guidance, nothing."""
    if not all(rule.code in table["reasons"][0].as_py() for table in (alone, together)):
        return False
    if not rule.enforced:
        return bool(alone["action"][0].as_py() == Action.ACCEPT)
    severe = SEVERITY[Action(together["action"][0].as_py())] >= SEVERITY[rule.action]
    exactly = bool(alone["action"][0].as_py() == rule.action)
    return exactly and severe and outcome in _ALLOWED[rule.action]


# What may come of a document that a rule of this action hit; other rules may be stricter.
_ALLOWED = {
    Action.ACCEPT: ("let through", "marked as a risk", "redacted", "kept out"),
    Action.REDACT: ("redacted", "kept out"),
    Action.KNOWN_RISK: ("marked as a risk", "kept out"),
    Action.HOLD: ("kept out",),
    Action.REJECT: ("kept out",),
}


def _outcome(root: Root, policy: Policy, shown: Witness, verdicts: pa.Table) -> str:
    """What publishing makes of the document once the capture is approved."""
    judged = ShardEvidence(
        shard=root.lake.write(shown.document, DOCUMENT),
        evidence={"personal": root.lake.write(shown.evidence["findings"], FINDING)},
        verdicts=root.lake.write(verdicts, VERDICT),
    )
    rows = promoted(root, Job(uri=root.uri, evidence=judged, source=shown.source, effect=Effect(whole=Decision.APPROVE)), policy)
    if not rows.num_rows:
        return "kept out"
    text, action = rows["text"][0].as_py(), rows.cast(PROMOTED)["action"][0].as_py()
    if action == Action.REDACT:
        return "redacted" if shown.values and not any(value in text for value in shown.values) else "let through"
    return "marked as a risk" if action == Action.KNOWN_RISK else "let through"
