"""A second opinion on secrets: what another scanner says about the same texts, as evidence of its own beside that of `secrets`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Protocol

import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.findings import Span, findings, surest
from muniment.core.identity import keyed_hash
from muniment.schemas.evidence import FINDING

VERSION = "1"
# Its own grades do not say how often it is right; at this score its findings count and ours go first.
SCORE = 0.6
CATEGORY = "credentials"
# Beside a secret these tell it to look away. That is for who runs it, not for who wrote the text: as many bytes take their place.
_LOOK_AWAY = re.compile("leaks:allow")
_INSTEAD = "leaks-allow"

# Rule, value, (line, column) of its first byte and of its last, from 1; lines end with "\n" alone.
Hit = tuple[str, str, tuple[int, int], tuple[int, int]]
Scan = Callable[[str], Iterable[Hit]]


class Scanner(Protocol):
    """A scanner that can be loaded; name and version stand for its rules."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def __hash__(self) -> int: ...

    def load(self) -> Scan: ...


def detector(key: bytes, scanner: Scanner) -> Detector:
    """What a scanner finds as FINDING evidence: type `SECRET_` and its rule's name, rule `scanner/rule`, score .6.

    `key` makes the keyed hashes of values. The scanner is loaded, once a process, when the first document comes.
    """
    settings = {"key": keyed_hash(key, "digest of the key"), "scanner": f"{scanner.name} {scanner.version}"}
    work = partial(_detect, key=key, scanner=scanner)
    return Detector("scanner", VERSION, ("doc_id", "text"), FINDING, work, settings)


def spans(row: int, text: str, hits: Sequence[Hit], name: str) -> Iterator[Span]:
    """Where in the text of document `row` the values of hits stand, in code points. Linear in the text and the hits."""
    data = text.encode()
    lines = [0, *(match.end() for match in re.finditer(b"\n", data))]
    places = [_place(data, lines, hit) for hit in hits]
    points = _code_points(data, {byte for place in places for byte in place})
    for (rule, *_), (start, end) in zip(hits, places, strict=True):
        if start < end:
            yield Span(row, points[start], points[end], type_of(rule), SCORE, f"{name}/{rule}", CATEGORY)


def type_of(rule: str) -> str:
    """The type of finding that a rule of the scanner makes: `github-pat` and `github-pat.2` make SECRET_GITHUB_PAT."""
    name = re.sub(r"\.\d+$", "", rule).upper()
    return "SECRET_" + re.sub(r"[^A-Z0-9]+", "_", name).strip("_")


def _detect(documents: pa.Table, key: bytes, scanner: Scanner) -> pa.Table:
    found: list[Span] = []
    scan = _loaded(scanner) if documents.num_rows else None
    for row, text in enumerate(documents["text"].to_pylist()):
        # A text ends for it where a NUL stands. Whatever takes its place has to be as long.
        seen = _LOOK_AWAY.sub(_INSTEAD, text).replace("\0", " ")
        if scan and (hits := list(scan(seen))):
            found += spans(row, seen, hits, scanner.name)
    return findings(documents, surest(found), f"scanner@{VERSION}", key, lambda kind, value: value.strip())


def _place(data: bytes, lines: Sequence[int], hit: Hit) -> tuple[int, int]:
    """First byte of a value and the one after its last. The scanner tells the place of what its rule read, with the name before
    the value; a value that was decoded stands nowhere, and there that place is told."""
    _, value, first, last = hit
    start, end = lines[first[0] - 1] + first[1] - 1, lines[last[0] - 1] + last[1]
    sought = value.encode()
    for reach in (end, end + len(sought)):  # where a rule begins to read at the end of a line, places are told a little short
        if sought and (found := data.rfind(sought, start, reach)) >= 0:
            return found, found + len(sought)
    return _whole(data, start), _whole(data, min(end, len(data)))


def _whole(data: bytes, byte: int) -> int:
    """Where the code point begins that a byte belongs to."""
    while byte < len(data) and data[byte] & 0xC0 == 0x80:
        byte -= 1
    return byte


def _code_points(data: bytes, places: Iterable[int]) -> dict[int, int]:
    """How many code points stand before each of the bytes."""
    told, before, count = {}, 0, 0
    for byte in sorted(places):
        count += len(data[before:byte].decode())
        told[byte] = count
        before = byte
    return told


@lru_cache(maxsize=1)
def _loaded(scanner: Scanner) -> Scan:
    return scanner.load()
