"""Words around the name of a licence that say what it is named for: patterns for the text before it, of it and after it."""

import re

from muniment.core.licences.creative_commons.words import spelled

# Licence, by its name in the languages whose Creative Commons deeds are known.
_LICENCE = r"(?:licen[sc]es?|lizenz(?:en|bedingungen)?|licencias?|licenz[ae]|licenças?|licenties?|licencj[aieę]|llicències?)"
# Words that grant, anywhere before the name in its sentence.
GRANT = re.compile(
    r"(?:licen[sc]ed|released|redistribut(?:ed?|able)|distributed|available|provided|covered|governed|published|offered|made|placed|issued"
    r"|subject|shared?|granted)\W+(?:\w+\W+){0,4}?(?:under|by|with|as|to|in|via)\b"
    r"|\b(?:under|by) (?:the )?(?:terms|conditions|provisions) (?:and conditions )?of\b"
    r"|\b(?:licen[sc]ed|licen[sc]ing)[\W_]+$|licen[sc]e ?\( ?[\"']?(?:\w|$)|(?:©|\(c\)|&copy;|\bcopyright)\W[^\n]{0,80}$"
    rf"|\b{_LICENCE}(?: (?:is|are|type|information|agreement|ist|est|es|è|é|to jest))?\**\s*[:=\"']"
    r"|\b(?:lizenziert|licenciad[oa]s?|rilasciat[oaie]|disponibilizad[oa]s?|gelicen[sc]eerd|udostępnian\w+|mise?s? à (?:la )?disposition)\b",
    re.IGNORECASE,
)
# Words that grant only where the licence follows at once.
GRANT_BEFORE = re.compile(
    r"\b(?:uses?|has|under|carries|unter (?:der|einer|den|dem)|steh(?:t|en) unter|sous|selon les termes de|bajo|con|sotto|sob|onder|na)\s+"
    rf"(?:the |an? |la |le |une? |uma? |de |een |los términos de |i termini della )?(?:{_LICENCE}\s+)?(?:[\w.-]+ ){{0,4}}[\[\"'*_(“]*$",
    re.IGNORECASE,
)
# Words that grant right after the name, where the language has it so.
GRANT_AFTER = re.compile(r"\s*\w{0,8}\s*(?:ライセンスの|の下に?で?提供|许可协议(?:进行)?授权|許可協議|授權條款)")
# What a sentence is about, where it is about the document or what it belongs to.
OWN = re.compile(
    r"\b(?:this|these|our|my|we|all (?:rights|content|code|files|text)|(?:the|whole) (?:\w+ )?(?:project|package|library|software|code|program"
    r"|documentation|site|website|contents?|sources?|repository|module|tool|works?|data\w*|corpus|book|text|article|model|weights|file))\b"
    r"|^\W*licen[sc]e\W{0,4}[:=]|^\W*[\w.+-]+[ -]licen[sc]ed\b|^\W*(?:licen[sc]ed|released|distributed|published|available) (?:under|by|with)\b",
    re.IGNORECASE | re.MULTILINE,
)
# What makes of a name a mention: comparison, advice, conditions, the past, other people's works.
TALK = re.compile(
    r"\b(?:unlike|such as|e\.?g\.?|for example|for instance|similar to|(?:in)?compatible with|compared? (?:to|with)|instead of|versus|vs\.?"
    r"|whether|choos(?:e|es|ing)|choice of (?:a )?licen[sc]e|suppose|other than|popular|example|compatib\w+|common(?!-licen)|text of"
    r"|if (?:you|your|the|a|an)|might|would|could|should|argue|not (?:an?|the|under|licen[sc]ed|covered|be)|recommends?|prefers?|requires?"
    r"|including|excludes?|allow(?:ed|s|list)?|deny|denylist|forbid(?:den)?|reject(?:ed|s)?|approved|permitted"
    r"|prior to|previous(?:ly)?|former(?:ly)?|used to be|until version|up to version|earlier|older|were|initially|originally|replaced"
    r"|upstream|dependenc(?:y|ies)|relicens\w+|(?:change|replace|update|remove|include|rename)[ds]? (?:\w+ ){0,2}(?:licen[sc]e|copyright)"
    r"|(?:debian|d)/(?:copyright|control|rules))\b",
    re.IGNORECASE,
)
HEADING = re.compile(
    r"^(?:[^\w\n<]|<[^>\n]*>)*(?:\d+[.)] )?(?:copyright (?:and|&) |copying,? |legal(?: and)? |rights and |software |project |code )?"
    rf"{_LICENCE}(?: (?:and|&) \w+| information| details| notice| terms| section)?(?:[^\w\n<]|<[^>\n]*>)*$"
    r"|^(?:[^\w\n<]|<[^>\n]*>)*(?:licensing|legal|copying|copyright|lizenzierung)(?:[^\w\n<]|<[^>\n]*>)*$",
    re.IGNORECASE | re.MULTILINE,
)
OTHER_HEADING = re.compile(r"^\s{0,3}#{1,6} \S|^[^\n]{1,60}\n(?:={3,}|-{3,})\s*$", re.MULTILINE)
SENTENCE_END = re.compile(r"\n[ \t>*#/]*\n|[.!?]\s+(?=[A-Z\"'(*#])|\n\s*[-*] ")
POINTER = re.compile(
    r"common-licenses|\b(?:full|complete|entire) (?:text|licen[sc]e|copy)|\bcan be found (?:in|at|on)\b|\breceived? (?:an? )?cop(?:y|ies) of\b"
    r"|\bsee (?:the )?(?:source|file|copying|licen[sc]e)\b",
    re.IGNORECASE,
)
FIELD = re.compile(r"\blicen[sc](?:e|ed|es|ing)\b(?!/)", re.IGNORECASE)
FILE_LINK = re.compile(
    r"^[^\n\[\]]{0,40}\]\(\s*(?:[^)\s:]*|https?://[^)\s]+/(?:blob|tree|raw|master|main)/[^)\s]*?)(?<![\w-])(?:un)?(?:licen[sc]e|copying)"
    r"(?:[-.]\w+)*\s*\)",
    re.IGNORECASE,
)
# An address in which the name of a licence may stand by accident: of a badge that is made elsewhere.
ADDRESS = re.compile(r"(?:shields\.io|badgen\.net|badge\.fury\.io|fossa\.\w+)/(?!badge/)[^\s)\"'>]*$", re.IGNORECASE)
ASSET = re.compile(
    r"\b(?:logos?|photos?|photographs?|images?|icons?|pictures?|illustrations?|artwork|fonts?|videos?|screenshots?)\b"
    r"[^.!?\n]{0,30}?\b(?:is|are|was|were|by|under|licen[sc]ed)\b",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(r"CC-BY-\d\S*(?: OR CC-BY-\d\S*)*")
# Right after a place: an element beyond attribution, or what such an element begins with in other words than those of the deeds.
_NARROWER = re.compile(
    rf"[\s\W]{{0,8}}(?:{spelled('nc', 'nd', 'sa')}|(?:nc|nd|sa)\b|non[\s-]?comm|pas d|utilisation non|keine |nicht[\s-]?k|não|niet|geen|bez "
    r"|icke|inga|partage|weitergabe|compartir|compartilha|partilha|改変|非商业|非商業|禁止|相同)",
    re.IGNORECASE,
)


def narrowed(text: str, expression: str | None, end: int | None) -> bool:
    """Whether right behind the name of a Creative Commons licence that asks for attribution only stands an element of a stricter one."""
    return _ATTRIBUTION.fullmatch(expression or "") is not None and _NARROWER.match(text, end or 0) is not None
