"""Real formats, made with the libraries that people make them with; and hostile ones, each set aside under its own reason."""

import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO

import docx
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.extraction import extract
from muniment.errors import InvalidRecord

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = """<!DOCTYPE html><html><head><title>Widget report</title>
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"><meta name="robots" content="noai">
<meta property="article:modified_time" content="2024-05-06T07:08:09+02:00">
<script type="application/ld+json">{"@type": "Article", "license": "https://example.com/terms"}</script>
<script>alert("hostile")</script></head>
<body><nav><a href="/">Home page</a> <a href="/about">About the company</a></nav><main><h1>Widget report</h1>
<p>This quarter we sold more widgets than ever before, thanks to everybody in the northern office.</p>
<figure><pre><code><span class="kw">def</span> f(x):
    <span>if</span> x:
        return <b>1</b></code></pre></figure>
<p>The second paragraph explains the numbers in <a href="javascript:alert(1)">more detail</a> for those who ask.</p>
<table><tr><th>Region</th><th>Sales</th></tr><tr><td>North</td><td>12</td></tr><tr><td>South</td><td>14</td></tr></table>
</main><footer><p>© 2024 Example Widgets. All rights reserved.</p><p>Opening hours</p></footer></body></html>"""


def pdf(pages: list[str], header: str = "", password: str = "", title: str = "Minutes") -> bytes:
    writer = FPDF()
    writer.set_creation_date(datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))
    writer.set_title(title)
    if password:
        writer.set_encryption(owner_password="owner", user_password=password)
    for number, text in enumerate(pages, 1):
        writer.add_page()
        writer.set_font("helvetica", size=11)
        if header:
            writer.cell(text=f"{header} {number}", new_x="LMARGIN", new_y="NEXT")
        writer.multi_cell(w=0, text=text)
    return bytes(writer.output())


def word() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Travel policy"
    document.core_properties.modified = datetime(2023, 4, 5, 6, 7, 8)
    document.sections[0].header.paragraphs[0].text = "Company confidential header"
    document.add_heading("Travel policy", 0)
    document.add_heading("Trains", 1)
    document.add_paragraph("Trains come first.")
    table = document.add_table(rows=2, cols=2)
    for at, text in enumerate(["Class", "Hours", "Second", "under 4"]):
        table.cell(at // 2, at % 2).text = text
    document.add_paragraph("Book early.", style="List Bullet")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_page_keeps_code_and_tables_and_loses_navigation_and_active_content() -> None:
    page = extract(PAGE.encode(), "text/html", "report.html")
    assert page.title == "Widget report"
    assert page.modified == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert "def f(x):\n    if x:\n        return 1\n```" in page.text
    assert "| North | 12 |" in page.text
    assert not {"About the company", "alert", "javascript"} & {
        word for word in ("About the company", "alert", "javascript") if word in page.text
    }
    assert page.transforms[-1].startswith("html:trafilatura@")


def test_what_a_page_says_of_rights_is_read_before_boilerplate_is_stripped() -> None:
    notices = (extract(PAGE.encode(), "text/html", "report.html").notices or "").split("\n")
    assert notices == [
        "link rel=license: https://creativecommons.org/licenses/by/4.0/",
        "meta robots: noai",
        "json-ld Article license: https://example.com/terms",
        "footer: © 2024 Example Widgets. All rights reserved.",
    ]


def test_a_licence_inside_a_figure_is_marked_as_the_figures_own() -> None:
    page = (
        '<p>Text of the page</p><figure><img><figcaption><a rel="license" href="https://e.example/by">BY</a></figcaption></figure>'
    )
    assert extract(page.encode(), "text/html", "x").notices == "figure rel=license: https://e.example/by BY"


def test_a_page_that_is_all_short_pieces_keeps_its_words() -> None:
    page = "<html><body>" + "".join(f"<div><span>item{n}</span></div>" for n in range(40)) + "</body></html>"
    text = extract(page.encode(), "text/html", "x").text
    assert all(f"item{n}" in text for n in range(40))


@pytest.mark.parametrize("declared", ["<meta charset=iso-8859-1>", "<?xml version='1.0' encoding='iso-8859-1'?>"])
def test_the_encoding_a_page_declares_is_used_and_recorded(declared: str) -> None:
    page = extract(f"{declared}<p>Ein schönes Mädchen sagt: Grüße an alle Bürger</p>".encode("latin-1"), "text/html", "x")
    assert "schönes Mädchen" in page.text
    assert page.transforms[0] == "decode:iso8859-1@1"


def test_a_pdf_gives_its_text_title_and_time_without_the_running_header() -> None:
    pages = [f"Paragraph number {'abcd'[n]} of the minutes, with words of its own." for n in range(4)]
    paper = extract(pdf(pages, header="Example Widgets Ltd, page"), "application/pdf", "minutes.pdf")
    assert all(page in paper.text.replace("\n", " ") for page in pages)
    assert "Example Widgets Ltd" not in paper.text
    assert paper.title == "Minutes"
    assert paper.modified == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [name.split("@")[0] for name in paper.transforms] == ["pdf:pypdf", "page-furniture"]


def test_a_line_that_repeats_on_two_pages_is_no_running_header() -> None:
    assert extract(pdf(["one text", "other text"], header="Chapter"), "application/pdf", "x").text.count("Chapter") == 2


def test_a_docx_gives_headings_paragraphs_and_tables_in_their_order() -> None:
    document = extract(word(), DOCX, "policy.docx")
    assert document.text.split("\n\n") == [
        "# Travel policy",
        "## Trains",
        "Trains come first.",
        "| Class | Hours |\n|---|---|\n| Second | under 4 |",
        "- Book early.",
    ]
    assert (document.title, document.modified) == ("Travel policy", datetime(2023, 4, 5, 6, 7, 8, tzinfo=UTC))


def message(body: str, html: str = "", attachment: bytes = b"") -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Réunion\tdu lundi"
    mail["From"] = "ann@example.com"
    mail["Date"] = "Mon, 06 May 2024 09:00:00 +0200"
    if body:
        mail.set_content(body)
    if html:
        (mail.add_alternative if body else mail.set_content)(html, subtype="html")
    if attachment:
        mail.add_attachment(attachment, maintype="application", subtype="octet-stream", filename="a.bin")
    return mail.as_bytes()


def test_a_message_gives_its_subject_and_plain_body() -> None:
    mail = extract(message("Bonjour à tous.\n", html="<p>Bonjour en HTML</p>", attachment=b"\0\1"), "message/rfc822", "x.eml")
    assert mail.title == "Réunion du lundi"
    assert mail.text == "Réunion du lundi\n\nBonjour à tous.\n"
    assert mail.modified == datetime(2024, 5, 6, 7, 0, tzinfo=UTC)
    assert mail.transforms == ("mail@1", "attachments-dropped@1")


def test_a_message_with_only_html_is_read_like_a_page() -> None:
    mail = extract(message("", html=PAGE), "message/rfc822", "x.eml")
    assert "| North | 12 |" in mail.text
    assert mail.notices is not None


@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "text/x-python", "text/x-rst", "application/json"])
def test_text_source_code_and_data_are_taken_as_they_are(media_type: str) -> None:
    text = "# title\n\n    indented\n\n| a | b |\n"
    assert extract(text.encode(), media_type, "x").text == text
    assert extract(text.encode(), media_type, "x").transforms == ()


@pytest.mark.parametrize(
    ("raw", "text", "transform"),
    [
        ("naïve".encode("utf-8-sig"), "naïve", "decode:utf-8-sig@1"),
        ("naïve".encode("utf-16"), "naïve", "decode:utf-16@1"),
        ("naïve".encode("utf-32"), "naïve", "decode:utf-32@1"),
        ("# -*- coding: cp1252 -*-\nx = 'naïve'".encode("cp1252"), "# -*- coding: cp1252 -*-\nx = 'naïve'", "decode:cp1252@1"),
    ],
)
def test_marked_and_declared_encodings_are_decoded_and_named(raw: bytes, text: str, transform: str) -> None:
    assert (extract(raw, "text/plain", "x").text, extract(raw, "text/plain", "x").transforms) == (text, (transform,))


def test_an_undeclared_encoding_is_detected() -> None:
    russian = "Широкая электрификация южных губерний даст мощный толчок подъёму сельского хозяйства. " * 5
    found = extract(russian.encode("cp1251"), "text/plain", "x")
    assert found.text == russian
    assert "charset-normalizer@" in found.transforms[0]


def archive(name: str, payload: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, payload)
    return stream.getvalue()


def locked(raw: bytes) -> bytes:
    """The same archive with its encryption bits set."""
    raw = bytearray(raw)
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def bomb() -> bytes:
    return archive("word/document.xml", b"\0" * 300_000_000)


@pytest.mark.parametrize(
    ("raw", "media_type", "reason"),
    [
        (b"", "text/plain", "EMPTY"),
        (b" \n ", PDF, "EMPTY"),
        (pdf(["text"] * 3)[:-900], PDF, "TRUNCATED"),
        (pdf(["text"], password="secret"), PDF, "ENCRYPTED"),
        (pdf([""]), PDF, "NO_TEXT"),
        (b"%PDF-1.7\nnothing of a PDF\n%%EOF", PDF, "MALFORMED"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, DOCX, "ENCRYPTED"),
        (word()[:-300], DOCX, "TRUNCATED"),
        (locked(word()), DOCX, "ENCRYPTED"),
        (archive("hello.txt", b"hello"), DOCX, "MALFORMED"),
        (b"no archive at all", DOCX, "MALFORMED"),
        (bomb, DOCX, "ZIP_BOMB"),  # packed when it is asked for, and not by everybody who collects tests
        (b"text\0with NUL", "text/plain", "NUL_BYTES"),
        (b"<p>text\0with NUL</p>", "text/html", "NUL_BYTES"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "text/plain", "INVALID_UTF16"),
        (b"\xff\xfea\x00b", "text/plain", "INVALID_UTF16"),
        ("text é".encode()[:-1], "text/plain", "TRUNCATED"),
        (bytes(range(128, 256)) * 20, "text/plain", "BAD_ENCODING"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "BINARY"),
        (b"\x01\x02", "application/octet-stream", "BINARY"),
        (b"PK\x03\x04", "application/zip", "UNSUPPORTED_MEDIA"),
        (b"no headers here", "message/rfc822", "MALFORMED"),
        (b"Subject: only an attachment\nContent-Type: application/zip\n\nxx", "message/rfc822", "NO_TEXT"),
        (b"<!-- nothing -->", "text/html", "EMPTY"),
    ],
)
def test_a_hostile_file_is_set_aside_with_its_reason(raw: bytes | Callable[[], bytes], media_type: str, reason: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        extract(raw() if callable(raw) else raw, media_type, "some/path")
    assert refused.value.reason == reason
    assert refused.value.remedy


def test_an_archive_whose_directory_lies_about_sizes_is_refused() -> None:
    raw = bytearray(archive("word/document.xml", b"\0" * 50_000_000))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")  # unpacked size, as the directory has it
    with pytest.raises(InvalidRecord):
        extract(bytes(raw), DOCX, "x")


def test_entities_that_multiply_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    document = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><w:document>&l8;</w:document>'
    started = time.perf_counter()
    with pytest.raises(InvalidRecord):
        extract(archive("word/document.xml", document.encode()), DOCX, "x")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("depth", [300, 5_000, 100_000])
def test_deeply_nested_pages_end_quickly(depth: int) -> None:
    started = time.perf_counter()
    try:
        extract(("<div>" * depth + "some text").encode(), "text/html", "x")
    except InvalidRecord as refused:
        assert refused.reason in ("TOO_DEEP", "MALFORMED", "EMPTY")
    assert time.perf_counter() - started < 5


def test_a_message_nested_a_thousand_times_is_refused() -> None:
    part = "Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n"
    raw = "Subject: x\n" + "".join(part.format(n) for n in range(3_000))
    with pytest.raises(InvalidRecord) as refused:
        extract(raw.encode(), "message/rfc822", "x")
    assert refused.value.reason in ("TOO_DEEP", "TOO_LARGE", "NO_TEXT")


SEEDS = {
    PDF: pdf(["one", "two", "three"], header="page"),
    DOCX: word(),
    "message/rfc822": message("text", html=PAGE),
    "text/html": PAGE.encode(),
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_damaged_files_give_text_or_a_reason_and_nothing_else(media_type: str, data: st.DataObject) -> None:
    raw = bytearray(SEEDS[media_type])
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(extract(bytes(raw), media_type, "x").text, str)
    except InvalidRecord as refused:
        assert refused.reason.isupper()


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_a_message_never_quotes_the_content(raw: bytes) -> None:
    for media_type in SEEDS:
        try:
            extract(b"Zq9Kw7" + raw, media_type, "x")
        except InvalidRecord as refused:
            assert "Zq9Kw7" not in str(refused)


def test_the_title_of_markdown_is_its_first_heading_and_not_a_comment_in_code() -> None:
    assert extract(b"Some words.\n\n## Who pays ##\n\nText.\n# Later", "text/markdown", "a.md").title == "Who pays"
    assert extract(b"```sh\n# a comment\n```\n", "text/markdown", "a.md").title is None
