"""Passages: where they are cut, what they are called, what they inherit."""

import time
from datetime import UTC, datetime
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.chunks import OVERLAP, WORDS, chunk, passages
from muniment.errors import GateFailed
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import CHUNK, PROMOTED

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
PIECES = [
    "word ",
    "One sentence. ",
    "Noch ein Satz! ",
    "\n",
    "\n\n",
    "# Title\n",
    "```\n",
    "~~~~\n",
    "| a | b |\n",
    "- item\n",
    "文章は長い。",
    "x" * 90,
    "\f",
    "\u2028",
    " ",
    "🙂",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=120).map("".join)


def promoted(*texts: str, **changed: object) -> pa.Table:
    """Documents d0, d1, … with a group of their own each."""
    row: dict[str, object] = {
        "source_id": "handbook", "title": "Title", "owner": "ada", "modified": SEEN, "classification": "internal", "tenant": "default",
        "language": "en", "media_type": "text/markdown", "licence": "MIT", "rights": "unverified", "tags": [], "reserved": [], "action": "accept", "reasons": [], "redactions": 0, "text_hash": "",
    }  # fmt: skip
    rows = [
        row | {"doc_id": f"d{number}", "native_key": str(number), "acl": [f"g{number}"], "text": text} | changed
        for number, text in enumerate(texts)
    ]
    return pa.Table.from_pylist(rows, schema=PROMOTED)


def prose(words: int, mark: str = "w") -> str:
    names = ["".join(chr(ord("a") + int(digit)) for digit in str(number)) for number in range(words)]
    return " ".join(f"{mark}{name}" + ("." if number % 9 == 8 else "") for number, name in enumerate(names))


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in passages(text)]


@settings(deadline=None)
@given(st.lists(texts, max_size=4), st.integers(2, 40), st.data())
def test_offsets_give_back_the_text_and_miss_nothing(texts: list[str], words: int, data: st.DataObject) -> None:
    chunks = chunk(promoted(*texts), words, data.draw(st.integers(0, words - 1))).to_pylist()
    uncovered = {f"d{number}": set(range(len(text))) for number, text in enumerate(texts)}
    for row in chunks:
        text = texts[int(row["doc_id"][1:])]
        assert text[row["start"] : row["end"]] == row["text"]
        assert row["text"].strip()
        uncovered[row["doc_id"]] -= set(range(row["start"], row["end"]))
    for number, text in enumerate(texts):
        assert not "".join(text[place] for place in uncovered[f"d{number}"]).strip()
    assert len({row["chunk_id"] for row in chunks}) == len(chunks)


@given(texts, st.integers(10, 60), st.integers(0, 9))
def test_passages_move_forward_and_stay_near_their_size(text: str, words: int, overlap: int) -> None:
    spans = passages(text, words, overlap)
    assert all(left[0] < right[0] and left[1] < right[1] for left, right in pairwise(spans))
    assert all(len(text[start:end].split()) <= words + words // 3 for start, end in spans)


def test_a_chunk_carries_all_that_governs_its_document() -> None:
    first, second = chunk(promoted("One passage.", "Another one.")).to_pylist()
    assert first == {
        "chunk_id": f"d0:{sha256(b'One passage.')[:12]}", "doc_id": "d0", "source_id": "handbook", "ordinal": 0, "start": 0, "end": 12,
        "title": "Title", "owner": "ada", "modified": SEEN, "classification": "internal", "tenant": "default", "acl": ["g0"], "language": "en",
        "media_type": "text/markdown", "licence": "MIT", "text_hash": sha256(b"One passage."), "text": "One passage.",
    }  # fmt: skip
    assert (second["doc_id"], second["acl"]) == ("d1", ["g1"])


def test_the_citation_of_a_passage_survives_an_edit_elsewhere_in_its_document() -> None:
    body = f"# A\n\n{prose(100, 'a')}\n\n# B\n\n{prose(100, 'b')}"
    before = chunk(promoted(body))["chunk_id"].to_pylist()
    after = chunk(promoted("# New\n\n" + prose(90, "n") + "\n\n" + body))["chunk_id"].to_pylist()
    assert len(before) == 2
    assert set(before) < set(after)


def test_repeats_inside_a_document_get_numbers() -> None:
    section = f"# Same\n\n{prose(100)}\n\n"
    ids = chunk(promoted(section * 3))["chunk_id"].to_pylist()
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]


def test_a_heading_stays_with_what_follows_it() -> None:
    assert cut(f"{prose(120, 'a')}\n\n# Next\n\n{prose(WORDS - 1, 'b')}") == [prose(120, "a"), f"# Next\n\n{prose(WORDS - 1, 'b')}"]


@pytest.mark.parametrize(
    "block",
    [
        "```python\n" + "\n\n".join(f"line_{n} = {n}" for n in range(20)) + "\n```",
        "\n".join(f"| row {n} | {n} |" for n in range(20)),
    ],
)
def test_code_and_tables_that_fit_are_kept_whole(block: str) -> None:
    assert cut(f"{prose(100, 'a')}\n\n{block}\n\n{prose(100, 'b')}") == [prose(100, "a"), block, prose(100, "b")]


def test_a_long_paragraph_is_cut_at_sentences_and_overlaps() -> None:
    first, second, *_ = cut(prose(400))
    assert first.endswith(".")
    repeated = set(first.split()) & set(second.split())
    assert 0 < len(repeated) <= OVERLAP
    assert first.endswith(second[: second.index(".") + 1]) or second.split()[0] in repeated


def test_a_script_without_spaces_is_cut_too() -> None:
    passages = cut("文章は長い。" * 400)
    assert len(passages) > 5
    assert max(map(len, passages)) <= 3 * WORDS


def test_a_document_without_text_has_no_chunks() -> None:
    assert chunk(promoted("", " \n\t\n")).num_rows == 0
    assert chunk(promoted()).schema == CHUNK


def test_cutting_is_blind_to_how_the_table_is_split() -> None:
    parts = pa.concat_tables([promoted("One."), promoted("Two.")])
    assert chunk(parts)["text"].to_pylist() == ["One.", "Two."]


@pytest.mark.parametrize("column", ["owner", "title", "classification"])
def test_a_document_without_what_every_chunk_must_carry_is_refused(column: str) -> None:
    for value in ("", None):
        with pytest.raises(GateFailed, match=f"1 chunks have no {column}"):
            chunk(promoted("text", **{column: value}))


def test_an_overlap_as_large_as_a_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        chunk(promoted("text"), words=10, overlap=10)


@pytest.mark.parametrize(
    "hostile", ["~~~x\n" * 40_000, "`" * 200_000, "|\n\n" * 40_000, "a" * 1_000_000, "# h\n" * 40_000, "\t" * 200_000 + "x"]
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    start = time.perf_counter()
    passages(hostile)
    assert time.perf_counter() - start < 5
