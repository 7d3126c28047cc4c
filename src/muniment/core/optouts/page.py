"""What a page says of itself in meta tags and response headers, from the lines that extraction kept: `meta NAME: VALUE`, `header NAME: VALUE`.

noai and noimageai are DeviantArt's, noml is Mojeek's; `noindex` is about search alone. TDMRep lets a meta tag supersede a header.
"""

import re
from collections.abc import Iterator, Mapping

from muniment.core.optouts import rsl, tdmrep
from muniment.core.optouts.preferences import VOCABULARIES, preferences
from muniment.core.optouts.statement import DENY, EVERYBODY, IMAGES, INPUT, PAID, SEARCH, TRAIN, Statement

# A document whose notices hold none of these says nothing about AI.
WORDS = ["noai", "noimageai", "noml", "noindex", "none", "tdm-", "content-usage", "content-signal", "rsl", "aitraining"]
_LINE = re.compile(r"^(meta|header) ([\w.-]+): (.*)$")
_LICENCE = re.compile(r"^((?:link|script|header link) rsl): (.*)$")
_ROBOTS = frozenset(["robots", "x-robots-tag"])
_GENERAL = frozenset(["googlebot", "bingbot", "otherbot", "slurp", "yandex"])
_AGENT = re.compile(r"^\s*([A-Za-z][\w.-]*)\s*:\s*(.*)$", re.DOTALL)
_WITH_VALUE = frozenset(["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"])
_DIRECTIVES = {"noai": TRAIN, "noml": TRAIN, "disallowaitraining": TRAIN}


def statements(notices: str, agents: Mapping[str, tuple[str, ...]]) -> Iterator[Statement]:
    """What the notices of one document say; `agents` is the table of AI agents: uses by name in lower case."""
    reserved: dict[str, dict[str, str]] = {"header": {}, "meta": {}}
    for line in notices.splitlines():
        if found := _LICENCE.match(line):
            yield from _licence(found[1], found[2])
        elif found := _LINE.match(line):
            where, name, value = found[1], found[2].lower(), found[3]
            if name in ("tdm-reservation", "tdm-policy"):
                reserved[where][name] = _stricter(reserved[where].get(name), value)
            elif name in VOCABULARIES:
                for use, verdict in preferences(name, value):
                    yield Statement(name, use, verdict, f"{where} {name}", line)
            elif name in _ROBOTS or name in _GENERAL or name in agents:
                yield from _robots(f"{where} {name}", value, agents, EVERYBODY if name in _ROBOTS else name)
    yield from _reservation(reserved)


def _reservation(reserved: Mapping[str, Mapping[str, str]]) -> Iterator[Statement]:
    where = "meta" if reserved["meta"].get("tdm-reservation") in ("0", "1") else "header"
    policy = reserved["meta"].get("tdm-policy") or reserved["header"].get("tdm-policy")
    yield from tdmrep.reservation(reserved[where].get("tdm-reservation"), policy, f"{where} tdm-reservation")


def _stricter(one: str | None, other: str) -> str:
    return max(one or "", other.strip())


def _robots(place: str, value: str, agents: Mapping[str, tuple[str, ...]], agent: str) -> Iterator[Statement]:
    """Directives for robots, in a header each part behind the agent that it is for, if it is for one: `GPTBot: noindex, noai`."""
    for part in value.split(","):
        addressed = _AGENT.match(part)
        if addressed and addressed[1].lower() in _WITH_VALUE:
            continue
        if addressed:
            agent, part = addressed[1], addressed[2]
        directive, uses = part.strip().lower(), agents.get(agent.lower())
        raw = f"{agent}: {directive}"
        if directive in _DIRECTIVES:
            yield Statement("noai", _DIRECTIVES[directive], DENY, place, raw, agent=agent)
        elif directive == "noimageai":
            yield Statement("noai", TRAIN, DENY, place, raw, IMAGES, agent)
        elif directive in ("noindex", "none"):
            for use in uses or (SEARCH,):
                yield Statement("noindex", use, DENY, place, raw, agent=agent, confidence=0.7 if uses else 0.9)


def _licence(place: str, value: str) -> Iterator[Statement]:
    """A licence in the page itself is read; of one that lies elsewhere only the address is known here."""
    if place.startswith("script"):
        yield from rsl.statements(value, place, whole_page=True)
    else:
        yield from (Statement("rsl", use, PAID, place, value, confidence=0.3) for use in (TRAIN, INPUT))
