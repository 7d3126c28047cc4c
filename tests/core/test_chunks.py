"""Passages: where they are cut, what they are called, what they inherit."""

import random
import time
from datetime import UTC, datetime
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.chunks import OVERLAP, TOKENS_PER_WORD, WORDS, chunk, passages
from muniment.core.wordpieces import sizes
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


@settings(max_examples=300, deadline=None)
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


def paragraphs(seed: int, count: int) -> list[str]:
    """Paragraphs of one to five sentences of made words."""
    drawn, names = (
        random.Random(seed),
        ["archive", "basement", "cabinet", "drawer", "folder", "gallery", "hallway", "index", "journal"],
    )
    return [". ".join(" ".join(drawn.choices(names, k=12)) for _ in range(drawn.randint(1, 5))) + "." for _ in range(count)]


def test_passages_far_from_an_edit_keep_their_citations() -> None:
    lost = []
    for seed in range(60):
        place = seed % 20
        before, inserted = paragraphs(seed, 120), paragraphs(seed + 1_000, 1 + seed % 4)
        kept = set(chunk(promoted("\n\n".join([*before[:place], *inserted, *before[place:]])))["chunk_id"].to_pylist())
        lost.append(sum(each not in kept for each in chunk(promoted("\n\n".join(before)))["chunk_id"].to_pylist()))
    half, nine_tenths = sorted(lost)[30], sorted(lost)[54]  # of about 46 passages
    assert half <= 4
    assert nine_tenths <= 15


def test_a_long_paragraph_without_structure_settles_after_an_edit() -> None:
    words = random.Random(1).choices(
        ["archive", "basement", "cabinet", "drawer", "folder", "gallery", "hallway", "index", "journal"], k=6000
    )
    text = " ".join(word + ("." if place % 11 == 10 else "") for place, word in enumerate(words))
    before, after = set(cut(text)), set(cut("One more sentence stands in front of all that. " + text))
    assert len(before & after) / len(before) > 0.8


def test_recaptured_text_keeps_all_its_citations() -> None:
    body = prose(700)
    assert chunk(promoted(body))["chunk_id"] == chunk(promoted(body, title="Another title", owner="robin"))["chunk_id"]


def test_no_passage_holds_text_of_two_documents() -> None:
    texts = [prose(50, "a"), prose(50, "b"), prose(50, "c")]
    rows = chunk(promoted(*texts)).to_pylist()
    assert [(row["doc_id"], row["text"], row["acl"]) for row in rows] == [
        (f"d{n}", text, [f"g{n}"]) for n, text in enumerate(texts)
    ]


def test_underlined_headings_open_sections_too() -> None:
    text = f"Title\n=====\n\n{prose(80, 'a')}\n\nNext\n----\n\n{prose(80, 'b')}"
    assert [each.partition("\n")[0] for each in cut(text)] == ["Title", "Next"]


def test_a_program_is_cut_between_its_functions_and_its_comments_are_no_headings() -> None:
    bodies = ["\n".join(f"    total += weight * {line}" for line in range(14)) for _ in range(6)]
    text = "\n\n".join(
        f"def area_{number}(total, weight):\n    # Part one\n{body}\n    return total" for number, body in enumerate(bodies)
    )
    parts = [text[start:end] for start, end in passages(text, media_type="text/x-python")]
    assert len(parts) == 6
    assert all(part.startswith("def area_") and part.endswith("return total") for part in parts)


def test_rows_of_a_table_are_never_cut() -> None:
    rows = [f"{number},shelf {number % 7},roll {number % 11},{number * 3}" for number in range(300)]
    for media_type in ("text/csv", "text/tab-separated-values"):
        parts = ["\n".join(rows)[start:end].split("\n") for start, end in passages("\n".join(rows), media_type=media_type)]
        assert {row for part in parts for row in part} == set(rows)


@given(texts, st.sampled_from(["", "text/markdown", "text/x-python", "text/csv", "application/json"]))
def test_passages_of_every_type_cover_the_text_and_fit_an_encoder(text: str, media_type: str) -> None:
    spans, measure = passages(text, media_type=media_type), sizes(text)
    covered = {place for start, end in spans for place in range(start, end)}
    assert not "".join(letter for place, letter in enumerate(text) if place not in covered).strip()
    assert all(measure.tokens_of(start, end) <= (WORDS + WORDS // 3) * TOKENS_PER_WORD + 32 for start, end in spans)
