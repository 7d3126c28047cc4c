"""`muniment eval language`: accuracy of the language detector, overall and for each language."""

from collections.abc import Sequence
from pathlib import Path

from muniment.core import language
from muniment.evaluate.metrics import Metrics, detection, share, under
from muniment.evaluate.records import documents, records
from muniment.evaluate.report import Options, Outcome, system, timed

# ISO 639-1 has a code for Norwegian and codes for its two written forms: data and models mix them.
_FORMS = {"nb": "no", "nn": "no"}


def score(data: Sequence[Path], options: Options) -> Outcome:
    """Score the language detector on `{"id","text","lang"}`: `all.accuracy`, `lang.L.accuracy` and `lang.L.precision`, `.recall`, …

    The data may write the language with a region or script (`pt-BR`, `zh_TW`): only its first part counts.
    """
    labelled = records(data, ("text", "lang"))
    detector = language.detector()
    evidence, speed = timed(detector, documents(each["text"] for each in labelled))
    told = [_FORMS.get(code, code) for code in evidence["label"].to_pylist()]
    due = [_code(str(each["lang"])) for each in labelled]
    hits = [one == other for one, other in zip(told, due, strict=True)]
    metrics: Metrics = {"all.accuracy": share(hits)}
    for code in sorted(set(due)):
        rows = [row for row, own in enumerate(due) if own == code]
        predicted, expected = [each == code for each in told], [each == code for each in due]
        right = [one and other for one, other in zip(predicted, expected, strict=True)]
        metrics |= under(f"lang.{code}", {"accuracy": share([hits[row] for row in rows]), **detection(right, predicted, expected)})
    return Outcome(metrics | speed, [system(detector)])


def _code(tag: str) -> str:
    code = tag.replace("_", "-").split("-")[0].lower()
    return _FORMS.get(code, code)
