"""True proofs, made once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.rights import Doc, snapshot
from tests.verifiers.forger import Proven

from muniment.store.root import open_root
from muniment.tasks.rights import check as rights
from muniment.tasks.rights import proof

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OPEN = ["MIT", "Apache-2.0", "CC-BY-4.0", "MIT OR GPL-2.0-only", "BSD-3-Clause AND MIT", "CC0-1.0", "ISC"]
SHARED = ["CC-BY-SA-4.0", "GPL-3.0-only", "GPL-2.0-only WITH Classpath-exception-2.0"]
DOCUMENTS = [Doc(each, source) for source in ("handbook", "wiki") for each in (*OPEN, *SHARED)]
Make = Callable[..., Proven]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes a snapshot in a root of its own and a true proof of it."""

    def made(
        documents: list[Doc], use: str, customer: str = "", without: tuple[str, ...] = (), **terms: dict[str, object]
    ) -> Proven:
        place = tmp_path_factory.mktemp("proof")
        uri = str(place / "root")
        snapshot(uri, documents, **terms)
        root = open_root(uri)
        question = rights.ask(root, "production", use, customer, without)
        assert rights.answer(root, question).passed
        proof.write(root, question, place / "proof.json.gz", NOW)
        (place / "agreed.json").write_text(json.dumps(rights.agreed(uri)))
        return Proven(place / "proof.json.gz", root.vault.public_key, place / "agreed.json", Path(uri), root.vault.sign)

    return made


@pytest.fixture(scope="session")
def proven(make: Make) -> Proven:
    """Open weights without the share-alike layer, over two sources."""
    return make(DOCUMENTS, "open-weights", without=("share-alike",))


@pytest.fixture(scope="session")
def tuned(make: Make) -> Proven:
    """Tuning for a customer, over sources that are bound to it, one of them with a licence whose row could be bent."""
    documents = [Doc(each, "acme") for each in (*OPEN, *SHARED)]
    return make(documents, "tuning", customer="Acme", acme={"customer": "Acme", "no_mixing": True, "no_pretraining": True})
