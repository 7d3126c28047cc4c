"""The part of a policy about duplicates: right ones load, wrong ones say where, the first domain that covers a document is its domain."""

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from tests import twins as plain

from muniment.errors import PolicyError
from muniment.policies.duplicates import PREFERENCE, Domain, Duplicates
from muniment.policies.policy import default, parse

HEAD = default()[: default().index("[duplicates]")]
RULES = default()[default().index("[[rule]]") :]


def duplicates(toml: str) -> Duplicates:
    """A policy with this part about duplicates."""
    return parse(f"{HEAD}\n{toml}\n{RULES}").duplicates


def test_the_part_that_ships_loads_and_gives_what_is_left_out() -> None:
    made = parse(default()).duplicates
    assert [domain.name for domain in made.domain] == ["code", "text"] and made.prefer == PREFERENCE
    assert made.domain[-1] == Domain(name="text", jaccard=0.8, near_from=20, numbers="apart")
    assert duplicates("") == Duplicates()
    assert duplicates("").domain == (Domain(name="text"),) and duplicates("").ngrams == (5,)


def test_another_field_is_another_policy() -> None:
    one, other = (parse(f'{HEAD}\n[[duplicates.domain]]\nname = "all"\nkeep = {keep}\n{RULES}') for keep in (1, 2))
    assert one.digest != other.digest


def test_all_shingle_sizes_are_listed_once() -> None:
    sizes = (3, 5, 3, 1)
    domains = tuple(Domain(name=f"d{n}", sources=(f"s{n}",), ngram=size) for n, size in enumerate(sizes))
    assert Duplicates(domain=(*domains, Domain(name="rest", ngram=5))).ngrams == (1, 3, 5)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[[duplicates.domain]]\nname = "a"\nsources = ["x"]', "duplicates: .*the last domain must cover everything"),
        ('[[duplicates.domain]]\nname = "a"\nmedia_types = ["text/*"]', "duplicates: .*the last domain must cover everything"),
        ('[[duplicates.domain]]\nname = "a"\nlanguages = ["en"]', "duplicates: .*the last domain must cover everything"),
        ('[[duplicates.domain]]\nname = "a"\nsources = [""]', "duplicates: .*the last domain must cover everything"),
        (
            '[[duplicates.domain]]\nname = "all"\n[[duplicates.domain]]\nname = "a"\nsources = ["x"]',
            "duplicates: .*the last domain must cover everything",
        ),
        ("[duplicates]\ndomain = []", "duplicates: .*the last domain must cover everything"),
        (
            '[[duplicates.domain]]\nname = "a"\nsources = ["x"]\n[[duplicates.domain]]\nname = "a"',
            "duplicates: .*two domains have the same name",
        ),
        ('[duplicates]\nprefer = ["length", "licence", "length"]', "duplicates: .*a criterion is given twice"),
        ('[duplicates]\nprefer = ["beauty"]', r"duplicates\.prefer\.0"),
        ('[duplicates]\nsource = ["x"]', r"duplicates\.source"),
        ('[[duplicates.domain]]\nname = "a"\njaccard = 0.4', r"duplicates\.domain\.0\.jaccard"),
        ('[[duplicates.domain]]\nname = "a"\njaccard = 1.01', r"duplicates\.domain\.0\.jaccard"),
        ('[[duplicates.domain]]\nname = "a"\nngram = 0', r"duplicates\.domain\.0\.ngram"),
        ('[[duplicates.domain]]\nname = "a"\nngram = 33', r"duplicates\.domain\.0\.ngram"),
        ('[[duplicates.domain]]\nname = "a"\nkeep = 0', r"duplicates\.domain\.0\.keep"),
        ('[[duplicates.domain]]\nname = "a"\nnear_from = -1', r"duplicates\.domain\.0\.near_from"),
        ('[[duplicates.domain]]\nname = "a"\nnumbers = "separate"', r"duplicates\.domain\.0\.numbers"),
        ('[[duplicates.domain]]\nname = "a"\ncosine = 0', r"duplicates\.domain\.0\.cosine"),
        ('[[duplicates.domain]]\nname = "a"\njacard = 0.8', r"duplicates\.domain\.0\.jacard"),
        ('[[duplicates.domain]]\nname = "a"\nsources = ["x"]\n[[duplicates.domain]]\nkeep = 2', r"duplicates\.domain\.1\.name"),
    ],
)
def test_a_wrong_part_says_where_and_what_to_do(toml: str, said: str) -> None:
    with pytest.raises(PolicyError, match=f"{said}.*muniment policy check"):
        duplicates(toml)


def test_every_wrong_place_is_named_at_once() -> None:
    toml = '[[duplicates.domain]]\nname = "a"\nkeep = 0\nsources = ["x"]\n[[duplicates.domain]]\nname = "b"\nngram = 99'
    with pytest.raises(PolicyError, match=r"duplicates\.domain\.0\.keep.*duplicates\.domain\.1\.ngram"):
        duplicates(toml)


@pytest.mark.parametrize(
    ("fields", "media_type", "covered"),
    [
        ({}, "text/html", True),
        ({"media_types": ("text/x-*",)}, "text/x-python", True),
        ({"media_types": ("text/x-*",)}, "text/plain", False),
        ({"media_types": ("text/x-*", "text/css")}, "text/css", True),
        ({"media_types": ("TEXT/CSS",)}, "text/css", False),
        ({"media_types": ("text/x-?",)}, "text/x-c", True),
        ({"media_types": ("text/x-?",)}, "text/x-c++", False),
        ({"media_types": ("text/x-c",)}, "text/x-c++", False),
        ({"sources": ("one",)}, "text/plain", True),
        ({"sources": ("on",)}, "text/plain", False),
        ({"sources": ("on*",)}, "text/plain", False),
        ({"languages": ("en", "de")}, "text/plain", True),
        ({"languages": ("de",)}, "text/plain", False),
        ({"sources": ("one",), "languages": ("de",)}, "text/plain", False),
        ({"sources": ("one",), "media_types": ("text/*",), "languages": ("en",)}, "text/plain", True),
    ],
)
def test_a_domain_covers_what_meets_all_that_it_names(fields: dict[str, tuple[str, ...]], media_type: str, covered: bool) -> None:
    domain = Domain.model_validate({"name": "a"} | fields)
    assert domain.covers("one", media_type, "en") is covered
    assert domain.covers("one", media_type, None) is (covered and "languages" not in fields)


NAMES = st.sampled_from(["", "a", "b"])
FIELDS = st.fixed_dictionaries(
    {"sources": st.lists(NAMES, max_size=2), "media_types": st.lists(NAMES, max_size=2), "languages": st.lists(NAMES, max_size=2)}
)


@given(st.lists(FIELDS, max_size=3), st.one_of(st.just({}), FIELDS), NAMES, NAMES, st.one_of(st.none(), NAMES))
def test_a_policy_that_loads_has_a_domain_for_every_document(
    fields: list[dict[str, list[str]]], last: dict[str, list[str]], source: str, media_type: str, language: str | None
) -> None:
    try:
        made = Duplicates(domain=tuple(Domain.model_validate({"name": str(n)} | each) for n, each in enumerate([*fields, last])))
    except ValueError:
        reject()
    assert any(domain.covers(source, media_type, language) for domain in made.domain)


BASE = " ".join(f"word{number}" for number in range(60))


def test_the_first_domain_that_covers_a_document_is_its_domain() -> None:
    strict, loose = (
        Domain(name="strict", sources=("one",), jaccard=0.99),
        Domain(name="loose", media_types=("text/*",), jaccard=0.6),
    )
    rest = Domain(name="rest", keep=5)
    texts, traits = {"a": BASE, "b": f"{BASE} more"}, {"a": {"source_id": "one"}, "b": {"source_id": "one"}}
    assert plain.find(plain.table(texts), Duplicates(domain=(strict, loose, rest)), traits) == {}
    assert plain.removed(plain.find(plain.table(texts), Duplicates(domain=(loose, strict, rest)), traits)) == {"a"}
    other = {name: {"source_id": "two"} for name in texts}
    assert plain.removed(plain.find(plain.table(texts), Duplicates(domain=(strict, loose, rest)), other)) == {"a"}
    picture = {name: {"source_id": "two", "media_type": "image/svg"} for name in texts}
    found = plain.find(plain.table(texts), Duplicates(domain=(strict, loose, rest)), picture)
    assert plain.removed(found) == set() and found["a"]["spared"] == "sample"


def test_two_documents_of_different_domains_are_compared_by_the_stricter() -> None:
    strict, loose = Domain(name="strict", sources=("one",), jaccard=0.99), Domain(name="loose", jaccard=0.6)
    texts, traits = {"a": BASE, "b": f"{BASE} more"}, {"a": {"source_id": "one"}, "b": {"source_id": "two"}}
    assert plain.find(plain.table(texts), Duplicates(domain=(strict, loose)), traits) == {}
