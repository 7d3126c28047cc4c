"""Where a recogniser of Presidio's can find anything at all: a gate derived from its own patterns, never a guess.

A gate is safe when nothing that the recogniser finds lies outside of what passes it. That is proven from the parsed patterns
(`superset`) and from the class: a recogniser that does more than match its patterns, or has a pattern that no superset is known
for, has no gate and runs over every document.
"""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Literal

import phonenumbers
import polars as pl
from phonenumbers import PhoneMetadata, phonenumbermatcher
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer import predefined_recognizers as presidio

from muniment.core.personal.superset import Superset, superset

Reach = Literal["lines", "documents", "ungated"]

_FEW = 200

# Classes that bring an `analyze` of their own and were read: it only matches their patterns, in this release of Presidio.
_READ = (presidio.IbanRecognizer,)
_KINDS = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
# What phonenumbers lets stand between two digits of one number, and the digits of a number that it takes for valid anywhere.
_PUNCTUATION = r"[-xX‐-―−ー-／ \u{A0}\u{AD}\u{200B}\u{2060}\u{3000}()（）［］.\[\]/~⁓∼～]{0,4}"
_INTERNATIONAL = 6
_LONG = 7
_GROUP, _NO_DIGIT = re.compile(r"\d+"), re.compile(r"\D")
_TRIES = 32_000  # half of what phonenumbers allows itself: many lines are given to it at once


@dataclass(frozen=True)
class Gate:
    """What a recogniser is run on: the lines or documents that match `ascii` (when of ASCII alone) or `other`; or everything.

    `why` says for people why there is no narrower gate.
    """

    recogniser: EntityRecognizer
    reach: Reach
    ascii: str = ""
    other: str = ""
    why: str = ""

    def passes(self, column: str) -> pl.Expr:
        """Which texts of a column the recogniser must see; the frame has a truth value `ascii` for each of them."""
        if self.reach == "ungated":
            return pl.lit(True)
        text = pl.col(column)
        return pl.when("ascii").then(text.str.contains(self.ascii)).otherwise(text.str.contains(self.other))

    def through(self, ascii: pl.DataFrame, other: pl.DataFrame, column: str) -> pl.DataFrame:
        """The rows of two frames that it must see; so few that compiling the gate takes longer are let through unseen."""
        gates = ((self.ascii, ascii), (self.other, other))
        return pl.concat(
            [frame if len(frame) <= _FEW else frame.filter(pl.col(column).str.contains(gate)) for gate, frame in gates]
        )


def gates(recogniser: EntityRecognizer) -> list[Gate]:
    """The gates of a recogniser; several where parts of it can run each on its own (the regions of phone numbers)."""
    if type(recogniser) is presidio.PhoneRecognizer:
        return [_phone(recogniser, region) for region in recogniser.supported_regions]
    if not isinstance(recogniser, PatternRecognizer):
        return [_none(recogniser, "it is more than patterns")]
    if not _only_matches(type(recogniser)):
        return [_none(recogniser, "its class analyses text in its own way")]
    flags = int(recogniser.global_regex_flags or 0)
    given: list[Pattern] = getattr(recogniser, "patterns")  # noqa: B009  (its type is not inferable)
    patterns = [(pattern.name, superset(pattern.regex, flags)) for pattern in given]  # names may repeat
    if unknown := [str(name) for name, each in patterns if each is None]:
        return [_none(recogniser, f"no superset is known for its pattern {', '.join(unknown)}")]
    return [_checked(recogniser, [each for _, each in patterns if each])]


def exhausts(text: str) -> bool:
    """Whether phonenumbers may give up on a text before its end, after 65,535 tries; then it must be given the text as a whole.

    It tries a candidate once for each group of its digits, and each of its parts by six kinds of separators.
    """
    tries = 0
    for match in phonenumbermatcher._PATTERN.finditer(text):
        groups = len(_GROUP.findall(match[0]))
        tries += 7 * groups + 2 * len(_NO_DIGIT.findall(match[0])) if groups > 1 else 1
        if tries > _TRIES:
            return True
    return False


def _only_matches(kind: type[PatternRecognizer]) -> bool:
    """Whether results follow from the matches of the patterns alone: nothing of how text is analysed was overridden."""
    if kind in _READ:
        return True
    own = (kind.analyze, getattr(kind, "_PatternRecognizer__analyze_patterns", None))
    base = (PatternRecognizer.analyze, getattr(PatternRecognizer, "_PatternRecognizer__analyze_patterns", None))
    return own == base


def _checked(recogniser: EntityRecognizer, patterns: Sequence[Superset]) -> Gate:
    ascii, other = ("|".join(f"(?:{getattr(each, form)})" for each in patterns) for form in ("ascii", "other"))
    try:
        pl.Series([""]).str.contains(f"{ascii}|{other}")
    except pl.exceptions.ComputeError:
        return _none(recogniser, "its patterns are too large for the gate's engine")
    reach: Reach = "lines" if all(each.in_line for each in patterns) else "documents"
    return Gate(recogniser, reach, ascii, other, "" if reach == "lines" else "a pattern can see line ends")


def _none(recogniser: EntityRecognizer, why: str) -> Gate:
    return Gate(recogniser, "ungated", why=why)


def _phone(recogniser: presidio.PhoneRecognizer, region: str) -> Gate:
    """Numbers that phonenumbers can take for valid in a region: by their length, or by the patterns of its shorter numbers.

    A leniency under VALID takes less than a valid number; a rule that adds digits to a number makes what is written shorter.
    """
    metadata = PhoneMetadata.metadata_for_region(region, None)
    candidate = superset(phonenumbermatcher._PATTERN.pattern, re.UNICODE)
    if metadata is None or candidate is None or not candidate.in_line or (recogniser.leniency or 0) < 1:
        return _none(recogniser, f"no gate is known for phone numbers of {region}")
    if re.search(r"\d", re.sub(r"[\\$]\d", "", metadata.national_prefix_transform_rule or "")):
        return _none(recogniser, f"numbers of {region} are completed with digits that are not written")
    alone = copy(recogniser)  # the same recogniser, for this region
    alone.supported_regions = (region,)
    digit = r"\d" + _PUNCTUATION
    ascii, other = (f"{each * _LONG}|[+＋]{_PUNCTUATION}{each * _INTERNATIONAL}" for each in (f"[0-9]{_PUNCTUATION}", digit))
    long = Superset(ascii, other, in_line=True)
    alike = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(
        metadata.country_code or 0, (region,)
    )  # the Vatican's numbers are valid ones of Italy
    kinds = [getattr(PhoneMetadata.metadata_for_region(each, None), kind) for each in alike for kind in _KINDS]
    short = [superset(each.national_number_pattern, 0, _PUNCTUATION) for each in kinds if _is_short(each)]
    return _checked(alone, [long, *(each for each in short if each)]) if all(short) else _none(recogniser, f"numbers of {region}")


def _is_short(kind: phonenumbers.PhoneNumberDesc | None) -> bool:
    lengths = [each for each in (kind.possible_length if kind else ()) if each > 0]
    return bool(lengths) and min(lengths) < _LONG
