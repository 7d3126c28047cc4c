"""What a page says of rights, in markup and around its text, read before boilerplate is stripped.

HTML `rel=license`, ccREL and RDFa 1.1, microdata, Dublin Core, schema.org in JSON-LD, RSL, footers, links to well-known licences; then the
blocks that speak of rights and that the stripped text has lost. One statement a line, `where: what`.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from muniment.core.extraction.linked_data import linked_data
from muniment.core.extraction.subjects import PAGE, Subjects, after, before, names_asset

_META = re.compile(
    r"licen[cs]e|rights|copyright|^(?:robots|x-robots-tag|content-usage|content-signal|tdm-reservation|tdm-policy)$"
    r"|bot$|-extended$|^(?:anthropic-ai|claude-|chatgpt-|cohere|perplexity-|meta-external|google-extended)",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"licen[cs]|copyright|©|\(c\) ?\d{4}|all rights|creative commons|public domain|\bCC[ -]?(?:BY|0)|lizen[zs]|lizenziert|licenz|licenc|licença"
    r"|лиценз|许可|授權|授权|ライセンス|rechte|droits|derechos|diritti|direitos|prawa|confidential|internal use|distribut|non-?commercial"
    r"|research|partner|permission|\bOGL\b",
    re.IGNORECASE,
)
# What a block must say to be kept when the text has lost it; in a footer anything that speaks is kept.
_STATES = re.compile(
    r"licen[cs]ed under|under (?:an? |the )?(?:\S+ ){0,6}licen[cs]e|licen[cs]e:|all rights reserved|rights reserved|creative commons|public domain"
    r"|\bCC[ -]?(?:BY|0)\b|confidential|internal use only|(?:do|may|must) not (?:be )?(?:distribut|redistribut|cop|shar|reproduc)"
    r"|(?:research|non-?commercial|educational|academic) (?:purposes|use)|research only|\bNDA\b|partners? only|licensed partners"
    r"|open government licen|redistribution|lizenziert unter|steht unter|sous licence|bajo (?:una |la )?licencia|licencia creative"
    r"|licenza|licença|licencji|лиценз|许可协议|授權條款|ライセンスの|vorbehalten|droits réservés|derechos reservados|diritti riservati"
    r"|direitos reservados|voorbehouden|zastrzeżone|права защищены|版权所有|保留所有权利|無断転載",
    re.IGNORECASE,
)
# One of these stands in whatever matches `_STATES`: a search for fixed strings is many times faster than one for all its forms.
_ANCHORS = (
    *(
        "licen",
        "lizenziert",
        "steht unter",
        "lizen",
        "reserved",
        "creative commons",
        "public domain",
        "cc by",
        "cc-by",
        "ccby",
        "cc0",
        "cc 0",
    ),
    *(
        "cc-0",
        "confidential",
        "internal use",
        "not ",
        "purpose",
        " use",
        "research only",
        "nda",
        "partner",
        "redistribution",
        "лиценз",
        "许可协议",
    ),
    *(
        "授權條款",
        "ライセンスの",
        "vorbehalten",
        "droits réservés",
        "derechos reservados",
        "diritti riservati",
        "direitos reservados",
    ),
    *("voorbehouden", "zastrzeżone", "права защищены", "版权所有", "保留所有权利", "無断転載"),
)
_FOOTERS = (
    "//footer | //*[@role='contentinfo'] | //*[contains(@id, 'footer') or contains(@id, 'copyright') or contains(@id, 'colophon')]"
    " | //*[contains(@class, 'footer') or contains(@class, 'copyright') or contains(@class, 'colophon')]"
)
_KNOWN = re.compile(
    r"creativecommons\.org/(?:licenses|licences|publicdomain)/|nationalarchives\.gov\.uk/doc/(?:open|non-commercial)-government-licence"
    r"|opensource\.org/licen[cs]es?/|apache\.org/licenses/|gnu\.org/(?:licenses|copyleft)/|spdx\.org/licenses/|opendatacommons\.org/licenses/"
    r"|choosealicense\.com/licenses/|mozilla\.org/.{0,6}MPL|unlicense\.org|wtfpl\.net|etalab\.gouv\.fr/licence|data\.gouv\.fr.{0,40}licence"
    r"|govdata\.de/dl-de",
    re.IGNORECASE,
)
_HEADINGS = "//title | //h1 | //h2 | //p[@align='center' or count(*) = 1]/*[self::b or self::strong]"
_VERSION = re.compile(r"\b[1-4]\.[0-5]\b|\bCC0\b")
_COMMONS = re.compile(r"creative\s*commons|(?:криейтив|креатив) ком[ъо]нс|クリエイティブ・コモンズ|知识共享|創用CC", re.IGNORECASE)
_LEAST_COMMONS, _HEADING, _MAX_HEADINGS = 2, 150, 5
_INLINE = frozenset(
    ["a", "abbr", "b", "bdi", "br", "cite", "em", "font", "i", "img", "small", "span", "strong", "sub", "sup", "u", "time", "wbr"]
)
_UNREAD = frozenset(["script", "style", "template", "noscript", "svg", "code", "pre", "textarea", "option", "button"])
_RSL = "application/rsl+xml"
_LIMIT, _RSL_LIMIT = 500, 4_000  # characters of one statement
_MAX_LINES, _MAX_ASIDES, _MAX_REFERENCES = 100, 20, 40


def read_notices(tree: HtmlElement) -> str | None:
    """One statement a line, strongest evidence first; None where a page says nothing."""
    found: dict[str, None] = {}
    for where, what in _statements(tree):
        said = " ".join(what.split())[: _RSL_LIMIT if where.endswith(" rsl") else _LIMIT]
        if said:
            found.setdefault(f"{where}: {said}")
        if len(found) == _MAX_LINES:
            break
    return "\n".join(found) or None


def read_blocks(tree: HtmlElement) -> list[str]:
    """Blocks of a page that state rights, wherever they stand: of these, what the stripped text has lost is kept beside it."""
    if not _anchored(tree.text_content()):
        return []
    subjects = Subjects(tree)
    blocks = ((node, text) for node, text, _ in _blocks(tree) if len(text) <= _LIMIT and _anchored(text) and _STATES.search(text))
    return list(dict.fromkeys(text for node, text in blocks if subjects.within(node) == PAGE))[:_MAX_LINES]


def lost(blocks: list[str], text: str, notices: str | None) -> str | None:
    """The notices with a line `aside: …` for each block that neither the text nor the notices hold."""
    held = _letters(f"{text} {notices or ''}")
    found = [f"aside: {block}" for block in blocks if _letters(block) not in held]
    return "\n".join([*filter(None, [notices]), *found[:_MAX_ASIDES]]) or None


def _statements(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    subjects = Subjects(tree)
    yield from _links(tree)
    yield from _metas(tree)
    for script in tree.iter("script"):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        if kind == "application/ld+json":
            yield from linked_data(script.text or "")
        elif kind == _RSL:
            yield "script rsl", script.text or ""
    yield from _headings(tree)
    yield from _terms(tree, subjects)
    yield from _references(tree, subjects)
    for footer in tree.xpath(_FOOTERS):
        for _, text, links in _blocks(footer):
            if len(text) <= _LIMIT and _SPEAKS.search(f"{text} {links}"):
                yield "figure footer" if names_asset(text) else "footer", f"{text} {links}"


def _links(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for link in tree.xpath("//link[@href]"):
        terms = f"{link.get('rel') or ''} {link.get('property') or ''} {link.get('itemprop') or ''}"
        copyright_of = "copyright" in terms.lower().split() and _KNOWN.search(link.get("href"))
        if (link.get("type") or "").strip().lower() == _RSL:
            yield "link rsl", link.get("href")
        elif _is_licence(terms) or copyright_of:
            yield "link rel=license", link.get("href")


def _metas(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for meta in tree.xpath("//meta[@content]"):
        names = (meta.get(attribute) for attribute in ("name", "property", "http-equiv", "itemprop"))
        name = next(filter(None, names), "").strip()
        if _META.search(name) and "image" not in name:
            yield f"meta {_term(name)}", meta.get("content")


def _headings(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Headings with a version in a page about Creative Commons: a licence's own page says by these which one it is, in its language."""
    said = " ".join([tree.text_content(), *map(str, tree.xpath("//a/@href | //img/@alt"))])
    if len(_COMMONS.findall(said)) < _LEAST_COMMONS:
        return
    headings = (" ".join(each.text_content().split()) for each in tree.xpath(_HEADINGS))
    versioned = (text for text in headings if len(text) <= _HEADING and _VERSION.search(text))
    yield from (("heading", text) for text in list(dict.fromkeys(versioned))[:_MAX_HEADINGS])


def _terms(tree: HtmlElement, subjects: Subjects) -> Iterator[tuple[str, str]]:
    """Elements of the body that state a licence: `rel` of links and areas, `property` of RDFa, `itemprop` of microdata."""
    for element in tree.xpath("//*[@rel or @property or @itemprop][not(self::link or self::meta)]"):
        if _is_licence(f"{element.get('rel') or ''} {element.get('property') or ''} {element.get('itemprop') or ''}"):
            values = (element.get(attribute) for attribute in ("content", "href", "resource", "data"))
            address = next(filter(None, values), "")
            yield f"{subjects.of(element)} rel=license", f"{address} {element.text_content()}"


def _references(tree: HtmlElement, subjects: Subjects) -> Iterator[tuple[str, str]]:
    """Plain links to well-known licences with the sentence that they stand in: whether that grants anything is for its reader to say."""
    plain = tree.xpath("//a[@href][not(@itemprop)]")
    known = [anchor for anchor in plain if _KNOWN.search(anchor.get("href"))]
    for anchor in known[:_MAX_REFERENCES]:
        if not _is_licence(f"{anchor.get('rel') or ''} {anchor.get('property') or ''}"):
            yield f"{subjects.of(anchor)} link", f"{anchor.get('href')} {before(anchor)} {anchor.text_content()} {after(anchor)}"


def _blocks(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str, str]]:
    """Runs of text that no block element divides: where they stand, the text, and the addresses in it that speak of licences."""
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in _INLINE or node.tag in _UNREAD:
            continue
        run: list[str] = [node.text or ""]
        links: list[str] = []
        for child in node:
            if child.tag in _INLINE:
                run.append(f"{child.text_content()} ")
                links.extend(str(link) for link in child.xpath("descendant-or-self::a/@href") if _SPEAKS.search(str(link)))
            else:
                yield from _run(node, run, links)
                run, links = [], []
            run.append(child.tail or "")
        yield from _run(node, run, links)


def _run(node: HtmlElement, run: list[str], links: list[str]) -> Iterator[tuple[HtmlElement, str, str]]:
    text = " ".join("".join(run).split())
    if text or links:
        yield node, text, " ".join(links)


def _is_licence(terms: str) -> bool:
    return any(_term(term).rpartition(".")[2] in ("license", "licence") for term in terms.split())


def _term(name: str) -> str:
    """A term without the namespace that is written before it as a prefix or an address: `cc:license` is `license`."""
    local = re.split(r"[:#/]", name.lower())[-1]
    return local or name.lower()


def _anchored(text: str) -> bool:
    lower = text.lower()
    return any(anchor in lower for anchor in _ANCHORS)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
