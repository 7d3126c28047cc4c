"""Full names of licences, from the licence database that is installed (`licensedcode-data`, CC-BY-4.0)."""

import json
import re
from collections.abc import Iterable
from importlib.resources import files

_NAME = re.compile(r"^name:[ ]*(.+)$", re.MULTILINE)
_HEAD = 2000  # code points of a file in which its fields stand


def licence_names(identifiers: Iterable[str]) -> dict[str, str]:
    """The full name of each licence or exception that the database knows, by SPDX identifier."""
    index = json.loads(files("license_expression").joinpath("data/scancode-licensedb-index.json").read_text(encoding="utf-8"))
    keys = {each["spdx_license_key"]: each["license_key"] for each in index if each.get("spdx_license_key")}
    names = {}
    for identifier in identifiers:
        file = files("licensedcode").joinpath(f"data/licenses/{keys.get(identifier, '')}.LICENSE")
        if identifier in keys and file.is_file() and (found := _NAME.search(file.read_text(encoding="utf-8")[:_HEAD])):
            names[identifier] = found[1].strip().strip("'\"")
    return names
