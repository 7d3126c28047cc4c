"""Manifests, refs, registry, keys: what people and flows rely on to stay."""

from pathlib import Path

import pytest

from muniment.errors import Forbidden, NotFound, RegistryError, StaleRef, Superseded
from muniment.schemas.snapshot import Target
from muniment.schemas.source import Source, Status
from muniment.schemas.stored import Manifest
from muniment.store.manifests import Manifests, Refs
from muniment.store.objects import Objects
from muniment.store.registry import Registry, parse
from muniment.store.root import Root
from muniment.store.vault import Vault, signed_by

SOURCE = Source(id="handbook", kind="folder", location="/srv/handbook", owner="People team", steward="dana", acl=("staff",))


def test_the_latest_revision_is_read_and_older_ones_are_gone(objects: Objects) -> None:
    manifests = Manifests(objects)
    assert manifests.put("things", Manifest(id="a"))
    manifests.supersede("things", Manifest(id="a", revision=1))
    assert manifests.get("things", "a", Manifest).revision == 1
    with pytest.raises(Superseded):
        manifests.get("things", "a", Manifest, revision=0)
    assert manifests.ids("things") == ["a"]


def test_an_unknown_manifest_is_named(objects: Objects) -> None:
    with pytest.raises(NotFound, match="things/b"):
        Manifests(objects).get("things", "b", Manifest)


def test_a_ref_moves_only_from_the_value_that_was_seen(objects: Objects) -> None:
    refs = Refs(objects)
    assert refs.read("production", Target) == (None, "")
    refs.move("production", Target(snapshot="one"), "")
    held, tag = refs.read("production", Target)
    assert held == Target(snapshot="one")
    refs.move("production", Target(snapshot="two"), tag)
    with pytest.raises(StaleRef):
        refs.move("production", Target(snapshot="three"), tag)


def test_a_changed_source_gets_a_new_version_and_the_old_one_is_kept(objects: Objects) -> None:
    registry = Registry(objects)
    assert registry.put(SOURCE).version == 1
    assert registry.put(SOURCE).version == 1
    assert registry.put(SOURCE.model_copy(update={"owner": "Legal"})).version == 2
    assert registry.get("handbook").owner == "Legal"
    assert len(list(objects.list("registry/history/handbook/"))) == 2
    assert [source.id for source in registry.all()] == ["handbook"]


def test_a_source_that_is_not_approved_is_refused(objects: Objects) -> None:
    registry = Registry(objects)
    registry.put(SOURCE)
    with pytest.raises(RegistryError, match="proposed"):
        registry.approved("handbook")
    registry.put(SOURCE.model_copy(update={"status": Status.APPROVED}))
    assert registry.approved("handbook").id == "handbook"
    with pytest.raises(RegistryError, match="not registered"):
        registry.approved("unknown")


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("id = 'x'\nkind = 'folder'\nlocation = '/x'\nsteward = 'dana'", "owner"),
        ("id = 'Bad Name'\nkind = 'folder'\nlocation = '/x'\nsteward = 'd'\nowner = 'o'", "id"),
        ("id = 'x'\nkind = 'carrier-pigeon'\nlocation = '/x'\nsteward = 'd'\nowner = 'o'", "kind"),
        ("id = 'x'\nkind = 'folder'\nlocation = '/x'\nsteward = 'd'\nowner = 'o'\ncolour = 'red'", "colour"),
        ("id = ", "TOML"),
    ],
)
def test_a_wrong_entry_says_which_field_is_wrong(toml: str, named: str) -> None:
    with pytest.raises(RegistryError, match=named):
        parse(toml)


def test_the_keyring_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ring.json"
    first, second = Vault(path), Vault(path)
    assert first.key("documents") == second.key("documents") != first.key("findings")
    assert path.stat().st_mode & 0o077 == 0
    assert signed_by(first.public_key, b"payload", first.sign(b"payload"))
    assert not signed_by(first.public_key, b"forged", first.sign(b"payload"))


def test_a_root_is_not_opened_with_another_keyring(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "one.json"))
    assert Root(uri).vault
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "two.json"))
    with pytest.raises(Forbidden, match="MUNIMENT_KEYRING"):
        _ = Root(uri).vault
