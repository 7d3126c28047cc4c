"""Whose licence a piece of rights markup states: the page's, that of something in the page (an asset), or another work's.

Subjects by RDFa 1.1 (`about`, `resource`, `typeof`) and microdata (`itemscope`, `itemid`), then by HTML: what stands in a figure, a caption
or a credit, or in a sentence about a picture, is about that.
"""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement  # type: ignore[import-untyped]

PAGE, ASSET, OTHER = "page", "figure", "other"
_ASSET_TAGS = frozenset(["figure", "figcaption", "picture", "video", "audio", "img", "object"])
_QUOTES = frozenset(["blockquote", "q"])
_BLOCKS = frozenset(
    ["p", "li", "td", "th", "dd", "dt", "div", "section", "article", "footer", "aside", "small", "figcaption", "body"]
)
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:(?:photo|image|img|media|video|picture|figure|thumb|gallery|illustration|hero)[\w-]*(?:credit|caption|licen[cs]e|attribution|rights|info)"
    r"|(?:wp-|img-|image-)?caption(?:-text)?|credits?|thumbcaption|gallerytext)(?=$|\s)",
    re.IGNORECASE,
)
_ASSET_TYPE = re.compile(
    r"(?:Image|Photo|Video|Audio|Media|Music|Font|Clip|StillImage|MovingImage|Sound|3DModel)\w*$|Photograph$|Painting$"
)
_WORK_TYPE = re.compile(
    r"(?:Article|Posting|Page|Document|Text|Work|Dataset|DataDownload|Book|Chapter|Report|Course|LearningResource|HowTo|Recipe|Thesis"
    r"|SoftwareSourceCode|SoftwareApplication|WebSite|Blog|Review|Collection|Thing|Presentation\w*|Guide|Legislation|FAQPage)$",
    re.IGNORECASE,
)
_ASSET_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|tiff?|mp[34]|ogg|ogv|oga|webm|wav|woff2?|ttf|otf)(?:$|[?#])", re.IGNORECASE
)
_OF_ASSET = re.compile(
    r"\b(?:logos?|photos?|photographs?|photography|images?|icons?|pictures?|illustrations?|artworks?|fonts?|videos?|screenshots?|maps?|banners?)\b",
    re.IGNORECASE,
)
_OF_PAGE = re.compile(
    r"\b(?:texts?|contents?|site|website|pages?|articles?|posts?|works?|materials?|documents?|documentation|blog|everything|all)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;。])\s+")


class Subjects:
    """Tells for the elements of one page whose licence they state."""

    def __init__(self, tree: HtmlElement) -> None:
        self._own = set(_own_addresses(tree))
        self._base = next(iter(self._own), "")
        self._first_article = next(tree.iter("article"), None)

    def of(self, element: HtmlElement) -> str:
        """`page`, `figure` (an asset) or `other`."""
        return ASSET if names_asset(before(element)) else self.within(element)

    def within(self, element: HtmlElement) -> str:
        """As `of`, by what an element stands in alone and not by its sentence."""
        named = (self._named(node, node is element) for node in (element, *element.iterancestors()))
        return next(filter(None, named), PAGE)

    def _named(self, node: HtmlElement, itself: bool) -> str | None:
        """What a node says of the subject of all in it; None where it says nothing."""
        if node.tag in _ASSET_TAGS or _CREDIT.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return ASSET
        if node.tag in _QUOTES or (node.tag == "article" and node is not self._first_article):
            return OTHER
        resource = None if itself or node.get("rel") or node.get("property") else node.get("resource")
        about = next((value for value in (node.get("about"), node.get("itemid"), resource) if value is not None), None)
        typed = f"{node.get('typeof') or ''} {node.get('itemtype') or ''}".split()
        if any(map(is_asset, typed)):
            return ASSET
        if about is not None:
            return self._addressed(about)
        return None if not typed or any(map(is_work, typed)) else OTHER

    def _addressed(self, about: str) -> str:
        if _ASSET_FILE.search(about):
            return ASSET
        address = urldefrag(urljoin(self._base, about.strip()))[0].rstrip("/")
        return PAGE if not about.strip().strip("#.") or address in self._own else OTHER


def is_asset(type_name: str) -> bool:
    """Whether a schema.org, DCMI or FOAF type, however written, is of pictures, sound, fonts and such."""
    return _ASSET_TYPE.search(type_name) is not None


def is_work(type_name: str) -> bool:
    """Whether a type is of works that a page may be."""
    return _WORK_TYPE.search(type_name) is not None


def block(element: HtmlElement) -> HtmlElement:
    """The block of text that an element stands in."""
    return next((node for node in element.iterancestors() if node.tag in _BLOCKS), element)


def before(element: HtmlElement) -> str:
    """The beginning of the sentence that an element stands in."""
    held = "".join(_text_until(block(element), element))
    return " ".join(_SENTENCE.split(" ".join(held.split())[-300:])[-1:])


def after(element: HtmlElement) -> str:
    """A few words that follow an element."""
    return " ".join((element.tail or "").split())[:80]


def names_asset(sentence: str) -> bool:
    """Whether a sentence speaks of pictures, fonts and such, and not of the page."""
    return _OF_ASSET.search(sentence) is not None and _OF_PAGE.search(sentence) is None


def _text_until(node: HtmlElement, end: HtmlElement) -> Iterator[str]:
    """Text of a node in document order, up to where `end` begins."""
    path = {end, *end.iterancestors()}
    while node is not end:
        yield node.text or ""
        following = None
        for child in node:
            if child in path:
                following = child
                break
            yield child.text_content() if isinstance(child.tag, str) else ""
            yield child.tail or ""
        if following is None:
            return
        node = following


def _own_addresses(tree: HtmlElement) -> Iterator[str]:
    paths = ("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href", "//meta[@property='og:url']/@content", "//base/@href")
    for path in paths:
        for found in tree.xpath(path):
            yield urldefrag(str(found).strip())[0].rstrip("/")
