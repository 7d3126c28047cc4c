"""detect-secrets with its default plugins and filters, a file a text, as its command reads them."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from clock import Found, places, report
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings


def find(texts: Sequence[str]) -> Found:
    """Places of the secrets that it names, in the lines in which it names them."""
    found, count = [], 0
    with default_settings(), tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(texts):
            path = Path(folder) / f"{n}.txt"
            path.write_text(text, newline="")
            starts = [0]
            lines = text.split("\n")
            for line in lines:
                starts.append(starts[-1] + len(line) + 1)
            named = {(each.line_number, each.secret_value) for each in scan_file(str(path)) if each.secret_value}
            count += len(named)
            for number, value in named:
                if 0 < number <= len(lines):
                    found += [
                        (n, starts[number - 1] + first, starts[number - 1] + end) for first, end in places(lines[number - 1], value)
                    ]
    return found, count


if __name__ == "__main__":
    report(find, "detect-secrets")
