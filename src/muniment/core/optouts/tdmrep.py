"""TDM Reservation Protocol (W3C Community Group, 10 May 2024): rights of text and data mining, reserved (1) or not (0).

Mining covers analysis for training and for answers. A reservation with a policy offers an agreement. Any value but 1 and 0 says nothing.
"""

import json
from collections.abc import Iterator
from typing import Any

from muniment.core.optouts.statement import ALLOW, DENY, INPUT, PAID, TRAIN, Statement

PROTOCOL = "tdmrep"
_MOST = 5_000  # rules of one file


def reservation(value: Any, policy: Any, place: str, scope: str = "") -> Iterator[Statement]:
    """What one value of `tdm-reservation`, with the `tdm-policy` beside it, says."""
    said = str(value).strip()
    if said not in ("0", "1"):
        return
    verdict = ALLOW if said == "0" else PAID if isinstance(policy, str) and policy.strip() else DENY
    raw = f"tdm-reservation: {said}" + (f" tdm-policy: {policy}" if verdict == PAID else "")
    for use in (TRAIN, INPUT):
        yield Statement(PROTOCOL, use, verdict, place, raw, scope)


def statements(text: str) -> Iterator[Statement]:
    """What `/.well-known/tdmrep.json` says. The first rule that matches a path counts, so what an earlier one covers is left out."""
    place = ".well-known/tdmrep.json"
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        yield from (Statement(PROTOCOL, use, DENY, place, "unreadable", "/", confidence=0.3) for use in (TRAIN, INPUT))
        return
    earlier: list[str] = []
    for rule in (found if isinstance(found, list) else [found])[:_MOST]:
        if not isinstance(rule, dict):
            continue
        path = rule.get("location", "/")
        if isinstance(path, str) and path[:1] in ("/", "*") and not any(_covers(one, path) for one in earlier):
            earlier.append(path)
            yield from reservation(rule.get("tdm-reservation"), rule.get("tdm-policy"), place, path)


def _covers(earlier: str, later: str) -> bool:
    """Whether all that the later pattern matches is matched by the earlier one: said only where it is a plain prefix."""
    plain = earlier.removesuffix("*")
    return "*" not in plain and not plain.endswith("$") and later.startswith(plain)
