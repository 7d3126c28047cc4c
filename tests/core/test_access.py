"""Who may see which chunk."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from muniment.core.access import Access, allowed
from muniment.schemas.canonical import digest
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification

SCHEMA = pa.schema([("tenant", pa.string()), ("classification", pa.string()), ("acl", pa.list_(pa.string()))])
LEVELS = [level.value for level in Classification]
groups = st.sampled_from(["staff", "legal", "ops", "Staff", "staff ", "*"])
row = st.fixed_dictionaries(
    {
        "tenant": st.sampled_from(["default", "other", "", None]),
        "classification": st.sampled_from([*LEVELS, "PUBLIC", "secret", "", None]),
        "acl": st.none() | st.lists(st.none() | groups, max_size=3),
    }
)
principals = st.builds(
    Principal,
    id=st.just("ada"),
    groups=st.lists(groups, max_size=3).map(tuple),
    clearance=st.sampled_from(Classification),
    tenant=st.sampled_from(["default", "other"]),
)


def may_see(row: dict[str, Any], principal: Principal) -> bool:
    """The rule, read out loud."""
    if row["tenant"] != principal.tenant or row["classification"] not in LEVELS or row["acl"] is None:
        return False
    return LEVELS.index(row["classification"]) <= LEVELS.index(principal.clearance.value) and any(
        group in principal.groups for group in row["acl"] if group is not None
    )


@settings(deadline=None)
@given(st.lists(row, max_size=30), principals)
def test_the_mask_is_the_rule_applied_to_each_row(rows: list[dict[str, Any]], principal: Principal) -> None:
    mask = allowed(pa.Table.from_pylist(rows, schema=SCHEMA), principal)
    assert mask.dtype == bool
    assert mask.tolist() == [may_see(row, principal) for row in rows]
    access = (Access(row["tenant"], row["classification"], frozenset(row["acl"] or ()) - {None}) for row in rows)
    assert mask.tolist() == [each.seen_by(principal) for each in access]


def one(**changed: Any) -> pa.Table:
    return pa.Table.from_pylist([{"tenant": "default", "classification": "internal", "acl": ["staff"]} | changed], schema=SCHEMA)


ADA = Principal(id="ada", groups=("staff",), clearance=Classification.CONFIDENTIAL)


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({}, True),
        ({"acl": []}, False),
        ({"acl": None}, False),
        ({"acl": ["unheard-of"]}, False),
        ({"tenant": "other"}, False),
        ({"classification": "restricted"}, False),
        ({"classification": "confidential"}, True),
        ({"classification": "top-secret"}, False),
    ],
)
def test_whatever_is_missing_or_unknown_closes(changed: dict[str, Any], seen: bool) -> None:
    assert allowed(one(**changed), ADA).tolist() == [seen]


def test_a_principal_is_closed_by_default_and_equal_ones_have_equal_digests() -> None:
    assert not allowed(one(classification="public"), Principal(id="nobody")).any()
    assert digest(Principal(id="a", groups=("x", "y", "x"))) == digest(Principal(id="a", groups=("y", "x")))
    with pytest.raises(ValidationError):
        Principal(id="a", groups=("",))
