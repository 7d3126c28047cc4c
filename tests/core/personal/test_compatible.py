"""Behind its gates Presidio finds what it finds without: type, place and score of everything, whatever its registry holds."""

import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import phonenumbers
import polars as pl
import pytest
import regex
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, Pattern, PatternRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import IbanRecognizer, PhoneRecognizer
from spacy.language import Language
from spacy.tokens import Doc
from tests.personal import FILES, corpus, needs_corpus, needs_labelled, records, table

from muniment.core.personal import gates as gating
from muniment.core.personal.compatible import GatedAnalyzer, blank_engine
from muniment.core.personal.gates import gates

FRAGMENTS = (
    *(
        "call 212-555-0199",
        "+44 20 7946 0958",
        "(030) 23125 148",
        "0800 1111",
        "+290 2222",
        "tel. 110",
        "79 555 123 / 44",
        "1-800-555-0199 x12",
    ),
    *(
        "joe@example.org",
        "Jo.Doe+x@mail.co.uk",
        "http://www.example.co.uk/a?b=1",
        "www.example.org",
        "81.2.69.142",
        "2001:db8::1",
        "::1",
    ),
    *(
        "4111 1111 1111 1111",
        "4111-1111-1111-1112",
        "GB82 WEST 1234 5698 7654 32",
        "gb82west12345698765432",
        "DE89370400440532013000 2 days",
    ),
    *(
        "078-05-1120",
        "078 05 1120",
        "912-70-1234",
        "A1234567",
        "D1234567",
        "123456789",
        "BB1388568",
        "1EG4-TE5-MK73",
        "943 476 5919",
    ),
    *(
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",
        "10/12/1980",
        "2020-01-02 10:00",
        "12 Jan 2001",
        "SW1A 1AA",
        "AB 12 34 56 C",
        "00:1B:44:11:3A:B7",
    ),
    *(
        "٠٣٠ ٢٣١٢٥",
        "１２３４５６７",
        "\u212aelvin",
        "ſ12",
        "é",
        "ß",
        "İ",
        "\u0301",
        "\u200b",
        "\x00",
        "€",
        "🙂",
        "SSN",
        "passport",
        "license",
        "x",
    ),
)
SEPARATORS = (
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    ", ",
    ": ",
    "-",
    ".",
    "/",
    "\t",
    "\xa0",
    "\u2028",
    "",
    " ext ",
    "(",
    ")",
    " \n ",
    "\x0b",
    "\x85",
)
TEXTS = st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from(SEPARATORS)).map("".join), max_size=10).map("".join)
Results = list[tuple[int, str, int, int, float]]


def plain(engine: AnalyzerEngine, texts: Sequence[str]) -> Results:
    return sorted(
        (row, each.entity_type, each.start, each.end, each.score)
        for row, text in enumerate(texts)
        for each in engine.analyze(text, "en")
    )


def gated(analyzer: GatedAnalyzer, texts: Sequence[str]) -> Results:
    return sorted((each.row, each.type, each.start, each.end, each.score) for each in analyzer.analyze(table(*texts)))


def assert_same(engine: AnalyzerEngine, texts: Sequence[str]) -> Results:
    found = gated(GatedAnalyzer(engine), texts)
    assert found == plain(engine, texts)
    return found


@pytest.fixture(scope="module", autouse=True)
def no_line_is_let_through() -> Iterator[None]:
    """Few lines are else looked at without gates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gating, "_FEW", -1)
        yield


@pytest.fixture(scope="module")
def engine() -> AnalyzerEngine:
    return blank_engine()


@Language.component("lower_case_lemmas")
def lower_case_lemmas(doc: Doc) -> Doc:
    for token in doc:
        token.lemma_ = token.text.lower()
    return doc


def reading(registry: RecognizerRegistry, **more: Any) -> AnalyzerEngine:
    """An engine that has lemmas, so that context words count."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("lower_case_lemmas")
    tokens = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    setattr(tokens, "nlp", {"en": pipeline})  # noqa: B010
    return AnalyzerEngine(registry=registry, nlp_engine=tokens, supported_languages=["en"], **more)


def registry(*own: EntityRecognizer, predefined: bool = False) -> RecognizerRegistry:
    made = RecognizerRegistry(supported_languages=["en"])
    if predefined:
        made.load_predefined_recognizers(languages=["en"])
    for each in own:
        made.add_recognizer(each)
    return made


@needs_labelled
@pytest.mark.parametrize("name", FILES)
def test_labelled_texts_give_the_same(engine: AnalyzerEngine, name: str) -> None:
    texts = [each["text"] for each in records(name)]
    assert assert_same(engine, texts[:: max(1, len(texts) // 300)])


@needs_corpus
def test_ordinary_texts_give_the_same(engine: AnalyzerEngine) -> None:
    assert assert_same(engine, corpus(150))


@pytest.mark.slow
@needs_corpus
@pytest.mark.timeout(3600)
def test_many_ordinary_texts_give_the_same(engine: AnalyzerEngine) -> None:
    assert assert_same(engine, corpus(5000))


@pytest.mark.slow
@needs_labelled
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", FILES)
def test_all_labelled_texts_give_the_same(engine: AnalyzerEngine, name: str) -> None:
    assert assert_same(engine, [each["text"] for each in records(name)])


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, max_size=4))
def test_odd_texts_give_the_same(engine: AnalyzerEngine, texts: list[str]) -> None:
    assert_same(engine, texts)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(TEXTS, max_size=3),
    words=st.lists(st.sampled_from(["phone", "number", "bank", "ssn", "driver", "passport", "iban"]), max_size=4),
)
def test_a_model_that_has_lemmas_gives_the_same(texts: list[str], words: list[str]) -> None:
    assert_same(MODEL, [" ".join(words) + " " + text for text in texts])


MODEL = reading(registry(predefined=True))


def test_context_words_change_a_score_where_there_are_lemmas() -> None:
    own = reading(registry(pattern(r"\d{3,}", 0.2, context=["passport"])))
    assert [each[4] for each in assert_same(own, ["the passport 123456", "the number 123456"])] == [0.55, 0.2]


def pattern(expression: str, score: float = 0.5, name: str = "own", kind: str = "OWN", **more: Any) -> PatternRecognizer:
    return PatternRecognizer(kind, patterns=[Pattern(name, expression, score)], **more)


class Validated(PatternRecognizer):
    """Takes even numbers for proven, and those that end with 3 for wrong."""

    def validate_result(self, pattern_text: str) -> bool | None:
        return True if pattern_text[-1] in "02468" else None

    def invalidate_result(self, pattern_text: str) -> bool | None:
        return pattern_text.endswith("3")


class Reading(PatternRecognizer):
    """Looks at more than its patterns."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None, regex_flags: Any = None) -> list[RecognizerResult]:
        found = super().analyze(text, entities, nlp_artifacts, regex_flags)
        return found if "secret" in text else []


class Own(EntityRecognizer):
    """Finds what it likes; it names no recogniser in its results, and gives some twice and some without a score."""

    def load(self) -> None: ...

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any) -> list[RecognizerResult]:
        places = [place for place in range(len(text)) if text.startswith("joe", place)]
        return [
            RecognizerResult("JOE", place, place + size, score)
            for place in places
            for size, score in ((3, 0.4), (3, 0.4), (2, 0.0))
        ]


class Contextual(PatternRecognizer):
    """Adds to its own results, and one where there is none."""

    def enhance_using_context(
        self, text: str, raw_recognizer_results: Any, other_raw_recognizer_results: Any, nlp_artifacts: Any, context: Any = None
    ) -> list[RecognizerResult]:
        for each in raw_recognizer_results:
            each.score = 0.9 if "ssn" in text.lower() else each.score
        if "nothing" in text:
            return [*raw_recognizer_results, RecognizerResult("OWN", 0, 3, 0.7, None, {RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name})]  # fmt: skip
        return list(raw_recognizer_results)


class Foreign(EntityRecognizer):
    """Names another recogniser than itself, which Presidio does not know."""

    def load(self) -> None: ...

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any) -> list[RecognizerResult]:
        named = {RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: "nobody", RecognizerResult.RECOGNIZER_NAME_KEY: "nobody"}
        return [RecognizerResult("JOE", 0, 1, 0.5, None, named)] if text else []


def two_of_one_name() -> PatternRecognizer:
    return PatternRecognizer("OWN", patterns=[Pattern("same", r"\d{4}", 0.3), Pattern("same", "joe", 0.6)])


def thresholds() -> PatternRecognizer:
    made = pattern(r"\d{3,}", 0.3, context=["phone", "ssn"])
    made.score_thresholds = {"OWN": 0.5}
    return made


OWN_RECOGNISERS: list[tuple[str, Callable[[], EntityRecognizer], str]] = [
    ("a plain pattern", lambda: pattern(r"\d{3}"), "lines"),
    ("two patterns of one name", two_of_one_name, "lines"),
    ("a deny list", lambda: PatternRecognizer("OWN", deny_list=["joe", "SSN", "passport number", "C++", "é"]), "documents"),
    ("flags of its own", lambda: pattern("ssn", global_regex_flags=0), "lines"),
    ("flags that see no line ends", lambda: pattern(r"^\d+.*$", global_regex_flags=int(regex.MULTILINE)), "lines"),
    ("flags that only regex knows", lambda: pattern("jo", global_regex_flags=int(regex.REVERSE | regex.IGNORECASE)), "ungated"),
    ("a pattern over lines", lambda: pattern(r"\d\s*\n\s*\w"), "documents"),
    ("a pattern at the end of a text", lambda: pattern(r"\w\Z"), "documents"),
    ("a fuzzy pattern", lambda: pattern("(?:passport){e<=2}"), "ungated"),
    ("a fuzzy pattern that begins with a number", lambda: pattern("(?:passport){1<=e<=2}"), "ungated"),
    ("a pattern with references", lambda: pattern(r"(\d)\1"), "lines"),
    ("a pattern with look-around", lambda: pattern(r"(?<!\d)\d{3}(?=-)"), "lines"),
    ("a boundary beside a letter of many cases", lambda: pattern(r"\bkelvin|\bs\d+"), "lines"),
    ("a pattern of white space", lambda: pattern(r"[ \t]{2}|\x0b|\x85"), "lines"),
    ("an empty pattern", lambda: pattern(r"x*"), "lines"),
    ("a negated class", lambda: pattern(r"[^\w\s]{2}"), "lines"),
    ("a pattern that is too large", lambda: pattern(r"(?:\w{1000}){1000}|joe"), "ungated"),
    ("proofs of its own", lambda: Validated("OWN", patterns=[Pattern("own", r"\d{2,}", 0.4)]), "lines"),
    ("an analysis of its own", lambda: Reading("OWN", patterns=[Pattern("own", r"\d{2,}", 0.4)]), "ungated"),
    ("no pattern at all", lambda: Own(["JOE"]), "ungated"),
    ("results in another's name", lambda: Foreign(["JOE"]), "ungated"),
    ("a context of its own", lambda: Contextual("OWN", patterns=[Pattern("own", r"\d{2,}", 0.4)]), "lines"),
    ("context words", lambda: pattern(r"\d{3,}", 0.2, context=["phone", "passport", "joe"]), "lines"),
    ("thresholds", thresholds, "lines"),
    ("other regions", lambda: PhoneRecognizer(supported_regions=["PL", "SG", "AR", "FI"]), ""),
    ("a lenient reading of numbers", lambda: PhoneRecognizer(leniency=0), "ungated"),
    ("a strict reading of numbers", lambda: PhoneRecognizer(leniency=3), "lines"),
    ("a region that there is not", lambda: PhoneRecognizer(supported_regions=["XX", "US"]), ""),
    (
        "account numbers with patterns of its own",
        lambda: IbanRecognizer(patterns=[Pattern("a", r"([A-Z]{2}\d{2}\w{8,30})()()", 0.5)]),
        "lines",
    ),
]
SEEN = (
    *(
        "joe 1234 SSN 123-456\n\n  \nphone 555 passport\n77 joe",
        "secret 12 13 14\r\n15",
        "nothing here",
        "",
        "   ",
        "\t\t\n",
        "\x0b",
        "a\n1\n b",
    ),
    *(
        "pasport pssport passporrt",
        "\u212aelvin KELVIN kelvin ſ1 S22",
        "abc!?()\n--",
        "x" * 20,
        "C++ é passport number ejoe",
        "+65 6123 4567 110 999",
    ),
    *("DE89370400440532013000 x", "555-0199 and 61 555 0199", "tel 40 404 404 / 0401234", "end 5", "DE89 3704 0044 0532 0130 00"),
)


@pytest.mark.parametrize("lemmas", [False, True])
@pytest.mark.parametrize(("made", "reach"), [each[1:] for each in OWN_RECOGNISERS], ids=[each[0] for each in OWN_RECOGNISERS])
def test_a_recogniser_of_the_users_own_gives_the_same(made: Callable[[], EntityRecognizer], reach: str, lemmas: bool) -> None:
    own = made()
    assert not reach or {gate.reach for gate in gates(own)} == {reach}
    assert_same(reading(registry(own)) if lemmas else blank_engine(registry(own)), SEEN)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(TEXTS, max_size=3))
def test_all_of_them_together_give_the_same(texts: list[str]) -> None:
    assert_same(TOGETHER, texts)


TOGETHER = reading(
    registry(*(made() for name, made, _ in OWN_RECOGNISERS if name not in {"a fuzzy pattern", "results in another's name"}))
)


class Loud(LemmaContextAwareEnhancer):
    """An enhancer of the user's own, which needs no lemmas."""

    def enhance_using_context(self, text: str, raw_results: Any, nlp_artifacts: Any, recognizers: Any, context: Any = None) -> Any:
        for each in raw_results:
            each.score = min(1.0, each.score + 0.1)
        return raw_results


def test_an_enhancer_of_the_users_own_gives_the_same() -> None:
    made = blank_engine(registry(pattern(r"\d{3}")))
    made.context_aware_enhancer = Loud()
    assert assert_same(made, SEEN)


def test_few_lines_give_without_gates_what_they_give_with_them(engine: AnalyzerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gates = gated(GatedAnalyzer(engine), SEEN)
    monkeypatch.setattr(gating, "_FEW", 10**6)
    assert gated(GatedAnalyzer(engine), SEEN) == with_gates


def test_a_threshold_of_the_engine_holds() -> None:
    made = blank_engine(registry(pattern(r"\d{3}", 0.4), pattern("joe", 0.6, kind="JOE")))
    made.default_score_threshold = 0.5
    assert {each[1] for each in assert_same(made, SEEN)} == {"JOE"}


def test_a_text_with_more_numbers_than_phonenumbers_will_try_gives_the_same() -> None:
    made = blank_engine(registry(PhoneRecognizer(supported_regions=["US"])))
    text = "\n".join(["1 2"] * 33_000 + ["call 212-555-0199"])
    assert len(assert_same(made, [text, "call 212-555-0199"])) == 1  # it gives up on the first


# Presidio's own, and those with the shortest numbers or with a neighbour that shares their country code.
REGIONS = (*PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS, "AT", "AX", "FI", "IT", "LU", "NO", "PL", "SH", "TA", "VA")


@pytest.mark.parametrize(
    "region", [*REGIONS, *(pytest.param(each, marks=pytest.mark.slow) for each in sorted(phonenumbers.SUPPORTED_REGIONS))]
)
def test_valid_numbers_of_a_region_pass_its_gate(region: str) -> None:
    """Examples of each kind in each format, and all short numbers of the regions that share its country code."""
    gate = gates(PhoneRecognizer(supported_regions=[region]))[0]
    if gate.reach == "ungated":
        return
    written = set()
    for kind in range(11):
        if number := phonenumbers.example_number_for_type(region, kind):
            written |= {phonenumbers.format_number(number, form) for form in range(3)} | {
                phonenumbers.format_out_of_country_calling_number(number, "US")
            }
    siblings = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[phonenumbers.country_code_for_region(region)]
    for sibling in siblings:
        metadata = PhoneMetadata.metadata_for_region(sibling, None)
        for kind in gating._KINDS:
            description = getattr(metadata, kind)
            for length in (each for each in (description.possible_length if description else ()) if 0 < each < gating._LONG):
                numbers = pl.int_range(10**length, eager=True).cast(pl.String).str.zfill(length)
                valid = numbers.filter(numbers.str.contains(f"^(?:{description.national_number_pattern})$"))
                written |= set(valid.gather_every(max(1, len(valid) // 500)))
    numbers = pl.Series(sorted(written), dtype=pl.String)
    spaced = numbers.str.replace_all(r"(\d)", "$1 ")
    arabic = numbers.str.replace_many(list("0123456789"), list("٠١٢٣٤٥٦٧٨٩"))
    texts = pl.concat([numbers, spaced, arabic])
    frame = pl.DataFrame({"text": texts, "ascii": texts.str.len_bytes() == texts.str.len_chars()})
    assert frame.filter(~gate.passes("text"))["text"].to_list() == []


def test_no_number_is_shorter_with_its_country_code_than_the_gate_takes() -> None:
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            metadata = PhoneMetadata.metadata_for_region(region, None) or PhoneMetadata.metadata_for_nongeo_region(code, None)
            kinds = [getattr(metadata, kind) for kind in gating._KINDS]
            lengths = [each for kind in kinds if kind for each in kind.possible_length if each > 0]
            assert len(str(code)) + min(lengths) >= gating._INTERNATIONAL, region


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("Presidio opened a connection")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    found = GatedAnalyzer(blank_engine()).analyze(table("a@new-host.example.co.uk and http://other.co.nz/x"))
    assert {each.type for each in found} >= {"EMAIL_ADDRESS", "URL"}
