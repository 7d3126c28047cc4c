"""What a name says of its value: that it is a password, a key, something else that is called a key, or nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from muniment.policies.secrets import Names, NameTable

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\dA-Za-z_]+")


@dataclass(frozen=True)
class Family:
    """Names of one family: a word anywhere in it, or as one of its parts."""

    name: str
    inside: re.Pattern[str]
    whole: frozenset[str]
    weak: frozenset[str]

    @classmethod
    def of(cls, name: str, words: Names) -> "Family":
        """The family that a table describes."""
        return cls(name, any_of(words.inside), frozenset(words.whole), frozenset(words.weak))

    def says(self, low: str, parts: Iterable[str]) -> str | None:
        """The family's name, `weak` or nothing for a name in lower case and its parts."""
        if self.inside.search(low):
            return self.name
        said_by = self.whole.intersection(parts)
        return ("weak" if said_by <= self.weak else self.name) if said_by else None


@dataclass(frozen=True)
class Naming:
    """All families, and the parts of a name that deny them."""

    families: tuple[Family, ...]
    never: frozenset[str]
    never_inside: re.Pattern[str]

    @classmethod
    def of(cls, names: NameTable) -> "Naming":
        """The families that a table describes."""
        families = (Family.of("password", names.password), Family.of("key", names.key))
        return cls(families, frozenset(names.never.whole), any_of(names.never.inside))

    def says(self, name: str) -> str | None:
        """`password`, `key`, `weak` (a key, less surely) or nothing."""
        parts = [part.lower() for part in _PARTS.findall(name)]
        low = name.lower()
        if not self.never.isdisjoint(parts) or self.never_inside.search(low):
            return None
        return next((said for family in self.families if (said := family.says(low, parts))), None)


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """An expression of any of the words, the longest first; of no word where there is none."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)")
