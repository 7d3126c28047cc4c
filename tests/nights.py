"""Nights of small sources: texts that are alike to a known degree, a policy whose detectors take no time, and a promotion in one call."""

import random
from collections.abc import Mapping

from muniment import flows
from muniment.policies.policy import Policy, default
from muniment.schemas.review import Decision
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.review.decide import decide
from muniment.tasks.tables import query


def changed(toml: str, **changes: str) -> str:
    """The same text with these keys' values replaced, as TOML."""
    lines = toml.splitlines()
    for key, value in changes.items():
        assert any(line.startswith(f"{key} = ") for line in lines)
        lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in lines]
    return "\n".join(lines) + "\n"


QUICK = changed(default(), detectors='["quality", "twins"]', required='["quality"]')
_VOCABULARY = [f"{word}{letter}" for word in ("archive", "basement", "cabinet", "drawer", "entrance") for letter in "abcdefghijkl"]


def prose(seed: int, edits: int = 0, words: int = 120) -> str:
    """A text of its own for each seed. Every edit puts another word in the place of one and takes up to five shingles away:
    of 120 words, 1 edit leaves a Jaccard similarity of .92, 3 of .77, 4 of .70, 6 of .58, 8 of .48, about."""
    made = random.Random(seed).choices(_VOCABULARY, k=words)
    for place in range(edits):
        made[(2 * place + 1) * words // (2 * edits)] = f"edited{place}"
    return " ".join(made)


def quick(uri: str, **changes: str) -> Policy:
    """Put the policy that ships in force with few detectors, and with the value of some keys changed at each place where they stand."""
    return policies.put_in_force(open_root(uri), changed(QUICK, **changes))


def promote(uri: str, *sources: str) -> None:
    """Capture these sources one after the other, approve each, and promote all that is approved."""
    for name in sources:
        flows.capture(name, root=uri)
        decide(uri, name, Decision.APPROVE, "read the sample", "dana")
    flows.promote(root=uri)


def names(uri: str) -> dict[str, str]:
    """Document id → source:file name, of everything captured."""
    rows = query(uri, "SELECT doc_id, source_id || ':' || native_key AS name FROM documents").to_pylist()
    return {row["doc_id"]: row["name"] for row in rows}


def actions(uri: str) -> dict[str, str]:
    """Source:file name → action."""
    known = names(uri)
    return {known[row["doc_id"]]: row["action"] for row in query(uri, "SELECT doc_id, action FROM verdicts").to_pylist()}


def twins(uri: str) -> Mapping[str, dict[str, object]]:
    """Rows about duplicates by document, with source:file name in the place of every id."""
    known = names(uri)
    rows = query(uri, "SELECT * FROM twins").to_pylist()
    return {known[row["doc_id"]]: row | {name: known[row[name]] for name in ("canonical_id", "cluster")} for row in rows}
