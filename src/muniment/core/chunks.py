"""Passages: documents cut where their structure allows, each with a stable citation id and all that governs its document.

A document is a row of blocks: headings, paragraphs, fenced code, tables; of a program, what stands between blank lines; of a table, its
lines. A block that fits is kept whole; a larger one is cut at sentences or blank lines, then lines, then words. Neighbouring blocks are
packed into passages; a heading stays with what follows it. Where a passage may end in several places, the text after them decides, not how
much stands before: so passages away from an edit stay what they are (content-defined boundaries: Muthitacharoen et al. 2001).
"""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.wordpieces import Sizes, sizes
from muniment.errors import GateFailed
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import CHUNK

CHUNKER = "structure@3"
WORDS = 130  # about 200 WordPiece tokens of prose: inside the 256 that small sentence encoders read
OVERLAP = 20
TOKENS_PER_WORD = (
    1.6  # a text of more (paths, code, scripts without spaces) counts as of more words: 208 tokens by estimate at most
)
_FILLED = ("source_id", "title", "owner", "classification", "tenant", "media_type")  # an empty one is a missing one
_EARLIEST = 0.6  # of its size: where a full passage may end at the earliest

_BLOCK = re.compile(
    r"(?P<heading>^ {0,3}#{1,6}[ \t].*$)"
    r"|(?P<underlined>^\S.*\n(?P<line>[=~^*+#\"'`-])(?P=line){2,}[ \t]*$)"  # reStructuredText, and Markdown's other way
    r"|(?P<fence>^ {0,3}(?P<mark>`{3,}+|~{3,}+).*\n(?:.*\n)*?(?: {0,3}(?P=mark)[`~]*[ \t]*$|.*\Z))"  # unclosed: to the end
    r"|(?P<table>^[ \t]*\|.*(?:\n[ \t]*\|.*)*)"
    r"|(?P<paragraph>^[^\S\n]*\S.*(?:\n(?! {0,3}(?:#{1,6}[ \t]|```|~~~)|[ \t]*\|)[^\S\n]*\S.*)*)",
    re.MULTILINE,
)
_PROGRAM = re.compile(r"(?P<code>^[^\S\n]*\S.*(?:\n[^\S\n]*\S.*)*)", re.MULTILINE)
_ROWS = re.compile(r"(?P<table>\S[\s\S]*)")
_PROGRAMS = re.compile(
    r"text/(x-(python|c|c\+\+|java|go|rust|ruby|php|csharp|sql|shellscript)|javascript|typescript|css)|application/(json|toml|xml|x-yaml|yaml)"
)
_TABLES = ("text/csv", "text/tab-separated-values")
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]|\n(?=[^\S\n]*(?:[-*+•]|\d+[.)])\s)")
_BLANK = re.compile(r"\n[^\S\n]*\n")
_LINE = re.compile(r"\n")
_WORD = re.compile(r"\S{32}|\s+")
_CUTS = {
    "paragraph": (_SENTENCE, _LINE, _WORD),
    "table": (_LINE, _WORD),
    "fence": (_BLANK, _LINE, _WORD),
    "code": (_LINE, _WORD),
    "heading": (_WORD,),
}


class _Unit(NamedTuple):
    """A span that is never cut: a block that fits, or one piece of `block` that does not. `size` is in words.

    `opens`: a section begins here; `heading`: and this stays with what follows.
    """

    start: int
    end: int
    size: int
    opens: bool
    heading: bool
    block: int  # −1: a whole block


def chunk(promoted: pa.Table, words: int = WORDS, overlap: int = OVERLAP) -> pa.Table:
    """Cut promoted documents (schema PROMOTED, n rows) into passages of at most about `words` words (schema CHUNK, document order).

    `start` and `end` are code-point offsets with document[start:end] == text. Where a block had to be cut, a passage repeats up to
    `overlap` words of the last one. chunk_id is `doc_id:` and 12 hexadecimal digits of the SHA-256 of the text, with `-2`, `-3` … for
    repeats inside a document. Raises `GateFailed` when a document lacks what every chunk must carry.
    """
    if not 0 <= overlap < words:
        raise ValueError("The overlap must be at least 0 and less than the size of a passage.")
    rows: list[int] = []
    columns: dict[str, list[object]] = {name: [] for name in ("chunk_id", "ordinal", "start", "end", "text_hash", "text")}
    documents = zip(*(promoted[name].to_pylist() for name in ("doc_id", "media_type", "text")), strict=True)
    for row, (doc_id, media_type, text) in enumerate(documents):
        repeats: dict[str, int] = {}
        for ordinal, (start, end) in enumerate(passages(text, words, overlap, media_type)):
            name = sha256(text[start:end].encode())
            repeats[name] = repeats.get(name, 0) + 1
            suffix = f"-{repeats[name]}" if repeats[name] > 1 else ""
            rows.append(row)
            values = (f"{doc_id}:{name[:12]}{suffix}", ordinal, start, end, name, text[start:end])
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    return _governed(promoted, rows, columns)


def passages(text: str, words: int = WORDS, overlap: int = OVERLAP, media_type: str = "") -> list[tuple[int, int]]:
    """Spans (start, end) of the passages of one text, in order; together they cover all but white space."""
    units = list(_units(text, words, media_type or ""))
    spans = []
    first = stop = 0
    while first < len(units):
        stop = _stop(text, units, first, stop, words)
        spans.append((units[first].start, units[stop - 1].end))
        first = _resume(units, first, stop, words, overlap)
    return spans


def _stop(text: str, units: list[_Unit], first: int, last: int, words: int) -> int:
    """Where the passage that begins at unit `first` ends (exclusive), after the `last` one: when full, or a third full before a section."""
    size, prose, stop = units[first].size, not units[first].heading, first + 1
    full = False
    while stop < len(units) and not full:
        unit, section = units[stop], size >= words // 3
        if unit.opens and prose and section:
            break
        full = size + unit.size > words and (prose or section)
        if not full:
            size, prose, stop = size + unit.size, prose or not unit.heading, stop + 1
    if full:
        stop = _settled(text, units, first, last, stop, words)
    while prose and stop < len(units) and stop - 1 > first and units[stop - 1].heading:
        stop -= 1  # a heading goes with what follows it
    return stop


def _settled(text: str, units: list[_Unit], first: int, last: int, full: int, words: int) -> int:
    """Of the places where a full passage may end, one between blocks rather than inside one, and of these the one whose next unit has
    the smallest checksum: an edit before it changes neither."""
    filled = list(accumulate(units[place].size for place in range(first, full)))
    sized = (first + count for count, size in enumerate(filled, start=1) if size >= words * _EARLIEST)
    places = [place for place in sized if place > last] or [full]
    return min(
        places, key=lambda place: (_inside(units, place), crc32(text[units[place].start : units[place].end].encode()), -place)
    )


def _inside(units: list[_Unit], place: int) -> bool:
    """Whether the units before and after are pieces of one block."""
    return units[place].block >= 0 and units[place].block == units[place - 1].block


def _resume(units: list[_Unit], first: int, stop: int, words: int, overlap: int) -> int:
    """Where the next passage begins: at `stop`, or some pieces before it when a block was cut there."""
    if stop == len(units) or units[stop].block < 0:
        return stop
    room, back = min(overlap, words - units[stop].size), stop
    while back - 1 > first and units[back - 1].block == units[stop].block and units[back - 1].size <= room:
        back -= 1
        room -= units[back].size
    return back


def _units(text: str, words: int, media_type: str) -> Iterator[_Unit]:
    measure = sizes(text)
    pattern = _PROGRAM if _PROGRAMS.fullmatch(media_type) else _ROWS if media_type in _TABLES else _BLOCK
    for number, match in enumerate(pattern.finditer(text)):
        kind = "heading" if match.lastgroup in ("heading", "underlined") else match.lastgroup
        start, end = match.span()
        end = start + len(match[0].rstrip())
        whole, heading = _size(measure, start, end), kind == "heading"
        opens = heading or (kind == "code" and not text[start].isspace())
        if whole <= words:
            yield _Unit(start, end, whole, opens, heading, -1)
            continue
        for piece in _pieces(text, measure, start, end, _CUTS[kind or "paragraph"], words):
            yield _Unit(*piece, opens and piece[0] == start, False, number)


def _pieces(
    text: str, measure: Sizes, start: int, end: int, cuts: tuple[re.Pattern[str], ...], words: int
) -> Iterator[tuple[int, int, int]]:
    """Cut a span by the first pattern that makes its parts fit: (start, end, size) of each part that is not blank."""
    part = text[start:end].rstrip()
    size = _size(measure, start, start + len(part))
    if part and (size <= words or not cuts):
        yield start, start + len(part), size
    elif part:
        bounds = [start, *(match.end() for match in cuts[0].finditer(text, start, end)), end]
        for left, right in pairwise(bounds):
            yield from _pieces(text, measure, left, right, cuts[1:], words)


def _size(measure: Sizes, start: int, end: int) -> int:
    """Words, or as many as its tokens stand for."""
    return max(measure.words_of(start, end), round(measure.tokens_of(start, end) / TOKENS_PER_WORD))


def _governed(promoted: pa.Table, rows: list[int], columns: dict[str, list[object]]) -> pa.Table:
    """Chunks with their documents' columns, in the order of the schema."""
    inherited = promoted.select([name for name in CHUNK.names if name not in columns]).take(pa.array(rows, pa.int64()))
    own = {name: pa.array(values, CHUNK.field(name).type) for name, values in columns.items()}
    table = pa.table([own[name] if name in own else inherited[name] for name in CHUNK.names], schema=CHUNK)
    for field in CHUNK:
        missing = table[field.name].null_count if not field.nullable else 0
        missing += pc.sum(pc.equal(table[field.name], "")).as_py() or 0 if field.name in _FILLED else 0
        if missing:
            raise GateFailed(
                f"{missing} chunks have no {field.name}.", "Give their documents one in the registry and promote again."
            )
    return table
