"""Which of a document's statements add nothing to its others."""

from collections.abc import Iterable

from muniment.core.licences.expressions import keys_of

# Dedications beside which "this is in the public domain" says nothing more.
_DEDICATIONS = frozenset(
    [
        "CC0-1.0",
        "CC-PDDC",
        "PDDL-1.0",
        "Unlicense",
        "blessing",
        "SAX-PD",
        "ANTLR-PD",
        "LicenseRef-scancode-public-domain-disclaimer",
    ]
)
_PUBLIC_DOMAIN = "LicenseRef-scancode-public-domain"
# What the rule base makes of a family's name without a version, and the licences of that family.
_FAMILIES = {
    "GPL-1.0-or-later": "GPL-",
    "LGPL-2.0-or-later": "LGPL-",
    "LGPL-2.1-or-later": "LGPL-",
    "AGPL-3.0-or-later": "AGPL-",
    "GFDL-1.1-or-later": "GFDL-",
}


def implied(expression: str, others: Iterable[str]) -> bool:
    """Whether a short reference to a licence adds nothing to other expressions of its document.

    It adds no `-only` to a notice that says "or later", no bare family to a licence of that family, and no licence that another
    expression has with an exception or in a conjunction. Beside a choice it stands: the choice may be another part's.
    """
    beside = [keys_of(other) for other in others if other != expression]
    known = frozenset().union(*beside)
    if expression.endswith("-only") and expression.removesuffix("-only") + "-or-later" in known:
        return True
    family = _FAMILIES.get(expression)
    if family and any(key.startswith(family) and key != expression for key in known):
        return True
    return any(keys_of(expression) <= keys_of(other) for other in others if other != expression and " OR " not in other)


def dedicated(expression: str, others: Iterable[str]) -> bool:
    """Whether it is the plain statement of public domain beside a dedication by its name."""
    return expression == _PUBLIC_DOMAIN and any(keys_of(other) & _DEDICATIONS for other in others)
