"""Which detectors there are, and what each is built from."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import pyarrow as pa

from muniment.core.detector import Detector
from muniment.policies.ai_agents import ai_agents
from muniment.policies.personal import Personal
from muniment.policies.secrets import secret_rules
from muniment.schemas.evidence import EVAL_HIT, FINDING, LICENCE, OPT_OUT, SIGNAL, SIGNATURE
from muniment.schemas.tombstone import RESEMBLANCE
from muniment.store import models, reference, scanners
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets, policies

# The schema of each detector's evidence; the names are those that a policy's `detectors` lists.
SCHEMAS: dict[str, pa.Schema] = {
    "personal": FINDING,
    "secrets": FINDING,
    "scanner": FINDING,
    "names": FINDING,
    "language": SIGNAL,
    "quality": SIGNAL,
    "licences": LICENCE,
    "optouts": OPT_OUT,
    "twins": SIGNATURE,
    "contamination": EVAL_HIT,
    "resemblance": RESEMBLANCE,  # what was erased, not a policy, says what it looks for: it always runs
}
# Those whose evidence is judged, redacted and shown as findings.
FINDERS = tuple(name for name, schema in SCHEMAS.items() if schema is FINDING)


def step_name(name: str) -> str:
    """Where the finished work of a detector is remembered, for all its configurations."""
    return f"detect/{name}"


def step_of(detector: Detector) -> str:
    """Where the finished work of this configuration of a detector is remembered."""
    return f"{step_name(detector.name)}/{detector.digest[:16]}"


def detector(uri: str, name: str) -> Detector:
    """The detector of that name, configured for this root."""
    root = open_root(uri)
    if name == "contamination":
        return _contamination(uri, evalsets.digest(root))
    if name == "personal":
        return personal(uri, policies.current(root).personal)
    return signer(policies.current(root).duplicates.ngrams) if name == "twins" else _fixed(uri, name)


@cache
def personal(uri: str, policy: Personal) -> Detector:
    """The detector of personal data that this part of a policy asks for; raises `PolicyError` for a recogniser that cannot run."""
    core, key = import_module("muniment.core.personal"), open_root(uri).vault.key("findings")
    if policy.mode == "compatible":
        return core.compatible_detector(key, policy.language, policy.registered)  # type: ignore[no-any-return]
    return core.detector(key, policy.recogniser, policy.without)  # type: ignore[no-any-return]


@cache
def signer(ngrams: tuple[int, ...]) -> Detector:
    """The detector that signs documents by shingles of these sizes."""
    made: Detector = import_module("muniment.core.twins").detector(ngrams)
    return made


@cache
def licence_rules() -> Any:
    """Licence texts and rules as the detector matches them: compiled once on a machine, then loaded in a fraction of a second."""
    licences = import_module("muniment.core.licences")
    made = reference.kept(licences.COMPILED, lambda: licences.compile_rules(reference.licence_texts()).arrays())
    return licences.restore(made)


# What each detector is built from. Modules are imported when a detector is built: some take seconds, and most commands need none.
_GIVEN: dict[str, Callable[[Root], tuple[Any, ...]]] = {
    "secrets": lambda root: (root.vault.key("findings"), secret_rules()),
    "scanner": lambda root: (root.vault.key("findings"), scanners.scanner()),
    "names": lambda root: (root.vault.key("findings"), models.name_models()),
    "language": lambda root: (),
    "quality": lambda root: (),
    "licences": lambda root: (licence_rules(),),
    "optouts": lambda root: (ai_agents(),),
}


@cache
def _fixed(uri: str, name: str) -> Detector:
    """Built once in a process: compiling recognisers and licence texts takes seconds."""
    made: Detector = import_module(f"muniment.core.{name}").detector(*_GIVEN[name](open_root(uri)))
    return made


@cache
def _contamination(uri: str, version: str) -> Detector:
    made: Detector = import_module("muniment.core.contamination").detector(evalsets.items(open_root(uri)))
    return made
