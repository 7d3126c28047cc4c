"""Every enforced rule blocks, shown with the least evidence that hits it; guidance says so wherever it appears (QUA-7)."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from muniment.cli import app
from muniment.core.witness import GENERATORS
from muniment.policies.policy import Rule, default, parse
from muniment.tasks.prove import Proof, prove_policy

STRICTER = default().replace("score = 0.5", "score = 0.8").replace("overlap = 0.7", "overlap = 1.0")
SCOPED = default().replace(
    'code = "TOO_SHORT"', 'code = "TOO_SHORT"\nonly = { sources = ["wiki"], lanes = ["green"], media_types = ["text/html"] }'
)
OWN = (
    default()
    + """
[[rule]]
code = "NAMED_BETWEEN"
action = "hold"
signal = { name = "words", above = 5, below = 9 }
why = "Both sides of a range at once."

[[rule]]
code = "LABELLED"
action = "reject"
signal = { name = "language", labels = ["xx"] }
why = "A label alone, without a number."

[[rule]]
code = "MANY_STREETS"
action = "redact"
finding = { rules = ["street_*"], score = 0.2, below = 0.3, count = 3 }
why = "A family of rules, in a band of scores, several times."

[[rule]]
code = "MERE_ADVICE"
action = "reject"
enforced = false
finding = { types = ["PERSON"], score = 0.5 }
why = "Reported to whoever reads the pack, and nothing more."
"""
)
POLICIES = {"default": default(), "stricter": STRICTER, "scoped": SCOPED, "own": OWN}


@pytest.fixture(scope="module", params=sorted(POLICIES))
def proofs(request: pytest.FixtureRequest) -> list[Proof]:
    """What each rule of a policy comes to."""
    return prove_policy(POLICIES[request.param])


def test_every_enforced_rule_keeps_out_redacts_or_marks_what_it_hits(proofs: list[Proof]) -> None:
    enforced = [each for each in proofs if each.enforced]
    assert len(enforced) >= 25
    assert not [(each.code, each.outcome) for each in enforced if not each.proven]
    stopping = [each for each in enforced if each.action in ("hold", "reject")]
    assert {each.outcome for each in stopping} == {"kept out"}
    assert {each.outcome for each in enforced if each.action == "redact"} == {"redacted"}


def test_guidance_changes_nothing(proofs: list[Proof]) -> None:
    assert all(each.proven and each.alone == "accept" for each in proofs if not each.enforced)


def test_every_kind_of_test_has_a_generator() -> None:
    kinds = set(Rule.model_fields) - {"code", "action", "why", "enforced", "only"}
    assert kinds == set(GENERATORS)


def test_a_rule_that_nothing_can_hit_is_not_proven() -> None:
    empty = default() + '\n[[rule]]\ncode = "NEVER"\naction = "hold"\nlicence = {}\nwhy = "Says nothing at all, by mistake."\n'
    found = {each.code: each for each in prove_policy(empty)}
    assert not found["NEVER"].proven and found["LICENCE_UNKNOWN"].proven


def test_the_command_prints_a_table_and_fails_for_what_is_not_proven(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(OWN)
    good = CliRunner().invoke(app, ["policy", "prove", str(file)])
    assert good.exit_code == 0 and "guidance" in good.output and "enforced" in good.output
    file.write_text(
        default() + '\n[[rule]]\ncode = "NEVER"\naction = "hold"\nlicence = {}\nwhy = "Says nothing at all, by mistake."\n'
    )
    assert CliRunner().invoke(app, ["policy", "prove", str(file)]).exit_code == 1


def test_only_a_policy_that_can_be_read_is_proven() -> None:
    assert parse(OWN).by_code()["MERE_ADVICE"].enforced is False
