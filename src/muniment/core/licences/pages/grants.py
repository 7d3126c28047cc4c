"""Whether a sentence that names a licence grants it for what it stands in, in the languages in which the web says so.

A grant begins the sentence or heads a line ("Licensed under …", "Licence: …"), or has a subject that is the page itself ("this work", "content
on this site", "all text"). A sentence about somebody else's choice ("many wikis have moved to …") only mentions.
"""

import re

_VERB = (
    r"licen[sc]ed|released|distributed|available|provided|covered|governed|published|shared|offered|dedicated|subject|under|protected"
    r"|lizenziert|steht|stehen|veröffentlicht|verfügbar|unterliegt|unterliegen|mise? à disposition|publiée?s?|diffusée?s?|soumise?|sous|disponibles?"
    r"|bajo|licenciad[oa]s?|publicad[oa]s?|distribuid[oa]s?|distribuit[oaie]|rilasciat[oaie]|concess[oaie]|pubblicat[oaie]|sotto|sob|valt|vallen"
    r"|gelicentieerd|beschikbaar|dostępn\w+|udostępnion\w+|доступ\w+|распространя\w+|лиценз\w+|公開|提供|采用|採用|遵循"
)
_SELF = (
    r"this|these|our|all|any|content|contents|site|website|page|pages|article|work|works|material|materials|texts?|post|posts|blog|document\w*"
    r"|data|dataset|except|unless|otherwise|we|you|book|report|contains|information|course|wiki|project|translation|publication|guide"
    r"|dieses?r?|diese|inhalte?|seite|werk|alle|soweit|sofern|cett?e?|ce|contenus?|œuvre|oeuvre|sauf|textes?|tous|pages?"
    r"|est[ea]|obra|contenidos?|todos?|salvo|sitio|conteúdos?|exceto|quest[oai]|quest'\w+|opera|contenut[oi]|dove|dit|deze|inhoud|tenzij|ten|utwór"
    r"|treść|treści|strona|о?это|произведение|контент|материал\w*|если"
)
_HEADED = re.compile(
    rf"^\W*(?:©[^.]{{0,80}}\.?\s*)?(?:{_VERB})\b|(?:licen[sc]e|lizenz|licence|licencia|licenza|licença|licencja|лицензия|许可|ライセンス)\s*[:：]",
    re.IGNORECASE,
)
_GRANTED = re.compile(rf"\b(?:{_SELF})\b.{{0,160}}?\b(?:{_VERB})", re.IGNORECASE)
_UNSPACED = re.compile(
    r"(?:本|此|この|作品|网站|網站|サイト|内容|コンテンツ).{0,40}?(?:许可|許可|授权|授權|ライセンス|采用|採用|遵循|提供)"
)


def grants(sentence: str) -> bool:
    """Whether the sentence grants the licence that it names."""
    sentence = sentence[sentence.find(" ") + 1 :] if sentence.startswith(("http", "//")) else sentence
    return any(pattern.search(sentence) for pattern in (_HEADED, _GRANTED, _UNSPACED))
