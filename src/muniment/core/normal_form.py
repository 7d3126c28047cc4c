"""The one form that all text is kept in: Unicode NFC, "\\n" line ends, nothing invisible. Offsets elsewhere count in it."""

import re
import unicodedata
from collections.abc import Callable

import ftfy
from ftfy.badness import is_bad

from muniment.errors import InvalidRecord

_LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls but tab and newline, lone surrogates, non-characters, and what is drawn as nothing: soft hyphens, zero-width
# spaces, direction overrides (CVE-2021-42574) and tag characters, which hide instructions from readers but not from models.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# Joiners shape Persian, Indic scripts and emoji; beside ASCII they only split words.
_JOINERS = re.compile("(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
# More than 30 marks on one letter is no language (UAX #15, stream-safe text), and makes NFC quadratic.
_COMBINING = "".join(chr(point) for point in range(0x300, 0x1F000) if unicodedata.combining(chr(point)))
_MARKS = re.compile(f"([{_COMBINING}]{{30}})[{_COMBINING}]+")
# Cheap first test: a class within the basic plane is a bitmap to the engine, one beyond it is a list.
_LONG_RUN = re.compile("[" + "".join(mark for mark in _COMBINING if mark <= "\uffff") + "\U00010000-\U0001efff]{31}")
# UTF-8 read as Latin-1 or Windows-1252: a first byte, then a following one. ftfy's own test is a hundred times slower.
_FOLLOWING = bytes(range(0x80, 0xC0)).decode("latin-1") + "".join(
    bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)
)
_SUSPICIOUS = re.compile(f"[\u00c2-\u00f4][{_FOLLOWING}]")
_BLANK_LINES = re.compile("\n{4,}")


def normalise(text: str) -> tuple[str, tuple[str, ...]]:
    """Normal form of a text, and the `name@version` of every transformation that changed it, in order.

    Indentation, tables and up to two blank lines in a row stay as they are. Idempotent: a normalised text comes back unchanged.
    Raises `InvalidRecord` with reason `EMPTY` when no visible character is left.
    """
    applied: list[str] = []
    for name, step in _STEPS:
        changed = step(text)
        if changed != text:
            applied.append(name)
            text = changed
    if not text or text.isspace():
        raise InvalidRecord(
            "EMPTY", "The document holds no visible text.", "Leave it out of the source, or run OCR upstream if it is a scan."
        )
    if not {_LINES, _TRIM}.issuperset(applied) and not text.isascii():  # what was removed or repaired may have hidden broken text
        text, again = normalise(text)
        applied += [name for name in again if name not in applied]
    return text, tuple(applied)


def _repair_mojibake(text: str) -> str:
    """Undo UTF-8 read as another encoding, in the lines that show it (ftfy's badness heuristic) and in no other."""
    if text.isascii() or not _SUSPICIOUS.search(text):
        return text
    return "\n".join(ftfy.fix_encoding(line) if _SUSPICIOUS.search(line) and is_bad(line) else line for line in text.split("\n"))


def _end_lines(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LINE_ENDS.sub("\n", text)


def _drop_invisible(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    return _JOINERS.sub("", text) if "\u200c" in text or "\u200d" in text else text


def _plain_spaces(text: str) -> str:
    return text if text.isascii() else _SPACES.sub(" ", text)


def _compose(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub(r"\1", text) if _LONG_RUN.search(text) else text)


def _trim(text: str) -> str:
    if " \n" in text or "\t\n" in text:
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    if "\n\n\n\n" in text:  # a search for the string is far faster than one for the pattern
        text = _BLANK_LINES.sub("\n\n\n", text)
    return text.strip("\n").rstrip(" \t\n")


_LINES, _TRIM = "line-ends@1", "trim@1"
_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    (f"mojibake:ftfy@{ftfy.__version__}", _repair_mojibake),
    (_LINES, _end_lines),
    ("invisible@1", _drop_invisible),
    ("spaces@1", _plain_spaces),
    (f"nfc@{unicodedata.unidata_version}", _compose),
    (_TRIM, _trim),
)

# Names the steps and the data behind them: text kept under another version is normalised again.
VERSION = f"1+ftfy{ftfy.__version__}+ucd{unicodedata.unidata_version}"
