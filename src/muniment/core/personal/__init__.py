"""Personal data by pattern, checksum and context words: Presidio's recognisers on the lines that can hold a match.

A gate of necessary conditions runs as native code over all lines, and only a line that passes reaches a recogniser. No default
pattern crosses a line end, so this finds what looking at whole documents would find. This version applies the recognisers for
English to text of any language.
"""

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from importlib import metadata
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.findings import Span, findings, surest
from muniment.core.identity import keyed_hash
from muniment.core.lines import lines
from muniment.schemas.evidence import FINDING

if TYPE_CHECKING:
    from muniment.core.personal.recognisers import Recogniser

VERSION = "1"
HOME = ("US", "GB")
ABROAD = (
    "AT",
    "AU",
    "BE",
    "BR",
    "CA",
    "CH",
    "DE",
    "DK",
    "ES",
    "FI",
    "FR",
    "IE",
    "IL",
    "IN",
    "IT",
    "JP",
    "NL",
    "NO",
    "NZ",
    "PL",
    "PT",
    "SE",
    "ZA",
)
FLOOR = 0.35

# As Presidio's context enhancer has them; its reach of five words leaves out stop words, ours of eight counts every word.
_BOOST, _LEAST, _REACH = 0.35, 0.4, 8
_NUMBERS = frozenset(
    {"CREDIT_CARD", "MEDICAL_LICENSE", "UK_NHS", "US_BANK_NUMBER", "US_DRIVER_LICENSE", "US_ITIN", "US_PASSPORT", "US_SSN"}
)
# What stands before and after a match, which is the NUL.
_DECIMAL = re.compile(r"\d[.,]\0|\0[.,]\d|#\0")
_GLUED = re.compile(r"[\w#]\0|\d[.,:]\0|\w-\0|\0\w|\0[.,]\d|\0-\w")
_DIGITS = frozenset({"CREDIT_CARD", "PHONE_NUMBER", "UK_NHS", "US_BANK_NUMBER", "US_ITIN", "US_SSN"})


def detector(key: bytes, home: tuple[str, ...] = HOME, abroad: tuple[str, ...] = ABROAD, floor: float = FLOOR) -> Detector:
    """Personal data as FINDING evidence; types are Presidio's entity names, scores are between 0 and 1.

    `key` makes the keyed hashes of values. National phone formats of the ISO 3166 regions `home` count by themselves, those of
    `abroad` beside a context word, and numbers with a country code everywhere. A match that scores less than `floor` has neither a checksum nor a pattern nor a
    context word to speak for it, as any eight digits may be an account: it is not written.
    """
    settings = {
        "key": keyed_hash(key, "digest of the key"),
        "home": list(home),
        "abroad": list(abroad),
        "floor": floor,
        "libraries": {name: metadata.version(name) for name in ("presidio-analyzer", "phonenumbers", "tldextract")},
    }
    work = partial(_detect, key=key, regions=(home, abroad), floor=floor)
    return Detector("personal", VERSION, ("doc_id", "text"), FINDING, work, settings)


def normal_value(kind: str, value: str) -> str:
    """The form in which two writings of one value are equal: digits of numbers, letters without case and outer white space.

    A phone number keeps a leading +; national and international writing of one number stay two values.
    """
    if kind in _DIGITS:
        return ("+" if value.lstrip().startswith("+") else "") + re.sub(r"\D", "", value)
    if kind == "IBAN_CODE":
        return re.sub(r"\W", "", value).upper()
    return value.strip().casefold()


def _detect(documents: pa.Table, key: bytes, regions: tuple[tuple[str, ...], tuple[str, ...]], floor: float) -> pa.Table:
    from muniment.core.personal.recognisers import recognisers  # a second of imports that other commands need not pay

    frame = lines(documents)
    spans = surest(span for each in recognisers(*regions, floor) for span in _spans(each, frame, floor))
    return findings(documents, spans, f"personal@{VERSION}", key, normal_value)


def _spans(recogniser: "Recogniser", frame: pl.DataFrame, floor: float) -> Iterator[Span]:
    for row, start, line, before in _gated(recogniser, frame).iter_rows():
        for match in recogniser.matches(line):
            if _says_nothing(recogniser.type, line, match.start, match.end):
                continue
            near = f"{before}\n{line[max(0, match.start - 200) : match.end]}"
            score = match.score if match.score == 1 else _in_context(match.score, recogniser.context, near)
            if score >= floor:
                yield Span(row, start + match.start, start + match.end, recogniser.type, score, recogniser.type)


def _says_nothing(kind: str, line: str, start: int, end: int) -> bool:
    """Digits cut out of a longer number or identifier, and addresses that every machine calls itself by."""
    if kind == "IP_ADDRESS":
        return _is_nobodys(ip_address(line[start:end].split("/")[0]))
    before, after = line[max(0, start - 2) : start], line[end : end + 2]
    if kind == "PHONE_NUMBER":  # phonenumbers minds letters itself, and finds the core of a number with a prefix or an extension
        return bool(_DECIMAL.search(before + "\0" + after)) and line[start:end].count(".") < 2
    return kind in _NUMBERS and bool(_GLUED.search(before + "\0" + after))


def _is_nobodys(address: IPv4Address | IPv6Address) -> bool:
    if address.is_loopback or address.is_unspecified:
        return True
    # Ranges that were never assigned (RFC 4291): `a[1::2]` and `add::` in code.
    return isinstance(address, IPv6Address) and address.is_reserved and address.ipv4_mapped is None


def _gated(recogniser: "Recogniser", frame: pl.DataFrame) -> pl.DataFrame:
    passes = pl.col("line").str.contains(recogniser.gate)
    if recogniser.weak:
        passes &= pl.col("line").str.contains(recogniser.context) | pl.col("before").str.contains(recogniser.context)
    return frame.filter(passes)


def _in_context(score: float, context: str, near: str) -> float:
    """The score, raised when one of the context words stands among the last words up to and with the match."""
    words = " ".join(near.split()[-_REACH - 1 :])
    return min(1.0, max(score + _BOOST, _LEAST)) if _compiled(context).search(words) else score


@lru_cache(maxsize=64)
def _compiled(context: str) -> re.Pattern[str]:
    return re.compile(context)
