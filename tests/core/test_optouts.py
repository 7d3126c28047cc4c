"""Opt-outs: each protocol as its standard has it, sites and pages together, and hostile files."""

import json
import time

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import optouts
from muniment.core.detector import Detector
from muniment.core.optouts.paths import Matcher, Paths, regex
from muniment.errors import PolicyError
from muniment.policies.ai_agents import ai_agents, load_agents
from muniment.schemas.evidence import OPT_OUT

SITE = "mirror.parquet#https://a.example/"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return optouts.detector(ai_agents())


def documents(files: dict[str, str], notices: dict[str, str | None] | None = None) -> pa.Table:
    """Site files with their texts, and pages with their notices, by native key; the key is the id as well."""
    keys = [*files, *(notices or {})]
    columns = {"doc_id": keys, "native_key": keys}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    table = table.append_column("notices", pa.array([*([None] * len(files)), *(notices or {}).values()], pa.large_string()))
    return table.append_column("text", pa.array([*files.values(), *([""] * len(notices or {}))], pa.large_string()))


def position(detector: Detector, files: dict[str, str], key: str, notices: str | None = None) -> tuple[str | None, ...]:
    """(train, input, search) of one page beside the files of its site."""
    table = documents(files, {key: notices})
    evidence = detector.detect(table)
    assert evidence.schema == OPT_OUT
    row = optouts.positions(table, evidence).to_pylist()[-1]
    assert row["doc_id"] == key
    return row["train"], row["input"], row["search"]


def by_robots(detector: Detector, robots: str, path: str = "page.html") -> tuple[str | None, ...]:
    return position(detector, {f"{SITE}robots.txt": robots}, SITE + path)


def by_notices(detector: Detector, *lines: str) -> tuple[str | None, ...]:
    return position(detector, {}, "page.html", "\n".join(lines))


# --- robots.txt -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "denied"),
    [
        ("GPTBot", ("deny", None, None)),
        ("gptbot/1.2 (+https://openai.example)", ("deny", None, None)),
        ("CCBot", ("deny", None, None)),
        ("Google-Extended", ("deny", "deny", None)),
        ("PerplexityBot", (None, "deny", None)),
        ("OAI-SearchBot", (None, None, "deny")),
        ("Googlebot", (None, None, None)),
        ("*", ("deny", "deny", "deny")),
    ],
)
def test_a_rule_for_an_ai_agent_denies_what_that_agent_fetches_for(
    detector: Detector, agent: str, denied: tuple[str | None, ...]
) -> None:
    assert by_robots(detector, f"User-agent: {agent}\nDisallow: /\n") == denied


def test_groups_name_many_agents_comments_are_left_out_and_the_longest_rule_holds(detector: Detector) -> None:
    robots = "\ufeff# no AI\r\nUser-Agent: CCBot # archive\r\nuser-agent: GPTBot\r\nDisallow: /\r\nAllow: /open/\r\nSitemap: /s\r\n"
    assert by_robots(detector, robots) == ("deny", None, None)
    assert by_robots(detector, robots, "open/x") == (None, None, None)


def test_permission_to_fetch_permits_no_use(detector: Detector) -> None:
    assert by_robots(detector, "User-agent: GPTBot\nAllow: /\n\nUser-agent: *\nDisallow:\n") == (None, None, None)
    assert by_robots(detector, "User-agent: *\nDisallow: /admin/\n") == (None, None, None)


def test_two_groups_of_one_agent_are_one(detector: Detector) -> None:
    assert by_robots(detector, "User-agent: GPTBot\nDisallow: /\n\nUser-agent: gptbot\nAllow: /page\n") == (None, None, None)


@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("/a", "a", True), ("/a", "ab", True), ("/a", "b", False), ("/a$", "ab", False), ("/*.pdf$", "x/y.pdf", True),
        ("/*.pdf$", "x/y.pdf?z", False), ("/%7Ea", "~a", True), ("/ä", "%C3%A4", True), ("/a%2Fb", "a/b", False), ("*", "x", True),
        ("/a.c", "abc", False), ("/d/$", "d/index.html", True), ("nonsense", "nonsense", False),
    ],
)  # fmt: skip
def test_patterns_match_as_rfc_9309_says(detector: Detector, pattern: str, path: str, hit: bool) -> None:
    assert by_robots(detector, f"User-agent: GPTBot\nDisallow: {pattern}", path)[0] == ("deny" if hit else None)


_PATHS = st.text("ab/", max_size=6)
_PATTERNS = st.tuples(st.text("ab/*", max_size=5), st.sampled_from(["", "", "$"])).map(lambda parts: "/" + "".join(parts))
_RULES = st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), _PATTERNS), max_size=5)


@settings(max_examples=150)
@given(_RULES, _RULES, _PATHS)
def test_fetching_is_denied_where_another_reader_of_the_standard_denies_it(
    named: list[tuple[str, str]], everybody: list[tuple[str, str]], path: str
) -> None:
    protego = pytest.importorskip("protego")
    group = "\n".join(f"{field}: {pattern}" for field, pattern in named)
    robots = (
        f"User-agent: *\n{''.join(f'{field}: {pattern}' + chr(10) for field, pattern in everybody)}\nUser-agent: CCBot\n{group}\n"
    )
    reader = protego.Protego.parse(robots)
    train, _, search = by_robots(optouts.detector(ai_agents()), robots, path)
    ours = reader.can_fetch(f"https://a.example/{path}", "Ours")
    assert (search == "deny") == (not ours)
    assert (train == "deny") == (not ours or not reader.can_fetch(f"https://a.example/{path}", "CCBot"))


@given(_PATHS, _PATTERNS)
def test_one_path_and_a_column_of_them_are_matched_alike(path: str, pattern: str) -> None:
    expected = pl.Series([f"/{path}"]).str.contains(regex(pattern)).item()
    assert Matcher(pattern).matches(f"/{path}") == expected
    few, many = (Paths(pl.Series([path] * count)).matching(pattern, "robots") for count in (1, 600))
    assert few.item() == many.all() == many.any() == (expected or few.item())


def test_a_pattern_of_many_wildcards_takes_no_long_time() -> None:
    started = time.process_time()
    assert not Matcher("/" + "*a" * 500 + "b").matches("/" + "a" * 50_000)
    assert time.process_time() - started < 1


# --- usage preferences ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("train-ai=n", ("deny", None, None)),
        ("train-ai=y, search=n", ("allow", None, "deny")),
        ("TRAIN-AI=n;exceptions=research , ai-use=n", ("deny", "deny", None)),
        ("bots=n, search=y", ("deny", "deny", "allow")),
        ("train-genai=n", ("deny", None, None)),
        ("train-ai", (None, None, None)),
        ("train-ai=maybe, colour=n", (None, None, None)),
    ],
)
def test_content_usage_is_read_from_a_header_and_from_robots(
    detector: Detector, value: str, expected: tuple[str | None, ...]
) -> None:
    assert by_notices(detector, f"header content-usage: {value}") == expected
    assert by_robots(detector, f"User-agent: *\nAllow: /\nContent-Usage: {value}") == expected


def test_preferences_are_for_the_longest_path_that_matches(detector: Detector) -> None:
    robots = "User-Agent: *\nAllow: /\nDisallow: /never/\nContent-Usage: train-ai=n\nContent-Usage: /ai-ok/ train-ai=y\n"
    assert by_robots(detector, robots, "x")[0] == "deny" and by_robots(detector, robots, "ai-ok/x")[0] == "allow"
    assert by_robots(detector, robots, "never/x") == ("deny", "deny", "deny")


def test_content_signals_are_read_in_and_above_groups_and_what_is_left_out_is_unspecified(detector: Detector) -> None:
    assert by_robots(detector, "User-Agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n") == ("deny", None, "allow")
    assert by_robots(detector, "content-signal: ai-input=no\n") == (None, "deny", None)


def test_a_preference_for_one_agent_permits_nothing_to_everybody_and_denies_all_the_same(detector: Detector) -> None:
    assert by_robots(detector, "User-agent: SomeBot\nContent-Usage: train-ai=y\n")[0] is None
    assert by_robots(detector, "User-agent: SomeBot\nContent-Usage: train-ai=n\n")[0] == "deny"


# --- pages ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("meta robots: noai, noimageai", ("deny", None, None)),
        ("meta robots: index, NOAI", ("deny", None, None)),
        ("meta robots: noimageai", (None, None, None)),
        ("meta robots: noindex, nofollow", (None, None, "deny")),
        ("meta robots: all", (None, None, None)),
        ("meta gptbot: noindex", ("deny", None, None)),
        ("header x-robots-tag: noai", ("deny", None, None)),
        ("header x-robots-tag: otherbot: noindex, googlebot: noai", ("deny", None, "deny")),
        ("header x-robots-tag: unavailable_after: 25 Jun 2030 15:00:00 PST", (None, None, None)),
        ("meta tdm-reservation: 1", ("deny", "deny", None)),
        ("header tdm-reservation: 0", ("allow", "allow", None)),
        ("meta tdm-reservation: yes", (None, None, None)),
        ("meta description: noai", (None, None, None)),
    ],
)
def test_a_page_speaks_for_itself(detector: Detector, line: str, expected: tuple[str | None, ...]) -> None:
    assert by_notices(detector, line) == expected


def test_a_reservation_with_a_policy_offers_an_agreement_and_a_meta_tag_supersedes_a_header(detector: Detector) -> None:
    assert by_notices(detector, "meta tdm-reservation: 1", "meta tdm-policy: https://a.example/p") == ("paid", "paid", None)
    assert by_notices(detector, "header tdm-reservation: 1", "meta tdm-reservation: 0")[0] == "allow"


def test_an_inline_rsl_licence_binds_its_page(detector: Detector) -> None:
    rsl = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/other"><license><prohibits type="usage">ai-train</prohibits></license></content></rsl>'
    assert by_notices(detector, f"script rsl: {rsl}") == ("deny", None, None)
    assert by_notices(detector, "link rsl: /license.xml") == (None, None, None)


# --- other files of sites ---------------------------------------------------------------------------------------------------------


def by_tdmrep(detector: Detector, rules: object, path: str = "x") -> str | None:
    return position(detector, {f"{SITE}.well-known/tdmrep.json": json.dumps(rules)}, SITE + path)[0]


def test_the_first_rule_of_tdmrep_that_matches_holds(detector: Detector) -> None:
    rules = [
        {"location": "/open/", "tdm-reservation": 0},
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/p"},
    ]
    assert by_tdmrep(detector, rules) == "paid" and by_tdmrep(detector, rules, "open/x") == "allow"
    assert by_tdmrep(detector, rules[::-1], "open/x") == "paid"
    assert by_tdmrep(detector, [{"location": "/*.pdf$", "tdm-reservation": 1}], "y.pdf") == "deny"


def test_a_page_s_own_reservation_supersedes_that_of_its_site(detector: Detector) -> None:
    files = {f"{SITE}.well-known/tdmrep.json": '[{"location": "/", "tdm-reservation": 1}]'}
    assert position(detector, files, f"{SITE}x", "header tdm-reservation: 0")[0] == "allow"


def rsl(*licences: str, url: str = "/", content: str = "") -> str:
    made = "".join(f"<license>{licence}</license>" for licence in licences)
    return f'<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl"><content url="{url}" {content}>{made}</content></rsl>'


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (rsl('<prohibits type="usage">ai-train</prohibits>'), ("deny", None, None)),
        (rsl('<prohibits type="usage">ai-all</prohibits>'), ("deny", "deny", None)),
        (rsl('<permits type="usage">search ai-index</permits>'), ("deny", "allow", "allow")),
        (rsl('<permits type="usage">train-ai,search</permits>'), ("allow", "deny", "allow")),
        (rsl('<permits type="usage">all</permits><prohibits type="usage">ai-train</prohibits>'), ("deny", "allow", "allow")),
        (rsl('<permits type="usage">all</permits><payment type="crawl"><amount currency="USD">1</amount></payment>'), ("paid", "paid", "paid")),
        (rsl('<permits type="usage">all</permits><payment type="attribution"/>'), ("allow", "allow", "allow")),
        (rsl('<payment type="subscription"/>'), ("paid", "paid", "paid")),
        (rsl('<permits type="usage">all</permits>', content='server="https://l.example"'), ("paid", "paid", "paid")),
        (rsl('<permits type="usage">all</permits><permits type="user">education</permits>'), (None, None, None)),
        (rsl('<permits type="usage">search</permits>', '<permits type="usage">all</permits><payment type="use"/>'), ("paid", "paid", "allow")),
        (rsl('<prohibits type="usage">ai-train</prohibits>', url="https://a.example/x*"), ("deny", None, None)),
        (rsl('<prohibits type="usage">ai-train</prohibits>', url="/other"), (None, None, None)),
        (rsl(""), (None, None, None)),
        ("<licence><prohibits type='usage'>ai-train</prohibits></licence>", (None, None, None)),
    ],
)  # fmt: skip
def test_rsl_denies_permits_or_asks_for_payment(detector: Detector, document: str, expected: tuple[str | None, ...]) -> None:
    assert position(detector, {f"{SITE}license.xml": document}, f"{SITE}x") == expected
    assert position(detector, {f"{SITE}legal/terms.rsl": document}, f"{SITE}x") == expected


def test_the_narrower_content_of_rsl_holds(detector: Detector) -> None:
    wide, narrow = '<permits type="usage">all</permits>', '<prohibits type="usage">ai-train</prohibits>'
    contents = "".join(
        f'<content url="{url}"><license>{said}</license></content>' for url, said in (("/", wide), ("/articles/", narrow))
    )
    files = {f"{SITE}license.xml": f'<rsl xmlns="https://rslstandard.org/rsl">{contents}</rsl>'}
    assert position(detector, files, f"{SITE}articles/x") == ("deny", "allow", "allow")
    assert position(detector, files, f"{SITE}x")[0] == "allow"


def test_ai_txt_speaks_of_kinds_of_files_and_of_training_alone(detector: Detector) -> None:
    files = {f"{SITE}ai.txt": "# Spawning\nUser-Agent: *\nDisallow: *.html\nDisallow: *.txt\nAllow: *.jpg\nAllow: /press-room/\n"}
    assert position(detector, files, f"{SITE}x.html") == ("deny", None, None)
    assert position(detector, files, f"{SITE}blog/post/")[0] == "deny"  # a page, though its address has no extension
    assert position(detector, files, f"{SITE}x.pdf")[0] is None
    assert position(detector, files, f"{SITE}press-room/x.html")[0] == "allow"


# --- sites and documents ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("robots", "page", "bound"),
    [
        ("robots.txt", "about/index.html", True),
        ("a.example/robots.txt", "a.example/x.html", True),
        ("a.example/robots.txt", "b.example/x.html", False),
        ("t#https://a.example/robots.txt", "t#https://a.example", True),
        ("t#https://a.example/robots.txt", "t#http://a.example/x", False),
        ("t#https://a.example/robots.txt", "t#https://a.example.org/x", False),
        ("t#robots.txt", "t#x", True),
        ("notrobots.txt", "x", False),
    ],
)
def test_a_site_file_binds_what_lies_below_its_root(detector: Detector, robots: str, page: str, bound: bool) -> None:
    found = position(detector, {robots: "User-agent: GPTBot\nDisallow: /"}, page)
    assert found[0] == ("deny" if bound else None)


def test_of_all_that_is_said_the_most_restrictive_holds_and_uses_are_listed_in_order(detector: Detector) -> None:
    files = {
        f"{SITE}robots.txt": "User-agent: *\nContent-Signal: ai-train=yes, search=no\n",
        f"{SITE}license.xml": rsl('<permits type="usage">ai-train search</permits><payment type="training"/>'),
    }
    table = documents(files, {f"{SITE}x": None, "elsewhere": None})
    concluded = optouts.conclude(table, detector.detect(table))
    assert concluded.schema.names == ["doc_id", "reserved", "paid"] and concluded["doc_id"].equals(table["doc_id"])
    assert concluded["reserved"].to_pylist()[-2:] == [["input", "search", "train"], []]
    assert concluded["paid"].to_pylist()[-2:] == [True, False]


def test_nothing_said_is_nothing_concluded(detector: Detector) -> None:
    table = documents({}, {"a": None, "b": "footer: © 2024"})
    evidence = detector.detect(table)
    assert evidence.num_rows == 0 and optouts.conclude(table, evidence)["reserved"].to_pylist() == [[], []]
    empty = documents({})
    assert optouts.conclude(empty, detector.detect(empty)).num_rows == 0


def test_a_row_holds_the_directive_and_nothing_of_the_page(detector: Detector) -> None:
    files = {f"{SITE}robots.txt": "User-agent: GPTBot\nDisallow: /" + "x" * 900 + "\n# private remark\n"}
    rows = detector.detect(documents(files)).to_pylist()
    assert rows and all(len(row["raw"]) <= 200 and "private" not in row["raw"] for row in rows)


# --- hostile files ----------------------------------------------------------------------------------------------------------------

BOMB = (
    '<!DOCTYPE rsl [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><rsl><content url="&b;"></content></rsl>'
)


@pytest.mark.parametrize("name", ["robots.txt", "ai.txt", ".well-known/tdmrep.json", "license.xml"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html><html><body>User-agent: *\nDisallow: /</body></html>",
        "[" * 100_000,
        "\0\ufffe",
        BOMB,
        "{}",
        "[1]",
        "<rsl>",
        ":",
    ],
)
def test_a_file_that_cannot_be_read_denies_nothing_for_certain(detector: Detector, name: str, text: str) -> None:
    assert position(detector, {SITE + name: text}, f"{SITE}x") == (None, None, None)


@settings(max_examples=80)
@given(
    st.sampled_from(["robots.txt", "ai.txt", ".well-known/tdmrep.json", "license.xml"]), st.text(), st.text(max_size=20), st.text()
)
def test_any_text_anywhere_is_survived(name: str, text: str, path: str, notices: str) -> None:
    detector = optouts.detector(ai_agents())
    table = documents({SITE + name: text}, {SITE + "p" + path: notices})
    evidence = detector.detect(table)
    assert evidence.equals(detector.detect(table.take([1, 0])))
    assert optouts.conclude(table, evidence).num_rows == 2


# --- the table of agents ----------------------------------------------------------------------------------------------------------


def test_the_table_that_ships_names_the_agents_everybody_asks_about() -> None:
    uses = ai_agents().uses_of()
    asked = ["gptbot", "claudebot", "ccbot", "google-extended", "applebot-extended", "bytespider", "meta-externalagent"]
    assert all("train" in uses[name] for name in asked)
    assert uses["perplexitybot"] == ("input",) and uses["oai-searchbot"] == ("search",)
    assert all(agent.source.startswith("https://") for agent in ai_agents().agent)


def test_an_agent_listed_twice_or_for_no_use_is_refused() -> None:
    entry = '[[agent]]\noperator = "A"\nnames = ["{}"]\nuses = {}\nsource = "https://a.example"\n'
    with pytest.raises(PolicyError, match="listed twice: abot"):
        load_agents(entry.format("ABot", '["train"]') + entry.format("abot", '["input"]'))
    with pytest.raises(PolicyError, match="uses"):
        load_agents(entry.format("ABot", '["sing"]'))
    assert load_agents(entry.format("ABot", '["train"]')).digest != ai_agents().digest
