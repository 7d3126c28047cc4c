"""The demo's folder of office files, from connector to text."""

import hashlib
import time
from pathlib import Path

from demo import office

from muniment.core.extraction import extract
from muniment.core.normal_form import normalise
from muniment.errors import InvalidRecord
from muniment.schemas.source import Kind, Source
from muniment.store.connectors import connect
from muniment.store.connectors.item import Item


def fingerprints(folder: Path) -> dict[str, tuple[str, int]]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files
    }


def test_the_office_folder_is_the_same_each_time_it_is_written(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        office.write(tmp_path / name)
        time.sleep(1.1 if name == "one" else 0)  # a clock that got in would show
    assert fingerprints(tmp_path / "one") == fingerprints(tmp_path / "two")


def test_every_sound_office_file_gives_text_and_every_hostile_one_its_reason(tmp_path: Path) -> None:
    office.write(tmp_path)
    connector = connect(Source(id="office", kind=Kind.FOLDER, location=str(tmp_path), owner="ann", steward="bob"))
    texts: dict[str, str] = {}
    refused: dict[str, str] = {}
    for entry in connector.list():
        for reading in connector.read(entry):
            try:
                if not isinstance(reading, Item):
                    raise reading
                texts[reading.native_key] = normalise(extract(reading.raw, reading.media_type, reading.path).text)[0]
            except InvalidRecord as refusal:
                refused[entry.key] = refusal.reason
    assert refused == {
        "shared/annual-report.docx": "ZIP_BOMB",
        "shared/contract-broken.pdf": "TRUNCATED",
        "shared/from-the-old-server": "SYMLINK_ESCAPE",
        "shared/notes-utf16.txt": "INVALID_UTF16",
        "shared/readings.txt": "NUL_BYTES",
        "shared/settings.json": "DUPLICATE_JSON_KEY",
    }
    assert len(texts) == 21
    assert "Travel to a customer is paid by the project" in texts["policies/travel-policy.docx"]
    assert texts["policies/travel-policy.docx"] == texts["policies/travel-policy-copy.docx"]
    assert "page 2 of 4" not in texts["contracts/harrow-supply.pdf"]
    assert "Brightwater measures river water" in texts["customers/brightwater-visit.txt"]
    assert "Mit freundlichen Grüßen aus München" in texts["customers/brief-an-brightwater.txt"]
    assert "| Green | 546.07 | 0.05 |" in texts["manuals/l3-calibration.html"]
    assert "    if len(lines) < 4:" in texts["manuals/l3-calibration.html"]
    assert "Access to the build server" in texts["mail/archive.mbox#<3.2025@larkspur.example.com>"]
    assert "tom: Fixed in 4.2.1" in texts["support/tickets.json#L3-1"]
    assert "tom: At the front desk" in texts["support/chat.json#1741000000.0"]
