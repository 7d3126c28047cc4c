"""Creative Commons licences by their elements and version, in the wording of the deeds in whatever language."""

import re
from itertools import chain

from muniment.core.licences.creative_commons.ports import PORT_OF
from muniment.core.licences.creative_commons.words import ELEMENTS, spelled
from muniment.core.licences.expressions import expression

_SPELLED = {element: re.compile(spelled(element)) for element in ELEMENTS}
_CREATIVE_COMMONS = re.compile(r"creative\s*commons?|ccpl")
_SHORT = re.compile(r"\battr(?:ib)?\b")
_VERSIONS = {"1": "1.0", "2": "2.0", "2.1": "2.1", "2.5": "2.5", "3": "3.0", "4": "4.0"}
_NOISE = {
    "cc", "the", "a", "and", "or", "license", "licence", "licenza", "licencia", "licença", "lizenz", "licentie", "licencja",
    "ترخيص", "legal", "code", "deed", "public", "pública", "publique", "pubblica", "international", "internacional",
    "internazionale", "internationaal", "unported", "generic", "inter", "v", "version", "intl", "int", "l", "united", "не",
    "портированная", "国际", "國際", "国際", "국제",
}  # fmt: skip
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_ZERO = re.compile(r"\bcc[\s-]?(?:0|zero)\b|\bcreative commons zero\b|\bzero\b.*\bcc0\b")
_ZERO_WORDS = {
    "cc", "cc0", "creative", "commons", "zero", "0", "1", "1.0", "v1", "v1.0", "v", "universal", "public", "domain",
    "dedication", "license", "licence", "the", "waiver",
}  # fmt: skip
_MARK = re.compile(r"(?:cc[\s-]|creative commons )?(?:public domain mark|pdm)[\s-]*v?1(?:\.0)?(?: universal)?")


def creative_commons(statement: str) -> str | None:
    """A Creative Commons licence by its elements and one version; None without a version or with words left over.

    A port to a jurisdiction that SPDX does not list is its version without the port, as in the addresses of the deeds.
    """
    text = " ".join(statement.lower().split())
    if _ZERO.search(text) and not set(re.findall(r"[\w.]+", text)) - _ZERO_WORDS:
        return "CC0-1.0"
    if _MARK.fullmatch(text):
        return expression("CC-PDM-1.0")
    text = _SHORT.sub("by", _CREATIVE_COMMONS.sub(" cc ", text))
    for element, pattern in _SPELLED.items():
        text = pattern.sub(f" {element} ", text)
    words = set(_WORD.findall(re.sub(r"\bcc(by|sa|nc|nd)", r"\1", text.replace("_", " "))))
    numbers = {word for word in words if word[0].isdigit()}
    versions = {_VERSIONS.get(number.removesuffix(".0"), "") for number in numbers}
    elements, ports = words & set(ELEMENTS), {PORT_OF[word] for word in words if word in PORT_OF}
    left = words - numbers - elements - _NOISE - PORT_OF.keys()
    if len(versions) != 1 or "by" not in elements or left or {"nd", "sa"} <= elements:
        return None
    return identifier(elements, versions.pop(), ports)


def identifier(elements: set[str], version: str, ports: set[str]) -> str | None:
    """The listed identifier with a port if there is one, else without; None where there is neither."""
    stem = "-".join(chain(["CC"], (element.upper() for element in ELEMENTS if element in elements), [version]))
    ported = expression(f"{stem}-{next(iter(ports)).upper()}") if len(ports) == 1 else None
    return ported or expression(stem)
