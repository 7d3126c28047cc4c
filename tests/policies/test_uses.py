"""The uses that ship, and tables of uses that contradict themselves."""

import re
from importlib.resources import files

import pytest

from muniment.errors import NotFound, PolicyError
from muniment.policies.uses import PERMISSIONS, Use, load_uses, shipped

TEXT = files("muniment.policies").joinpath("uses.toml").read_text(encoding="utf-8")
START = TEXT.index("[[use]]")
RESEARCH = TEXT[TEXT.rindex("[[use]]") :]
OPEN = TEXT[START : TEXT.index("[[use]]", START + 1)]


def stances(use: Use) -> dict[str, str]:
    return {clause.about: clause.stance for clause in use.clause}


def test_unknown_rights_and_commercial_use_of_what_forbids_it_are_admitted_by_no_use_that_ships() -> None:
    for use in shipped().use:
        said = stances(use)
        assert said["UNKNOWN"] == "refused"
        assert (said["NONCOMMERCIAL"] == "admitted") == (use.name == "research")
        assert all(said[name] == "refused" for name in use.uses), "what a publisher reserved is respected"


def test_whatever_leaves_the_house_asks_for_the_right_to_pass_it_on() -> None:
    leaves = {"open-weights", "restricted-weights", "on-prem"}
    for use in shipped().use:
        assert (stances(use)["REDISTRIBUTION_OK"] == "required") == (use.name in leaves)
        assert (stances(use)["SHAREALIKE"] == "refused") == (use.name in leaves)


def test_only_uses_for_one_customer_take_in_what_is_bound_to_one() -> None:
    named = {use.name for use in shipped().use if stances(use)["customer"] == "named"}
    assert named == {"on-prem", "tuning", "internal-retrieval"}


def test_base_models_are_trained_on_nothing_whose_contract_forbids_it() -> None:
    admitted = {use.name for use in shipped().use if stances(use)["no_pretraining"] == "admitted"}
    assert admitted == {"tuning", "internal-retrieval"}


def test_an_unknown_use_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(NotFound, match="open-weights, restricted-weights, api-only"):
        shipped().named("commercial")


def without(text: str, about: str) -> str:
    return re.sub(rf'  \{{ about = "{about}".*\n', "", text)


def changed(text: str, about: str, **fields: str) -> str:
    for name, value in fields.items():
        text = re.sub(rf'(about = "{about}".*?{name} = )"[a-z]+"', rf'\1"{value}"', text)
    return text


WRONG = {
    "no clause about SHAREALIKE": without(OPEN, "SHAREALIKE"),
    "no clause about no_mixing": without(OPEN, "no_mixing"),
    "no clause about classification": without(OPEN, "classification"),
    "is a use to train and has no clause about publishers": without(OPEN, "train"),
    "two clauses about UNKNOWN": OPEN.replace("clause = [", 'clause = [\n  { about = "UNKNOWN", stance = "admitted", why = "because we like it" },'),
    "requires COMMERCIAL_OK and admits UNKNOWN": changed(OPEN, "UNKNOWN", stance="admitted"),
    "requires COMMERCIAL_OK and admits NONCOMMERCIAL": changed(OPEN, "NONCOMMERCIAL", stance="admitted"),
    "nothing is called WEATHER": OPEN.replace('about = "NONCOMMERCIAL"', 'about = "WEATHER"'),
    "COMMERCIAL_OK cannot be refused": changed(OPEN, "COMMERCIAL_OK", stance="refused"),
    "customer cannot be admitted": changed(OPEN, "customer", stance="admitted"),
    "retention_days cannot be named": changed(OPEN, "retention_days", stance="named"),
    "limit belongs to the clause about classification": OPEN.replace(', limit = "internal"', ""),
    "refuses all that is bound to a customer": OPEN.replace('limit = "internal"', 'limit = "internal", named = "confidential"'),
    "names belongs to the clause about licences": OPEN.replace('about = "train",', 'about = "train", names = ["MIT"],'),
    "about search, which it does not do": OPEN.replace('about = "train"', 'about = "search"').replace(
        "clause = [", 'clause = [\n  { about = "train", stance = "refused", why = "the publisher reserved it" },'
    ),
    "uses named twice: open-weights": OPEN + OPEN,
    "at least 10 characters": re.sub(r'why = "[^"]*"', 'why = "so"', OPEN, count=1),
    "Extra inputs": OPEN.replace("uses = ", 'note = "x"\nuses = '),
    "is not TOML": OPEN.replace("clause = [", "clause = "),
}  # fmt: skip


@pytest.mark.parametrize("said", WRONG)
def test_a_table_that_contradicts_itself_is_refused_with_the_place(said: str) -> None:
    assert WRONG[said] not in (OPEN, RESEARCH)
    with pytest.raises(PolicyError, match=re.escape(said)):
        load_uses(WRONG[said])


def test_a_use_is_named_by_its_meaning_and_not_by_its_comments() -> None:
    [one], [other] = load_uses(OPEN).use, load_uses("# a comment\n" + OPEN).use
    [changed_one] = load_uses(changed(OPEN, "classification", limit="public")).use
    assert one.digest == other.digest != changed_one.digest


def test_every_permission_and_obligation_has_a_clause_in_every_use() -> None:
    assert all({*PERMISSIONS} <= set(stances(use)) for use in shipped().use)
