"""Special categories: findings that stand among words of health, of money or of children are more than their type says."""

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa

from muniment.core.findings import Span
from muniment.core.personal.context import compiled, expression

# Words of a line, or of the one before it, that tell what a finding is about; the first category that has one is told.
WORDS: dict[str, tuple[str, ...]] = {
    "children": (
        *(
            "child",
            "children",
            "kid",
            "kids",
            "minor",
            "minors",
            "pupil",
            "pupils",
            "kindergarten",
            "preschool",
            "schoolboy",
            "schoolgirl",
        ),
        *(
            "toddler",
            "infant",
            "kind",
            "kinder",
            "schüler",
            "schülerin",
            "minderjährig",
            "enfant",
            "enfants",
            "mineur",
            "élève",
            "élèves",
        ),
        *(
            "niño",
            "niña",
            "niños",
            "menor de edad",
            "alumno",
            "alumna",
            "bambino",
            "bambina",
            "minore",
            "alunno",
            "dziecko",
            "dzieci",
        ),
        *(
            "uczeń",
            "niepełnoletni",
            "kinderen",
            "minderjarige",
            "leerling",
            "criança",
            "crianças",
            "menor de idade",
            "aluno",
            "aluna",
        ),
    ),
    "health": (
        *(
            "patient",
            "patients",
            "diagnosis",
            "diagnosed",
            "hospital",
            "clinic",
            "medical record",
            "prescription",
            "treatment",
            "symptoms",
        ),
        *(
            "surgery",
            "disease",
            "patientin",
            "diagnose",
            "krankenhaus",
            "klinik",
            "befund",
            "rezept",
            "krankheit",
            "diagnostic",
            "hôpital",
        ),
        *("clinique", "ordonnance", "maladie", "paciente", "diagnóstico", "clínica", "historia clínica", "receta", "enfermedad"),
        *(
            "paziente",
            "diagnosi",
            "ospedale",
            "ricetta",
            "malattia",
            "pacjent",
            "pacjentka",
            "diagnoza",
            "szpital",
            "recepta",
            "choroba",
        ),
        *("patiënt", "ziekenhuis", "ziekte", "behandeling", "doente", "doença", "receita médica"),
    ),
    "finance": (
        *(
            "bank account",
            "account number",
            "salary",
            "payroll",
            "credit card",
            "debit card",
            "loan",
            "mortgage",
            "sort code",
            "routing number",
        ),
        *(
            "kontonummer",
            "gehalt",
            "kredit",
            "bankverbindung",
            "salaire",
            "compte bancaire",
            "prêt",
            "salario",
            "cuenta bancaria",
            "préstamo",
        ),
        *(
            "stipendio",
            "conto corrente",
            "wynagrodzenie",
            "rachunek bankowy",
            "salaris",
            "bankrekening",
            "hypotheek",
            "salário",
            "conta bancária",
        ),
    ),
}
_ANY = expression(word for words in WORDS.values() for word in words)
# Types that name nobody by themselves: a date, a machine, a place.
_OF_NOBODY = frozenset({"DATE_TIME", "IMEI", "IP_ADDRESS", "LOCATION", "MAC_ADDRESS", "URL", "UUID"})


def categorised(documents: pa.Table, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, each with the special category that the words around it tell, unless its recogniser told one."""
    texts = pl.Series(pl.from_arrow(documents["text"]))
    telling = set(texts.str.contains(_ANY).arg_true())
    row, text = -1, ""
    for span in sorted(spans, key=lambda each: each.row):
        if span.row not in telling or span.category or span.type in _OF_NOBODY:
            yield span
            continue
        if span.row != row:
            row, text = span.row, texts[span.row]
        yield span._replace(category=_told(_around(text, span)))


def _around(text: str, span: Span) -> str:
    """The line of the span and the one before it, at most 200 code points to each side."""
    before = text[max(0, span.start - 200) : span.start].split("\n")[-2:]
    return " ".join(before) + " \0 " + text[span.end : span.end + 200].split("\n")[0]


def _told(around: str) -> str | None:
    return next((category for category, words in WORDS.items() if compiled(words).search(around)), None)
