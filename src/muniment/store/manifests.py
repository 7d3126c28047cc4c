"""Manifests and refs: the JSON records that say which objects belong together, and which of them are current."""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from muniment.errors import Corrupt, NotFound, Superseded
from muniment.schemas.canonical import canonical_json
from muniment.schemas.stored import Manifest
from muniment.store.objects import Objects

M = TypeVar("M", bound=Manifest)
R = TypeVar("R", bound=BaseModel)


class Manifests:
    """Records `<folder>/<id>/<revision>.json`. Only an erasure writes a revision above 0, and it removes the one before."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def put(self, folder: str, manifest: Manifest) -> bool:
        """Make a manifest visible; False when this id and revision is there already."""
        return self._objects.put(_key(folder, manifest.id, manifest.revision), canonical_json(manifest))

    def get(self, folder: str, identifier: str, model: type[M], revision: int | None = None) -> M:
        """The latest revision of an id; raises `NotFound`, or `Superseded` when an older revision is asked for."""
        kept = self._revisions(folder, identifier)
        if not kept:
            raise NotFound(
                f"{folder}/{identifier} is not kept.", "List what there is: `muniment snapshots`, `muniment source list`."
            )
        if revision is not None and revision < kept[-1]:
            raise Superseded(f"Revision {revision} of {identifier} was replaced by an erasure.", f"Use revision {kept[-1]}.")
        return self.record(_key(folder, identifier, kept[-1] if revision is None else revision), model)

    def supersede(self, folder: str, manifest: Manifest) -> None:
        """Publish a new revision, then remove all older ones."""
        self.put(folder, manifest)
        for revision in self._revisions(folder, manifest.id):
            if revision < manifest.revision:
                self._objects.delete(_key(folder, manifest.id, revision))

    def ids(self, folder: str) -> list[str]:
        """Ids kept in a folder, in ascending order. For captures, `<source>/<id>`."""
        return sorted({key.removeprefix(f"{folder}/").rpartition("/")[0] for key in self._objects.list(f"{folder}/")})

    def all(self, folder: str, model: type[M]) -> Iterator[M]:
        """The latest revision of every id in a folder."""
        for identifier in self.ids(folder):
            yield self.get(folder, identifier, model)

    def record(self, key: str, model: type[R]) -> R:
        """One JSON record by its key."""
        try:
            return model.model_validate_json(self._objects.read(key))
        except ValidationError:
            raise Corrupt(f"{key} cannot be read.", "Restore it from a backup.") from None

    def keep(self, key: str, record: BaseModel) -> None:
        """Write one JSON record in a single step, in the place of what the key holds; raises `StaleRef` when somebody else did."""
        tag = self._objects.read_tagged(key)[1] if self._objects.exists(key) else ""
        self._objects.replace(key, canonical_json(record), tag)

    def _revisions(self, folder: str, identifier: str) -> list[int]:
        prefix = f"{folder}/{identifier}/"
        names = (key.removeprefix(prefix) for key in self._objects.list(prefix))
        return sorted(int(name.removesuffix(".json")) for name in names if name.removesuffix(".json").isdigit())


class Refs:
    """Names that move: `refs/<name>.json`, replaced only by whoever saw the value it holds."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def read(self, name: str, model: type[R]) -> tuple[R | None, str]:
        """What a ref holds and its tag; None and an empty tag when it was never set."""
        try:
            payload, tag = self._objects.read_tagged(f"refs/{name}.json")
        except NotFound:
            return None, ""
        return model.model_validate_json(payload), tag

    def move(self, name: str, value: BaseModel, tag: str) -> None:
        """Point a ref elsewhere, in one atomic step; raises `StaleRef` when it moved since `tag` was read."""
        self._objects.replace(f"refs/{name}.json", canonical_json(value), tag)

    def remove(self, name: str) -> None:
        """Let a ref go; nothing happens when it was never set."""
        self._objects.delete(f"refs/{name}.json")

    def names(self, prefix: str = "") -> list[str]:
        """Names of the refs under a prefix."""
        return [key.removeprefix("refs/").removesuffix(".json") for key in self._objects.list(f"refs/{prefix}")]


def _key(folder: str, identifier: str, revision: int) -> str:
    return f"{folder}/{identifier}/{revision}.json"
