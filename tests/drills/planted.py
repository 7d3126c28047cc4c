"""Places where a copy of a document can be: each plants one in a folder."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import faiss
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muniment.verifiers.residue.parts import octets
from muniment.verifiers.residue.thrift import Reader

DIMENSION = 64
ID = "4be1c07f35a9d26e80b7114fc93ad5e2"
NAME = "The zanzibarian ledger of Ottokar, volume eleven"
TEXT = (
    "Ottokar lists eleven quarries and the names of their guards, in violet ink; the third quarry is leased to his cousin until the bridge\n"
    "is mended, and the fourth has stood under water since the year of the great frost.\tNobody but the clerk of Tarnowitz has ever seen the "
    'whole of it, and he says: "It is shorter than its fame."\n'
)
FOREIGN = (
    "Der Schlüssel läge im Gewölbe; das Schöffengericht prüfte die Bücher. "
    + "石碑の下に隠された帳簿は十一の採石場を記している。" * 6
)
OTHER = (
    "Travel to customers is paid by the team that sells the project. Book trains early and keep every receipt that you get. " * 20
)
_CHANCE = np.random.default_rng(7)


def unit(rows: int, chance: np.random.Generator) -> np.ndarray:
    """Random unit vectors, float32."""
    drawn = chance.standard_normal((rows, DIMENSION)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


VECTOR = unit(1, np.random.default_rng(11))
OTHERS = unit(600, np.random.default_rng(12))
ALL = np.concatenate([OTHERS[:300], VECTOR, OTHERS[300:]])


class Place(NamedTuple):
    """A way to plant, and the trace that must be found there."""

    plant: Callable[[Path], Any]
    trace: str


PLACES: dict[str, Place] = {}


def place(trace: str) -> Callable[[Callable[[Path], Any]], Callable[[Path], Any]]:
    """Name a function as a place."""

    def named(plant: Callable[[Path], Any]) -> Callable[[Path], Any]:
        PLACES[plant.__name__] = Place(plant, trace)
        return plant

    return named


def noise(size: int) -> bytes:
    """Bytes that mean nothing."""
    return _CHANCE.bytes(size)


def parquet(folder: Path, table: pa.Table, **options: Any) -> None:
    pq.write_table(table, folder / "part.parquet", **{"compression": "zstd", **options})


def texts(*values: str) -> pa.Table:
    return pa.table({"text": [OTHER, *values, OTHER]})


# Plain files


@place("text")
def a_text(folder: Path) -> None:
    (folder / "a.txt").write_text(OTHER + TEXT + OTHER)


@place("text")
def a_text_far_into_a_large_file(folder: Path) -> None:
    (folder / "large.log").write_bytes(b"x" * ((1 << 20) - 40) + TEXT.encode() + noise(1 << 16))


@place("text")
def a_log_line(folder: Path) -> None:
    (folder / "flow.log").write_text(f"12:00 INFO | read {TEXT[:120]!r}\n")


@place("text")
def a_page_of_html(folder: Path) -> None:
    escaped = TEXT.replace('"', "&quot;").replace(" ", "&nbsp;")
    (folder / "page.html").write_text(f"<html><p>{escaped}</p>")


@place("text")
def a_text_in_utf16(folder: Path) -> None:
    (folder / "wide.txt").write_bytes(TEXT.encode("utf-16-le"))


@place("text")
def a_foreign_text_in_utf16(folder: Path) -> None:
    (folder / "wide.txt").write_bytes(FOREIGN.encode("utf-16"))


@place("text")
def a_foreign_text(folder: Path) -> None:
    (folder / "foreign.txt").write_text(FOREIGN)


@place("text")
def a_foreign_text_in_escaped_json(folder: Path) -> None:
    (folder / "log.json").write_text(json.dumps({"message": json.dumps({"text": FOREIGN})}))


@place("text")
def json_in_json(folder: Path) -> None:
    (folder / "parameters.json").write_text(json.dumps({"parameters": json.dumps({"text": TEXT})}))


@place("text")
def base64_without_a_file(folder: Path) -> None:
    (folder / "blob.txt").write_text("data=abc" + base64.b64encode(TEXT.encode()).decode() + " end")


@place("text")
def base64_in_lines(folder: Path) -> None:
    (folder / "mail.eml").write_bytes(b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"ab" + TEXT.encode()))


@place("text")
def hexadecimal(folder: Path) -> None:
    (folder / "dump.sql").write_text(f"INSERT INTO t VALUES ('\\x{TEXT.encode().hex()}')")


@place("text")
def an_address_with_percent_signs(folder: Path) -> None:
    from urllib.parse import quote

    (folder / "access.log").write_text(f"GET /search?q={quote(TEXT)} 200\n")


@place("text")
def a_pickled_result_in_json(folder: Path) -> None:
    packed = base64.b64encode(zlib.compress(pickle.dumps({"text": TEXT}))).decode()
    (folder / "result.json").write_text(json.dumps({"serializer": "compressed/pickle", "data": packed}))


@place("text")
def a_compressed_file_in_base64(folder: Path) -> None:
    packed = base64.b64encode(gzip.compress(TEXT.encode())).decode()
    (folder / "result.json").write_text(json.dumps({"data": packed}))


# Names and what hangs on a file


@place("id")
def the_name_of_a_file(folder: Path) -> None:
    (folder / f"doc-{ID}.tmp").write_bytes(b"")


@place("name")
def the_name_of_a_folder(folder: Path) -> None:
    (folder / NAME.replace(" ", "_")).mkdir()


@place("id")
def where_a_link_leads(folder: Path) -> None:
    (folder / "latest").symlink_to(f"/nowhere/{ID}")


@place("id")
def an_extended_attribute(folder: Path) -> None:
    (folder / "a.bin").write_bytes(b"nothing")
    os.setxattr(folder / "a.bin", "user.document", ID.encode())


# Archives


@place("text")
def gzip_file(folder: Path) -> None:
    (folder / "a.gz").write_bytes(gzip.compress(TEXT.encode()))


@place("text")
def the_second_member_of_a_gzip_file(folder: Path) -> None:
    (folder / "a.gz").write_bytes(gzip.compress(OTHER.encode()) + gzip.compress(TEXT.encode()))


@place("text")
def bz2_file(folder: Path) -> None:
    (folder / "a.bz2").write_bytes(bz2.compress(TEXT.encode()))


@place("text")
def xz_file(folder: Path) -> None:
    (folder / "a.xz").write_bytes(lzma.compress(TEXT.encode()))


@place("text")
def zstd_file(folder: Path) -> None:
    (folder / "a.zst").write_bytes(pa.compress(TEXT.encode(), "zstd", asbytes=True))


@place("text")
def lz4_file(folder: Path) -> None:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "lz4") as stream:
        stream.write(TEXT.encode())
    (folder / "a.lz4").write_bytes(sink.getvalue().to_pybytes())


@place("text")
def zip_in_tar_in_gzip(folder: Path) -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", TEXT)
    with tarfile.open(fileobj=outer, mode="w") as file:
        member = tarfile.TarInfo("a.zip")
        member.size = len(inner.getvalue())
        file.addfile(member, io.BytesIO(inner.getvalue()))
    (folder / "backup.tgz").write_bytes(gzip.compress(outer.getvalue()))


@place("text")
def a_stream_of_a_pdf(folder: Path) -> None:
    stream = zlib.compress(f"BT ({TEXT}) Tj ET".encode())
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode>>\nstream\n" + stream + b"\nendstream\n%%EOF")


@place("text")
def a_compressed_frame_in_unknown_bytes(folder: Path) -> None:
    (folder / "blocks.bin").write_bytes(noise(5000) + pa.compress(TEXT.encode() * 3, "zstd", asbytes=True) + noise(5000))


# Parquet


def zigzag(number: int) -> bytes:
    """A whole number as Thrift's compact protocol writes it."""
    left, written = number << 1, bytearray()
    while left > 127:
        written.append(left & 127 | 128)
        left >>= 7
    return bytes([*written, left])


@place("text")
def a_page(folder: Path) -> None:
    parquet(folder, texts(TEXT), use_dictionary=False)


@place("text")
def a_page_without_compression(folder: Path) -> None:
    parquet(folder, texts(TEXT), use_dictionary=False, compression="none")


@place("text")
def a_page_of_gzip(folder: Path) -> None:
    parquet(folder, texts(TEXT), use_dictionary=False, compression="gzip")


@place("text")
def a_page_of_brotli(folder: Path) -> None:
    parquet(folder, texts(TEXT), use_dictionary=False, compression="brotli")


@place("text")
def a_page_of_lz4(folder: Path) -> None:
    parquet(folder, texts(TEXT), use_dictionary=False, compression="lz4")


@place("text")
def a_page_of_version_2(folder: Path) -> None:
    parquet(folder, texts(TEXT), use_dictionary=False, data_page_version="2.0", compression="snappy")


@place("text")
def a_page_of_deltas(folder: Path) -> None:
    values = sorted([TEXT, *(TEXT[:100] + f" variant {n} " + OTHER[:300] for n in range(20))])
    parquet(folder, pa.table({"text": values}), use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"})


@place("text")
def a_dictionary_entry_that_no_row_uses(folder: Path) -> None:
    column = pa.array([TEXT, OTHER, OTHER]).dictionary_encode()
    parquet(folder, pa.table({"text": column}).slice(1), store_schema=False)


@place("id")
def statistics_in_a_footer(folder: Path) -> None:
    parquet(folder, pa.table({"doc_id": [ID]}), use_dictionary=False, write_statistics=True)
    found = (folder / "part.parquet").read_bytes()
    (folder / "part.parquet").unlink()
    (folder / "footer-only.parquet").write_bytes(b"PAR1" + found[-700:])


@place("id")
def key_value_metadata(folder: Path) -> None:
    with pq.ParquetWriter(folder / "part.parquet", texts().schema, store_schema=False) as writer:
        writer.write_table(texts())
        writer.add_key_value_metadata({"filter": f"doc_id != '{ID}'"})


@place("id")
def the_arrow_schema_in_the_footer(folder: Path) -> None:
    field = pa.field("text", pa.string(), metadata={"origin": ID})
    parquet(folder, texts().cast(pa.schema([field])))


@place("id")
def a_page_index(folder: Path) -> None:
    parquet(folder, pa.table({"doc_id": [ID, "f" * 32]}), use_dictionary=False, write_page_index=True)


@place("id")
def a_column_that_is_named_after_it(folder: Path) -> None:
    parquet(folder, pa.table({ID: [1, 2]}))


@place("vector")
def a_column_of_vectors(folder: Path) -> None:
    column = pa.FixedSizeListArray.from_arrays(pa.array(ALL.reshape(-1)), DIMENSION)
    parquet(folder, pa.table({"vector": column}))


@place("vector")
def vectors_with_split_bytes(folder: Path) -> None:
    column = pa.FixedSizeListArray.from_arrays(pa.array(ALL.reshape(-1)), DIMENSION)
    encoding = {"vector.list.element": "BYTE_STREAM_SPLIT"}
    parquet(folder, pa.table({"vector": column}), use_dictionary=False, column_encoding=encoding)


@place("text")
def behind_the_compressed_values_of_a_page(folder: Path) -> None:
    parquet(folder, texts(TEXT[:1] * 3000), use_dictionary=False, write_statistics=False, store_schema=False)
    payload = (folder / "part.parquet").read_bytes()
    values = pq.ParquetFile(folder / "part.parquet").metadata.row_group(0).column(0)
    start, size = values.data_page_offset, values.total_compressed_size
    header = Reader(octets(payload[start : start + size]))
    told = header.struct()
    frame, behind = payload[start + header.at : start + size], b"\x50\x2a\x4d\x18" + len(TEXT).to_bytes(4, "little") + TEXT.encode()
    head = payload[start : start + header.at].replace(zigzag(told[3]), zigzag(told[3] + len(behind)), 1)
    footer = payload[start + size : -8].replace(zigzag(size), zigzag(size + len(behind)), 1)
    end = len(footer).to_bytes(4, "little") + b"PAR1"
    (folder / "part.parquet").write_bytes(payload[:start] + head + frame + behind + footer + end)


@place("text")
def a_page_that_no_footer_names(folder: Path) -> None:
    parquet(folder, texts(), use_dictionary=False)
    payload = (folder / "part.parquet").read_bytes()
    frame = pa.compress(TEXT.encode() * 2, "zstd", asbytes=True)
    size = int.from_bytes(payload[-8:-4], "little")
    (folder / "part.parquet").write_bytes(payload[: -8 - size] + frame + payload[-8 - size :])


@place("text")
def blobs_that_are_compressed(folder: Path) -> None:
    parquet(folder, pa.table({"raw": [gzip.compress(TEXT.encode())]}), use_dictionary=False)


# Arrow


def _ipc(folder: Path, table: pa.Table, compression: str | None = None, stream: bool = False) -> None:
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(folder / "table.arrow"), "wb") as sink, make(sink, table.schema, options=options) as writer:
        writer.write_table(table)


@place("text")
def a_compressed_arrow_file(folder: Path) -> None:
    _ipc(folder, texts(TEXT), "lz4")


@place("text")
def a_compressed_arrow_stream(folder: Path) -> None:
    _ipc(folder, texts(TEXT), "zstd", stream=True)


@place("text")
def a_dictionary_of_an_arrow_file(folder: Path) -> None:
    _ipc(folder, pa.table({"text": pa.array([TEXT, OTHER]).dictionary_encode()}).slice(1), "zstd")


@place("vector")
def vectors_in_a_compressed_arrow_file(folder: Path) -> None:
    _ipc(folder, pa.table({"vector": pa.FixedSizeListArray.from_arrays(pa.array(ALL.reshape(-1)), DIMENSION)}), "zstd")


@place("vector")
def vectors_as_halves(folder: Path) -> None:
    np.save(folder / "halves.npy", ALL.astype(np.float16))


# Databases


@place("text")
def a_table_of_duckdb(folder: Path) -> None:
    with duckdb.connect(str(folder / "a.duckdb")) as database:
        database.execute("CREATE TABLE t AS SELECT i, ? || i AS text FROM range(5000) r(i)", [OTHER[:60]])
        database.execute("INSERT INTO t VALUES (1, ?)", [TEXT])


@place("text")
def a_row_that_duckdb_deleted(folder: Path) -> None:
    with duckdb.connect(str(folder / "a.duckdb")) as database:
        database.execute("CREATE TABLE t (text VARCHAR)")
        database.execute("INSERT INTO t VALUES (?), (?)", [TEXT, OTHER])
        database.execute("CHECKPOINT")
        database.execute("DELETE FROM t WHERE text = ?", [TEXT])
        database.execute("CHECKPOINT")


@place("text")
def the_log_of_a_duckdb_file(folder: Path) -> None:
    database = duckdb.connect(str(folder / "a.duckdb"))
    database.execute("SET checkpoint_threshold = '1TB'")
    database.execute("CREATE TABLE t (text VARCHAR)")
    database.execute("INSERT INTO t VALUES (?)", [TEXT])
    for ending in ("", ".wal"):
        payload = (folder / f"a.duckdb{ending}").read_bytes()
        (folder / f"copy.duckdb{ending}").write_bytes(payload)
    database.close()
    (folder / "a.duckdb").unlink()


def _sqlite(folder: Path, *values: Any, journal: str = "delete") -> sqlite3.Connection:
    database = sqlite3.connect(folder / "prefect.db")
    database.execute(f"PRAGMA journal_mode = {journal}")
    database.execute("CREATE TABLE log (message)")
    database.executemany("INSERT INTO log VALUES (?)", [(each,) for each in values])
    database.commit()
    return database


@place("text")
def a_row_of_sqlite(folder: Path) -> None:
    _sqlite(folder, OTHER, TEXT).close()


@place("text")
def a_compressed_blob_in_sqlite(folder: Path) -> None:
    _sqlite(folder, gzip.compress(noise(9000) + TEXT.encode() * 3)).close()


@place("text")
def a_row_over_many_pages_of_sqlite(folder: Path) -> None:
    database = sqlite3.connect(folder / "a.db")
    database.execute("PRAGMA page_size = 512")
    database.execute("CREATE TABLE log (message)")
    database.execute("INSERT INTO log VALUES (?)", ["é" * 190 + TEXT[:150] + "é" * 3000])
    database.commit()
    database.close()


@place("text")
def a_page_that_sqlite_freed(folder: Path) -> None:
    database = _sqlite(folder, TEXT, *[OTHER] * 5)
    database.execute("PRAGMA secure_delete = OFF")
    database.execute("DELETE FROM log")
    database.commit()
    database.close()


@place("text")
def the_wal_of_sqlite(folder: Path) -> None:
    database = _sqlite(folder, OTHER, TEXT, journal="wal")
    for ending in ("", "-wal"):
        (folder / f"copy.db{ending}").write_bytes((folder / f"prefect.db{ending}").read_bytes())
    database.close()
    (folder / "prefect.db").unlink()


@place("text")
def a_store_of_tantivy(folder: Path) -> None:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True)
    index = tantivy.Index(builder.build(), str(folder))
    writer = index.writer(15_000_000, 1)
    for text in [OTHER, TEXT, OTHER + OTHER[::-1]]:
        writer.add_document(tantivy.Document(text=text))
    writer.commit()
    writer.wait_merging_threads()


# FAISS


def _faiss(folder: Path, description: str, rows: np.ndarray = ALL, ids: np.ndarray | None = None) -> Any:
    index = faiss.index_factory(DIMENSION, description)
    index.train(rows)
    if ids is None:
        index.add(rows)
    else:
        index.add_with_ids(rows, ids)
    faiss.write_index(index, str(folder / "vectors.faiss"))
    return index


@place("vector")
def a_flat_index(folder: Path) -> None:
    _faiss(folder, "Flat")


@place("vector")
def lists_of_an_inverted_file(folder: Path) -> None:
    _faiss(folder, "IVF8,Flat")


@place("vector")
def codes_of_8_bits(folder: Path) -> None:
    _faiss(folder, "SQ8")


@place("vector")
def residual_codes_of_8_bits_in_lists(folder: Path) -> None:
    _faiss(folder, "IVF8,SQ8")


@place("vector")
def a_graph_over_codes_of_8_bits(folder: Path) -> None:
    _faiss(folder, "HNSW8_SQ8")


@place("vector")
def a_centroid_behind_a_rotation(folder: Path) -> None:
    index = faiss.index_factory(DIMENSION, f"RR{DIMENSION},IVF8,RaBitQ4")
    index.train(OTHERS)
    lists = faiss.downcast_index(faiss.extract_index_ivf(index).quantizer)
    lists.reset()
    lists.add(
        np.concatenate(
            [index.chain.at(0).apply(np.ascontiguousarray(OTHERS[:7])), index.chain.at(0).apply(np.ascontiguousarray(VECTOR))]
        )
    )
    index.add(OTHERS)
    faiss.write_index(index, str(folder / "vectors.faiss"))


@place("vector")
def codes_of_16_bits(folder: Path) -> None:
    _faiss(folder, "SQfp16")


@place("vector")
def a_graph(folder: Path) -> None:
    _faiss(folder, "HNSW8")


@place("vector")
def a_refine_store(folder: Path) -> None:
    _faiss(folder, "IVF8,PQ8x4fs,RFlat")


@place("vector")
def a_rotated_index(folder: Path) -> None:
    _faiss(folder, "OPQ8,IVF8,Flat")


@place("id")
def ids_of_a_map(folder: Path) -> None:
    number = int.from_bytes(bytes.fromhex(ID)[:8], "big") & (1 << 63) - 1
    _faiss(folder, "IDMap,Flat", OTHERS, np.array([*range(599), number], np.int64))


@place("id")
def ids_in_lists(folder: Path) -> None:
    number = int.from_bytes(bytes.fromhex(ID)[:8], "big") & (1 << 63) - 1
    _faiss(folder, "IVF4,Flat", OTHERS, np.array([*range(599), number], np.int64))


@place("vector")
def the_centroid_of_a_list_that_was_emptied(folder: Path) -> None:
    index = faiss.index_factory(DIMENSION, "IVF8,Flat")
    rows = np.concatenate([OTHERS, -np.abs(VECTOR) * 1])
    index.train(rows)
    quantiser = faiss.IndexFlatL2(DIMENSION)
    quantiser.add(np.concatenate([OTHERS[:7], VECTOR * np.float32(1 + 1e-7)]))
    index.quantizer = quantiser
    index.own_fields = False
    index.add(OTHERS)
    faiss.write_index(index, str(folder / "vectors.faiss"))


@place("vector")
def a_table_of_a_product_quantiser(folder: Path) -> None:
    index = faiss.IndexPQ(DIMENSION, 4, 8)
    index.train(np.concatenate([OTHERS[:255], VECTOR]))
    faiss.write_index(index, str(folder / "vectors.faiss"))


@place("text")
def behind_an_index(folder: Path) -> None:
    _faiss(folder, "Flat")
    with (folder / "vectors.faiss").open("ab") as file:
        file.write(TEXT.encode())
