"""Really Simple Licensing 1.0 (RSL Technical Steering Committee, 10 December 2025; errata to August 2026), and the draft 0.9 before it.

What a licence prohibits is denied; where it lists permitted uses, the others are denied; what it permits for a payment, or by a licence server,
is paid. A permission for some users or countries only permits nothing that everybody could rely on.
"""

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

from muniment.core.optouts.statement import ALLOW, DENY, INPUT, PAID, SEARCH, TRAIN, USES, Statement

PROTOCOL = "rsl"
_LIMIT = 1_000_000  # code points of a file
_MOST = 5_000  # contents of one file
_TOKENS = {
    "all": USES, "ai-all": (TRAIN, INPUT), "ai-train": (TRAIN,), "ai-input": (INPUT,), "ai-index": (INPUT,), "search": (SEARCH,),
    "train-ai": (TRAIN,), "train-genai": (TRAIN,), "ai-use": (INPUT,), "ai-summarize": (INPUT,), "inference": (INPUT,),
}  # fmt: skip
_UNPAID = frozenset(["free", "attribution"])
_ORIGIN = re.compile(r"^(?:https?:)?//[^/]*", re.IGNORECASE)
_RESTRICTIVENESS = {ALLOW: 0, PAID: 1, DENY: 2}


def statements(text: str, place: str, whole_page: bool = False) -> Iterator[Statement]:
    """What an RSL document says. In a page (`whole_page`) it binds that page, whatever its `url` says. XML that is not RSL says nothing."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(text[:_LIMIT].lstrip("\ufeff \t\r\n").encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or _name(root) != "rsl":
        return
    for content in [each for each in root.iter() if _name(each) == "content"][:_MOST]:
        scope = "" if whole_page else _ORIGIN.sub("", content.get("url") or "") or "/"
        for use, (verdict, raw) in _terms(content).items():
            yield Statement(PROTOCOL, use, verdict, place, f"{scope} {raw}", scope)


def _terms(content: etree._Element) -> dict[str, tuple[str, str]]:
    """Verdict and wording for each use. Of several licences the one that asks least is the publisher's offer; a prohibition in any stands."""
    offers: dict[str, list[tuple[str, str]]] = {}
    barred: dict[str, tuple[str, str]] = {}
    for licence in (each for each in content if _name(each) == "license"):
        for use, found in _licence(licence, bool(content.get("server"))).items():
            if found[0] == DENY and found[1].startswith("prohibits"):
                barred[use] = found
            offers.setdefault(use, []).append(found)
    return {use: min(found, key=lambda one: _RESTRICTIVENESS[one[0]]) for use, found in offers.items()} | barred


def _licence(licence: etree._Element, served: bool) -> dict[str, tuple[str, str]]:
    said = {(_name(each), each.get("type") or "usage"): (each.text or "").lower() for each in licence}
    permitted, prohibited = (_uses(said.get((name, "usage"))) for name in ("permits", "prohibits"))
    payment = next((each for each in licence if _name(each) == "payment"), None)
    wording = "permits " + (said.get(("permits", "usage")) or "all uses")
    verdict = ALLOW
    if served or (payment is not None and (payment.get("type") or "").lower() not in _UNPAID and _asks(payment)):
        verdict, wording = PAID, f"{wording} payment {payment.get('type') or '' if payment is not None else 'server'}"
    narrow = any((name, of) in said for name in ("permits", "prohibits") for of in ("user", "geo"))
    found: dict[str, tuple[str, str]] = {}
    for use in USES:
        if use in (prohibited or ()):
            found[use] = (DENY, f"prohibits {said['prohibits', 'usage']}")
        elif permitted is not None and use not in permitted:
            found[use] = (DENY, f"{wording} only")
        elif verdict == PAID or (permitted is not None and not narrow):
            found[use] = (verdict, wording)
    return found


def _asks(payment: etree._Element) -> bool:
    """Whether a payment asks for something: an empty element without a type does not."""
    return bool(payment.get("type")) or any(_name(each) in ("amount", "custom", "standard", "accepts") for each in payment)


def _uses(tokens: str | None) -> set[str] | None:
    """Uses that a list names, with spaces (1.0) or commas (0.9); None where there is no list."""
    return None if tokens is None else {use for token in re.split(r"[\s,]+", tokens) for use in _TOKENS.get(token, ())}


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
