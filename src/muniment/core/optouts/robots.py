"""robots.txt (RFC 9309), read for what it says of AI: rules for AI agents, usage preferences beside them, and licences.

A rule for all agents binds any crawler, so it denies all uses where it denies the path, and its permission to fetch permits no use. A rule for
an agent of the table denies what that agent fetches for.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from muniment.core.optouts.preferences import VOCABULARIES, preferences, with_path
from muniment.core.optouts.statement import ALLOW, DENY, EVERYBODY, INPUT, PAID, TRAIN, USES, Statement

_LIMIT = 512_000  # code points: RFC 9309 asks crawlers to read at least 500 KiB
_MOST = 20_000  # statements of one file
_AGENT = re.compile(r"[^\s/;#]+")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body)", re.IGNORECASE)
_USER_AGENT = frozenset(["user-agent", "useragent", "user agent"])
_ACCESS = {"disallow": DENY, "allow": ALLOW, "disallowaitraining": DENY, "allowaitraining": ALLOW}
_NAMED, _ALL = 0.95, 0.8


class Rule(NamedTuple):
    """One line of a group: the agents that it is for, its field in lower case and its value."""

    agents: tuple[str, ...]
    field: str
    value: str


def rules(text: str) -> Iterator[Rule]:
    """The lines of a robots.txt beside those that name agents; what stands before all groups is for everybody."""
    agents: list[str] = []
    naming = False
    for line in text[:_LIMIT].lstrip("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field in _USER_AGENT:
            agents = [*(agents if naming else []), *_AGENT.findall(value)[:1]]
            naming = True
        elif field in _ACCESS or field in VOCABULARIES or field == "license":
            naming = False
            yield Rule(tuple(agents) or (EVERYBODY,), field, value)


def statements(text: str, agents: Mapping[str, tuple[str, ...]], place: str = "robots.txt") -> Iterator[Statement]:
    """What a robots.txt says; `agents` is the table of AI agents: uses by name in lower case. A page in its place says nothing."""
    if _PAGE.match(text):
        return
    for count, said in enumerate(said for rule in rules(text) for said in _statements(rule, agents, place)):
        if count == _MOST:
            return
        yield said


def _statements(rule: Rule, agents: Mapping[str, tuple[str, ...]], place: str) -> Iterator[Statement]:
    raw = f"{rule.field}: {rule.value}"
    if rule.field == "license":
        for use in (TRAIN, INPUT):
            yield Statement("rsl", use, PAID, place, raw, "/", confidence=0.3)
    elif rule.field in VOCABULARIES:
        path, value = with_path(rule.value)
        for agent in rule.agents:
            for use, verdict in preferences(rule.field, value):
                yield Statement(rule.field, use, verdict, place, f"{agent}: {raw}", path, agent)
    else:
        yield from _access(rule, agents, place, raw)


def _access(rule: Rule, agents: Mapping[str, tuple[str, ...]], place: str, raw: str) -> Iterator[Statement]:
    verdict, path = _ACCESS[rule.field], rule.value
    if not path:  # forbids nothing, or allows nothing: the first is what it is written for
        verdict, path = ALLOW, "/"
    if path[0] not in "/*":
        return
    for agent in rule.agents:
        training = rule.field.endswith("training")
        uses = (TRAIN,) if training else USES if agent == EVERYBODY else agents.get(agent.lower(), ())
        for use in uses:
            sure = _NAMED if training or agent != EVERYBODY else _ALL
            yield Statement("robots", use, verdict, place, f"{agent}: {raw}", path, agent, sure)
