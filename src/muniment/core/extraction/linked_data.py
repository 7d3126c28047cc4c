"""Rights in JSON-LD: schema.org, Dublin Core and ccREL terms in whatever nesting, each with the subject that it is about."""

import json
import re
from collections.abc import Iterator
from typing import Any

from muniment.core.extraction.subjects import is_asset, is_work

_KEYS = {
    "license": "license", "licence": "license", "rights": "rights", "copyrightnotice": "copyrightNotice", "usageinfo": "usageInfo",
    "acquirelicensepage": "acquireLicensePage", "conditionsofaccess": "conditionsOfAccess", "accessrights": "accessRights",
    "copyrightholder": "copyrightHolder", "copyrightyear": "copyrightYear",
}  # fmt: skip
_ASSETS = frozenset(
    [
        "image",
        "logo",
        "thumbnail",
        "video",
        "audio",
        "photo",
        "associatedmedia",
        "primaryimageofpage",
        "contenturl",
        "encoding",
        "sharedcontent",
    ]
)
_OTHERS = frozenset(
    ["citation", "isbasedon", "mentions", "about", "sameas", "itemlistelement", "review", "comment", "references", "source", "relatedlink",
     "author", "publisher", "creator", "provider", "translationofwork", "exampleofwork", "hasvariant", "isrelatedto"]
)  # fmt: skip
_WRAPPED = re.compile(r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*$")
_MOST = 2_000  # objects of one script
_LOCAL = re.compile(r"[:#/]")


def linked_data(text: str) -> Iterator[tuple[str, str]]:
    """(`json-ld [asset|other] TYPE KEY`, value) for every statement of rights; nothing where it is not JSON."""
    try:
        waiting: list[tuple[Any, str]] = [(json.loads(_WRAPPED.sub("", text)), "")]
    except (ValueError, RecursionError):
        return
    seen = 0
    while waiting and seen < _MOST:
        value, subject = waiting.pop()
        seen += 1
        if isinstance(value, list):
            waiting.extend((each, subject) for each in reversed(value))
        elif isinstance(value, dict):
            yield from _object(value, subject)
            for key, each in reversed(value.items()):
                if isinstance(each, (dict, list)) and _local(key) not in _KEYS:
                    waiting.append((each, subject or _subject_of(_local(key))))


def _object(value: dict[str, Any], subject: str) -> Iterator[tuple[str, str]]:
    types = [str(each) for each in _list(value.get("@type", value.get("type", "Thing")))]
    subject = subject or ("asset" if any(map(is_asset, types)) else "" if any(map(is_work, types)) or not types else "other")
    where = " ".join(filter(None, ["json-ld", subject, _LOCAL.split(types[0])[-1] if types else "Thing"]))
    for key, each in value.items():
        if name := _KEYS.get(_local(key)):
            for said in _names(each):
                yield f"{where} {name}", said


def _subject_of(key: str) -> str:
    return "asset" if key in _ASSETS else "other" if key in _OTHERS else ""


def _local(key: str) -> str:
    return _LOCAL.split(key)[-1].lower()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(value: Any) -> Iterator[str]:
    """A value as its addresses or texts: of an object its address, else its name."""
    for each in _list(value):
        if isinstance(each, dict):
            each = each.get("url") or each.get("@id") or each.get("sameAs") or each.get("@value") or each.get("name") or ""
            each = each[0] if isinstance(each, list) and each else each
        if isinstance(each, (str, int)) and str(each).strip():
            yield str(each)
