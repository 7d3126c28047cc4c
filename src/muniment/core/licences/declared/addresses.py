"""Well-known addresses of licences: the deeds of Creative Commons, and the pages that publish one licence."""

import re

from muniment.core.licences.creative_commons.declared import identifier
from muniment.core.licences.declared.gnu import gnu
from muniment.core.licences.declared.names import is_family, named
from muniment.core.licences.expressions import expression

_DEED = re.compile(
    r"creativecommons\.org/(?:licen[sc]es/((?:by|nc|nd|sa)(?:-(?:nc|nd|sa))*)/(\d\.\d)(?:/([a-z]{2,3})\b)?|publicdomain/(zero|mark)/1\.0)",
    re.IGNORECASE,
)
_END = r"(?:\.(?:html?|php|json|txt|md|en|de|fr|es|it|ja))*/?(?:[?#].*)?$"
# Where a page lives, and the name that its address spells.
_PAGES = tuple(
    (re.compile(rf"\b{where}{_END}", re.IGNORECASE), name)
    for where, name in (
        (r"(?:spdx|opensource)\.org/licenses?/([\w.+-]+?)(?:-license)?", "{}"),
        (r"(?:choosealicense\.com/licenses|licenses\.nuget\.org)/([\w.+-]+?)", "{}"),
        (r"apache\.org/licenses/license-(\d\.\d)", "Apache-{}"),
        (r"mozilla\.org/(?:[a-z]{2}(?:-[a-z]{2})?/)?mpl/(\d\.\d)", "MPL-{}"),
        (r"eclipse\.org/(?:org/documents|legal)/epl-v?(\d)\.?(\d)(?:/epl-.*)?", "EPL-{}.{}"),
        (r"(?:gnu|fsf)\.org/(?:licenses|copyleft)/(?:old-licenses/)?([al]?gpl|fdl)-(\d\.\d)(?:-standalone)?", "{} {}"),
        (r"opendatacommons\.org/licenses/by(?:/.*)?", "ODC-By-1.0"),
        (r"opendatacommons\.org/licenses/odbl(?:/.*)?", "ODbL-1.0"),
        (r"opendatacommons\.org/licenses/pddl(?:/.*)?", "PDDL-1.0"),
        (r"cdla\.(?:dev|io)/(permissive|sharing)-(\d)[-.](\d)", "CDLA-{}-{}.{}"),
        (r"nationalarchives\.gov\.uk/doc/open-government-licence/version/(\d)", "OGL-UK-{}.0"),
        (r"govdata\.de/dl-de/(by|zero)-2-0", "DL-DE-{}-2.0"),
        (r"data\.norge\.no/nlod/[a-z]{2}/(\d\.\d)", "NLOD-{}"),
        (r"etalab\.gouv\.fr/.*open-licen[sc]e", "etalab-2.0"),
        (r"unlicense\.org", "Unlicense"),
        (r"wtfpl\.net(?:/txt/copying)?", "WTFPL"),
        (r"boost\.org/license_1_0", "BSL-1.0"),
    )
)
_DASHED = re.compile(r"(?<=\d)-(?=\d)")


def address(url: str) -> str | None:
    """SPDX identifier of the licence that lives at a well-known address; None for any other address."""
    if found := _DEED.search(url):
        elements, version, port, tool = found.groups()
        if tool:
            return "CC0-1.0" if tool.lower() == "zero" else expression("CC-PDM-1.0")
        return identifier(set(elements.lower().split("-")), version, {port.lower()} if port else set())
    for pattern, name in _PAGES:
        if found := pattern.search(url):
            spelt = _DASHED.sub(".", name.format(*found.groups()))
            return None if is_family(spelt) else gnu(spelt) or expression(spelt) or expression(named(spelt) or "")
    return None
