"""A licence that is taken back: what hangs on it is found, held, and erased; models that learnt from it are named."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.stories import TRAVEL, prose, write

from muniment import flows
from muniment.errors import NotFound, RegistryError
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import models, policies, rules
from muniment.tasks.corpus import required
from muniment.tasks.erasure.survey import survey
from muniment.tasks.rights import terms
from muniment.tasks.rights.check import agreed
from muniment.tasks.rights.revoke import revoke_licence
from muniment.tasks.sources import add_source

EITHER = "SPDX-License-Identifier: MIT OR CC-BY-4.0\n\n"
PHOTOS = "SPDX-License-Identifier: CC-BY-4.0\n\n"


@pytest.fixture
def promoted(uri: str, tmp_path: Path, register: Callable[..., Source]) -> Source:
    """A source of three documents: under MIT, under CC-BY-4.0, and under either; approved and promoted."""
    folder = tmp_path / "mixed"
    write(folder / "mit.md", prose(1))
    write(folder / "photos.md", PHOTOS + "# Photos\n\n" + TRAVEL * 3)
    write(folder / "either.md", EITHER + prose(2).partition("\n\n")[2])
    source = register(folder, "mixed")
    captured = flows.capture("mixed", root=uri)
    flows.review(captured.capture, Decision.APPROVE, "read", root=uri, actor="dana")
    flows.promote(root=uri)
    return source


def keys(uri: str) -> set[str]:
    root = open_root(uri)
    shards = [shard for part in required(root, "production").parts for shard in part.shards]
    return set(root.lake.read_all(shards, PROMOTED, ["native_key"])["native_key"].to_pylist())


def test_what_hangs_on_a_revoked_licence_alone_is_erased_and_a_choice_keeps_its_other_branch(uri: str, promoted: Source) -> None:
    model = models.register(uri, "writer", "1.0", ["production"], "open-weights", "ML team", "dana")
    made = revoke_licence(uri, "CC-BY-4.0", "mixed", date(2026, 1, 1), "the licensor withdrew", "dana")
    receipt = flows.revoke(made.id, root=uri)
    assert receipt.proven and receipt.documents == 1
    assert receipt.affected_models == (model.name,)
    assert keys(uri) == {"mit.md", "either.md"}


def test_from_its_day_on_nothing_new_enters_by_a_revoked_licence(uri: str, promoted: Source, tmp_path: Path) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    revoke_licence(uri, "CC-BY-4.0", "", tomorrow, "the licensor withdraws", "dana")
    assert "LICENCE_REVOKED" not in flows.capture("mixed", root=uri).reasons
    revoke_licence(uri, "CC-BY-4.0", "", date(2026, 1, 1), "the licensor withdrew", "dana")
    assert flows.capture("mixed", root=uri).reasons["LICENCE_REVOKED"] == 1


def test_a_revocation_of_one_source_leaves_the_others_alone(uri: str, promoted: Source) -> None:
    root = open_root(uri)
    assert len(survey(root, "", Selector(licence="CC-BY-4.0")).documents) == 1
    assert len(survey(root, "", Selector(licence="CC-BY-4.0", source="mixed")).documents) == 1
    with pytest.raises(NotFound, match="No kept document is named by source another and licence CC"):
        survey(root, "", Selector(licence="CC-BY-4.0", source="another"))


def test_a_model_is_tied_to_its_snapshots_once(uri: str, promoted: Source) -> None:
    snapshot = required(open_root(uri), "production").id
    first = models.register(uri, "writer", "1.0", ["production", snapshot], "", "", "dana")
    assert first.snapshots == (snapshot,)
    assert models.register(uri, "writer", "1.0", [snapshot], "", "", "jo") == first
    with pytest.raises(RegistryError, match="registered with other snapshots"):
        models.register(uri, "writer", "1.0", [snapshot], "research", "", "dana")


def test_the_policy_and_the_licence_table_of_a_snapshot_are_kept_with_it(uri: str, promoted: Source) -> None:
    root = open_root(uri)
    snapshot = required(root, "production")
    before = policies.current(root)
    strict = policies.text(root).replace("[rights]", '[rights]\npreferred = ["CC-BY-4.0"]', 1)
    policies.put_in_force(root, strict)
    assert policies.current(root) != before
    assert rules.policy_of(root, snapshot) == before
    assert rules.table_of(root, snapshot) == before.rights.table()
    assert agreed(uri, "production")["digest"] == snapshot.licences != agreed(uri)["digest"]


def test_what_was_in_force_when_a_snapshot_was_built_stays_answerable(uri: str, promoted: Source) -> None:
    root = open_root(uri)
    snapshot = required(root, "production")
    built = terms.built(root, snapshot)
    assert built is not None
    stricter = promoted.model_copy(update={"terms": promoted.terms.model_copy(update={"no_pretraining": True})})
    add_source(uri, stricter, "dana")
    assert terms.in_force(root, snapshot)["mixed"].terms.no_pretraining
    assert not terms.in_force(root, snapshot, valid=built, known=built)["mixed"].terms.no_pretraining
    ended = stricter.model_copy(
        update={"terms": stricter.terms.model_copy(update={"valid_until": date(2026, 1, 2), "valid_from": date(2026, 1, 1)})}
    )
    add_source(uri, ended, "dana")
    assert terms.at(root, "mixed", valid=datetime(2026, 1, 1, 12, tzinfo=UTC)) is not None
