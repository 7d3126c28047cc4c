"""What is installed: distributions that a distribution requires, all the way down, with their metadata and licence files."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

_PAPER = re.compile(r"(?:^|.*/)(?:un)?(?:licen[cs]e|copying|copyright|notice|mit-licen[cs]e)[^/]*", re.IGNORECASE)
_CODE = re.compile(r".*\.(?:py[cdi]?|so|js|json|html?|pxd|h|c)$", re.IGNORECASE)
_DEEPEST = 3  # names in a path: dist-info/licenses/LICENSE; what lies deeper belongs to a part
_LARGEST = 1_000_000  # bytes of a licence file


class Installed(NamedTuple):
    """One distribution: its normalised name (PEP 503) and where it is read from."""

    name: str
    distribution: Distribution

    @property
    def version(self) -> str:
        return self.distribution.version

    @property
    def metadata(self) -> str:
        """Its core metadata as it stands; empty where there is none."""
        return self.distribution.read_text("METADATA") or self.distribution.read_text("PKG-INFO") or ""

    def papers(self) -> Iterator[tuple[str, str]]:
        """(path, text) of its own licence files, not of those of what it carries deeper inside."""
        for file in self.distribution.files or ():
            path = file.as_posix()
            if _PAPER.fullmatch(path) and not _CODE.fullmatch(path) and path.count("/") < _DEEPEST and ".." not in path:
                found = Path(str(file.locate()))
                if found.is_file() and found.stat().st_size <= _LARGEST:
                    yield path, found.read_text(encoding="utf-8", errors="replace")


class Environment:
    """The distributions that this interpreter would import from, the first of a name."""

    @cached_property
    def all(self) -> dict[str, Installed]:
        """By normalised name."""
        found: dict[str, Installed] = {}
        for each in distributions():
            if each.metadata["Name"]:
                name = canonicalize_name(each.metadata["Name"])
                found.setdefault(name, Installed(name, each))
        return dict(sorted(found.items()))

    def required(self, name: str, extras: Iterable[str] = ()) -> list[Installed]:
        """What `name` needs to run, with those of its extras that are installed; sorted, without itself."""
        seen: dict[NormalizedName, frozenset[str]] = {}
        waiting = [(canonicalize_name(name), frozenset(extras))]
        while waiting:
            each, asked = waiting.pop()
            if each not in self.all or (each in seen and asked <= seen[each]):
                continue
            seen[each] = seen.get(each, frozenset()) | asked
            waiting += _needs(self.all[each].distribution, asked)
        return [self.all[each] for each in sorted(seen) if each != canonicalize_name(name)]


def fingerprint() -> list[str]:
    """Names of all that is installed with versions, from the listing of the folders alone: what it costs is a few milliseconds."""
    folders = [Path(folder) for folder in sys.path if folder and Path(folder).is_dir()]
    return sorted(
        {found.name for folder in folders for found in folder.iterdir() if found.name.endswith((".dist-info", ".egg-info"))}
    )


def _needs(distribution: Distribution, extras: frozenset[str]) -> Iterator[tuple[NormalizedName, frozenset[str]]]:
    for line in distribution.requires or ():
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(wanted.name), frozenset(wanted.extras)
