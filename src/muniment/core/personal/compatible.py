"""Presidio's own findings, faster: its recognisers run only where their gates say that they can find something.

For every document the results are those of `AnalyzerEngine.analyze` on it (type, start, end, score), whatever recognisers its
registry holds. What is saved: most lines pass no gate, and a language model is asked only about documents in which a context
word could change a score.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import regex
import spacy
import tldextract
import tldextract.tldextract
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, PatternRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import PhoneRecognizer, SpacyRecognizer

from muniment.core.lines import lines
from muniment.core.personal.gates import Gate, exhausts, gates
from muniment.errors import PolicyError

# Presidio checks e-mail addresses with a suffix list that is otherwise fetched at the first use: the one that is installed serves.
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

_BLOCK = 16_000  # code points that a recogniser is given at once
_NUMBERS = 500  # fewer in a document exhaust nothing


class Found(NamedTuple):
    """A result of Presidio's in document `row`, offsets in code points."""

    row: int
    start: int
    end: int
    type: str
    score: float
    recogniser: str


class GatedAnalyzer:
    """Runs the recognisers of an `AnalyzerEngine` for one language behind their gates."""

    def __init__(self, engine: AnalyzerEngine, language: str = "en") -> None:
        self.engine, self.language = engine, language
        self._recognisers: list[EntityRecognizer] = engine.registry.get_recognizers(language=language, all_fields=True)
        self._entities: list[str] = engine.get_supported_entities(language=language)
        pipeline = getattr(engine.nlp_engine, "nlp", None) or {}
        self._owners = {each.id: each for each in self._recognisers}
        self._with_context = {each.id for each in self._recognisers if each.context}
        self._own_context = type(engine.context_aware_enhancer) is not LemmaContextAwareEnhancer or any(
            map(_adds_context, self._recognisers)
        )
        # A pipeline without components gives no entities and no lemmas: nothing that could add to a score.
        self._blank = language in pipeline and not pipeline[language].pipe_names
        used = [each for each in self._recognisers if not (self._blank and type(each) is SpacyRecognizer)]
        self.gates: list[Gate] = [gate for each in used for gate in gates(each)]

    def analyze(self, documents: pa.Table) -> list[Found]:
        """Results over `text` (n rows), by row and then in Presidio's order."""
        texts = _Texts(documents, self.engine, self.language)
        # A recogniser that reads contexts in its own way may find something where nothing else does.
        raw: dict[int, list[RecognizerResult]] = {row: [] for row in range(documents.num_rows if self._own_context else 0)}
        for gate in self.gates:
            for row, result in self._raw(gate, texts):
                told = result.recognition_metadata = result.recognition_metadata or {}
                told.setdefault(RecognizerResult.RECOGNIZER_NAME_KEY, gate.recogniser.name)  # type: ignore[has-type]
                told.setdefault(RecognizerResult.RECOGNIZER_IDENTIFIER_KEY, gate.recogniser.id)
                raw.setdefault(row, []).append(result)
        return [found for row in sorted(raw) for found in self._finished(row, raw[row], texts)]

    def _raw(self, gate: Gate, texts: "_Texts") -> Iterator[tuple[int, RecognizerResult]]:
        """What one recogniser finds, each with the row of its document."""
        whole = texts.whole
        if gate.reach == "lines":
            whole = texts.exhausting if type(gate.recogniser) is PhoneRecognizer else whole.clear()
            ascii, other = (_without(part, whole) for part in texts.lines)
            for block in _blocks(gate.through(ascii, other, "line")):
                for result in gate.recogniser.analyze("\n".join(block.lines), self._entities, None):  # type: ignore[arg-type]
                    yield block.placed(result)
        for row, text in whole.filter(gate.passes("text")).select("row", "text").iter_rows():
            needed = texts.artifacts(row) if gate.reach == "ungated" else None
            for result in gate.recogniser.analyze(text, self._entities, needed) or ():  # type: ignore[arg-type]
                yield row, result

    def _finished(self, row: int, found: list[RecognizerResult], texts: "_Texts") -> Iterator[Found]:
        """What `AnalyzerEngine.analyze` does after its recognisers ran."""
        results = [each for _, of_one in groupby(sorted(found, key=_owner), key=_owner) for each in self._once(list(of_one))]
        if self._own_context or (not self._blank and any(_owner(each) in self._with_context for each in results)):
            results = self.engine._enhance_using_context(texts.text(row), results, texts.artifacts(row), self._recognisers)
        sure = getattr(self.engine, "_AnalyzerEngine__remove_low_scores")  # noqa: B009  (of private name)
        results = sure(results, None, self._recognisers)
        for each in EntityRecognizer.remove_duplicates(results):
            name = str(each.recognition_metadata[RecognizerResult.RECOGNIZER_NAME_KEY])
            yield Found(row, each.start, each.end, each.entity_type, each.score, name)

    def _once(self, results: list[RecognizerResult]) -> list[RecognizerResult]:
        """The results of one recogniser; those of telephone numbers, which ran for each region apart, once."""
        owner = self._owners.get(_owner(results[0]))
        if owner is None:
            return []  # Presidio drops what names none of its recognisers
        return EntityRecognizer.remove_duplicates(results) if type(owner) is PhoneRecognizer else results


def blank_engine(
    registry: RecognizerRegistry | None = None, language: str = "en", registered: Sequence[Mapping[str, Any]] = ()
) -> AnalyzerEngine:
    """An engine without a language model: `registry`, or Presidio's own recognisers for `language` and those `registered` beside them.

    These are given in the fields of `PatternRecognizer.from_dict`; raises `PolicyError` for one that Presidio refuses. Nothing is
    fetched.
    """
    if registry is None:
        registry = RecognizerRegistry(supported_languages=[language])
        registry.load_predefined_recognizers(languages=[language])
    for each in registered:
        registry.add_recognizer(_made(each, language))
    tokens = SpacyNlpEngine(models=[{"lang_code": language, "model_name": "blank"}])
    setattr(tokens, "nlp", {language: spacy.blank(language)})  # noqa: B010  (its type says None)
    return AnalyzerEngine(registry=registry, nlp_engine=tokens, supported_languages=[language])


def _made(given: Mapping[str, Any], language: str) -> PatternRecognizer:
    try:
        made = PatternRecognizer.from_dict({**given, "supported_language": language})
        made.analyze("", [], None)  # compiles its patterns
    except (ValueError, TypeError, regex.error) as error:
        raise PolicyError(f"Presidio refuses the recogniser {given.get('name')}: {error}.", "Correct it in the policy.") from None
    return made


class _Texts:
    """The documents of one call as whole texts and as lines (of ASCII alone, and others), and the language model's view of those that
    are asked for."""

    def __init__(self, documents: pa.Table, engine: AnalyzerEngine, language: str) -> None:
        self.whole = pl.DataFrame({"text": pl.Series(pl.from_arrow(documents["text"]))}).with_row_index("row")
        self.whole = self.whole.with_columns(_is_ascii("text").alias("ascii"))
        of_all = lines(documents, longest=None, blank=True)
        self.lines = (of_all.filter(_is_ascii("line")), of_all.filter(~_is_ascii("line")))
        self._engine, self._language = engine, language
        self._made: dict[int, NlpArtifacts] = {}

    def text(self, row: int) -> str:
        return str(self.whole["text"][row])

    @cached_property
    def exhausting(self) -> pl.DataFrame:
        """Documents with so many numbers that phonenumbers may give up on them."""
        many = self.whole.filter(pl.col("text").str.count_matches(r"\d+") > _NUMBERS)
        return many.filter(pl.Series([exhausts(text) for text in many["text"]], dtype=pl.Boolean))

    def artifacts(self, row: int) -> NlpArtifacts:
        if row not in self._made:
            self._made[row] = self._engine.nlp_engine.process_text(self.text(row), self._language)
        return self._made[row]


class _Block(NamedTuple):
    """Lines that a recogniser is given at once: where each starts in the block, and where it comes from."""

    lines: Sequence[str]
    starts: Sequence[int]
    rows: Sequence[int]
    places: Sequence[int]

    def placed(self, result: RecognizerResult) -> tuple[int, RecognizerResult]:
        """The result with its offsets in its document, and that document's row."""
        at = bisect_right(self.starts, result.start) - 1
        by = self.places[at] - self.starts[at]
        result.start, result.end = result.start + by, result.end + by
        return self.rows[at], result


def _blocks(frame: pl.DataFrame) -> Iterator[_Block]:
    """Calls cost more than characters, and what is found in a line does not depend on its neighbours: so many lines a call."""
    width = pl.col("line").str.len_chars().cast(pl.Int64) + 1
    frame = frame.with_columns((width.cum_sum() - width).alias("from"))
    frame = frame.with_columns((pl.col("from") // _BLOCK).alias("block"))
    for _, group in frame.group_by("block", maintain_order=True):
        starts = (group["from"] - group["from"][0]).to_list()
        yield _Block(group["line"].to_list(), starts, group["row"].to_list(), group["start"].to_list())


def _without(lines: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    return lines.filter(~pl.col("row").is_in(documents["row"].implode())) if len(documents) else lines


def _is_ascii(column: str) -> pl.Expr:
    return pl.col(column).str.len_bytes() == pl.col(column).str.len_chars()


def _owner(result: RecognizerResult) -> str:
    return str(result.recognition_metadata[RecognizerResult.RECOGNIZER_IDENTIFIER_KEY])


def _adds_context(recogniser: EntityRecognizer) -> bool:
    return type(recogniser).enhance_using_context is not EntityRecognizer.enhance_using_context
