"""Ordinary code and documentation of this machine: what false alarms and speed are measured on."""

import hashlib
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

FOLDERS = [Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib")] + [
    Path("/usr/share/doc"),
    Path("/usr/lib/python3"),
    Path("/usr/lib/node_modules"),
    Path("/usr/share/nodejs"),
    Path("/usr/share/perl"),
]
# Parts of the sample, so that no one kind of file is most of it.
SHARES = {
    ".py": 0.40, ".md": 0.07, ".rst": 0.06, ".txt": 0.06, ".json": 0.06, ".js": 0.08, ".ts": 0.03, ".mjs": 0.02, ".html": 0.04, ".css": 0.02, ".c": 0.03,
    ".h": 0.06, ".hpp": 0.02, ".pyi": 0.03, ".pyx": 0.02, ".pm": 0.02, ".sh": 0.01, ".xml": 0.02, ".yml": 0.01, ".yaml": 0.01, ".toml": 0.01, ".cfg": 0.01,
    ".ini": 0.01, ".lock": 0.01, ".csv": 0.01, "": 0.03,
}  # fmt: skip
SIZES = range(50, 1_000_000)  # bytes of a file


def sample(size: int) -> list[tuple[str, str]]:
    """About `size` bytes of files by path, spread over everything that is installed: in the order of a hash of their paths."""
    left = {suffix: share * size / sum(SHARES.values()) for suffix, share in SHARES.items()}
    chosen = []
    for path in sorted(_files(), key=lambda path: hashlib.sha256(str(path).encode()).digest()):
        length = path.stat().st_size
        if left[path.suffix] < length / 2 or (text := _text(path)) is None:
            continue
        left[path.suffix] -= length
        chosen.append((str(path), text))
    return chosen


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for place, _, names in os.walk(folder):
            for path in (Path(place) / name for name in names):
                if path.suffix in SHARES and not path.is_symlink() and path.stat().st_size in SIZES:
                    yield path


def _text(path: Path) -> str | None:
    try:
        text = path.read_text("utf-8")
    except (UnicodeDecodeError, OSError):
        return None
    return None if "\0" in text else text
