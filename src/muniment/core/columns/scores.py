"""A column's name, form, values and neighbours weighed together, and why in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from muniment.core.columns.names import Said
from muniment.core.columns.values import NOTHING, Held
from muniment.policies.columns import Lexicon

_CONTRADICTED = 0.3  # what is left of a name that values or their form speak against
_FEW, _ENOUGH = 0.05, 5  # share of values that is next to none; values that can speak against a name at all
_SHAPED = 0.5  # share of values that must have the shape of what the name says
_SUPPORTED = 0.2  # what a weak name gains by values of the right shape, and again by columns about a person beside it
_SURE_NEIGHBOUR = 0.7
_WORDS = r"^[\p{Lu}\p{Lo}][^\s\d]*,? (\p{Ll}{1,3} )*[\p{Lu}\p{Lo}]"  # two that are written as names are
_PEOPLE = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "PERSON", "NATIONAL_ID", "US_SSN", "DATE_TIME"})
_LIKELY_TOGETHER = {2: 0.6, 3: 0.8}
_UNIQUE_FROM, _UNIQUE_LENGTH = 20, 64  # values; code points of an identifier


@dataclass(frozen=True)
class Weighed:
    """One column: type (empty for none), share, name_score, quasi, score and the parts of its reason."""

    name: str
    said: Said | None
    type: str = ""
    share: float = 0.0
    name_score: float = 0.0
    quasi: str = ""
    score: float = 0.0
    why: tuple[str, ...] = ()


def weighed(name: str, said: Said | None, form: str, values: pl.Series, held: Held, passed: Sequence[str]) -> Weighed:
    """A column by itself. Two independent signs leave as much doubt as both together: 1 - (1 - name)(1 - values).
    Values of a type in `passed` only confirm a name."""
    trusted, against = _trusted(said, form, values, held)
    counts = bool(len(values)) and held.type not in passed
    found = held.share * (0.5 + 0.5 * held.sure) * len(values) / (len(values) + 1) if counts else 0.0
    agree = bool(said and said.reading.type) and (held.type == _type(said) or held.type in said.reading.also)  # type: ignore[union-attr]
    if held.type and (agree or not trusted or not _type(said)):
        kind = held.type if held.share >= 0.5 or not trusted else _type(said)
        score = 1 - (1 - (trusted if agree else 0.0)) * (1 - found)
    else:
        kind, score = (held.type, found) if found > trusted else (_type(said) if trusted else "", trusted)
    quasi = said.reading.quasi if said and trusted else ""
    score = max(score, trusted)
    why = tuple(part for part in (_named(said), against, _valued(held, kind, len(values))) if part)
    share = held.share if held.type and (held.type == kind or agree) else 0.0
    kind = kind if score > 0 else ""
    return _unique(Weighed(name, said, kind, share, trusted, quasi, score, why), form, values)


def together(columns: list[Weighed], lexicon: Lexicon) -> list[Weighed]:
    """The columns of one source: weak names gain by columns about people beside them, quasi-identifiers by each other."""
    people = [each for each in columns if each.type in _PEOPLE and each.score >= _SURE_NEIGHBOUR]
    columns = [_among(each, people) for each in columns]
    single = sorted({each.quasi for each in columns if each.quasi in lexicon.combined})
    return [_singled(each, single) if each.quasi in single else each for each in columns]


def _trusted(said: Said | None, form: str, values: pl.Series, held: Held) -> tuple[float, str]:
    """What the name counts for, given the form and shape of its values, and what spoke against it."""
    if said is None or not said.score:
        return 0.0, ""
    reading = said.reading
    if form in ("none", "other"):
        return said.score, "" if form == "none" else "its values have no readable form"
    if form not in reading.forms and not (form in ("integer", "date", "number") and _text_shaped(said, values)):
        return 0.0, f"but such values are no {form}" if form != "flag" else "but its values say only yes or no"
    if len(values) >= _ENOUGH and reading.proven and held.share < _FEW:
        return said.score * _CONTRADICTED, "but hardly a value is one"
    if len(values) >= _ENOUGH and reading.shape and _share_of(values, reading.shape) < _SHAPED:
        return said.score * _CONTRADICTED, "but most values are not written like one"
    gained = _SUPPORTED if said.weak and reading.shape and len(values) >= _ENOUGH and _share_of(values, _WORDS) >= _SHAPED else 0.0
    return said.score + gained, ""


def _text_shaped(said: Said, values: pl.Series) -> bool:
    """Whether strings that look like numbers or dates have the shape that the reading gives for its values."""
    return "text" in said.reading.forms and bool(said.reading.shape) and _share_of(values, said.reading.shape) >= _SHAPED


def _share_of(values: pl.Series, pattern: str) -> float:
    return float(values.str.contains(pattern).mean() or 0.0)  # type: ignore[arg-type]


def _type(said: Said | None) -> str:
    return said.reading.type if said else ""


def _named(said: Said | None) -> str:
    if said is None:
        return ""
    what = said.reading.type or said.reading.quasi
    if said.about:
        return f"the name says {what}, but {said.about} makes it something about one"
    return f"the name {'may mean' if said.weak else 'says'} {what}"


def _valued(held: Held, kind: str, count: int) -> str:
    if held == NOTHING or not held.share:
        return "" if count else "no values were looked at"
    if held.several:
        return f"{held.share:.0%} of {count:,} values consist of findings of several types, most of {held.type}"
    return f"{held.share:.0%} of {count:,} values are {held.type}"


def _unique(column: Weighed, form: str, values: pl.Series) -> Weighed:
    """A short value that no two rows share stands for its row, and links it to other tables that have it."""
    short = form in ("text", "integer") and float(values.str.len_chars().mean() or 0) <= _UNIQUE_LENGTH  # type: ignore[arg-type]
    if column.quasi or column.type or not short or len(values) < _UNIQUE_FROM or values.n_unique() < len(values):
        return column
    return replace(
        column,
        quasi="unique id",
        score=max(column.score, 0.1),
        why=(*column.why, "every value is different, so it stands for its row"),
    )


def _among(column: Weighed, people: list[Weighed]) -> Weighed:
    beside = any(other.name != column.name and _parent(other.name) == _parent(column.name) for other in people)
    if not (
        column.said and column.said.weak and column.said.reading.shape and column.name_score >= column.said.score > 0 and beside
    ):
        return column
    score = 1 - (1 - column.score) * (1 - _SUPPORTED) ** 2
    return replace(column, score=score, why=(*column.why, "columns beside it are about people"))


def _singled(column: Weighed, single: list[str]) -> Weighed:
    others = [each for each in single if each != column.quasi]
    if not others:
        return column
    score = max(column.score, _LIKELY_TOGETHER.get(len(single), 0.8))
    return replace(column, score=score, why=(*column.why, f"together with {' and '.join(others)} it singles people out"))


def _parent(name: str) -> str:
    return name.rpartition(".")[0]
