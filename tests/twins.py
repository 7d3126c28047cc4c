"""Duplicates by their plain definition, and tables to search in: what the tests of duplicates are checked against."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from muniment.core import twins
from muniment.evaluate.twins import PLAIN
from muniment.policies.duplicates import Domain, Duplicates
from muniment.policies.policy import default, parse
from muniment.schemas.evidence import SUBJECT

DEFAULT = parse(default()).duplicates
BANDS, ROWS, SLACK = 25, 5, 0.12

_TOKEN = re.compile("[\u3040-\u9fff]|[A-Za-z0-9_\u00c0-\u1fff\u2080-\u2fff\ua000-\U0010ffff]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_BLANKS = re.compile("[\t-\r \x85\xa0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_UNKNOWN = {
    "source_id": "", "media_type": "text/plain", "language": None, "project": 0, "path": 0, "vendored": False, "settled": False,
    "standing": False, "admitted": True, "authority": 0, "licence": 0, "modified": None, "quality": None,
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Words, and CJK or kana code points, with ASCII letters folded."""
    return _TOKEN.findall(text.translate(_LOWER))


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    """`size` tokens in a row each; of a shorter text all of them."""
    words = tokens(text)
    return {tuple(words[place : place + size]) for place in range(max(len(words) - size + 1, 1))} if words else set()


def jaccard(one: str, other: str, size: int = 5) -> float:
    """Of their shingles; 0 for two texts without a token."""
    a, b = shingles(one, size), shingles(other, size)
    return len(a & b) / len(a | b) if a or b else 0.0


def folded(text: str) -> str:
    """As exact duplicates are compared."""
    return _BLANKS.sub(" ", text.translate(_LOWER)).strip(" ")


def numbers(text: str) -> tuple[list[str], list[list[str]]]:
    """The tokens with numbers masked, and those with numbers as they are; a number goes on in the next token ("1,000", "1.5kg")."""
    groups = list[list[str]]()
    for token in tokens(text):
        if groups and re.search("[0-9]$", groups[-1][-1]) and re.match("[0-9]", token):
            groups[-1].append(token)
        else:
            groups.append([token])
    return [re.sub("[0-9]+", "0", "".join(each)) for each in groups], [each for each in groups if re.search("[0-9]", "".join(each))]


def table(texts: Sequence[str] | Mapping[str, str]) -> pa.Table:
    """Documents of these texts, with their ids or d0000 and so on."""
    named = texts if isinstance(texts, Mapping) else {f"d{number:04}": text for number, text in enumerate(texts)}
    return pa.table({"doc_id": pa.array(named.keys(), pa.string()), "text": pa.array(named.values(), pa.large_string())})


def subjects(documents: pa.Table, traits: Mapping[str, Mapping[str, object]] | None = None) -> pa.Table:
    """Rows of `SUBJECT`, unknown but for `traits` by id."""
    rows = [_UNKNOWN | {"doc_id": each} | dict((traits or {}).get(each, {})) for each in documents["doc_id"].to_pylist()]
    return pa.Table.from_pylist(rows, SUBJECT)


def find(
    documents: pa.Table, policy: Duplicates = PLAIN, traits: Mapping[str, Mapping[str, object]] | None = None
) -> dict[str, dict[str, object]]:
    """`TWIN` rows by document."""
    search = twins.Search(subjects(documents, traits), twins.detector(policy.ngrams).detect(documents), policy)
    search.add(documents["doc_id"], documents["text"])
    return {row["doc_id"]: row for row in search.twins().to_pylist()}


def one_domain(**fields: object) -> Duplicates:
    """A policy whose only domain has these fields."""
    return Duplicates(domain=(Domain.model_validate({"name": "all", "numbers": "alike"} | fields),))


def removed(found: Mapping[str, Mapping[str, object]]) -> set[str]:
    """Documents that are not kept."""
    return {name for name, row in found.items() if row["spared"] is None}


def sketches(documents: pa.Table, size: int = 5) -> npt.NDArray[np.uint16]:
    """One row of 128 for each document, in the order of ids."""
    packed = twins.detector((size,)).detect(documents)["sketch"].to_pylist()
    return np.array([np.frombuffer(each, "<u2") for each in packed]).reshape(-1, 128)


class Definition:
    """Decisions document by document, as leader clustering is defined, over the pairs that sketches bring together."""

    def __init__(self, documents: pa.Table, policy: Duplicates, traits: Mapping[str, Mapping[str, object]]) -> None:
        self.policy, self.texts = policy, dict(zip(*(documents[name].to_pylist() for name in ("doc_id", "text")), strict=True))
        self.traits = {name: _UNKNOWN | dict(traits.get(name, {})) for name in self.texts}
        order = sorted(self.texts)
        self.sketch = {
            size: dict(zip(order, sketches(documents, size), strict=True)) for size in {each.ngram for each in policy.domain}
        }

    def decide(self, order: Sequence[str]) -> dict[str, tuple[str, str, np.float32, str | None]]:
        """Canonical, kind, Jaccard and why it is spared, for documents of this order of preference that are close to a kept one."""
        kept, made = list[str](), dict[str, tuple[str, str, np.float32, str | None]]()
        for name in order:
            if self.traits[name]["settled"]:
                kept.append(name)
                continue
            row, stays = self._against(name, kept)
            if row:
                made[name] = row
            if stays:
                kept.append(name)
        return made

    def _against(self, name: str, kept: Sequence[str]) -> tuple[tuple[str, str, np.float32, str | None] | None, bool]:
        spared, standing = None, list[tuple[str, str, np.float32, str | None]]()
        for other, close, exact in self._close(name, kept):
            row = (other, "exact" if exact else "near", np.float32(close), self._why(name, other, exact))
            spared = spared or row
            if row[3] is None:
                standing.append(row)
                if len(standing) >= max(self._domain(name).keep, self._domain(other).keep):
                    return standing[0], False
        return ((*standing[0][:3], "sample") if standing else spared), True

    def _close(self, name: str, kept: Sequence[str]) -> Iterator[tuple[str, float, bool]]:
        own = self._domain(name)
        for other in kept:
            its = self._domain(other)
            exact = folded(self.texts[name]) == folded(self.texts[other])
            level = max(own.jaccard, its.jaccard)
            if exact:
                yield other, 1.0, True
            elif self._meet(name, other, level):
                mine, others = self._shingles(name, own.ngram), self._shingles(other, its.ngram)
                close = len(mine & others) / len(mine | others)
                if close >= level:
                    yield other, close, False

    def _shingles(self, name: str, size: int) -> set[tuple[object, ...]]:
        """Those of texts compared by different sizes are never the same, but for texts that are shorter than both."""
        return {(len(tokens(self.texts[name])) < size, *each) for each in shingles(self.texts[name], size)}

    def _meet(self, name: str, other: str, level: float) -> bool:
        mine, its = tokens(self.texts[name]), tokens(self.texts[other])
        same = self.sketch[self._domain(name).ngram][name] == self.sketch[self._domain(other).ngram][other]
        banded = same[: BANDS * ROWS].reshape(BANDS, ROWS).all(axis=1).any()
        return bool(mine and its) and (mine == its or bool(banded and same.sum() >= int(128 * (level - SLACK))))

    def _domain(self, name: str) -> Domain:
        own = self.traits[name]
        return next(each for each in self.policy.domain if each.covers(own["source_id"], own["media_type"], own["language"]))

    def _why(self, name: str, other: str, exact: bool) -> str | None:
        mine, its, own, stricter = self.traits[name], self.traits[other], self._domain(name), self._domain(other)
        least = max(own.exact_from, stricter.exact_from) if exact else max(own.near_from, stricter.near_from)
        same_source = mine["source_id"] == its["source_id"]
        apart = "apart" in (own.projects, stricter.projects)
        shapes = [numbers(self.texts[each]) for each in (name, other)]
        reasons = {
            "short": min(len(tokens(self.texts[name])), len(tokens(self.texts[other]))) < least,
            "within": same_source and not (own.within and stricter.within),
            "across": not same_source and not (own.across and stricter.across),
            "vendored": apart
            and (mine["vendored"] != its["vendored"] or (mine["project"] and its["project"] and mine["project"] != its["project"])),
            "version": apart and same_source and mine["project"] == its["project"] and mine["path"] and mine["path"] == its["path"],
            "numbers": "apart" in (own.numbers, stricter.numbers)
            and not exact
            and shapes[0][0] == shapes[1][0]
            and shapes[0][1] != shapes[1][1],
        }
        return next((reason for reason, holds in reasons.items() if holds), None)
