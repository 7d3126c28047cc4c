"""Models that were trained from snapshots: registered, so that a change of rights finds them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from muniment.errors import RegistryError
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.model import Model
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import required


def register(uri: str, identifier: str, version: str, refs: Sequence[str], use: str, owner: str, actor: str) -> Model:
    """Tie a model's version to the snapshots that these refs or ids name; raises `NotFound`, or `RegistryError` for a version that is
    tied to others already."""
    root = open_root(uri)
    snapshots = tuple(dict.fromkeys(required(root, each).id for each in refs))
    model = Model(id=identifier, version=version, snapshots=snapshots, use=use, owner=owner, actor=actor, at=datetime.now(UTC))
    key = f"models/{model.name}.json"
    if not root.objects.put(key, canonical_json(model)):
        held = root.manifests.record(key, Model)
        if (held.snapshots, held.use) != (model.snapshots, model.use):
            raise RegistryError(f"{model.name} is registered with other snapshots.", "Register a new version.")
        model = held
    root.record(
        Draft(
            kind=EntryKind.MODEL_REGISTERED,
            actor=actor,
            key=model.name,
            inputs=tuple(f"snapshot:{each}" for each in snapshots),
            outputs=(f"model:{model.name}",),
        )
    )
    return model


def registered(root: Root) -> list[Model]:
    """All models, by name. Files of encoders lie in the same folder, by their digests."""
    return [root.manifests.record(key, Model) for key in sorted(root.objects.list("models/")) if key.endswith(".json")]


def trained_from(root: Root, snapshots: Sequence[str]) -> list[Model]:
    """Models that were trained from any of these snapshots."""
    return [model for model in registered(root) if set(snapshots) & set(model.snapshots)]
