"""What a policy can say about redaction, and what it is told when it says it wrongly."""

import pytest

from muniment.errors import PolicyError
from muniment.policies.policy import default, parse
from muniment.policies.redaction import Redaction

PLAIN = '[redaction]\ndefault = "redact"\n'


def section(text: str) -> Redaction:
    return parse(default().replace(PLAIN, text)).redaction


def test_the_policy_that_ships_redacts_everything_and_hides_nothing_more() -> None:
    assert PLAIN in default() and parse(default()).redaction == Redaction()
    assert Redaction().form("EMAIL_ADDRESS") == "redact" and not Redaction().pseudonyms


def test_a_type_is_replaced_as_its_entry_says_then_as_its_longest_family() -> None:
    how = section('[redaction]\ndefault = "mask"\n[redaction.types]\n"US_*" = "pseudonym"\nUS_SSN = "redact"\n"US_B*" = "mask"\n')
    assert [how.form(kind) for kind in ("US_SSN", "US_ITIN", "US_BANK_NUMBER", "URL")] == ["redact", "pseudonym", "mask", "mask"]
    assert how.pseudonyms


def test_what_is_hidden_depends_on_the_groups_of_who_asks() -> None:
    how = section(
        PLAIN
        + '[[redaction.query]]\nfinding = { types = ["PERSON"], score = 0.5 }\nunless = ["privacy", "legal"]\n'
        + '[[redaction.query]]\nfinding = { categories = ["health"] }\n'
    )
    assert [test.types for test in how.hidden_from(("staff",))] == [("PERSON",), ()]
    assert [test.categories for test in how.hidden_from(("staff", "legal"))] == [("health",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[redaction]\ndefault = "hash"\n', "redaction.default"),
        ('[redaction]\ntypes = { EMAIL_ADDRESS = "keep" }\n', "redaction.types.EMAIL_ADDRESS"),
        ('[redaction]\ntypes = { email = "mask" }\n', "redaction.types.email"),
        ('[redaction]\nkinds = { URL = "mask" }\n', "redaction.kinds"),
        (PLAIN + '[[redaction.query]]\nunless = ["a"]\n', "redaction.query.0.finding"),
        (PLAIN + "[[redaction.query]]\nfinding = { score = 0.5 }\n", "give types, rules or categories"),
        (PLAIN + '[[redaction.query]]\nfinding = { types = ["URL"], count = 2 }\n', "count"),
        (PLAIN + '[[redaction.query]]\nfinding = { types = ["URL"] }\nunless = [""]\n', "redaction.query.0.unless"),
    ],
)
def test_a_wrong_section_is_named_by_its_place(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        section(text)
