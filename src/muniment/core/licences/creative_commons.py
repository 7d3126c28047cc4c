"""Creative Commons licences by their elements and version, in the wording of the deeds of fifteen languages."""

import re
from itertools import chain

from muniment.core.licences.expressions import expression

# How the deeds name each element. Longer wordings stand before the shorter ones that they contain.
_ELEMENTS = {
    "cc": r"creative\s*commons?|ccpl",
    "nc": (
        r"non[\s-]*commerciale?s?|not?[\s-]+for[\s-]+commercial[\s-]+use|nicht[\s-]*kommerziell|keine kommerzielle nutzung"
        r"|pas d.utilisation commerciale|utilisation non commerciale|no[\s-]*comerciale?s?|não[\s-]*comercial|niet[\s-]*commercieel"
        r"|użycie niekomercyjne|ikkekommersiell|ikkekommerciel|icke[\s-]*kommersiell|epäkaupallinen|некоммерческ\w+(?: использование)?"
        r"|некомерційна|非営利|非商业性使用|非商业性|非商業性|비영리"
    ),
    "sa": (
        r"share[\s-]*a?like|weitergabe unter gleichen bedingungen|partage dans les mêmes conditions|partage à l.identique"
        r"|(?:des )?conditions initiales à l.identique|compartir[\s-]*igual|compartilha[\s-]*igual|condividi allo stesso modo"
        r"|gelijk[\s-]*delen|na tych samych warunkach|del på samme vilkår|dela\s*lika|jaasamoin|с сохранением условий"
        r"|на тех же условиях|継承|相同方式共享|동일조건변경허락"
    ),
    "nd": (
        r"no[\s-]*deriv(?:ative|ate|s)?s?(?:[\s-]+works?)?|keine bearbeitung(?:en)?|pas de modifications?|sin[\s-]*(?:obra[\s-]*)?derivad[ao]s?"
        r"|sem[\s-]*deriva(?:ções|dos)|non opere derivate|geen[\s-]*afgeleide[\s-]*werken|bez utworów zależnych|ingen bearbeidelse(?:r)?"
        r"|inga\s*bearbetningar|eimuutoksia|без производных(?: произведений)?|改変禁止|禁止演绎|변경금지"
    ),
    "by": (
        r"attribution|\battrib\b|\battr\b|namensnennung|paternité|reconocimiento|atribución|atribuição|attribuzione|naamsvermelding"
        r"|uznanie autorstwa|navngivelse|erkännande|nimeä|с указанием авторства|атрибуция|表示|署名|저작자표시"
    ),
}
_ELEMENTS_FOUND = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _ELEMENTS.items())
_VERSIONS = {"1": "1.0", "2": "2.0", "2.1": "2.1", "2.5": "2.5", "3": "3.0", "4": "4.0"}
_NOISE = frozenset(
    [
        "cc",
        "the",
        "a",
        "and",
        "or",
        "license",
        "licence",
        "licenza",
        "licencia",
        "licença",
        "lizenz",
        "licentie",
        "licencja",
        "legal",
        "code",
        "deed",
        "public",
        "international",
        "internacional",
        "internazionale",
        "internationaal",
        "unported",
        "generic",
        "inter",
        "v",
        "version",
        "intl",
        "int",
        "l",
    ]
) | {"licence", "не", "портированная", "国际", "國際", "国際", "국제"}
# Names of jurisdictions that have had ports; SPDX lists some of these as licences of their own.
_PORTS = {
    "at": "austria österreich", "au": "australia", "de": "germany deutschland", "nl": "netherlands nederland", "us": "usa",
    "uk": "england wales", "fr": "france", "jp": "japan 日本", "igo": "", "es": "spain españa", "it": "italy italia", "pl": "poland polska",
    "br": "brazil brasil", "ca": "canada", "ch": "switzerland schweiz suisse", "cn": "china 中国大陆", "tw": "taiwan 台灣", "hk": "",
    "kr": "korea", "pt": "portugal", "se": "sweden sverige", "no": "norway norge", "fi": "finland suomi", "dk": "denmark danmark",
    "be": "belgium belgique", "cz": "czech", "ee": "estonia", "gr": "greece", "hr": "croatia", "hu": "hungary", "ie": "ireland",
    "il": "israel", "in": "india", "lu": "luxembourg", "mx": "mexico méxico", "nz": "", "ro": "romania", "rs": "serbia",
    "sg": "singapore", "si": "slovenia", "th": "thailand", "ua": "ukraine", "za": "", "ar": "argentina", "cl": "chile", "co": "colombia",
    "cr": "", "ec": "ecuador", "eg": "egypt", "gt": "guatemala", "mt": "malta", "my": "malaysia", "pe": "peru", "ph": "philippines",
    "pr": "", "ug": "uganda", "ve": "venezuela", "vn": "vietnam", "az": "azerbaijan", "bg": "bulgaria", "mk": "macedonia",
}  # fmt: skip
_PORT_OF = {word: code for code, names in _PORTS.items() for word in (code, *names.split())}
_TOO = {
    "united",
    "states",
    "kingdom",
    "intergovernmental",
    "organization",
    "organisations",
    "organizations",
    "south",
    "africa",
    "new",
    "zealand",
}
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_ZERO = re.compile(r"\bcc[\s-]?(?:0|zero)\b|\bcreative commons zero\b|\bzero\b.*\bcc0\b")
_ZERO_WORDS = frozenset(
    [
        "cc",
        "cc0",
        "creative",
        "commons",
        "zero",
        "0",
        "1",
        "1.0",
        "v1",
        "v1.0",
        "v",
        "universal",
        "public",
        "domain",
        "dedication",
        "license",
        "licence",
        "the",
        "waiver",
    ]
)
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
    text = text.replace("united states", "us").replace("united kingdom", "uk")
    for element, pattern in _ELEMENTS_FOUND:
        text = pattern.sub(f" {element} ", text)
    words = set(_WORD.findall(re.sub(r"\bcc(by|sa|nc|nd)", r"\1", text.replace("_", " "))))
    numbers = {word for word in words if word[0].isdigit()}
    versions = {_VERSIONS.get(number.removesuffix(".0"), "") for number in numbers}
    elements, ports = words & {"by", "nc", "nd", "sa"}, {_PORT_OF[word] for word in words if word in _PORT_OF}
    left = words - numbers - elements - _NOISE - _TOO - set(_PORT_OF)
    if len(versions) != 1 or "by" not in elements or left or {"nd", "sa"} <= elements:
        return None
    return identifier(elements, versions.pop(), ports)


def identifier(elements: set[str], version: str, ports: set[str]) -> str | None:
    """The listed identifier with a port if there is one, else without; None where there is neither."""
    stem = "-".join(chain(["CC"], (element.upper() for element in ("by", "nc", "nd", "sa") if element in elements), [version]))
    ported = expression(f"{stem}-{next(iter(ports)).upper()}") if len(ports) == 1 else None
    return ported or expression(stem)
