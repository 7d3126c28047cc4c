"""The search for duplicates against documents made to mislead it, with the policy that ships and with one that protects nothing."""

import time
from itertools import combinations

import numpy as np
import pytest
from tests import adversarial as made
from tests import twins as plain

from muniment.core import twins
from muniment.core.normal_form import normalise
from muniment.policies.duplicates import Duplicates

BOTH = pytest.mark.parametrize("policy", [plain.PLAIN, plain.DEFAULT], ids=["plain", "default"])


def reasons(found: dict[str, dict[str, object]]) -> list[object]:
    """Why documents are spared, each reason once; None for those that are removed."""
    return sorted({row["spared"] for row in found.values()}, key=str)


def pair(one: str, other: str, policy: Duplicates) -> tuple[object, object] | None:
    """How two documents are alike and why one is spared; None when they are not."""
    found = list(plain.find(plain.table([one, other]), policy).values())
    return (found[0]["kind"], found[0]["spared"]) if found else None


def seconds(texts: list[str], policy: Duplicates) -> float:
    """CPU time from signatures to decisions."""
    documents = plain.table(texts)
    subjects, signatures = plain.subjects(documents), twins.detector(policy.ngrams).detect(documents)
    start = time.process_time()
    search = twins.Search(subjects, signatures, policy)
    search.add(documents["doc_id"], documents["text"])
    search.twins()
    return time.process_time() - start


def ratio(half: list[str], whole: list[str], policy: Duplicates) -> float:
    """How many times as long the whole takes as half of it; the least of three, since other work disturbs."""
    return min(seconds(whole, policy) for _ in range(3)) / min(seconds(half, policy) for _ in range(3))


@pytest.mark.parametrize("texts", [made.invoices(200), made.tables(60)], ids=["invoices", "tables"])
def test_documents_that_differ_in_numbers_only_are_all_kept_by_the_policy_that_ships(texts: list[str]) -> None:
    """Each but the first is recorded as close to another and spared for its numbers; without the protection all but one go."""
    found = plain.find(plain.table(texts), plain.DEFAULT)
    assert len(found) == len(texts) - 1 and reasons(found) == ["numbers"]
    assert len(plain.removed(plain.find(plain.table(texts), plain.PLAIN))) == len(texts) - 1


@pytest.mark.parametrize(("one", "other"), made.NUMBERED)
def test_names_that_differ_in_numbers_only_protect_a_text_by_default(one: str, other: str) -> None:
    """However the number is written: "v2.10.1" beside "v2", "1.5kg" beside "2kg"."""
    assert pair(made.release(one), made.release(other), plain.DEFAULT) == ("near", "numbers")
    assert pair(made.release(one), made.release(other), plain.PLAIN) == ("near", None)


@BOTH
@pytest.mark.parametrize(("one", "other"), made.NAMED)
def test_names_that_differ_in_more_than_numbers_protect_nothing(one: str, other: str, policy: Duplicates) -> None:
    """A changed word among eighty makes a near duplicate, even beside an equal number."""
    assert pair(made.release(one), made.release(other), policy) == ("near", None)


def test_an_exact_copy_with_numbers_is_removed_all_the_same() -> None:
    """Two copies of one invoice are duplicates, though every other invoice is spared."""
    texts = made.invoices(5)
    found = plain.find(plain.table([*texts, texts[3].upper()]), plain.DEFAULT)
    assert plain.removed(found) == {"d0005"} and found["d0005"]["canonical_id"] == "d0003" and found["d0005"]["kind"] == "exact"


@BOTH
def test_pages_of_a_template_go_exactly_when_their_shared_part_reaches_the_level(policy: Duplicates) -> None:
    """A frame of 168 words: with bodies of 16 words the Jaccard is .8 and one page stays; with 17 it is .792 and all stay."""
    at, under = made.boilerplate([16] * 200, 168), made.boilerplate([17] * 200, 168)
    assert plain.jaccard(at[0], at[1]) == 0.8 > plain.jaccard(under[0], under[1])
    assert not plain.find(plain.table(under), policy)
    found = plain.find(plain.table(at), policy)
    assert {row["jaccard"] for row in found.values()} == {np.float32(0.8)}
    assert len(found) == 199 == len(plain.removed(found))


@BOTH
def test_of_a_template_with_bodies_of_all_lengths_only_pages_as_close_as_the_level_go(policy: Duplicates) -> None:
    """Two hundred pages: what goes is close to what stays, and no two that stay are close."""
    documents = plain.table(made.boilerplate([4 + page % 40 for page in range(200)], 168))
    text = dict(zip(*(documents[name].to_pylist() for name in ("doc_id", "text")), strict=True))
    found = plain.find(documents, policy)
    kept = [name for name in text if name not in plain.removed(found)]
    assert 50 < len(kept) < 150
    assert all(plain.jaccard(text[name], text[str(row["canonical_id"])]) >= 0.8 for name, row in found.items())
    assert all(plain.jaccard(text[one], text[other]) < 0.8 for one, other in combinations(kept, 2))


@BOTH
def test_a_chain_is_cut_so_that_nobody_goes_for_a_document_that_is_not_close(policy: Duplicates) -> None:
    """Of thirty windows each is close to its neighbours only: every other one stays, in one order or the other."""
    texts = made.chain(30)
    assert plain.jaccard(texts[0], texts[1]) > 0.8 > plain.jaccard(texts[0], texts[2])
    found = plain.find(plain.table(texts), policy)
    assert plain.removed(found) == {f"d{number:04}" for number in range(1, 30, 2)}
    assert all(abs(int(name[1:]) - int(str(row["canonical_id"])[1:])) == 1 for name, row in found.items())


@BOTH
def test_chinese_texts_are_compared_character_by_character(policy: Duplicates) -> None:
    """Of 400 characters without a space, three changed leave .93 and the text goes; a fifth changed, or another text, stays."""
    text = made.han(400, "text")
    close = "".join("\u732b" if place in (50, 200, 350) else each for place, each in enumerate(text))
    far = "".join("\u732b" if place % 5 == 0 else each for place, each in enumerate(text))
    found = plain.find(plain.table({"a": text, "b": close, "c": far, "d": made.han(400, "other")}), policy)
    assert plain.removed(found) == {"b"} == set(found)
    assert found["b"]["jaccard"] == np.float32(plain.jaccard(text, close)) > 0.92


@BOTH
def test_a_chinese_text_with_spaces_or_punctuation_put_in_is_the_same_text(policy: Duplicates) -> None:
    """Every character is a token by itself, so what stands between them changes no shingle."""
    text = made.han(100, "text")
    assert pair(text, "\u3000".join(text), policy) == ("near", None)
    assert pair(text, "\uff0c\n".join(text).replace("\uff0c", "\u3001"), policy) == ("near", None)


def test_very_short_documents_go_for_exact_twins_only_by_default() -> None:
    """Of up to six words: equal ones are exact and go; those that differ in a mark are near, and short."""
    for count in range(1, 7):
        text = made.prose(count, "short")
        assert pair(text, text.upper(), plain.DEFAULT) == ("exact", None)
        assert pair(text, text + "!", plain.DEFAULT) == ("near", "short")
        assert pair(text, text + "!", plain.PLAIN) == ("near", None)
        assert pair(text, made.prose(count, "other"), plain.PLAIN) is None
        assert pair(text, text + " more", plain.PLAIN) is None


@BOTH
def test_empty_documents_are_exact_twins_of_each_other_and_of_nothing_else(policy: Duplicates) -> None:
    """Nothing, white space and marks without a word: only what is equal without white space and case is a twin."""
    found = plain.find(plain.table(["", " \n", "\u3000", "!", "...", "word", "\u200b"]), policy)
    assert {name: (row["canonical_id"], row["kind"]) for name, row in found.items()} == {
        "d0001": ("d0000", "exact"),
        "d0002": ("d0000", "exact"),
    }


@BOTH
def test_documents_of_a_megabyte_are_measured_exactly(policy: Duplicates) -> None:
    """Five changed words in 160,000 are a near twin; a text of which a fifth is another's has a Jaccard of .67 and stays."""
    text = made.prose(160_000, "huge")
    assert len(text) > 1_000_000
    close = made.changed(text, [7, 40_000, 80_000, 120_000, 159_990])
    words, other = text.split(" "), made.words(160_000, "other")
    far = " ".join([*words[:128_000], *other[128_000:]])
    found = plain.find(plain.table({"a": text, "b": close, "c": far}), policy)
    (kept,) = {"a", "b"} - set(found)
    (gone,) = plain.removed(found)
    assert {kept, gone} == {"a", "b"} and found[gone]["kind"] == "near"
    assert found[gone]["jaccard"] == np.float32(plain.jaccard(text, close)) and found[gone]["jaccard"] > 0.999


@BOTH
@pytest.mark.parametrize("name", made.surfaces(""))
def test_case_and_white_space_make_no_other_document(name: str, policy: Duplicates) -> None:
    """Whatever the white space, it is an exact twin."""
    text = made.prose(40, "surface")
    assert pair(text, made.surfaces(text)[name], policy) == ("exact", None)


@BOTH
@pytest.mark.parametrize("name", made.punctuated(""))
def test_punctuation_and_unseen_signs_between_words_make_a_near_duplicate(name: str, policy: Duplicates) -> None:
    """No token changes, so the Jaccard is 1, but the texts are not equal."""
    text = made.prose(40, "surface")
    (row,) = plain.find(plain.table([text, made.punctuated(text)[name]]), policy).values()
    assert (row["kind"], row["jaccard"], row["spared"]) == ("near", 1.0, None)


@BOTH
@pytest.mark.parametrize("sign", made.INVISIBLE)
def test_an_unseen_sign_within_a_few_words_hides_no_duplicate_and_one_in_every_word_does(sign: str, policy: Duplicates) -> None:
    """The search sees what is written: text is normalised before it gets here, which takes such signs out."""
    text = made.prose(200, "unseen")
    assert pair(text, text.replace(" bo", f" b{sign}o", 2), policy) == ("near", None)
    assert pair(text, sign.join(text), policy) is None
    assert normalise(text.replace("o", f"o{sign}"))[0] == text or sign in "\u200c\u200d"


@BOTH
@pytest.mark.parametrize("odd", made.ODD, ids=ascii)
def test_odd_unicode_neither_hides_nor_makes_a_duplicate(odd: str, policy: Duplicates) -> None:
    """At the ends or amid eighty words it leaves a near duplicate or an exact one; alone, it is its own exact twin only."""
    text = made.prose(80, "odd")
    for other in (odd + text, text + odd, f"{odd} {text} {odd}", text.replace(" ", f" {odd} ", 1)):
        assert pair(text, other, policy) == ("near", None)
        assert pair(other, other.upper(), policy) == ("exact", None)
        assert pair(other, made.prose(80, "another") + odd, policy) is None
    assert pair(odd * 30, odd * 30 + "\n", policy) == ("exact", None)


@BOTH
def test_a_document_repeated_thousands_of_times_goes_but_once_in_linear_time(policy: Duplicates) -> None:
    """Five thousand copies: one stays. Twice as many take less than four times as long, though they are twelve million pairs."""
    text = made.prose(200, "copy")
    found = plain.find(plain.table([text] * 5000), policy)
    assert len(plain.removed(found)) == 4999 and {row["canonical_id"] for row in found.values()} == {"d0000"}
    assert {row["kind"] for row in found.values()} == {"exact"}
    assert ratio([text] * 2500, [text] * 5000, policy) < 4


@BOTH
def test_thousands_of_pages_of_one_template_take_linear_time(policy: Duplicates) -> None:
    """Three thousand pages, all but one of which go, take less than four times as long as half of them."""
    texts = made.boilerplate([8] * 3000, 168)
    assert len(plain.removed(plain.find(plain.table(texts), policy))) == 2999
    assert ratio(texts[:1500], texts, policy) < 4


def test_of_thousands_that_differ_in_numbers_only_every_one_is_spared_and_recorded() -> None:
    """More pairs than a block may hold: no document at the edge of a block loses its candidates."""
    found = plain.find(plain.table([f"entry {number} of {made.prose(30, 'log')}" for number in range(3000)]), plain.DEFAULT)
    assert len(found) == 2999 and reasons(found) == ["numbers"]
