"""How a rule that is not enforced is named wherever it appears, so that nobody takes it for one that blocks (QUA-7)."""

from collections.abc import Mapping

from muniment.policies.policy import Policy, Rule

MARK = " (guidance)"


def action_of(rules: Mapping[str, Rule], code: str) -> str:
    """A code's action, marked where its rule is guidance; a code without a rule holds."""
    rule = rules.get(code)
    return f"{rule.action}{'' if rule.enforced else MARK}" if rule else "hold"


def marked(code: str, guidance: tuple[str, ...]) -> str:
    """A code, marked where it is among those of guidance rules."""
    return f"{code}{MARK}" if code in guidance else code


def guidance_of(policy: Policy) -> tuple[str, ...]:
    """Codes of the rules that are guidance."""
    return tuple(rule.code for rule in policy.rule if not rule.enforced)
