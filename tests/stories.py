"""Texts that the small corpora of tests are made of."""

import os
import random
from pathlib import Path

from muniment.schemas.source import Source
from muniment.tasks.sources import add_source, approve_source

LICENCE = "SPDX-License-Identifier: MIT\n\n"
TRAVEL = "Travel to customers is paid by the team that sells the project. Book trains early and keep every receipt that you get on the way. "
GARDEN = (
    "Tomatoes need six hours of sun each day, steady water at the roots, and a stake to climb before the first fruit sets in July. "
)
CONTACT = "Write to jo.smith@initech.example.org when the archive needs a new shelf, and she will order one from the joiner in the old town. "
PEOPLE = """
[dana]
groups = ["staff", "everyone"]
clearance = "restricted"

[guest]
groups = ["everyone"]
clearance = "public"
"""


def write(path: Path, text: str, modified: int = 1_700_000_000) -> None:
    """A file with a fixed time, so that the same corpus is the same input."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (modified, modified))


def four(folder: Path) -> Path:
    """Write four documents: one to accept, one to redact, a duplicate to reject, one without a licence to hold."""
    write(folder / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(folder / "contact.md", LICENCE + "# Shelves\n\n" + CONTACT * 2)
    write(folder / "travel-copy.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(folder / "garden.md", "# Garden\n\n" + GARDEN * 3)
    return folder


def prose(seed: int, words: int = 120) -> str:
    """A licensed text of made words that resembles no other seed's."""
    names = "archive basement cabinet drawer entrance folder gallery hallway index journal kitchen ledger"
    return LICENCE + " ".join(random.Random(seed).choices([f"{word}{n}" for word in names.split(" ") for n in "abcdefgh"], k=words))


def handbook(uri: str, folder: Path, identifier: str = "handbook", **fields: object) -> Source:
    """Register and approve a folder as a source, with any field changed."""
    plain = {"kind": "folder", "location": str(folder), "owner": "People team", "steward": "dana", "acl": ("staff",)}
    add_source(uri, Source.model_validate({"id": identifier, **plain, **fields}), "tester")
    return approve_source(uri, identifier, "dana")
