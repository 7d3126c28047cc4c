"""Presidio's pattern recognisers, each with the gate that its matches pass and the words that make a match surer.

No model and no network: the recognisers are called without Presidio's engine, which would load a language model. Importing
this module imports Presidio and with it spaCy, about a second: `core.personal` does so when it first detects.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import tldextract
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer import predefined_recognizers as presidio

# What phonenumbers lets stand between the digits of one number.
_PUNCTUATION = r"-xX‐-―−ー-／ \u00A0\u00AD\u200B\u2060\u3000()（）［］.\[\]/~⁓∼～"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"

# What a line must hold for a recogniser to match in it (Rust regular expressions, a necessary condition each).
GATES = {
    "CREDIT_CARD": r"[13-6]\d{3}[- ]?\d{3,4}[- ]?\d{3,4}[- ]?\d{3}",
    "CRYPTO": r"(?i)(?:bc1|[13])[a-z0-9]{25}",
    "DATE_TIME": rf"(?i)\d[-/.]\d|{_MONTH}-\d|\d-{_MONTH}",
    "EMAIL_ADDRESS": r"@\w",
    "IBAN_CODE": r"(?i)[a-z]{2}[0-9]{2}[ -]?[a-z0-9]{4}[ -]?[a-z0-9]{4}",
    "IP_ADDRESS": r"::|\d\.\d{1,3}\.\d{1,3}\.\d|(?:[0-9A-Fa-f]{1,4}:){6}",
    "MAC_ADDRESS": r"(?:[0-9A-Fa-f]{2}[:-]){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
    "MEDICAL_LICENSE": r"(?i)[a-z][a-z9]\d{7}",
    "PHONE_NUMBER": rf"\d(?:[{_PUNCTUATION}]{{0,4}}\d){{6}}",
    "UK_NHS": r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{4}",
    "URL": r"(?i)[a-z0-9-]\.[a-z]{2}",
    "US_BANK_NUMBER": r"[0-9]{8}",
    "US_DRIVER_LICENSE": r"[0-9]",
    "US_ITIN": r"9\d{2}[- ]?\d{2}[- ]?\d{4}",
    "US_PASSPORT": r"[0-9]{8}",
    "US_SSN": r"[0-9]{3}[- .]?[0-9]{2}[- .]?[0-9]{4}",
    "UUID": r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-",
}


_PHONE_WORDS = [
    *("call", "cell", "cellphone", "dial", "fax", "mobile", "phone", "tel", "telephone", "whatsapp"),
    *("fijo", "móvil", "telefon", "telefone", "telefono", "telefoon", "teléfono", "téléphone"),
]


class _Email(presidio.EmailRecognizer):
    """The suffix list that ships with tldextract, never the one it would fetch and cache."""

    _suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        return bool(self._suffixes(pattern_text).fqdn)


class _PhoneAbroad(presidio.PhoneRecognizer):
    """National formats of other regions: most runs of six to eleven digits fit one of them, so the number alone says little."""

    SCORE = 0.1


@dataclass(frozen=True)
class Recogniser:
    """One type of personal data. `context` is a regular expression of the words that make a match surer.

    `weak`: no pattern of it reaches the given score and nothing validates it, so without context it says nothing.
    """

    type: str
    gate: str
    context: str
    weak: bool
    presidio: EntityRecognizer

    def matches(self, text: str) -> list[RecognizerResult]:
        """Presidio's results for `text`: offsets in code points, score 1 where a checksum holds."""
        found: list[RecognizerResult] = self.presidio.analyze(text, [self.type], None)  # type: ignore[arg-type]
        return found


@lru_cache(maxsize=4)
def recognisers(home: tuple[str, ...], abroad: tuple[str, ...], floor: float) -> tuple[Recogniser, ...]:
    """A recogniser for each type of `GATES`, and a second one for phone numbers in the national formats of regions `abroad`."""
    presidios = [
        presidio.CreditCardRecognizer(),
        presidio.CryptoRecognizer(),
        presidio.DateRecognizer(),
        _Email(),
        presidio.IbanRecognizer(),
        presidio.IpRecognizer(),
        presidio.MacAddressRecognizer(),
        presidio.MedicalLicenseRecognizer(),
        presidio.PhoneRecognizer(supported_regions=home),
        _PhoneAbroad(supported_regions=abroad, context=_PHONE_WORDS),
        presidio.NhsRecognizer(),
        presidio.UrlRecognizer(),
        presidio.UsBankRecognizer(),
        presidio.UsLicenseRecognizer(context=["cdl", "dl", "driver", "driving"]),  # "license" is more often a program's
        presidio.UsItinRecognizer(),
        presidio.UsPassportRecognizer(),
        presidio.UsSsnRecognizer(),
        presidio.UuidRecognizer(),
    ]
    return tuple(_recogniser(each, floor) for each in presidios)


def _recogniser(engine: EntityRecognizer, floor: float) -> Recogniser:
    kind = engine.supported_entities[0]
    words = "|".join(re.escape(word.lower().rstrip("#")) for word in engine.context)
    return Recogniser(kind, GATES[kind], rf"(?i)\b(?:{words})s?\b", _is_weak(engine, floor), engine)


def _is_weak(engine: EntityRecognizer, floor: float) -> bool:
    if isinstance(engine, PatternRecognizer):
        patterns: list[Pattern] = getattr(engine, "patterns")  # noqa: B009  (its type is not inferable)
        unchecked = type(engine).validate_result is PatternRecognizer.validate_result
        return unchecked and all(pattern.score < floor for pattern in patterns)
    return isinstance(engine, presidio.PhoneRecognizer) and floor > engine.SCORE
