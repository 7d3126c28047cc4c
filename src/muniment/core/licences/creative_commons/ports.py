"""Jurisdictions to which Creative Commons licences were ported, by code and by the words of their names; SPDX lists the ports of a few."""

import re

_NAMES = {
    "at": "austria österreich", "au": "australia", "de": "germany deutschland", "nl": "netherlands nederland", "us": "us usa states",
    "uk": "england wales kingdom", "fr": "france", "jp": "japan 日本",
    "igo": "igo oig intergovernmental organization organisations organizations organismos المنظمات", "es": "spain españa",
    "it": "italy italia", "pl": "poland polska", "br": "brazil brasil", "ca": "canada", "ch": "switzerland schweiz suisse",
    "cn": "china 中国大陆", "tw": "taiwan 台灣", "hk": "", "kr": "korea", "pt": "portugal", "se": "sweden sverige", "no": "norway norge",
    "fi": "finland suomi", "dk": "denmark danmark", "be": "belgium belgique", "cz": "czech", "ee": "estonia", "gr": "greece",
    "hr": "croatia", "hu": "hungary", "ie": "ireland", "il": "israel", "in": "india", "lu": "luxembourg", "mx": "mexico méxico",
    "nz": "new zealand", "ro": "romania", "rs": "serbia", "sg": "singapore", "si": "slovenia", "th": "thailand", "ua": "ukraine",
    "za": "south africa", "ar": "argentina", "cl": "chile", "co": "colombia", "cr": "", "ec": "ecuador", "eg": "egypt",
    "gt": "guatemala", "mt": "malta", "my": "malaysia", "pe": "peru", "ph": "philippines", "pr": "", "ug": "uganda", "ve": "venezuela",
    "vn": "vietnam", "az": "azerbaijan", "bg": "bulgaria", "mk": "macedonia",
}  # fmt: skip
_BY_NAME = {word: code for code, names in _NAMES.items() for word in names.split()}
PORT_OF = _BY_NAME | {code: code for code in _NAMES}
_WORD = re.compile(r"[^\W\d_]+")


def ports_named(text: str) -> set[str]:
    """Codes of the jurisdictions that a text names in full; codes alone are words of many languages."""
    return {_BY_NAME[word] for word in _WORD.findall(text.lower()) if word in _BY_NAME}
