"""The policy in force under a root: `policy.toml` there, or the one that ships with Muniment."""

from functools import lru_cache
from importlib import import_module

from muniment.errors import NotFound, PolicyError
from muniment.policies.personal import Personal
from muniment.policies.policy import Policy, default, parse
from muniment.policies.recognisers import Recogniser, shipped
from muniment.schemas.source import Record
from muniment.store.root import Root

KEY = "policy.toml"


def current(root: Root) -> Policy:
    """The policy in force; raises `PolicyError` when it is wrong."""
    return _parsed(text(root))


@lru_cache(maxsize=8)
def _parsed(toml: str) -> Policy:
    return parse(toml, KEY)


def text(root: Root) -> str:
    """Its text, as people wrote it."""
    try:
        return root.objects.read(KEY).decode()
    except NotFound:
        return default()


def put_in_force(root: Root, toml: str) -> Policy:
    """Check a policy and put it in force; captures are judged by it from their next run on."""
    policy = checked(toml)
    tag = root.objects.read_tagged(KEY)[1] if root.objects.exists(KEY) else ""
    root.objects.replace(KEY, toml.encode(), tag)
    return policy


def checked(toml: str, name: str = "policy") -> Policy:
    """A policy whose recognisers can run and hold to their examples; raises `PolicyError` that names every wrong place."""
    policy = parse(toml, name)
    if policy.personal.presidio:
        gates(policy.personal)  # made once, so that Presidio says what it refuses
    own = policy.personal.recogniser
    if own and (wrong := import_module("muniment.core.personal.patterns").wrong_examples(own)):
        raise PolicyError(f"{name} is wrong: {'; '.join(wrong)}.", "Correct the pattern or the example.")
    return policy


def recognisers(personal: Personal) -> tuple[Recogniser, ...]:
    """The recognisers that run in the default mode: those that ship and are neither replaced nor left out, then the policy's own."""
    left = {each.id for each in personal.recogniser} | set(personal.without)
    return (*(each for each in shipped() if each.id not in left), *personal.recogniser)


class Gated(Record):
    """What one of Presidio's recognisers is run on in compatible mode, and why nothing narrower is safe."""

    recogniser: str
    reach: str  # lines, documents, ungated
    why: str


def gates(personal: Personal) -> tuple[Gated, ...]:
    """How far each of Presidio's recognisers can be gated in compatible mode."""
    compatible = import_module("muniment.core.personal.compatible")
    analyzer = compatible.GatedAnalyzer(
        compatible.blank_engine(language=personal.language, registered=personal.registered), personal.language
    )
    found = {(gate.recogniser.name, gate.reach, gate.why): None for gate in analyzer.gates}
    return tuple(Gated(recogniser=name, reach=reach, why=why) for name, reach, why in found)
