"""JSON (RFC 8259) without its ambiguities: a part that two readers could understand differently is a flaw, not a value."""

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from muniment.errors import InvalidRecord

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_DIGITS = 300
# Letters that are drawn alike, to their Latin twin (the part of UTS #39 that keys are forged with).
_TWINS = str.maketrans(
    "аеорсухіјѕАВЕКМНОРСТУХІЈЅαορνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsABEKMHOPCTYXIJSaopvABEZHIKMNOPTYX",
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Stands in a loaded value where something could not be taken as it is."""

    reason: str
    message: str


def load(raw: bytes) -> Any:
    """The value of a JSON text, `Flaw`s in the place of broken parts; raises `InvalidRecord`: `BAD_ENCODING`, `TRUNCATED`,
    `TOO_DEEP`, `MALFORMED`."""
    try:
        text = raw.decode("utf-8-sig")
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        raise InvalidRecord("BAD_ENCODING", "The JSON is not UTF-8.", "Export it again as UTF-8.") from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise InvalidRecord("TRUNCATED", "The JSON ends too early.", "Fetch it again from its origin.") from None
        raise InvalidRecord("MALFORMED", f"The JSON breaks at character {error.pos}.", "Export it again.") from None
    except RecursionError:
        raise InvalidRecord("TOO_DEEP", "The JSON is nested too deeply.", "Check where the file comes from.") from None


def check(value: Any) -> None:
    """Raise the first flaw inside a loaded value as an `InvalidRecord`: `DUPLICATE_JSON_KEY`, `LOOKALIKE_JSON_KEY`,
    `NOT_FINITE`, `HUGE_NUMBER`, `INVALID_UNICODE`."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if not each.isascii() and _LONE_SURROGATE.search(each):
                raise InvalidRecord("INVALID_UNICODE", "A string holds half of a character.", "Repair the export.")
        elif isinstance(each, dict):
            waiting.extend(each)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, Flaw):
            raise InvalidRecord(each.reason, each.message, "Repair the export.")


def alike(names: list[str]) -> Flaw | None:
    """The flaw of a list of names in which two are the same or cannot be told apart."""
    if len(set(names)) < len(names):
        return Flaw("DUPLICATE_JSON_KEY", "A key stands twice.")
    if not all(map(str.isascii, names)) and len(set(map(_skeleton, names))) < len(names):
        return Flaw("LOOKALIKE_JSON_KEY", "Two keys look the same.")
    return None


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").translate(_TWINS)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    held = dict(pairs)
    if len(held) == len(pairs) and all(map(str.isascii, held)):
        return held
    return alike([key for key, _ in pairs]) or held


def _float(digits: str) -> Any:
    value = float(digits)
    return value if math.isfinite(value) else Flaw("NOT_FINITE", "A number is too large to be finite.")


def _int(digits: str) -> Any:
    return int(digits) if len(digits) <= _MAX_DIGITS else Flaw("HUGE_NUMBER", f"A number has more than {_MAX_DIGITS} digits.")


def _constant(name: str) -> Flaw:
    return Flaw("NOT_FINITE", f"{name} is no JSON number.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)
