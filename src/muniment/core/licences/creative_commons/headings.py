"""The name of a Creative Commons licence in the heading of its own page, in the languages in which Creative Commons publishes licences.

A heading is read by the strict reader of names, so that a word which is not known makes it unread: a licence is never taken for a more
permissive one. What stands behind the version is the name of a jurisdiction and may be in any language.
"""

import re
from functools import lru_cache

from muniment.core.licences.creative_commons.declared import creative_commons
from muniment.core.licences.creative_commons.ports import ports_named
from muniment.core.licences.creative_commons.words import spelled

_NAMED = re.compile(r"^(?P<name>.*?)[\s.,(]*(?P<version>[1-4]\.[0-5])\b(?P<tail>.*)$")
_ATTRIBUTION = re.compile(spelled("by"), re.IGNORECASE)
_CODE = re.compile(r"\bCC[ -](?P<elements>BY(?:-NC)?(?:-ND|-SA)?) (?P<version>[1-4]\.[0-5])\s*$")
_ZERO = re.compile(r"^(?:creative commons\W+)?CC0 1\.0(?:\s+\w+)?$", re.IGNORECASE)
_KANA = re.compile(r"[\u30a0-\u30ff]{4}")


@lru_cache(maxsize=4096)
def licence_of_heading(heading: str) -> str | None:
    """SPDX identifier of the licence whose name a heading is, with nothing else in it; None for any other heading."""
    if _ZERO.match(heading.strip()):
        return "CC0-1.0"
    if code := _CODE.search(heading):
        return creative_commons(f"CC {code['elements']} {code['version']}")
    found = _NAMED.match(heading)
    if not found or not _ATTRIBUTION.search(found["name"]):
        return None
    ports = ports_named(found["tail"])
    if not ports and _KANA.search(heading) and found["version"] == "2.1":  # of this version there were ports alone
        ports = {"jp"}
    return creative_commons(f"{found['name']} {found['version']} {' '.join(ports)}")
