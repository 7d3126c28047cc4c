"""Policies that are right load; those that are not say every wrong place."""

import pytest

from muniment.errors import PolicyError
from muniment.policies.policy import default, parse


def test_the_policy_that_ships_is_right_and_its_digest_ignores_layout() -> None:
    policy = parse(default())
    assert set(policy.required) <= set(policy.detectors)
    assert parse(default() + "\n# a comment\n").digest == policy.digest
    assert parse(default().replace("below = 20", "below = 21")).digest != policy.digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('action = "redact"', 'action = "shred"'), "action"),
        (('code = "TOO_SHORT"', 'code = "REPETITIVE"'), "codes used twice: REPETITIVE"),
        (('code = "TOO_SHORT"', 'code = "too short"'), "code"),
        (("below = 20", "belov = 20"), "belov"),
        (('signal = { name = "words", below = 20 }', ""), "exactly one test"),
        (("max_hold_share = 0.10", "max_hold_share = 10"), "max_hold_share"),
        (('name = "default"', "name = "), "TOML"),
        (
            ('action = "reject"\ntwin = { kind = "exact" }', 'action = "redact"\ntwin = { kind = "exact" }'),
            "only a finding can be redacted",
        ),
    ],
)
def test_a_wrong_policy_says_what_is_wrong(change: tuple[str, str], said: str) -> None:
    assert change[0] in default()
    with pytest.raises(PolicyError, match=said):
        parse(default().replace(*change, 1))
