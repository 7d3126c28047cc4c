"""The search, held against what plain Python finds: any text anywhere, in any form; and nothing that is not there."""

import base64
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.verifiers.residue import digits, escapes, tantivy
from muniment.verifiers.residue.common import Common
from muniment.verifiers.residue.folding import folded
from muniment.verifiers.residue.look import Look
from muniment.verifiers.residue.make import Maker
from muniment.verifiers.residue.marks import marks
from muniment.verifiers.residue.nearness import NEAR, Near
from muniment.verifiers.residue.needles import Needles
from muniment.verifiers.residue.parts import octets
from muniment.verifiers.residue.search import PIECE, Search

WORDS = st.text("abcdefghijklmnopqrstuvwxyz ÄÖé,.\n\"'0123456789", min_size=1, max_size=300)
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=32, max_size=32)
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


def _parquet(payload: str) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["before", payload, "after"]}), sink, compression="zstd", use_dictionary=False)
    return sink.getvalue()


def _arrow(payload: str) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.table({"text": [payload]})
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


CONTAINERS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "JSON": lambda text: json.dumps({"text": text}).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"text": text})).encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib in bytes": lambda text: b"\0\1\2" * 9 + zlib.compress(text.encode()) + b"\3" * 9,
    "base64": lambda text: b'{"data": "' + base64.b64encode(text.encode()) + b'"}',
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "Parquet": _parquet,
    "Arrow": _arrow,
}


def needles(*texts: str, ids: tuple[str, ...] = ()) -> Needles:
    maker = Maker()
    maker.ids(ids)
    for each in texts:
        maker.text(each)
    return maker.made()


@pytest.mark.parametrize("container", CONTAINERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    secret=st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), min_size=24, max_size=40),
    before=WORDS,
    after=WORDS,
)
def test_a_text_is_found_wherever_it_stands_in_any_container(container: str, secret: list[str], before: str, after: str) -> None:
    text = " ".join(secret)
    held = needles(text)
    if not len(held.long.hashes):
        return  # too few different letters to tell anybody apart
    payload = CONTAINERS[container](f"{before} {text} {after}")
    assert Look(Search(held)).file("a", payload).traces["text"] > 0


@settings(max_examples=60)
@given(wanted=st.lists(LETTERS, min_size=1, max_size=20, unique=True), other=st.binary(max_size=3000), at=st.integers(0, 3000))
def test_exactly_the_windows_that_are_there_are_found(wanted: list[str], other: bytes, at: int) -> None:
    held = needles(*wanted)
    absent = Search(held).octets(octets(other))
    assert bool(absent["text"]) == any(window in folded(other) for window in map(str.encode, wanted) if len(set(window)) >= 6)
    planted = other[:at] + b"\0" + wanted[0].encode() + b"\0" + other[at:]
    if len(set(wanted[0])) >= 6:
        assert Search(held).octets(octets(planted))["text"]


@pytest.mark.parametrize("edge", [0, PIECE])
def test_a_window_is_found_at_every_place_on_the_grid_and_across_the_edge_of_a_piece(edge: int) -> None:
    text, identifier = "ottokar0lists1eleven2quarries3in", "4be1c07f35a9d26e80b7114fc93ad5e2"
    search = Search(needles(text, ids=(identifier,)))
    for wanted, trace in ((text.encode(), "text"), (identifier.encode(), "id"), (bytes.fromhex(identifier), "id")):
        for shift in range(-len(wanted) if edge else 0, 9):
            before = b"-" * (edge + shift) if len(wanted) == 16 else b"x" * (edge + shift)
            assert search.octets(octets(before + wanted))[trace]


@settings(max_examples=200)
@given(st.lists(st.one_of(st.binary(max_size=7), st.sampled_from([b"abc", b"xbc", b"de", b"\x28\xb5\x2f"])), max_size=60))
def test_marks_are_found_on_even_and_odd_places(pieces: list[bytes]) -> None:
    payload, magics = b"".join(pieces), (b"abc", b"de", b"\x28\xb5\x2f", b"bcd")
    expected = [(at, each) for at in range(len(payload) - 2) for each in magics if payload.startswith(each, at)]
    assert list(marks(octets(payload), magics)) == expected


@settings(max_examples=200)
@given(st.lists(st.sampled_from([b"4f", b"zQ", b"ab0c" * 12, b"Zz+/" * 16 + b"\r\n", b"\n", b" ", b"0f" * 45]), max_size=12))
def test_runs_of_digits_are_read_as_a_plain_search_reads_them(pieces: list[bytes]) -> None:
    payload = b"".join(pieces)
    room = np.zeros(4 * len(payload) + 64, np.uint8)
    said = room[: digits.read(octets(payload), room)].tobytes()
    for run in re.findall(rb"[A-Za-z0-9+/_-]{40,}", payload):
        if not re.fullmatch(rb"[0-9a-fA-F]+", run):
            assert base64.b64decode(run[: len(run) // 4 * 4], altchars=None) in said
    for run in re.findall(rb"[0-9a-fA-F]{80,}", payload):
        assert bytes.fromhex(run[: len(run) // 2 * 2].decode()) in said
    if not re.search(rb"[A-Za-z0-9+/_-]{40}", payload):
        assert not said


@given(wanted=IDS, others=st.lists(IDS, max_size=200))
def test_an_id_is_found_among_others_and_no_other_is(wanted: str, others: list[str]) -> None:
    search = Search(needles(ids=(wanted,)))
    present = "\n".join([*others, f"/{wanted.upper()}:12"]).encode()
    assert search.octets(octets(present))["id"]
    without = [each for each in others if each[:16] != wanted[:16]]
    said = search.octets(octets("\n".join(without).encode()))
    assert not said["id"] or wanted[:16].encode() in folded("\n".join(without).encode())


_ESCAPES = re.compile(
    rb"(%[0-9a-fA-F]{2})|(&[A-Za-z0-9#\x80-\xff]{0,8};)|\\{1,8}(?:[nrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|\\{1,8}", re.DOTALL
)


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(st.binary(max_size=9), st.sampled_from([rb"\u00e9", rb"\\xe9", b"%20", b"&amp;", b"&#160;", b"aZ9", rb"\\n"]))
    )
)
def test_folding_leaves_letters_digits_and_high_bytes_and_no_escape(pieces: list[bytes]) -> None:
    payload = b"".join(pieces)
    expected = bytes(byte for byte in _ESCAPES.sub(b"", payload).lower() if byte >= 0x80 or chr(byte).isalnum())
    assert folded(payload) == expected


@given(st.binary(min_size=1, max_size=2000), st.integers(1, 9))
def test_a_block_of_lz4_is_decompressed_as_arrow_does_it(seed: bytes, times: int) -> None:
    payload = seed * times
    packed = pa.compress(payload, "lz4_raw", asbytes=True)
    room = np.zeros(len(payload), np.uint8)
    assert tantivy.block(octets(packed + b"what comes after"), room) == len(packed)
    assert room.tobytes() == payload


@given(st.lists(LETTERS, min_size=2, max_size=12, unique=True))
def test_what_documents_that_stay_hold_too_is_not_looked_for(texts: list[str]) -> None:
    common = Common(needles(*texts))
    common.bytes(texts[0].encode())
    left = Search(common.needles)
    assert not left.octets(octets(texts[0].encode()))["text"]
    own = [each for each in texts[1:] if len(set(each)) >= 6]
    assert all(left.octets(octets(each.encode()))["text"] for each in own)


def test_needles_come_back_as_they_were_written_and_hold_no_text() -> None:
    text = "Ottokar lists eleven quarries and the names of their guards, in violet ink, until the bridge is mended"
    held = needles(text, ids=("4be1c07f35a9d26e80b7114fc93ad5e2",))
    payload = held.dump()
    again = Needles.load(payload)
    assert Search(again).octets(octets(text.encode()))["text"] == Search(held).octets(octets(text.encode()))["text"] > 0
    assert not Search(held).octets(octets(payload))


def test_a_vector_is_known_again_after_it_was_rounded_and_no_other_is() -> None:
    chance = np.random.default_rng(3)
    rows = chance.standard_normal((2000, 256)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    maker = Maker()
    maker.vectors(rows[:5])
    search = Search(maker.made())
    steps = np.round(rows * 300) / 300
    assert search.vectors(steps[:5].astype(np.float32))["vector"] == 5
    assert not search.vectors(rows[5:])["vector"]


def test_a_file_that_expands_without_end_is_not_read_and_so_not_proven() -> None:
    bomb = gzip.compress(gzip.compress(bytes(1 << 24)))
    seen = Look(Search(needles(ids=("4be1c07f35a9d26e80b7114fc93ad5e2",))), limit=1 << 20).file("a", bomb)
    assert seen.unread


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(1, 60), st.floats(0, 2 * NEAR))
def test_what_lies_near_is_what_a_comparison_of_all_with_all_says(seed: int, count: int, far: float) -> None:
    chance = np.random.default_rng(seed)
    wanted = chance.normal(0, 0.02, (count, 24)).astype(np.float32)
    held = np.concatenate([wanted + chance.uniform(-far, far, wanted.shape), chance.normal(0, 0.02, (50, 24))]).astype(np.float32)
    held[0, 3] = np.nan
    expected = (np.abs(held[:, None] - wanted[None]) < np.float32(NEAR)).all(axis=2).any(axis=1)
    assert (Near(wanted).any(held) == expected).all()


@settings(max_examples=200)
@given(st.lists(st.one_of(st.text(max_size=6), st.sampled_from(["é", "石碑", "𝄞", "a"])), max_size=12), st.integers(1, 3))
def test_unicode_escapes_are_written_out_as_json_reads_them(pieces: list[str], times: int) -> None:
    text = "".join(pieces).replace("\\", "").encode("utf-8", "ignore").decode()
    payload = "".join(f"\\u{code:04x}" for code in np.frombuffer(text.encode("utf-16-le"), "<u2").tolist())
    payload = f"<{payload}>".replace("\\", "\\" * times)
    room = np.zeros(len(payload), np.uint8)
    assert room[: escapes.written(octets(payload.encode()), room)].tobytes().decode() == f"<{text}>"


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_bytes_without_unicode_escapes_stay_as_they_are(payload: bytes) -> None:
    plain, room = re.sub(rb"\\+u[0-9a-fA-F]{4}", b"", payload), np.zeros(len(payload) + 1, np.uint8)
    plain = plain if not re.search(rb"\\+u[0-9a-fA-F]{4}", plain) else b""
    assert room[: escapes.written(octets(plain), room)].tobytes() == plain
