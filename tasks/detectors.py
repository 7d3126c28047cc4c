"""Which detectors there are, and what each is built from."""

from functools import cache

import pyarrow as pa

from muniment.core import contamination, language, licences, personal, quality, secrets, twins
from muniment.core.detector import Detector
from muniment.schemas.evidence import EVAL_HIT, FINDING, LICENCE, SIGNAL, SIGNATURE
from muniment.store import reference
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets

# The schema of each detector's evidence; the names are those that a policy's `detectors` lists.
SCHEMAS: dict[str, pa.Schema] = {
    "personal": FINDING,
    "secrets": FINDING,
    "language": SIGNAL,
    "quality": SIGNAL,
    "licences": LICENCE,
    "twins": SIGNATURE,
    "contamination": EVAL_HIT,
}


def step_name(name: str) -> str:
    """Where the finished work of a detector is remembered, for all its configurations."""
    return f"detect/{name}"


def step_of(detector: Detector) -> str:
    """Where the finished work of this configuration of a detector is remembered."""
    return f"{step_name(detector.name)}/{detector.digest[:16]}"


def detector(uri: str, name: str) -> Detector:
    """The detector of that name, configured for this root."""
    root = open_root(uri)
    return _contamination(uri, evalsets.digest(root)) if name == "contamination" else _fixed(uri, name)


@cache
def _fixed(uri: str, name: str) -> Detector:
    """Built once in a process: compiling recognisers and licence texts takes seconds."""
    root = open_root(uri)
    builders = {
        "personal": lambda: personal.detector(_key(root)),
        "secrets": lambda: secrets.detector(_key(root)),
        "language": language.detector,
        "quality": quality.detector,
        "licences": lambda: licences.detector(reference.licence_texts()),
        "twins": twins.detector,
    }
    return builders[name]()


@cache
def _contamination(uri: str, version: str) -> Detector:
    return contamination.detector(evalsets.items(open_root(uri)))


def _key(root: Root) -> bytes:
    return root.vault.key("findings")
