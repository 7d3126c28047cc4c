"""Where a licence can be read: its canonical address, from its identifier."""

import re

_CC = re.compile(r"CC-(BY(?:-NC)?(?:-ND|-SA)?)-(\d\.\d)(?:-([A-Z]{2,3}))?")
_PUBLIC = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-PDM-1.0": "https://creativecommons.org/publicdomain/mark/1.0/",
    "LicenseRef-scancode-cc-pdm-1.0": "https://creativecommons.org/publicdomain/mark/1.0/",
}


def address(identifier: str) -> str:
    """The address of a licence or exception that SPDX or Creative Commons keeps; empty for any other (`LicenseRef-…`)."""
    if identifier in _PUBLIC:
        return _PUBLIC[identifier]
    if found := _CC.fullmatch(identifier):
        elements, version, country = found.groups()
        return f"https://creativecommons.org/licenses/{elements.lower()}/{version}/" + (f"{country.lower()}/" if country else "")
    return "" if identifier.startswith("LicenseRef-") else f"https://spdx.org/licenses/{identifier}.html"
