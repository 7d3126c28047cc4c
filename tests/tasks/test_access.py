"""Who somebody is, and who may change who reads."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.leaks import world
from tests.leaks.world import Doc, id_of, people
from typer.testing import CliRunner

from muniment.cli import app
from muniment.core.access import Access
from muniment.core.standing import standing
from muniment.errors import Forbidden, NotFound, PolicyError, RegistryError
from muniment.schemas.source import Classification, Source
from muniment.store.root import Root, open_root
from muniment.tasks.access import changes as log
from muniment.tasks.access import claims, principals
from muniment.tasks.access.changes import changed, changes, forget
from muniment.tasks.access.set import clear_access, set_access
from muniment.tasks.audit import references
from muniment.tasks.audit.access import accesses
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.search import audit
from muniment.tasks.search.search import search
from muniment.tasks.sources import add_source, approve_source

Register = Callable[..., Source]
DOCUMENT = Doc("internal-default", "plan.md", world.prose(7), ("staff",))
BESIDE = Doc("internal-default", "other.md", world.prose(8), ("staff",))


@pytest.fixture
def root(uri: str) -> Root:
    """Two documents of a source whose steward is dana."""
    opened = open_root(uri)
    principals.put_in_force(opened, world.ROLES)
    world.promote(opened, [DOCUMENT, BESIDE])
    return opened


def now(root: Root, document: Doc = DOCUMENT) -> Access:
    frozen = Access(document.tenant, document.classification, frozenset(document.groups), document.source)
    return standing(frozen, changed(root).about(document.source, id_of(root, document)))


def change_entry(root: Root, actor: str, approve: str = "", **fields: object) -> None:
    entry = root.registry.get(DOCUMENT.source)
    add_source(root.uri, entry.model_copy(update=fields), actor)
    if approve:
        approve_source(root.uri, entry.id, approve)


def test_a_source_that_is_narrowed_in_the_registry_is_narrowed_at_once_by_anybody(root: Root) -> None:
    change_entry(root, "robin", acl=("legal",))
    assert now(root).acl == set()
    change_entry(root, "robin", classification=Classification.RESTRICTED)
    assert now(root).classification == "restricted"


def test_a_source_is_widened_at_once_only_by_the_word_of_who_answers_for_it(root: Root) -> None:
    change_entry(root, "robin", approve="robin", acl=("staff", "everyone"), classification=Classification.PUBLIC)
    assert now(root) == Access("default", "internal", frozenset({"staff"}), DOCUMENT.source)
    approve_source(root.uri, DOCUMENT.source, "dana")
    assert now(root) == Access("default", "public", frozenset({"staff", "everyone"}), DOCUMENT.source)


def test_nobody_becomes_steward_by_saying_so(root: Root) -> None:
    change_entry(root, "robin", approve="robin", acl=("everyone",), steward="robin")
    assert now(root).acl == set()
    change_entry(root, "robin", approve="robin", acl=("staff", "everyone"), steward="robin")
    assert now(root).acl == set()


def test_a_narrowing_is_not_taken_back_by_an_entry_that_nobody_approved(root: Root) -> None:
    change_entry(root, "robin", acl=("legal",))
    change_entry(root, "robin", acl=("staff",))
    assert now(root).acl == set()


def test_a_registry_entry_of_documents_with_acls_of_their_own_leaves_these_alone(root: Root) -> None:
    mapped = root.registry.get(DOCUMENT.source).columns.model_copy(update={"text": "text", "acl": "readers"})
    change_entry(root, "dana", approve="dana", columns=mapped, acl=("everyone",), classification=Classification.PUBLIC)
    assert now(root) == Access("default", "public", frozenset({"staff"}), DOCUMENT.source)
    set_access(root.uri, "a test", "dana", sources=[DOCUMENT.source], groups=["everyone", "staff"])
    assert now(root).acl == {"staff"}


def test_whoever_does_not_answer_for_a_source_narrows_and_cannot_clear(root: Root) -> None:
    made = set_access(
        root.uri, "a test", "robin", documents=[id_of(root, DOCUMENT)], groups=["staff", "everyone"], tenant="default"
    )
    assert not made.exact and now(root).acl == {"staff"} and now(root, BESIDE).acl == {"staff"}
    set_access(root.uri, "a test", "robin", documents=[f"{DOCUMENT.source}:{DOCUMENT.key}"], groups=[])
    assert now(root).acl == set()
    with pytest.raises(Forbidden, match="not widen"):
        clear_access(root.uri, "a test", "robin", documents=[id_of(root, DOCUMENT)])
    assert clear_access(root.uri, "a test", "dana", documents=[id_of(root, DOCUMENT)]).number == 3
    assert now(root).acl == {"staff"}


def test_what_says_nothing_names_nothing_or_has_no_reason_is_refused(root: Root) -> None:
    with pytest.raises(RegistryError):
        set_access(root.uri, "a test", "dana", sources=[DOCUMENT.source])
    with pytest.raises(RegistryError):
        set_access(root.uri, "a test", "dana", groups=["staff"])
    with pytest.raises(NotFound):
        set_access(root.uri, "a test", "dana", documents=["0" * 32], groups=["staff"])
    with pytest.raises(Forbidden):
        set_access(root.uri, " ", "dana", sources=[DOCUMENT.source], groups=["staff"])
    assert changes(root) == []


def test_a_change_is_in_the_ledger_without_its_reason_and_entered_by_the_next_one_when_its_writer_was_killed(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(log, "_enter", killed)
        with pytest.raises(KeyboardInterrupt):
            set_access(root.uri, "about Jo", "robin", sources=[DOCUMENT.source], groups=["legal"])
    assert now(root).acl == set()
    set_access(root.uri, "about Jo", "robin", sources=[DOCUMENT.source], classification=Classification.RESTRICTED)
    entered = [each for each in root.ledger.since(0) if each.kind == "access.changed"]
    assert [each.key for each in entered] == ["1", "2"] and [each.actor for each in entered] == ["robin", "robin"]
    assert "Jo" not in json.dumps([each.model_dump(mode="json") for each in entered])


def test_an_audit_finds_a_change_that_was_altered_removed_or_slipped_in(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_PATIENCE", 0.0)
    for groups in (["legal"], ["ops"]):
        set_access(root.uri, "a test", "dana", sources=[DOCUMENT.source], groups=groups)

    def problems() -> list[str]:
        return [each for each in verify_root(root.uri, "auditor").problems if "access/" in each]

    assert problems() == []
    second = Path(root.uri) / "access" / f"{2:020d}.json"
    sound = second.read_bytes()
    second.write_bytes(sound.replace(b"ops", b"all"))
    assert "is not the change" in problems()[0]
    second.unlink()
    assert "is gone" in problems()[0]
    second.write_bytes(sound)
    (second.parent / f"{3:020d}.json").write_bytes(sound.replace(b'"number":2', b'"number":3'))
    assert "stands for no entry" in problems()[0]


def test_another_process_sees_changes_in_the_order_in_which_they_were_made(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        set_access(root.uri, "a test", "dana", sources=[DOCUMENT.source], groups=[f"group{number}"])
    monkeypatch.setattr(log, "_known", {})
    assert changed(root).number == 9 and now(root).acl == {"group8"}


def test_an_erasure_takes_a_document_out_of_changes_and_the_reason_with_the_last_one(root: Root) -> None:
    first, second = id_of(root, DOCUMENT), id_of(root, BESIDE)
    set_access(root.uri, "Jo asked", "dana", documents=[first, second], groups=["legal"])
    set_access(root.uri, "Jo asked again", "dana", documents=[first], groups=["legal"])
    assert forget(root, [first]) == 2
    assert [(each.documents, each.reason) for each in changes(root)] == [((second,), "Jo asked"), ((), "")]
    assert forget(root, [first]) == 0
    assert now(root, BESIDE).acl == {"legal"}
    assert not [each for each in verify_root(root.uri, "auditor").problems if "access" in each]


def test_groups_lie_in_groups_however_deep_and_in_circles() -> None:
    known = principals.parse(
        '[groups]\nall = ["staff"]\nstaff = ["engineering", "sales"]\nengineering = ["staff"]\n[dana]\ngroups = ["sales"]\n[robin]\n'
    )
    assert known["dana"].groups == ("all", "engineering", "sales", "staff")
    assert known["robin"].groups == () and "groups" not in known
    with pytest.raises(RegistryError):
        principals.parse('[groups]\nstaff = "engineering"')


CLAIMS = """
user = "email"
groups = "realm_access.roles"
tenant = "org"
[group]
"/hr" = ["people", "staff"]
[tenants]
"Example GmbH" = "default"
[clearances]
people = "confidential"
"""


def test_claims_give_what_is_mapped_or_known_and_nothing_else(root: Root) -> None:
    claims.put_in_force(root, CLAIMS)
    said = {"email": "dana", "org": "Example GmbH", "realm_access": {"roles": ["/hr", "legal", "admins", 7, ""]}}
    asking = claims.from_claims(root, said)
    assert asking.groups == ("legal", "people", "staff") and asking.clearance == "confidential" and asking.tenant == "default"
    assert claims.from_claims(root, {**said, "realm_access": {"roles": "legal, admins"}}).groups == ("legal",)
    assert claims.from_claims(root, {**said, "realm_access": {"roles": "legal"}}).clearance == "public"


@pytest.mark.parametrize(
    "said", [{}, {"org": ""}, {"org": "Somebody else"}, {"org": ["Example GmbH"]}, {"org": "Example GmbH", "realm_access": 3}]
)
def test_claims_that_are_missing_or_unknown_close(root: Root, said: dict[str, object]) -> None:
    claims.put_in_force(root, CLAIMS)
    asking = claims.from_claims(root, {"email": "dana", "realm_access": {"roles": ["/hr"]}, **said})
    assert asking.groups == () and asking.clearance == "public"


def test_a_sign_in_without_a_name_and_a_policy_that_is_wrong_are_refused(root: Root) -> None:
    for said in ({}, {"sub": " "}, {"sub": 7}):
        with pytest.raises(Forbidden):
            claims.from_claims(root, said)
    with pytest.raises(PolicyError):
        claims.put_in_force(root, 'groups = "a"\nadmins = "b"')
    assert claims.from_claims(root, {"sub": "dana", "groups": ["staff", "unheard-of"]}).groups == ("staff",)


def test_a_clearance_that_is_claimed_is_at_most_that_of_the_groups(root: Root) -> None:
    claims.put_in_force(root, 'clearance = "level"\n[clearances]\nstaff = "internal"')
    for level, expected in (("restricted", "internal"), ("public", "public"), ("top", "public"), (None, "public")):
        assert claims.from_claims(root, {"sub": "dana", "groups": ["staff"], "level": level}).clearance == expected


def test_who_is_refused_stands_in_the_report_of_access(root: Root) -> None:
    with pytest.raises(Forbidden):
        search(root.uri, "what is it about", "stranger")
    audit.note_refused(root, people(root)[0].id, "citation", "some:where", "NOT_READABLE")
    found = accesses(root.uri)
    assert [(each.user, each.kind, each.documents) for each in found] == [
        ("stranger", "read.refused", ()),
        ("dana", "read.refused", ()),
    ]
    assert all(len(each.query) == 32 for each in found)


def test_the_commands_change_list_and_clear(root: Root, tmp_path: Path) -> None:
    run = CliRunner()
    where = ["--root", root.uri, "--actor", "dana", "--json"]
    made = run.invoke(app, ["access", "set", "--source", DOCUMENT.source, "--groups", "legal, ops", "--reason", "a test", *where])
    assert json.loads(made.output)["groups"] == ["legal", "ops"]
    cleared = run.invoke(app, ["access", "clear", "--source", DOCUMENT.source, "--reason", "a test", *where])
    assert json.loads(cleared.output)["via"] == "clear"
    listed = json.loads(run.invoke(app, ["access", "changes", "--source", DOCUMENT.source, "--root", root.uri, "--json"]).output)
    assert [each["number"] for each in listed] == [1, 2]
    (tmp_path / "claims.toml").write_text(CLAIMS)
    shown = run.invoke(app, ["access", "claims", str(tmp_path / "claims.toml"), "--root", root.uri, "--json"])
    assert json.loads(shown.output)["tenant"] == "org"
