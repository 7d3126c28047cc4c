"""Reference texts that come as data in a package: the licences and detection rules of ScanCode's licence database (CC-BY-4.0)."""

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
from numpy.typing import NDArray

from muniment.errors import Corrupt
from muniment.store.licence_overlay import newer_identifiers, overlay

RULE = pa.schema(
    [
        pa.field("rule", pa.string(), nullable=False),  # file name in the database
        pa.field("expression", pa.string(), nullable=False),  # SPDX; empty: the text looks like a licence statement but is none
        pa.field("kind", pa.string(), nullable=False),  # text, notice, tag, reference, or false (says nothing about a licence)
        pa.field("relevance", pa.int32()),  # 0–100, null where the database leaves it to the length
        pa.field("text", pa.large_string(), nullable=False),
    ]
)
_KINDS = {
    "is_license_text": "text",
    "is_license_notice": "notice",
    "is_license_tag": "tag",
    "is_license_reference": "reference",
    "is_license_intro": "false",
    "is_license_clue": "false",
    "is_false_positive": "false",
}
_FIELD = re.compile(r"^([a-z_]+):[ ]*(.*(?:\n[ ]+[^-\s].*)*)", re.MULTILINE)
_KEY = re.compile(r"[^\s()]+")


@cache
def licence_texts() -> pa.Table:
    """All rules and full licence texts as a `RULE` table sorted by name, with expressions in SPDX; its metadata names the version.

    Raises `Corrupt` when a file of the installed `licensedcode-data` package is not as expected.
    """
    folder = Path(str(files("licensedcode").joinpath("data")))
    licences = [(path, *_parse(path)) for path in (folder / "licenses").glob("*.LICENSE")]
    spdx = {fields["key"]: fields.get("spdx_license_key", f"LicenseRef-scancode-{fields['key']}") for _, fields, _ in licences}
    spdx |= newer_identifiers(spdx)
    rows: list[tuple[str, str, str, int | None, str]] = [
        (path.name, fields["key"], "text", 100, text) for path, fields, text in licences if text.strip()
    ]
    rows += _rules(folder / "rules")
    rows += overlay(frozenset(spdx.values()))
    columns = [list(column) for column in zip(*sorted(rows, key=itemgetter(0)), strict=True)]
    columns[1] = [_KEY.sub(lambda key: spdx.get(key[0], key[0]), expression) for expression in columns[1]]
    return pa.table(columns, schema=RULE.with_metadata({"licensedcode-data": version("licensedcode-data")}))


def _rules(folder: Path) -> Iterator[tuple[str, str, str, int | None, str]]:
    for path in folder.glob("*.RULE"):
        fields, text = _parse(path)
        kind = next((kind for flag, kind in _KINDS.items() if fields.get(flag) == "yes"), "reference")
        relevance = int(fields["relevance"]) if "relevance" in fields else None
        yield path.name, "" if kind == "false" else fields["license_expression"], kind, relevance, text


def _parse(path: Path) -> tuple[dict[str, str], str]:
    """Top-level plain fields of the YAML front matter, and the text after it."""
    parts = f"{path.read_text(encoding='utf-8')}\n".split("---\n", 2)  # some end with their front matter
    if len(parts) != 3:
        raise Corrupt(f"{path.name} of licensedcode-data has no front matter.", "Reinstall the package from the lock file.")
    return {key: " ".join(value.split()) for key, value in _FIELD.findall(parts[1])}, parts[2]


def kept(name: str, make: Callable[[], Mapping[str, NDArray[Any]]], folder: Path | None = None) -> dict[str, NDArray[Any]]:
    """Arrays of numbers that are slow to make of the reference texts, read-only: from a cache file of that name, or made and kept there.

    The file is mapped into memory, so that all processes of a machine share it, and of several that miss it one makes it while the
    others wait. `folder` is by default `muniment` in the user's cache folder. It is a cache: delete it any time.
    """
    folder = folder or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "muniment"
    path = folder / f"{name}-licensedcode{version('licensedcode-data')}-muniment{version('muniment')}-{_overlaid()}.arrow"
    if (arrays := _read(path)) is None:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            if (arrays := _read(path)) is None:
                _write(path, make())
                arrays = _read(path)
    if arrays is None:
        raise Corrupt(f"{path} cannot be read back after it was written.", "Check the disk it is on.")
    return arrays


def _overlaid() -> str:
    """Names the rules that ship with Muniment as they are now."""
    rules = sorted(files("muniment.store").joinpath("licence_rules").iterdir(), key=lambda rule: rule.name)
    return sha256(b"".join(rule.read_bytes() for rule in rules if rule.is_file())).hexdigest()[:8]


def _read(path: Path) -> dict[str, NDArray[Any]] | None:
    """The arrays in a file; None where there is none, or not a whole one."""
    try:
        [row] = pa.ipc.open_file(pa.memory_map(str(path))).read_all().to_batches()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    return {name: column.values.to_numpy() for name, column in zip(row.schema.names, row.columns, strict=True)}


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a table of one row, in which each array is a list; the file has its name when it is whole."""
    columns = [pa.LargeListArray.from_arrays(pa.array([0, len(array)], pa.int64()), pa.array(array)) for array in arrays.values()]
    row = pa.record_batch(columns, names=list(arrays))
    part = path.with_suffix(".part")
    with pa.OSFile(str(part), "wb") as file, pa.ipc.new_file(file, row.schema) as writer:
        writer.write_batch(row)
    part.replace(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it is the system's, so that a process that dies lets go of it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
