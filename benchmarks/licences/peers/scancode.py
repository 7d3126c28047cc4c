"""scancode-toolkit: what its command does for a file to find its licences, in one process whose index is loaded."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clock import Conclusions, report
from scancode.api import get_licenses

FOLDER = tempfile.TemporaryDirectory()


def prepare(documents: Sequence[Mapping[str, Any]], times: int) -> list[str]:
    """Files of the documents, so many times over."""
    paths = [Path(FOLDER.name, f"{number}.txt") for number in range(len(documents))]
    for path, document in zip(paths, documents, strict=True):
        path.write_text(document["text"], newline="")
    return [str(path) for path in paths] * times


def conclude(paths: list[str]) -> Conclusions:
    """The SPDX expression that it concludes for each file."""
    return [get_licenses(path)["detected_license_expression_spdx"] for path in paths]


if __name__ == "__main__":
    report(prepare, conclude, "scancode-toolkit")
