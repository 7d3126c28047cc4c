"""Whether a place where a licence is named grants it for the document, only mentions it, or gives it to a part such as a picture."""

import re

LICENCE_NAME = r"(?i)(?:^|[/:!])(?:un)?(?:licen[sc]e|copying|copyright|notice|mit-licen[sc]e)[^/]*$"
_LICENCE_FILE = re.compile(rf"{LICENCE_NAME}|(?:^|[/:!])LICENSES?/[^/]+$")
EDGE = 1000  # code points at the start or end of a document where a reference that stands by itself is about the document
_BRIEF = 20  # code points up to which a notice is no more than a reference
_POINTER_LENGTH = 400
_REACH = 160  # code points before a reference that may say what it is for

# Licence, by its name in the languages whose Creative Commons deeds are known.
_LICENCE = r"(?:licen[sc]es?|lizenz(?:en|bedingungen)?|licencias?|licenz[ae]|licenças?|licenties?|licencj[aieę]|llicències?)"
_GRANT = re.compile(
    r"(?:licen[sc]ed|released|redistribut(?:ed?|able)|distributed|available|provided|covered|governed|published|offered|made|placed|issued"
    r"|subject|shared?|granted)\W+(?:\w+\W+){0,4}?(?:under|by|with|as|to|in|via)\b"
    r"|\b(?:under|by) (?:the )?(?:terms|conditions|provisions) (?:and conditions )?of\b"
    r"|\b(?:licen[sc]ed|licen[sc]ing)[\W_]+$"
    rf"|\b{_LICENCE}(?: (?:is|are|type|information|agreement|ist|est|es|è|é|to jest))?\**\s*[:=\"']"
    r"|\b(?:lizenziert|licenciad[oa]s?|rilasciat[oaie]|disponibilizad[oa]s?|gelicen[sc]eerd|udostępnian\w+|mise?s? à (?:la )?disposition)\b",
    re.IGNORECASE,
)
# The same in words that grant only where the licence follows at once.
_GRANT_BEFORE = re.compile(
    r"\b(?:uses?|has|under|carries|unter (?:der|einer|den|dem)|steh(?:t|en) unter|sous|selon les termes de|bajo|con|sotto|sob|onder|na)\s+"
    rf"(?:the |an? |la |le |une? |uma? |de |een |los términos de |i termini della )?(?:{_LICENCE}\s+)?(?:[\w.-]+ ){{0,2}}[\[\"'*_(“]*$",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"^[\s#*=>_<\w/-]{{0,12}}?(?:copyright (?:and|&) |copying,? |legal(?: and)? |rights and |software |project |code )?{_LICENCE}"
    rf"(?: (?:and|&) \w+| information| details| notice| terms| section)?[\s#*=:_>./-]*(?:</h\d>)?[ \t]*$|^[ \t#*=>_/;%-]*(?:<h\d[^>]*>)?(?:licensing|legal|copying|copyright|lizenzierung)[\s#*=:_./-]*(?:</h\d>)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_OTHER_HEADING = re.compile(r"^\s{0,3}#{1,6} \S|^[^\n]{1,60}\n(?:={3,}|-{3,})\s*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"\n[ \t>*#/]*\n|[.!?]\s+(?=[A-Z\"'(*#])")
_TALK = re.compile(
    r"\b(?:unlike|such as|e\.?g\.?|for example|for instance|similar to|(?:in)?compatible with|compared? (?:to|with)|instead of|versus|vs\.?"
    r"|whether|choos(?:e|es|ing)|choice of (?:a )?licen[sc]e|suppose|other than|popular|example|compatib\w+|common|text of|"
    r"if (?:you|your|the|a|an)|might|would|could|argue|not (?:an?|the|under|licen[sc]ed|covered|be)|recommends?|prefers?|requires?|including|excludes?)\b",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"common-licenses|\b(?:full|complete|entire) (?:text|licen[sc]e|copy)|\bcan be found (?:in|at|on)\b|\breceived? (?:an? )?cop(?:y|ies) of\b",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\blicen[sc](?:e|ed|es|ing)\b(?!/)", re.IGNORECASE)
_FILE_LINK = re.compile(
    r"^[^\n\[\]]{0,40}\]\(\s*(?:[^)\s:]*|https?://[^)\s]+/(?:blob|tree|raw|master|main)/[^)\s]*?)(?<![\w-])(?:un)?(?:licen[sc]e|copying)"
    r"(?:[-.]\w+)*\s*\)",
    re.IGNORECASE,
)
_ASSET = re.compile(
    r"\b(?:logos?|photos?|photographs?|images?|icons?|pictures?|illustrations?|artwork|fonts?|videos?|screenshots?)\b"
    r"[^.!?\n]{0,30}?\b(?:is|are|was|were|by|under|licen[sc]ed)\b",
    re.IGNORECASE,
)


def is_licence_file(key: str) -> bool:
    """Whether a document's key is that of a file that states the licence of what lies beside it."""
    return _LICENCE_FILE.search(key) is not None


def role(text: str, start: int, end: int, kind: str, page: bool) -> str:
    """`grant`, `weak` (a grant if nothing speaks against it), `mention` or `asset`, for a match of a notice or a reference.

    What is said of a logo or a photo is the asset's. A notice is a grant. A reference is one after words that grant or head a licence or
    when it links to a licence file, and a weak one where it stands by itself near the start or the end of what is no web page.
    """
    before = text[max(0, start - 80) : start]
    if _ASSET.search(before + text[start : min(end, start + 40)]):
        return "asset"
    said = text[start:end]
    if (kind == "notice" and end - start > _BRIEF) or (kind == "tag" and _FIELD.search(said)):
        return "grant"
    sentence = _sentence(text, start)
    if _TALK.search(sentence):
        return "mention"
    if (
        _GRANT.search(sentence + said)
        or _GRANT_BEFORE.search(sentence)
        or _FILE_LINK.match(text[end : end + 160])
        or _under_heading(text, start)
    ):
        return "grant"
    near_edge = not page and (start < EDGE or end > len(text) - EDGE)
    return "weak" if near_edge else "mention"


def points_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether a short notice says where the text of a licence is to be found, and not that something is under it."""
    return end - start < _POINTER_LENGTH and _POINTER.search(text, start, end) is not None


def _sentence(text: str, start: int) -> str:
    """What stands before a place in its sentence, as far as it reaches."""
    before = text[max(0, start - _REACH) : start]
    ends = [found.end() for found in _SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before


def _under_heading(text: str, start: int) -> bool:
    """Whether a licence heading stands close before, with no other heading between."""
    begin = max(0, start - 2 * _REACH)
    before = text[text.find("\n", begin, start) + 1 or begin : start] if begin else text[:start]
    heads = [found.end() for found in _HEADING.finditer(before)]
    return bool(heads) and not _OTHER_HEADING.search(before[heads[-1] :])
