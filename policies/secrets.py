"""What credentials look like, as data that operators keep (secrets.toml), and the loader that makes one list of kinds of it."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Record

# Characters that a place in a form stands for, as the inside of a character class.
CLASSES = {
    "digit": "0-9",
    "hex": "a-f0-9",
    "HEX": "A-F0-9",
    "Hex": "A-Fa-f0-9",
    "lower": "a-z0-9",
    "upper": "A-Z0-9",
    "alpha": "A-Za-z",
    "alnum": "A-Za-z0-9",
    "word": "A-Za-z0-9_-",
    "base64": "A-Za-z0-9+/_-",
    "base32": "A-Z2-7",
    "dotted": "A-Za-z0-9_.-",
}
PLACE = re.compile(rf"\{{(?:(?P<of>{'|'.join(CLASSES)}):(?P<low>\d+)(?:-(?P<high>\d+))?|uuid)\}}")
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_MARK = 3  # characters of fixed text by which a form can be looked for

Check = Literal[
    "base32", "base32-words", "basic", "crc32-after-mark", "crc32-at-end", "crc62", "der-key", "discord", "encoded-pem",
    "encrypted-pem", "jose", "jwk", "numbered", "password", "pem", "random", "strong-password",
]  # fmt: skip
Share = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Type = Annotated[str, Field(pattern=r"^SECRET_[A-Z0-9_]+$")]


def _form(text: str) -> str:
    if len(text) < 4 or "{" in PLACE.sub("", text):
        raise ValueError(f"{text!r} is no form: places are {{class:count}}, {{class:from-to}} or {{uuid}}")
    return text


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"the pattern is no expression: {error}") from None
    return text


Form = Annotated[str, AfterValidator(_form)]


class Assigned(Record):
    """Values of these forms that are assigned to a name in which one of `names` stands."""

    names: tuple[Annotated[str, Field(min_length=3)], ...] = Field(min_length=1)
    forms: tuple[Form, ...] = Field(min_length=1)


class Rule(Record):
    """One kind of credential by its expression.

    The secret is the group `secret`, or the whole match. Only a line (with `lines`, a document) that holds one of `keywords` is
    tried, without case; with `named`, only a whole value that is assigned to such a name. A match must have `entropy` bits a
    character. It scores `score`; where it fails `check` it scores `unproven`, and 0 is not reported.
    """

    type: Type | None = None
    keywords: tuple[Annotated[str, Field(min_length=2)], ...] = ()
    named: tuple[str, ...] = ()
    pattern: Annotated[str, AfterValidator(_expression)]
    check: Check | None = None
    score: Share = 0.9
    unproven: Share = 0.0
    entropy: float = Field(default=3.0, ge=0)
    lines: bool = False
    examples: tuple[str, ...] = Field(min_length=1)
    counterexamples: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_gated(self) -> "Rule":
        if self.lines and not self.keywords:
            raise ValueError("a rule over lines needs keywords")
        return self


class Kind(Rule):
    """A rule under its identifier, whichever table it stands in."""

    id: Id
    type: Type


class Names(Record):
    """Words of names: `inside` anywhere in it, `whole` as one of its parts; values under a name in `weak` alone are less sure."""

    inside: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


class NameTable(Record):
    """What names say that a value is a password or a key, and which parts of a name deny it."""

    password: Names
    key: Names
    never: Names


class SecretRules(Record):
    """The whole table."""

    tokens: dict[Id, Annotated[tuple[Form, ...], Field(min_length=1)]]
    assigned: dict[Id, Assigned]
    rule: dict[Id, Rule]
    names: NameTable

    @model_validator(mode="after")
    def _identifiers_are_unique(self) -> "SecretRules":
        if twice := sorted((set(self.tokens) & set(self.assigned)) | ({*self.tokens, *self.assigned} & set(self.rule))):
            raise ValueError(f"identifiers used twice: {', '.join(twice)}")
        return self

    @cached_property
    def digest(self) -> str:
        """Names this table: its meaning, not its layout or comments."""
        return digest(self)

    def kinds(self) -> tuple[Kind, ...]:
        """All kinds, by identifier."""
        return self._kinds

    @cached_property
    def _kinds(self) -> tuple[Kind, ...]:
        return tuple(sorted((*self._tokens(), *self._assigned(), *self._rules()), key=lambda kind: kind.id))

    def _tokens(self) -> Iterator[Kind]:
        for name, forms in self.tokens.items():
            marks = [mark(form) for form in forms]
            keywords = tuple(dict.fromkeys(marks)) if all(marks) else ()
            pattern = "|".join(map(expression, sorted(forms, key=len, reverse=True)))  # the fullest form first
            yield Kind(id=name, type=_type(name), keywords=keywords, pattern=pattern, examples=forms)

    def _assigned(self) -> Iterator[Kind]:
        for name, each in self.assigned.items():
            pattern = "|".join(expression(form) for form in each.forms)
            examples = tuple(f"{each.names[0]}_key = '{form}'" for form in each.forms)
            yield Kind(id=name, type=_type(name), named=each.names, pattern=pattern, score=0.8, examples=examples)

    def _rules(self) -> Iterator[Kind]:
        for name, rule in self.rule.items():
            yield Kind(**{**rule.model_dump(), "id": name, "type": rule.type or _type(name)})


def expression(form: str) -> str:
    """The regular expression of a form, with a group for every place."""
    return "".join(_place(text) if is_place else re.escape(text) for text, is_place in _parts(form))


def mark(form: str) -> str:
    """The longest fixed text of a form in lower case, by which a gate finds it; empty where it is too short to be one."""
    longest = max((text for text, is_place in _parts(form) if not is_place), key=len, default="")
    return longest.lower() if len(longest) >= _MARK else ""


def _parts(form: str) -> Iterator[tuple[str, bool]]:
    start = 0
    for place in PLACE.finditer(form):
        yield form[start : place.start()], False
        yield place[0], True
        start = place.end()
    yield form[start:], False


def _place(text: str) -> str:
    found = PLACE.fullmatch(text)
    if not found or not found["of"]:
        return f"({_UUID})"
    return f"([{CLASSES[found['of']]}]{{{found['low']}{',' + found['high'] if found['high'] else ''}}})"


def _type(name: str) -> str:
    return f"SECRET_{name.replace('-', '_').upper()}"


def load_secret_rules(text: str) -> SecretRules:
    """The table in a TOML text. Raises `PolicyError` where it cannot be read or contradicts itself."""
    return load(SecretRules, text, "The table of secrets")


@cache
def secret_rules() -> SecretRules:
    """The table that ships with Muniment."""
    return load_secret_rules(files("muniment.policies").joinpath("secrets.toml").read_text(encoding="utf-8"))
