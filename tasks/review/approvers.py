"""Who decides: how an actor is known, who may decide about a source, and who must leave it to somebody else."""

from collections.abc import Sequence

from muniment.errors import Forbidden
from muniment.policies.policy import Policy
from muniment.schemas.capture import Judgement
from muniment.schemas.review import WEAK, Identity
from muniment.schemas.source import Lane, Source
from muniment.store.root import Root
from muniment.tasks.access import principals


def entitled(root: Root, source: Source, policy: Policy) -> tuple[str, ...]:
    """Who may decide about a source: its steward, then the members of the policy's groups."""
    return tuple(dict.fromkeys((source.steward, *members(root, policy.approvals.roles))))


def members(root: Root, groups: Sequence[str]) -> tuple[str, ...]:
    """Principals that are in one of these groups, by id."""
    return tuple(sorted(name for name, each in principals.everyone(root).items() if set(groups) & set(each.groups)))


def require_entitled(root: Root, source: Source, policy: Policy, actor: str) -> None:
    """Raise `Forbidden` when somebody may not decide about a source; it names who may."""
    if actor not in entitled(root, source, policy):
        raise Forbidden(f"{actor} may not decide about {source.id}.", _who_may(root, source, policy))


def require_identity(source: Source, lane: Lane, policy: Policy, identity: Identity) -> None:
    """Raise `Forbidden` when the lane asks for a proven identity and there is only a name."""
    if policy.approvals.identity.get(lane) == "known" and identity in WEAK:
        raise Forbidden(
            f"The {lane} lane of {source.id} needs a proven identity, and this one is {identity}.",
            "Decide through the server, signed in at its proxy or with a key.",
        )


def alone(root: Root, source: Source, judgement: Judgement, policy: Policy, actor: str) -> bool:
    """Whether somebody approves what they brought in themselves because nobody else may decide. Raises `Forbidden` when somebody may, or
    when the policy always asks for a second pair of eyes."""
    if policy.approvals.four_eyes == "never" or actor not in brought_by(root, judgement):
        return False
    others = [name for name in entitled(root, source, policy) if name not in brought_by(root, judgement)]
    if others or policy.approvals.four_eyes == "always":
        raise Forbidden(
            f"{actor} submitted {source.id} or captured it by hand, so somebody else approves it.",
            f"Ask {', '.join(others)}." if others else _who_may(root, source, policy),
        )
    return True


def brought_by(root: Root, judgement: Judgement) -> tuple[str, ...]:
    """Who submitted the source's entry, and who ran this capture by hand."""
    query = """SELECT actor FROM (SELECT e.actor FROM entries e JOIN links l ON l.sequence = e.sequence
                 WHERE e.kind = 'source.changed' AND l.role = 'subject' AND l.type = 'source' AND l.id = ?
                   AND list_contains(e.reasons, 'PROPOSED') ORDER BY e.sequence DESC LIMIT 1)
               UNION SELECT e.actor FROM entries e JOIN links l ON l.sequence = e.sequence
                 WHERE e.kind = 'capture.completed' AND l.role = 'output' AND l.type = 'capture' AND l.id = ?
                   AND e.actor <> 'schedule'"""
    rows = root.lineage.sql(query, parameters=[judgement.source, judgement.capture])
    return tuple(sorted(rows["actor"].to_pylist()))


def _who_may(root: Root, source: Source, policy: Policy) -> str:
    groups = ", ".join(policy.approvals.roles) or "no group"
    named = members(root, policy.approvals.roles)
    return f"Its steward {source.steward} may, or a member of {groups} ({', '.join(named) or 'nobody yet: `muniment access use FILE`'})."
