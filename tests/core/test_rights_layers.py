"""Share-alike as a layer: what lies beside it does not feel it."""

import random
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.rights.layers import apart
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import PROMOTED
from muniment.store.root import open_root

OPEN, SHARED = ["ATTRIBUTION_REQUIRED", "COMMERCIAL_OK"], ["COMMERCIAL_OK", "SHAREALIKE"]


def promoted(rows: list[tuple[int, list[str]]]) -> pa.Table:
    """Documents by number and tags; the number decides all else, nulls among it."""
    return pa.Table.from_pylist([_row(number, tags) for number, tags in rows], schema=PROMOTED)


def _row(number: int, tags: list[str]) -> dict[str, object]:
    text = random.Random(number).randbytes(number % 400).hex()
    splices = [{"start": 0, "end": 1, "length": 2}] * (number % 3)
    return {
        "doc_id": f"{number:032x}", "source_id": "s", "native_key": f"{number}.md", "project": None if number % 2 else "p", "title": "t",
        "owner": "o", "modified": None, "classification": "public", "tenant": "default", "acl": ["staff"] * (number % 3),
        "language": None if number % 5 else "en", "media_type": "text/plain", "licence": "MIT", "rights": "verified", "tags": tags, "reserved": [],
        "action": "accept", "reasons": [], "redactions": 0, "splices": splices, "pseudonym_key": None,
        "text_hash": sha256(text.encode()), "text": text,
    }  # fmt: skip


rows = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([OPEN, SHARED, []])), max_size=40, unique_by=lambda row: row[0])


@given(rows)
def test_every_document_is_in_exactly_one_layer_and_in_the_right_one(drawn: list[tuple[int, list[str]]]) -> None:
    table = promoted(drawn)
    base, shared = apart(table)
    assert not any("SHAREALIKE" in tags for tags in base["tags"].to_pylist())
    assert all("SHAREALIKE" in tags for tags in shared["tags"].to_pylist())
    both = base.to_pylist() + shared.to_pylist()
    assert sorted(row["doc_id"] for row in both) == sorted(table["doc_id"].to_pylist())
    assert {str(row) for row in both} == {str(row) for row in table.to_pylist()}


@given(rows)
def test_a_layer_measures_the_same_whatever_stood_beside_it(drawn: list[tuple[int, list[str]]]) -> None:
    base, _ = apart(promoted(drawn))
    alone, nothing = apart(promoted([row for row in drawn if "SHAREALIKE" not in row[1]]))
    assert nothing.num_rows == 0 and base.equals(alone)
    assert base.nbytes == alone.nbytes  # the size decides where a row group ends


def test_objects_of_the_base_are_byte_identical_with_and_without_share_alike_documents(tmp_path: Path) -> None:
    lake = open_root(str(tmp_path / "root")).lake
    mixed = [(number, SHARED if number % 7 == 0 else OPEN) for number in range(3_000)]
    with_shared, _ = apart(promoted(mixed))
    without, _ = apart(promoted([row for row in mixed if row[1] is OPEN]))
    assert lake.write(with_shared, PROMOTED) == lake.write(without, PROMOTED)
