"""The licence table: complete, sourced, and open only where the text of a licence is."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.licenses import _spdx

from muniment.core.licences.expressions import expression, licensing
from muniment.errors import PolicyError
from muniment.policies.licences import Group, Tag, Terms, licence_tags, load_licences
from muniment.store.reference import licence_texts

TERMS = licence_tags()
TAGS = TERMS.tags_of()
TEXTS = Path(str(files("licensedcode").joinpath("data/licenses")))
ELEMENTS = re.compile(r"^(?:CC|LicenseRef-scancode-cc)((?:-(?:by|nc|nd|sa))+)-\d\.\d(?:-[a-z]+)?$", re.IGNORECASE)
# What a licence that limits sale, change or use says somewhere, and where it says so without limiting anything.
LIMITS = re.compile(
    r"non-?\s?commercial|nicht[- ]kommerziell|for research purposes?|research purposes? only|academic|educational"
    r"|evaluation (?:purposes?|only|use)|for personal use|internal use only|may not be (?:sold|modified|altered|changed)"
    r"|not (?:be )?(?:sold|resold) |not for (?:sale|profit)|no modif|not (?:copy|modify|alter|redistribute|distribute|sell) "
    r"|unmodified (?:copies|form)|good, not evil|ethical",
    re.IGNORECASE,
)
HARMLESS = re.compile(
    r"commercial(?:ly)? (?:and|or|and/or) non-?commercial|non-?commercial(?:ly)? (?:and|or|as well)|academic free|educational community"
    r"|both non|wh?ether|licensed, not sold|not sold by|academic citation"
    r"|not (?:modify|alter|distribute|copy|redistribute)[^.]{0,60}(?:licen[cs]e|notice|name|agreement|fashion|except|without)"
    r"|(?:licen[cs]e|notice|name|agreement|text)\W+(?:\w+\W+){0,6}(?:may not be (?:modified|altered|changed)|not modify|in unmodified form)"
    r"|unmodified form,? along|modified (?:and|or) unmodified",
    re.IGNORECASE,
)
# Licences with such words that people have read: these limit nothing, or their tags say what.
# fmt: off
READ = frozenset(
    [
        "Adobe-Glyph", "Adobe-Utopia", "APSL-1.2", "Arphic-1999", "Artistic-2.0", "Bitstream-Charter", "BitTorrent-1.0",
        "BitTorrent-1.1", "CDLA-Sharing-1.0", "CERN-OHL-1.1", "CERN-OHL-1.2", "CERN-OHL-P-2.0", "CERN-OHL-S-2.0",
        "CERN-OHL-W-2.0", "Condor-1.1", "CrystalStacker", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "Dotseqn", "FBM", "FTL", "Glide",
        "iMatix", "Knuth-CTAN", "LGPLLR", "libselinux-1.0", "LicenseRef-scancode-3dslicer-1.0", "LicenseRef-scancode-argouml",
        "LicenseRef-scancode-atkinson-hyperlegible-font", "LicenseRef-scancode-bigscience-rail-1.0",
        "LicenseRef-scancode-bittorrent-1.2", "LicenseRef-scancode-catharon-osl",
        "LicenseRef-scancode-code-credit-license-1.0.0", "LicenseRef-scancode-code-credit-license-1.0.1",
        "LicenseRef-scancode-code-credit-license-1.1.0", "LicenseRef-scancode-cognitive-web-osl-1.1",
        "LicenseRef-scancode-d-fsl-1.0-en", "LicenseRef-scancode-devblocks-1.0", "LicenseRef-scancode-ecma-documentation",
        "LicenseRef-scancode-free-art-1.3", "LicenseRef-scancode-free-surfer-1.0", "LicenseRef-scancode-frontier-1.0",
        "LicenseRef-scancode-ghostscript-1988", "LicenseRef-scancode-ietf", "LicenseRef-scancode-ietf-trust",
        "LicenseRef-scancode-josl-1.0", "LicenseRef-scancode-libmib", "LicenseRef-scancode-libselinux-pd",
        "LicenseRef-scancode-node-js", "LicenseRef-scancode-oclc-1.0", "LicenseRef-scancode-odc-1.0",
        "LicenseRef-scancode-opml-1.0", "LicenseRef-scancode-qwt-1.0", "LicenseRef-scancode-sbia-b",
        "LicenseRef-scancode-stable-diffusion-2022-08-22", "LicenseRef-scancode-supervisor", "LicenseRef-scancode-unpbook", "LicenseRef-scancode-utopia",
        "LicenseRef-scancode-wxwidgets", "LicenseRef-scancode-zveno-research", "LPPL-1.0", "NGPL", "NIST-PD-fallback",
        "OCLC-2.0", "ODbL-1.0", "ODC-By-1.0", "OFL-1.0", "OFL-1.0-no-RFN", "OFL-1.0-RFN", "OFL-1.1", "OFL-1.1-no-RFN",
        "OFL-1.1-RFN", "OpenPBS-2.3", "QPL-1.0", "QPL-1.0-INRIA-2004", "RPL-1.1", "RPL-1.5", "RPSL-1.0", "TAPR-OHL-1.0", "Vim",
        "Watcom-1.0",
    ]
)
# fmt: on


def read(path: Path) -> tuple[dict[str, str], str]:
    """Front matter and text of a licence of the database."""
    _, head, text = re.split(r"^---\s*$", path.read_text(encoding="utf-8") + "\n---\n", maxsplit=2, flags=re.MULTILINE)
    return dict(re.findall(r"^([a-z_]+): (.*)$", head, re.MULTILINE)), text


DATABASE = [read(path) for path in sorted(TEXTS.glob("*.LICENSE"))]


def identifier(fields: dict[str, str]) -> str:
    return fields.get("spdx_license_key", f"LicenseRef-scancode-{fields['key']}")


def test_every_identifier_that_spdx_lists_has_a_row() -> None:
    exceptions = {known["id"] for known in _spdx.EXCEPTIONS.values()}
    listed = {known["id"] for known in _spdx.LICENSES.values()} | {
        name for name in licensing().known_symbols if "LicenseRef" not in name
    }
    listed -= {name for name, symbol in licensing().known_symbols.items() if symbol.is_exception}
    assert sorted(listed - exceptions - set(TAGS)) == []


def test_every_exception_that_spdx_lists_has_a_row() -> None:
    assert sorted({known["id"] for known in _spdx.EXCEPTIONS.values()} - set(TERMS.adds_of())) == []


def test_every_licence_of_the_database_has_a_row_or_is_an_exception_with_one() -> None:
    known = set(TAGS) | set(TERMS.adds_of())
    assert [identifier(fields) for fields, _ in DATABASE if identifier(fields) not in known] == []


def test_every_licence_that_a_text_can_be_found_to_have_has_a_row() -> None:
    said = {word for text in licence_texts()["expression"].to_pylist() for word in re.findall(r"[^\s()]+", text)}
    assert sorted(said - {"AND", "OR", "WITH"} - set(TAGS) - set(TERMS.adds_of())) == []


def test_every_row_says_where_it_comes_from_and_every_unknown_why() -> None:
    assert [group.licences[0] for group in TERMS.group if not group.source] == []
    assert [group.licences[0] for group in TERMS.group if (Tag.UNKNOWN in group.tags) != bool(group.reason)] == []
    assert [riders.names[0] for riders in TERMS.exception if not riders.source] == []


def test_every_row_is_an_identifier_that_an_expression_may_hold() -> None:
    rows = [name for name in TAGS if name not in licensing().known_symbols or not licensing().known_symbols[name].is_exception]
    assert [name for name in rows if expression(name) is None] == []


def test_creative_commons_licences_carry_what_their_identifier_says() -> None:
    rows = {name: ELEMENTS.match(name) for name in TAGS}
    assert sum(found is not None for found in rows.values()) > 50
    for name, found in rows.items():
        if found:
            elements = found[1].lower().split("-")
            assert ("NONCOMMERCIAL" in TAGS[name]) == ("nc" in elements) == ("COMMERCIAL_OK" not in TAGS[name]), name
            assert ("NO_DERIVATIVES" in TAGS[name]) == ("nd" in elements), name
            assert ("SHAREALIKE" in TAGS[name]) == ("sa" in elements), name
            assert ("ATTRIBUTION_REQUIRED" in TAGS[name]) == ("by" in elements), name


def test_a_row_that_allows_commerce_has_no_text_that_limits_it_unless_it_was_read() -> None:
    flagged = set()
    for fields, text in DATABASE:
        name, words = identifier(fields), " ".join(text.split())
        family = re.match(r"(?:CC-|[AL]?GPL-|GFDL-)|.*gpl", name)
        if not family and "COMMERCIAL_OK" in TAGS.get(name, ()):
            around = (words[max(0, found.start() - 60) : found.end() + 60] for found in LIMITS.finditer(words))
            flagged |= {name} if any(not HARMLESS.search(passage) for passage in around) else set()
    assert sorted(flagged - READ) == []


@pytest.mark.parametrize(
    "word", ["noncommercial", "-nc-", "-nd-", "research", "evaluation", "academic-", "trial", "proprietary", "-cla-"]
)
def test_no_identifier_that_names_a_limit_is_open(word: str) -> None:
    named = [name for name in TAGS if word in f"{name.lower()}-" and name != "LicenseRef-scancode-zveno-research"]
    assert named and [name for name in named if "COMMERCIAL_OK" in TAGS[name] and "NO_DERIVATIVES" not in TAGS[name]] == []


def test_copyleft_of_the_database_is_never_without_share_alike() -> None:
    kept = {"LicenseRef-scancode-odc-1.0"}  # a copy of ODC-By under an old name
    copyleft = {identifier(fields) for fields, _ in DATABASE if fields["category"] in ("Copyleft", "Copyleft Limited")}
    loose = [name for name in copyleft & set(TAGS) - kept if not TAGS[name] & {"SHAREALIKE", "UNKNOWN", "NONCOMMERCIAL"}]
    assert sorted(loose) == []


def test_what_the_database_calls_restricted_is_open_only_where_its_source_says_why() -> None:
    closed = {"Proprietary Free", "Commercial", "Free Restricted", "Source-available", "Patent License", "CLA", "Unstated License"}
    found = {identifier(fields) for fields, _ in DATABASE if fields["category"] in closed}
    opened = {
        name: group.source for group in TERMS.group for name in group.licences if name in found and "COMMERCIAL_OK" in group.tags
    }
    assert all(
        re.search(r"creativecommons|read|publishers|OSI|specifications|change[ds]? only|17 USC", source)
        for source in opened.values()
    )
    assert len(opened) < 35


def test_an_operators_group_replaces_the_shipped_row() -> None:
    own = TERMS.extended((Group(tags=(Tag.PARTNER_ONLY,), licences=("MIT", "LicenseRef-Ours")),))
    assert own.tags_of()["MIT"] == own.tags_of()["LicenseRef-Ours"] == {"PARTNER_ONLY"}
    assert own.tags_of()["ISC"] == TAGS["ISC"] and own.digest != TERMS.digest == TERMS.extended(()).digest


def test_the_digest_is_of_the_meaning_and_not_of_the_order_or_the_words_around_it() -> None:
    one = load_licences('[[group]]\ntags = ["SHAREALIKE"]\nlicences = ["A", "B"]\nsource = "x"')
    other = load_licences('[[group]]\ntags = ["SHAREALIKE"]\nlicences = ["B"]\n[[group]]\ntags = ["SHAREALIKE"]\nlicences = ["A"]')
    changed = load_licences('[[group]]\ntags = ["UNKNOWN"]\nlicences = ["A", "B"]')
    assert one.digest == other.digest != changed.digest


@pytest.mark.parametrize(
    ("tags", "message"),
    [('"UNKNOWN", "SHAREALIKE"', "UNKNOWN and has"), ('"NONCOMMERCIAL", "COMMERCIAL_OK"', "both NONCOMMERCIAL")],
)
def test_a_group_that_contradicts_itself_is_refused(tags: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        load_licences(f"[[group]]\ntags = [{tags}]\nlicences = ['A']")
    assert isinstance(TERMS, Terms)
