"""Rights of web pages: markup by the standards, in many spellings; whose licence it is; what beats what."""

import json
from string import ascii_letters

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.extraction import extract, rights_headers
from muniment.core.licences.creative_commons.headings import licence_of_heading
from muniment.core.licences.pages.grants import grants
from muniment.core.licences.pages.markup import Statement, in_passing, strongest

CC = "https://creativecommons.org/licenses/by-sa/4.0/"
OTHER = "https://creativecommons.org/licenses/by-nc/2.0/"
PROSE = (
    "<p>We walked along the river for a long time and talked about the weather, which had been remarkable all week long.</p>" * 4
)
RESERVED = "LicenseRef-AllRightsReserved"


def page(head: str = "", body: str = "", around: str = "") -> str:
    return f"<!doctype html><html><head><title>River</title>{head}</head><body><main><h1>River</h1>{PROSE}{body}</main>{around}</body></html>"


def said(html: str) -> list[Statement]:
    """Statements about a page, where no rule of the database is at hand."""
    notices = extract(html.encode(), "text/html", "x").notices
    return strongest(notices or "", lambda sentence: None)


def granted(html: str) -> set[str | None]:
    return {one.expression for one in said(html) if one.role == "grant"}


def linked_data(value: object, kind: str = "application/ld+json") -> str:
    return page(f'<script type="{kind}">{json.dumps(value)}</script>')


# --- the page's own -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        page(f'<link rel="license" href="{CC}">'),
        page(f'<link rel="alternate license" href="{CC}deed.fr">'),
        page(f'<link rel="dct:license" href="{CC}">'),
        page(f'<meta name="DC.rights" content="{CC}">'),
        page(f'<meta name="dcterms.license" content="{CC}">'),
        page(f'<meta property="http://purl.org/dc/terms/license" content="{CC}">'),
        page('<meta name="rights" content="CC BY-SA 4.0">'),
        page(body=f'<p>Under <a rel="license noopener" href="{CC}">these terms</a>.</p>'),
        page(body=f'<map><area rel="license" href="{CC}"></map>'),
        page(body=f'<div about=""><a property="cc:license" href="{CC}">terms</a></div>'),
        page(body=f'<div vocab="http://schema.org/" typeof="BlogPosting"><a property="license" href="{CC}">terms</a></div>'),
        page(body=f'<span property="http://creativecommons.org/ns#license" resource="{CC}"></span>'),
        page(body=f'<div itemscope itemtype="https://schema.org/Article"><link itemprop="license" href="{CC}"></div>'),
        page(body=f'<div itemscope itemtype="https://schema.org/Article"><meta itemprop="license" content="{CC}"></div>'),
        page('<link rel="canonical" href="https://a.org/river/">', f'<p about="https://a.org/river"><a rel="license" href="{CC}">x</a></p>'),
        linked_data({"@type": "Article", "license": CC}),
        linked_data({"@type": ["NewsArticle", "Thing"], "schema:license": {"@id": CC}}),
        linked_data([{"@type": "WebSite"}, {"@type": "WebPage", "license": [{"@type": "CreativeWork", "url": CC}]}]),
        linked_data({"@graph": [{"@type": "Organization"}, {"@type": "WebPage", "mainEntity": {"@type": "Dataset", "license": CC}}]}),
        linked_data({"@type": "Article", "usageInfo": CC}, "application/ld+json; charset=utf-8"),
        page(around=f'<footer>Text is available under the <a href="{CC}deed.en">Creative Commons licence</a>.</footer>'),
        page(around=f'<div class="site-footer"><p>Except where noted, content is licensed under <a href="{CC}">CC</a>.</p></div>'),
        page(body=f'<p>This work is licensed under a <a href="{CC}">Creative Commons licence</a>.</p>'),
        page(around=f'<aside><p>This work is licensed under a <a href="{CC}">Creative Commons licence</a>.</p></aside>'),
        page(around=f'<footer>© 2024 A. All rights reserved. Text available under <a href="{CC}">CC BY-SA</a>.</footer>'),
    ],
)  # fmt: skip
def test_a_page_states_its_licence_in_any_standard_form(html: str) -> None:
    assert granted(html) == {"CC-BY-SA-4.0"}


@pytest.mark.parametrize(
    ("html", "role"),
    [
        (page(body=f'<figure><img src="a.jpg"><figcaption>Photo: <a rel="license" href="{CC}">CC</a></figcaption></figure>'), "asset"),
        (page(body=f'<div class="wp-caption"><p class="wp-caption-text">A boat, <a href="{CC}">CC BY-SA</a></p></div>'), "asset"),
        (page(body=f'<p>The logo is licensed under a <a rel="license" href="{CC}">licence</a>.</p>'), "asset"),
        (page(around=f'<footer>Icons by Ann, licensed under <a href="{CC}">CC BY-SA</a>.</footer>'), "asset"),
        (page(body=f'<div about="/a/boat.jpg"><a rel="license" href="{CC}">terms</a></div>'), "asset"),
        (page(body=f'<div itemscope itemtype="http://schema.org/ImageObject"><a itemprop="license" href="{CC}">x</a></div>'), "asset"),
        (page(body=f'<div typeof="dcmitype:StillImage"><a rel="license" href="{CC}">x</a></div>'), "asset"),
        (linked_data({"@type": "ImageObject", "license": CC}), "asset"),
        (linked_data({"@type": "Article", "image": {"@type": "CreativeWork", "license": CC}}), "asset"),
        (linked_data({"@type": "Organization", "logo": {"@type": "ImageObject", "license": CC}}), "asset"),
        (linked_data({"@type": "Article", "citation": {"@type": "Book", "license": CC}}), "mention"),
        (linked_data({"@type": "Person", "license": CC}), "mention"),
        (page(body=f'<blockquote>This page is under <a rel="license" href="{CC}">CC</a></blockquote>'), "mention"),
        (page(body=f'<article><p>Ours</p></article><article>My blog is <a rel="license" href="{CC}">CC</a></article>'), "mention"),
        (page('<link rel="canonical" href="https://a.org/">', f'<p about="https://b.org/"><a rel="license" href="{CC}">x</a></p>'), "mention"),
        (page(body=f'<p>Many wikis have moved to <a href="{CC}">CC BY-SA 4.0</a>, which some dislike.</p>'), "mention"),
        (page(body=f'<p>Wikipedia is licensed under <a href="{CC}">CC BY-SA 4.0</a> since 2023.</p>'), "mention"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_picture_of_another_work_or_in_passing_is_kept_and_grants_nothing(html: str, role: str) -> None:
    assert {(one.expression, one.role) for one in said(html)} == {("CC-BY-SA-4.0", role)}


def test_a_licence_that_nobody_understands_is_a_statement_and_gives_way_to_one_that_is_understood() -> None:
    head = '<link rel="license" href="/terms">'
    assert granted(page(head)) == {None}
    assert granted(page(head, around=f'<footer>Content licensed under <a href="{CC}">CC</a></footer>')) == {"CC-BY-SA-4.0"}


def test_the_head_stands_above_the_body_and_the_body_above_the_footer() -> None:
    body, footer = (
        f'<p>This text: <a rel="license" href="{CC}">CC</a></p>',
        f'<footer>Licensed under <a href="{OTHER}">NC</a></footer>',
    )
    head = '<link rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">'
    assert granted(page(head, body, footer)) == {"CC0-1.0"}
    assert granted(page("", body, footer)) == {"CC-BY-SA-4.0"}
    assert granted(page("", "", footer)) == {"CC-BY-NC-2.0"}


def test_an_asset_s_licence_never_hides_the_page_s() -> None:
    html = linked_data({"@type": "Article", "license": CC, "image": {"@type": "ImageObject", "license": OTHER}})
    assert {(one.expression, one.role) for one in said(html)} == {("CC-BY-SA-4.0", "grant"), ("CC-BY-NC-2.0", "asset")}


def test_rights_that_are_reserved_are_seen_alone_and_beside_a_licence_but_not_in_a_sentence_that_grants() -> None:
    footer = "<footer><p>© 2024 Example. All rights reserved.</p></footer>"
    assert granted(page(around=footer)) == {RESERVED}
    assert granted(page('<meta name="copyright" content="© 2024 Example. Alle Rechte vorbehalten.">')) == {RESERVED}
    assert granted(page(f'<link rel="license" href="{CC}">', around=footer)) == {"CC-BY-SA-4.0", RESERVED}
    confidential = "<header>CONFIDENTIAL. For internal use only.</header>"
    assert granted(page(f'<link rel="license" href="{CC}">', around=confidential)) == {"CC-BY-SA-4.0", "LicenseRef-Confidential"}
    assert granted(page(around="<footer>All rights reserved unless otherwise noted.</footer>")) == set()
    assert granted(page('<meta name="copyright" content="Example Ltd">', around="<footer>© 2024 Example</footer>")) == set()


@pytest.mark.parametrize(
    ("around", "expression"),
    [
        ("<header><div class='banner'>CONFIDENTIAL. For internal use only.</div></header>", "LicenseRef-Confidential"),
        ("<aside>Available for non-commercial research purposes only.</aside>", "LicenseRef-ResearchOnly"),
        ("<nav>Provided to licensed partners under NDA.</nav>", "LicenseRef-PartnerOnly"),
        ("<footer>All content is available under the Open Government Licence v3.0</footer>", "OGL-UK-3.0"),
    ],
)
def test_notices_in_parts_that_extraction_drops_are_read(around: str, expression: str) -> None:
    assert granted(page(around=around)) == {expression}
    assert "CONFIDENTIAL" not in extract(page(around=around).encode(), "text/html", "x").text


@pytest.mark.parametrize(
    "notice",
    [
        "This work is under the CC-BY licence", "Do not redistribute: you may not copy this", "Dieses Werk ist lizenziert unter einer CC Lizenz",
        "Mis à disposition sous licence libre", "Obra bajo licencia libre", "Opera con licenza libera", "Obra com licença livre", "Alle Rechte vorbehalten",
        "Tous droits réservés", "Todos los derechos reservados", "Wszelkie prawa zastrzeżone", "Все права защищены", "保留所有权利", "無断転載を禁じます",
        "For academic use", "Released into the public domain", "Dostępne na licencji wolnej",
    ],
)  # fmt: skip
def test_blocks_beside_the_text_that_state_rights_are_kept_in_many_languages(notice: str) -> None:
    notices = extract(
        page(around=f"<aside><div>{notice}</div><div>Weather: fine, wind from the north</div></aside>").encode(), "text/html", "x"
    ).notices
    assert notices == f"aside: {notice}"


def test_a_notice_that_the_text_holds_is_not_kept_twice() -> None:
    html = page(body="<p>This work is licensed under the terms of our own licence, all rights reserved by the author of it.</p>")
    found = extract(html.encode(), "text/html", "x")
    assert "our own licence" in found.text and found.notices is None


def test_sentences_that_grant_nothing_are_told_with_their_role() -> None:
    lines = [
        f"figure link: {CC} Photo by Ann, CC BY-SA 4.0",
        f"page link: {CC} Many wikis use CC BY-SA 4.0",
        f"page link: {CC} This work is licensed under CC BY-SA 4.0",
        f"page rel=license: {CC} Creative Commons licence",
    ]
    assert list(in_passing("\n".join(lines))) == [
        ("Photo by Ann, CC BY-SA 4.0", "asset"),
        ("Many wikis use CC BY-SA 4.0", "mention"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Licensed under a Creative Commons licence", "License: CC BY 4.0", "© 2020 Ann. Released under CC BY", "All content is available under",
        "Dieses Werk ist lizenziert unter einer Creative Commons Lizenz", "Cette œuvre est mise à disposition selon les termes de la Licence",
        "Esta obra está bajo una Licencia Creative Commons", "Este obra está licenciado com uma Licença Creative Commons",
        "Quest'opera è distribuita con Licenza Creative Commons", "本作品采用知识共享署名 4.0 国际许可协议进行许可", "この作品はライセンスの下に提供されています。",
    ],
)  # fmt: skip
def test_grants_are_known_in_many_languages(sentence: str) -> None:
    assert grants(sentence)


@pytest.mark.parametrize("sentence", ["Many wikis have moved to CC BY", "She prefers CC BY", "What is CC BY?", ""])
def test_talk_is_no_grant(sentence: str) -> None:
    assert not grants(sentence)


# --- pages of licences ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Attribution-NonCommercial-NoDerivs 3.0 Unported", "CC-BY-NC-ND-3.0"),
        ("Paternité - Pas de Modification 3.0 Luxembourg", "CC-BY-ND-3.0"),
        ("Namensnennung - Keine kommerzielle Nutzung 3.0 Deutschland", "CC-BY-NC-3.0-DE"),
        ("Attribution - Pas d’Utilisation Commerciale - Pas de Modification 3.0 OIG", "CC-BY-NC-ND-3.0-IGO"),
        ("Nevezd meg! - Ne add el! - Így add tovább! 2.5 Magyarország", "CC-BY-NC-SA-2.5"),
        ("Creative Commons — Atıf-Türetilemez 4.0 Uluslararası — CC BY-ND 4.0", "CC-BY-ND-4.0"),
        ("姓名標示─非商業性─禁止改作 2.5 台灣", "CC-BY-NC-ND-2.5"),
        ("CC0 1.0 Universal", "CC0-1.0"),
        ("Attribution-Surprisingly-NoDerivs 3.0", None),
        ("Attribution in academia 2.0", None),
        ("Attribution", None),
        ("Release 3.0 of Widget", None),
    ],
)
def test_the_name_of_a_licence_is_read_in_its_language_and_never_with_a_word_left_over(heading: str, expected: str | None) -> None:
    assert licence_of_heading(heading) == expected


def test_a_licence_s_own_page_is_that_licence_whatever_its_site_says_of_itself() -> None:
    html = page(
        body="<h2>Paternité - Pas de Modification 3.0 Luxembourg</h2><p>Creative Commons, Creative Commons</p>",
        around=f'<footer>Site licensed under <a rel="license" href="{CC}">CC BY-SA</a></footer>',
    )
    assert granted(html) == {"CC-BY-ND-3.0"}
    guide = "".join(
        f"<h2>{name} 4.0 International</h2>" for name in ("Attribution", "Attribution-ShareAlike", "Attribution-NoDerivatives")
    )
    assert granted(page(body=f"{guide}<p>Creative Commons, Creative Commons</p>")) == set()


# --- headers ----------------------------------------------------------------------------------------------------------------------


def test_of_response_headers_only_what_speaks_of_rights_is_kept() -> None:
    raw = "HTTP/1.1 200 OK\r\nSet-Cookie: session=secret\r\nX-Robots-Tag: noai\r\nTDM-Reservation: 1\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT"
    assert rights_headers(raw) == "header x-robots-tag: noai\nheader tdm-reservation: 1"
    assert rights_headers("Content-Type: text/html") is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Link": f'<{CC}>; rel="license"'},
        {"LINK": [f"<https://a.org/next>; rel=next, <{CC}>; title=\"a, b\"; rel=\"copyright license\""]},
        [["link", f"<{CC}>;rel=license"]],
        [{"name": "Link", "value": f"<{CC}>; rel=license"}],
    ],
)  # fmt: skip
def test_a_licence_in_a_link_header_is_the_page_s(headers: object) -> None:
    notices = rights_headers(json.dumps(headers))
    assert notices == f"header link rel=license: {CC}"
    assert [one.expression for one in strongest(notices, lambda sentence: None)] == ["CC-BY-SA-4.0"]


@given(st.text() | st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())).map(json.dumps))
def test_any_headers_are_survived(raw: str) -> None:
    assert all(line.startswith("header ") for line in (rights_headers(raw) or "").splitlines())


_TAGS = st.sampled_from(["div", "p", "a", "span", "figure", "footer", "article", "li", "meta", "link", "h2", "script", "b"])
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["rel", "href", "property", "about", "resource", "typeof", "itemtype", "itemprop", "content", "name", "class", "type"]
    ),
    st.sampled_from(
        ["license", CC, "", "#", "cc:license", "ImageObject", "rights", "application/ld+json", "footer", "http://[", "/a b"]
    ),
    max_size=4,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(_TAGS, _ATTRIBUTES, st.text(ascii_letters + ' {}"©.4', max_size=20)), max_size=12))
def test_any_markup_is_survived_and_gives_lines_of_one_form(nodes: list[tuple[str, dict[str, str], str]]) -> None:
    opened = "".join(f"<{tag} {' '.join(f'{name}={value!r}' for name, value in held.items())}>{text}" for tag, held, text in nodes)
    notices = extract(page(body=opened).encode(), "text/html", "x").notices
    assert all(": " in line for line in (notices or "").splitlines())
    strongest(notices or "", lambda sentence: None)
