"""The licences of a Debian machine's packages, read from the text of their copyright files, against the files' own `License:` fields.

    python -m benchmarks.licences.debian [--list]

Texts that nobody made for this and labels that their maintainers wrote (DEP-5). Counted are distinct files all of whose fields are
understood; both sides without exceptions, whose names the format does not fix.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from muniment.core import licences
from muniment.core.licences import understand
from muniment.core.licences.expressions import keys_of
from muniment.evaluate.licences import document_of
from muniment.evaluate.metrics import share
from muniment.tasks.detectors import licence_rules

_FIELD = re.compile(r"(?mi)^License:[ \t]*(\S.*)$")
_JOINED = re.compile(r"\s+(?:and|or|and/or)\s+|,\s*", re.IGNORECASE)
_NAMES = {"Expat": "MIT"}  # the format's own name


def main() -> None:
    """Print the share of files whose fields name exactly the licences that were found in their text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="list every difference")
    given = parser.parse_args()
    labelled = list(files())
    table = pa.concat_tables([document_of({"id": str(path), "text": text}) for path, text, _ in labelled])
    ids = pa.array([f"{number:06d}" for number in range(len(labelled))])
    table = table.set_column(table.column_names.index("doc_id"), "doc_id", ids).combine_chunks()
    concluded = licences.conclude(table, licences.detector(licence_rules()).detect(table))["licence"].to_pylist()
    told = [_plain(keys_of(licence or "")) for licence in concluded]
    right = share([found == due for found, (_, _, due) in zip(told, labelled, strict=True)])
    missed = sum(bool(due - found) for found, (_, _, due) in zip(told, labelled, strict=True))
    print(
        f"{len(labelled)} files: exactly the licences of their fields {right.value:.3f} [{right.low:.3f}, {right.high:.3f}]; {missed} with one that was not found"
    )
    for found, (path, _, due) in zip(told, labelled, strict=True):
        if given.list and found != due:
            print(f"{path.parent.name}: not found {sorted(due - found)}, found beside {sorted(found - due)}")


def files() -> Iterator[tuple[Path, str, set[str]]]:
    """Distinct machine-readable copyright files with the licences that their fields name, where all of these are understood."""
    seen = set()
    for path in sorted(Path("/usr/share/doc").glob("*/copyright")):
        text = path.read_text(errors="replace")
        if text.startswith("Format:") and text not in seen:
            seen.add(text)
            names = [
                re.sub(r"(?i) with .*", "", part).strip() for field in _FIELD.findall(text) for part in _JOINED.split(field.strip())
            ]
            meant = [_NAMES.get(name) or understand(name) for name in names]
            if meant and all(meant):
                yield path, text, _plain(frozenset().union(*(keys_of(each) for each in meant if each)))


def _plain(keys: frozenset[str]) -> set[str]:
    return {key for key in keys if "exception" not in key.lower()}


if __name__ == "__main__":
    main()
