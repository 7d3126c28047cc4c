"""Generations of the pseudonym key: made, replaced, destroyed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from muniment.errors import Corrupt, Forbidden, NotFound
from muniment.store.keyring import read
from muniment.store.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keyring.json")


def test_the_first_generation_is_made_when_it_is_needed_and_then_stays(vault: Vault) -> None:
    assert vault.generations() == ()
    identifier = vault.pseudonym_key_id()
    assert Vault(vault.path).pseudonym_key_id() == identifier
    assert len(vault.pseudonym_key(identifier)) == 32
    assert identifier != vault.key_id


def test_a_keyring_from_before_there_were_generations_is_read(vault: Vault) -> None:
    plain = read(vault.path).model_dump(exclude={"pseudonyms", "keks"})
    vault.path.write_text(str(plain).replace("'", '"'))
    assert Vault(vault.path).key("documents") == vault.key("documents")
    assert Vault(vault.path).pseudonym_key_id()


def test_rotation_makes_another_key_and_keeps_the_one_before_and_all_other_keys(vault: Vault) -> None:
    before, documents, signature = vault.pseudonym_key_id(), vault.key("documents"), vault.sign(b"x")
    made = vault.rotate()
    assert made.id == vault.pseudonym_key_id() != before
    assert vault.pseudonym_key(made.id) != vault.pseudonym_key(before)
    again = Vault(vault.path)
    assert (again.key("documents"), again.sign(b"x")) == (documents, signature)
    assert vault.path.stat().st_mode & 0o077 == 0


def test_another_process_sees_a_rotation_at_once(vault: Vault) -> None:
    vault.pseudonym_key_id()
    running = Vault(vault.path)
    assert running.pseudonym_key_id() != vault.rotate().id == running.pseudonym_key_id()


def test_a_retired_key_is_gone_from_the_file_and_its_name_stays(vault: Vault) -> None:
    before = vault.pseudonym_key_id()
    secret = vault.pseudonym_key(before).hex()
    vault.rotate()
    assert vault.retire(before).retired
    assert secret not in "".join(path.read_text() for path in vault.path.parent.iterdir())
    assert [each.retired for each in vault.generations()] == [True, False]
    with pytest.raises(NotFound, match="retired"):
        vault.pseudonym_key(before)


def test_the_key_in_use_and_an_unknown_one_cannot_be_retired(vault: Vault) -> None:
    with pytest.raises(Forbidden, match="rotate"):
        vault.retire(vault.pseudonym_key_id())
    with pytest.raises(NotFound, match="keys list"):
        vault.retire("0" * 16)


def test_rotations_at_the_same_time_all_count_and_only_one_is_the_first(vault: Vault) -> None:
    with ThreadPoolExecutor(8) as threads:
        firsts = set(threads.map(lambda _: Vault(vault.path).pseudonym_key_id(), range(16)))
        made = {each.id for each in threads.map(lambda _: Vault(vault.path).rotate(), range(16))}
    assert len(firsts) == 1
    assert {each.id for each in vault.generations()} == firsts | made and len(made) == 16


def test_no_key_is_shown_by_its_record(vault: Vault) -> None:
    key = vault.pseudonym_key(vault.pseudonym_key_id()).hex()
    assert key not in repr(read(vault.path)) + repr(vault.generations())
    assert read(vault.path).identity not in repr(read(vault.path))


def test_a_lost_or_damaged_keyring_is_not_silently_made_anew(vault: Vault) -> None:
    vault.path.write_text("{}")
    with pytest.raises(Corrupt, match="backup"):
        vault.generations()
    vault.path.unlink()
    with pytest.raises(NotFound, match="backup"):
        vault.rotate()
    assert not vault.path.exists()
