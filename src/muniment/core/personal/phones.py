"""Telephone numbers: what is written like one, proven by phonenumbers in the regions of the document's language.

Most runs of six or seven digits are a valid number somewhere, so digits alone say nothing: a number counts by its plus sign, by its
separators where it is valid in a region of the language, or by a word beside it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import phonenumbers
import polars as pl

from muniment.core.findings import Span
from muniment.core.personal.context import speaks
from muniment.core.personal.phone_words import FOLLOWING, OTHERWISE, WEAK, WORDS
from muniment.core.personal.superset import superset

# Where a language is spoken; numbers in the national format of other regions need a country code or a word beside them.
REGIONS = {
    "en": ("US", "GB", "CA", "AU", "IE", "NZ", "IN", "ZA"),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH", "CA", "LU"),
    "es": ("ES", "MX", "AR", "CO", "CL", "PE"),
    "it": ("IT", "CH"),
    "pl": ("PL",),
    "nl": ("NL", "BE"),
    "pt": ("PT", "BR"),
}

_PATTERN = (
    r"(?<![\w$€£¥#%&@^~])(?<!\d[.,:/*=-])(?<!\d[ ][/x*=+])(?<![/\\]\d)(?<!\\\w)"
    r"(?P<value>(?:\+ ?|00 ?)?(?:\(\+?\d{1,5}\)|\d)(?:[ .()/\u2011\u2013-]{0,3}\d){5,17})"
    r"(?P<extension>[ ,]{0,2}(?:x|ext\.?|extension)[ .:]{0,2}\d{1,6})?(?![\w%$€£°]|[.,:/]\d|-\d| ?[€$£%])"
)
_GATE = superset(_PATTERN)
# What is called something else right before it: the words of a label with a colon, a key of JSON.
_LABEL = re.compile(
    r"(?:^|[,;|{\t/]|[.] |  )\s*[\"'*(\[]{0,2}(?P<label>[^\W\d][^\n:=,;|{\"\t]{0,39}?)[\"'*_]{0,3}\s*[:=]\s*[\"'*(_]{0,3}\s*$"
)
_WORDS_OF_LABEL = 4
_NEAR = 4  # words before a number among which a weak one counts
_DAY = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([-./ ])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d\d|(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d\d|(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])"
)
_DATE = re.compile(
    r"\d{1,4}([-./ ])\d{1,2}\1\d{1,4}|\d{4} ?[-–/] ?\d{4}|\d{1,2}[./ -]\d{1,2}[./ -]\d{4}.*|(?:19|20)\d\d[-./]\d\d[-./]\d\d.*"
)
_FRACTION = re.compile(r"[+(]*\d+\.\d{1,4}")
_YEARS = re.compile(r"(?:1[5-9]|20)\d\d(?:[ /\u2013-]{1,3}(?:1[5-9]|20)\d\d)+")
_AMOUNT = re.compile(r"\d{1,3}(?:([ .])\d{3})(?:\1\d{3})*|\d+\.\d+")
# As thousands are written, and as nine digits of a telephone number are in Spain, Portugal and Poland; a unit tells.
_THREES = re.compile(r"[2-9]\d{2} \d{3} \d{3}")
_UNIT = re.compile(
    r"(?i) ?(?:[€$£%°]|(?:euros?|eur|usd|zł|zl|pln|reais|pesos|mln|millon\w*|mil\w*|tys|habitant\w*|mieszka\w*|kg|km|m²|m2|ton\w*|szt|votos|głosów)(?!\w))"
)
_SOCIAL = re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}|\d{2}-\d{7}|\d{5}-\d{4}")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"  # never 01, as telephone numbers in France begin
_NETWORK = re.compile(rf"(?<![\d.]){_OCTET}(?:\.{_OCTET}){{3}}(?![\d.])(?:[-/].*)?|\d{{1,3}}(?:\.\d{{1,3}}){{1,3}}/\d{{1,2}}")
_AMERICAN = re.compile(r"(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}")


@dataclass(frozen=True)
class Phones:
    """Finds numbers in the lines of documents; `regions` are those whose national formats count by themselves."""

    regions: tuple[str, ...]

    def spans(self, hits: pl.DataFrame) -> Iterator[Span]:
        """Telephone numbers in lines that passed `hits`."""
        for row, place, line, above in hits.select("row", "start", "line", "before").iter_rows():
            for match in _compiled().finditer(line):
                start, end = match.span("value")
                if score := self._score(match["value"], bool(match["extension"]), line, start, end, above):
                    yield Span(row, place + start, place + max(end, match.end("extension")), "PHONE_NUMBER", score, "phone")

    def _score(self, value: str, extended: bool, line: str, start: int, end: int, above: str) -> float:
        if not _is_possible(value):
            return 0.0
        if value.startswith(("+", "(+", "00")) and _is_valid("+" + _digits(value).removeprefix("00"), None):
            return 0.8
        spoken = self._spoken_for(value, line, start, end, above) if _called(line, start) else 0.0
        return spoken or self._by_form(value, extended, line, start, end)

    def _spoken_for(self, value: str, line: str, start: int, end: int, above: str) -> float:
        """The score beside a word for telephones: a number of a region, or whatever is as long as one."""
        digits = _digits(value)
        if speaks(WORDS, line, start, end, above) or speaks(FOLLOWING, line[end:], 0, 0, ""):
            long = len(digits) > 6 or (len(_groups(value)) > 1 and "/" not in value)
            return 0.8 if self._valid(value) else 0.55 if long else 0.0
        near = " ".join(line[max(0, start - 60) : start].split()[-_NEAR:])
        return 0.6 if len(digits) > 7 and _says(WEAK, near) and self._valid(value) else 0.0

    def _by_form(self, value: str, extended: bool, line: str, start: int, end: int) -> float:
        """The score of what only looks like a number."""
        groups = len(_groups(value))
        if len(_digits(value)) < 7 or groups < 2 or _is_otherwise(value, line, start, end):
            return 0.0
        if _AMERICAN.fullmatch(value) or extended or value.startswith(("+", "(+")):
            return 0.5
        # Two groups may be a house number after a postcode: a national number of two groups begins with its trunk prefix.
        return 0.45 if (groups > 2 or value[0] in "(0") and self._valid(value) else 0.0

    def _valid(self, value: str) -> bool:
        digits = _digits(value)
        return any(_form(region).fullmatch(digits) and _is_valid(value, region) for region in self.regions)


def regions(languages: Iterable[str]) -> tuple[str, ...]:
    """Where the languages are spoken."""
    return tuple(sorted({region for language in languages for region in REGIONS.get(language, ())}))


def hits(frame: pl.DataFrame) -> pl.DataFrame:
    """Lines that may hold a telephone number."""
    assert _GATE is not None
    line = pl.col("line")
    return frame.filter(pl.when("ascii").then(line.str.contains(_GATE.ascii)).otherwise(line.str.contains(_GATE.other)))


@cache
def _compiled() -> re.Pattern[str]:
    return re.compile(_PATTERN)


@cache
def _form(region: str) -> re.Pattern[str]:
    """Digits as a national number of the region is written, with its trunk prefix or without: most are of no region's form."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    prefix = (metadata and (metadata.national_prefix_for_parsing or metadata.national_prefix)) or ""
    number = (metadata and metadata.general_desc and metadata.general_desc.national_number_pattern) or r"\d+"
    return re.compile(f"(?:{prefix})?(?:{number})")


def _is_valid(value: str, region: str | None) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, region)))
    except phonenumbers.NumberParseException:
        return False


def _is_possible(value: str) -> bool:
    """Whether so many digits, written like this, can be a telephone number: no address of a network, no day, no decimal fraction."""
    digits = _digits(value)
    if not 6 <= len(digits) <= 15 or len(set(digits)) < 3 or value.count("(") != value.count(")") or value.count("(") > 2:
        return False
    return not any(form.fullmatch(value) for form in (_NETWORK, _DAY, _YEARS, _FRACTION))


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


def _groups(value: str) -> list[str]:
    return re.findall(r"\d+", value)


def _called(line: str, start: int) -> bool:
    """Whether words around may speak for a number: none does where a label right before it, or its last two words, say otherwise."""
    before = line[max(0, start - 60) : start]
    if _says(OTHERWISE, " ".join(before.split()[-2:])):
        return False
    match = _LABEL.search(before)
    if not match or len(match["label"].split()) > _WORDS_OF_LABEL:
        return True
    return _says(WORDS, match["label"]) or (_says(WEAK, match["label"]) and not _says(OTHERWISE, match["label"]))


def _says(words: tuple[str, ...], text: str) -> bool:
    return speaks(words, text, len(text), len(text), "")


def _is_otherwise(value: str, line: str, start: int, end: int) -> bool:
    """Written like a date, an amount, a social security number, a row of figures, in a mixture, or after a word for another number."""
    if any(len(group) == 1 for group in _groups(value.replace("(0)", ""))[1:]) or _NETWORK.search(value):
        return True
    if re.search(r"[A-Za-z]-$", line[max(0, start - 2) : start]):
        return True
    if len(set(re.findall(r"[./-]", value))) > 1 or value.count("/") > 1 or ("/" in value and value[0] != "0"):
        return True
    if _THREES.fullmatch(value):
        return bool(_UNIT.match(line[end:])) or _crowded(line, start, end) or speaks(OTHERWISE, line, start, end, "")
    other = _DATE.fullmatch(value) or _SOCIAL.fullmatch(value) or any(_AMOUNT.fullmatch(each) for each in re.split(r" ?/ ?", value))
    return bool(other) or _crowded(line, start, end) or speaks(OTHERWISE, line, start, end, "")


def _crowded(line: str, start: int, end: int) -> bool:
    """A row of figures rather than a number in a sentence: more digits around it than it has itself."""
    around = line[max(0, start - 60) : start] + line[end : end + 60]
    return sum(map(str.isdigit, around)) > 14
