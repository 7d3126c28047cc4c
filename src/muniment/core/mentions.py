"""A value of a data subject as it may stand in a text: a pattern for native search, since detectors miss some."""

import re

_DIGITS = frozenset({"CREDIT_CARD", "IMEI", "PHONE_NUMBER", "UK_NHS", "US_BANK_NUMBER", "US_ITIN", "US_NPI", "US_SSN"})
_CODES = frozenset({"IBAN_CODE", "MAC_ADDRESS", "NATIONAL_ID", "POSTCODE", "US_DRIVER_LICENSE", "US_PASSPORT"})
LEAST = 4  # letters and digits of a value: a shorter one stands in texts that have nothing to do with anybody


def pattern(kind: str, value: str) -> str:
    """A regular expression (as Rust's `regex` crate and Python's `re` read them) that finds a value of a type of personal data, whatever
    its case, white space and, for numbers and codes, the signs between its characters; never inside a longer word or address.

    Raises `ValueError` for a value too short to be looked for.
    """
    if len(re.sub(r"[\W_]", "", value)) < LEAST:
        raise ValueError(f"a value needs {LEAST} letters or digits")
    if kind in _DIGITS:
        return r"(?:^|[^\d])" + r"[\W_]{0,3}".join(re.sub(r"\D", "", value)) + r"(?:$|[^\d])"
    if kind in _CODES:
        return r"(?i)(?:^|\W|_)" + r"[\W_]{0,3}".join(re.sub(r"[\W_]", "", value)) + r"(?:$|\W|_)"
    words = r"\s+".join(_escaped(word) for word in value.split())
    before, after = (r"(?:^|[^\w.+-])", r"(?:$|[^\w.-]|[.-](?:$|\W))") if "@" in value else (r"(?:^|\W)", r"(?:$|\W)")
    return f"(?i){before}{words}{after}"


def _escaped(word: str) -> str:
    """Signs that mean something in a pattern, with a backslash; `re.escape` also escapes what Rust then refuses."""
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~-])", r"\\\1", word)
