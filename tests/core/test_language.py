"""Language: known sentences, code around prose, and nothing to go by."""

import socket

import pyarrow as pa
import pytest

from muniment.core import language
from muniment.schemas.evidence import SIGNAL

# Article 1 of the Universal Declaration of Human Rights.
ARTICLE = {
    "ar": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "en": "All human beings are born free and equal in dignity and rights.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
    "zh": "人人生而自由,在尊严和权利上一律平等。",
}


def detect(*texts: str) -> list[dict[str, object]]:
    ids = [f"{number:03d}" for number in range(len(texts))]
    table = language.detector().detect(pa.table({"doc_id": ids, "text": pa.array(texts, pa.large_string())}))
    assert table.schema == SIGNAL
    return table.to_pylist()


def test_known_sentences_are_told_apart() -> None:
    assert [row["label"] for row in detect(*ARTICLE.values())] == list(ARTICLE)


def test_capitals_are_no_other_language() -> None:
    assert detect(ARTICLE["de"].upper())[0]["label"] == "de"


def test_code_does_not_hide_the_language_of_the_prose_around_it() -> None:
    code = "```\nfor (int i = 0; i < n; i++) { total += values[i]; }\n```\n" * 20
    assert detect(code + ARTICLE["de"])[0]["label"] == "de"


@pytest.mark.parametrize("text", ["", " \n ", "12:30 – 45 %", "?!"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    row = detect(text)[0]
    assert row["label"] is None and row["value"] == 0


def test_confidence_lies_between_nothing_and_certainty() -> None:
    assert all(0 <= float(str(row["value"])) <= 1 for row in detect(*ARTICLE.values(), "ok", "x" * 10_000))


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a detector opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    language._model.cache_clear()
    assert detect(ARTICLE["fr"])[0]["label"] == "fr"


def test_no_documents_give_no_rows() -> None:
    assert detect() == []
