"""When two writings are one value: the form that keyed hashes are made of."""

import re

_DIGITS = frozenset({"CREDIT_CARD", "IMEI", "PHONE_NUMBER", "UK_NHS", "US_BANK_NUMBER", "US_ITIN", "US_NPI", "US_SSN"})
_LETTERS_AND_DIGITS = frozenset({"IBAN_CODE", "MAC_ADDRESS", "NATIONAL_ID", "POSTCODE", "US_DRIVER_LICENSE", "US_PASSPORT"})


def normal_value(kind: str, value: str) -> str:
    """The form in which two writings of one value are equal: digits of numbers, letters without case and outer white space.

    A phone number keeps a leading +; national and international writing of one number stay two values.
    """
    if kind in _DIGITS:
        return ("+" if value.lstrip().startswith("+") else "") + re.sub(r"\D", "", value)
    if kind in _LETTERS_AND_DIGITS:
        return re.sub(r"[\W_]", "", value).upper()
    return value.strip().casefold()
