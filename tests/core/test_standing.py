"""What holds for a document now: narrowing is at once, and nothing widens that was not said to."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.access import Access, coded
from muniment.core.standing import NOWHERE, Layers, folded, standing
from muniment.schemas.access import Change, Via
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification

NAMES = ["staff", "legal", "ops"]
LEVELS = [level.value for level in Classification]
TENANTS = ["default", "acme"]
access = st.builds(
    Access,
    st.sampled_from([*TENANTS, None]),
    st.sampled_from([*LEVELS, "secret", None]),
    st.frozensets(st.sampled_from(NAMES)),
    st.just("handbook"),
)
principals = st.builds(
    Principal,
    id=st.just("ada"),
    groups=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    clearance=st.sampled_from(Classification),
    tenant=st.sampled_from(TENANTS),
)


def change(number: int, **fields: Any) -> Change:
    plain = {"number": number, "via": Via.SET, "actor": "dana", "at": datetime(2026, 1, 1, tzinfo=UTC)}
    return Change.model_validate(plain | fields)


@st.composite
def said(draw: st.DrawFn, narrowing: bool = False) -> list[Change]:
    made = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        of_source = draw(st.booleans())
        via = draw(st.sampled_from([Via.SET] if narrowing else [Via.SET, Via.SET, Via.CLEAR]))
        if of_source and via is Via.SET:
            via = draw(st.sampled_from([Via.SET, Via.REGISTRY]))
        fields: dict[str, Any] = {"via": via, "sources" if of_source else "documents": ("handbook" if of_source else "d1",)}
        if via is not Via.CLEAR:
            fields["groups"] = draw(st.none() | st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple))
            fields["classification"] = draw(st.none() | st.sampled_from(Classification))
            fields["tenant"] = draw(st.none() | st.sampled_from(TENANTS))
            fields["exact"] = not narrowing and draw(st.booleans())
        made.append(change(number, **fields))
    return made


def now(promoted: Access, changes: list[Change]) -> Access:
    of_source, of_document = (folded({}, changes, named) for named in ("sources", "documents"))
    return standing(promoted, (*of_source.get("handbook", Layers()), *of_document.get("d1", Layers())))


def sees(principal: Principal, access: Access) -> bool:
    return (
        access.tenant == principal.tenant
        and access.classification in LEVELS
        and LEVELS.index(access.classification) <= LEVELS.index(principal.clearance.value)
        and bool(access.acl & set(principal.groups))
    )


@settings(max_examples=400, deadline=None)
@given(access, said(narrowing=True), principals)
def test_what_nobody_with_authority_said_never_opens_anything(promoted: Access, changes: list[Change], asking: Principal) -> None:
    assert not (sees(asking, now(promoted, changes)) and not sees(asking, promoted))


@settings(max_examples=400, deadline=None)
@given(access, said(), said(narrowing=True), principals)
def test_what_is_narrowed_later_stays_narrowed_whatever_was_opened_before(
    promoted: Access, before: list[Change], narrowed: list[Change], asking: Principal
) -> None:
    later = [each.model_copy(update={"number": len(before) + each.number}) for each in narrowed]
    for each in later:
        after = now(promoted, [*before, *later])
        if each.groups is not None:
            assert after.acl <= set(each.groups)
        if each.tenant is not None:
            assert after.tenant in (each.tenant, "")
        if each.classification is not None and after.classification in LEVELS:
            assert LEVELS.index(after.classification) >= LEVELS.index(each.classification.value)
    assert not (sees(asking, now(promoted, [*before, *later])) and not sees(asking, now(promoted, before)))


@given(access, said())
def test_changes_can_be_folded_in_any_portions(promoted: Access, changes: list[Change]) -> None:
    whole = folded({}, changes, "documents")
    portions: dict[str, Layers] = {}
    for each in changes:
        portions = folded(portions, [each], "documents")
    assert whole == portions


def test_what_the_steward_sets_wins_until_it_is_cleared() -> None:
    promoted = Access("default", "internal", frozenset(["staff"]), "handbook")
    given = change(1, documents=("d1",), groups=("legal",), classification="public", tenant="acme", exact=True)
    assert now(promoted, [given]) == Access("acme", "public", frozenset(["legal"]), "handbook")
    assert now(promoted, [given, change(2, via=Via.CLEAR, documents=("d1",), exact=True)]) == promoted


def test_a_source_that_is_closed_later_closes_what_was_opened_in_it_and_a_later_word_opens_it_again() -> None:
    promoted = Access("default", "internal", frozenset(["staff"]), "handbook")
    opened = change(1, documents=("d1",), groups=("legal",), exact=True)
    closed = change(2, sources=("handbook",), groups=("staff",), exact=True)
    assert now(promoted, [opened]).acl == {"legal"}
    assert now(promoted, [opened, closed]).acl == set()
    assert now(promoted, [opened, closed, change(3, documents=("d1",), groups=("legal",), exact=True)]).acl == {"legal"}


def test_a_document_that_is_narrowed_after_its_source_was_closed_stays_closed() -> None:
    promoted = Access("default", "internal", frozenset(["staff"]), "handbook")
    opened = change(1, documents=("d1",), groups=("legal",), classification="public", tenant="acme", exact=True)
    closed = change(2, sources=("handbook",), groups=(), classification="confidential", tenant="default")
    narrowed = change(3, documents=("d1",), groups=("legal",), classification="public", tenant="acme")
    assert now(promoted, [opened, closed, narrowed]) == Access(NOWHERE, "confidential", frozenset(), "handbook")


def test_groups_that_documents_brought_are_only_narrowed_by_what_is_set_for_their_source() -> None:
    promoted = Access("default", "internal", frozenset(["legal"]), "handbook")
    assert now(promoted, [change(1, sources=("handbook",), groups=("staff", "ops"), exact=True, narrows=True)]).acl == set()
    assert now(promoted, [change(1, sources=("handbook",), groups=("staff", "legal"), exact=True, narrows=True)]).acl == {"legal"}


@given(st.lists(access, min_size=1, max_size=12), st.data())
def test_replaced_rows_have_their_own_and_the_others_what_their_combination_became(rows: list[Access], data: st.DataObject) -> None:

    table = pa.Table.from_pylist(
        [{"tenant": r.tenant, "classification": r.classification, "acl": sorted(r.acl), "source_id": r.source} for r in rows],
        schema=pa.schema(
            [("tenant", pa.string()), ("classification", pa.string()), ("acl", pa.list_(pa.string())), ("source_id", pa.string())]
        ),
    )
    places = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1))))
    by = [data.draw(access) for _ in places]
    closed = Access(None, None, frozenset())
    after = coded(table).replaced(np.array(places, np.int64), by, lambda each: closed if each.tenant == "acme" else each)
    expected = [closed if each.tenant == "acme" else each for each in rows]
    for place, each in zip(places, by, strict=True):
        expected[place] = each
    asking = data.draw(principals)
    assert after.allowed(asking).tolist() == [sees(asking, each) for each in expected]
