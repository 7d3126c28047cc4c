"""Finished work, so that it is not done again: a nightly run costs what changed, a crashed run resumes where it stopped."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from muniment.errors import NotFound
from muniment.schemas.canonical import canonical_json
from muniment.store.objects import Objects

R = TypeVar("R", bound=BaseModel)


class Work:
    """Results `work/<step>/<key>.json`. The key names everything that the result depends on."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def recall(self, step: str, key: str, model: type[R]) -> R | None:
        """The result of this step over this input, or None when it was not finished or cannot be read."""
        try:
            return model.model_validate_json(self._objects.read(f"work/{step}/{key}.json"))
        except (NotFound, ValidationError):
            return None

    def keep(self, step: str, key: str, result: BaseModel) -> None:
        """Remember a result; a stale one of that name is replaced."""
        name, payload = f"work/{step}/{key}.json", canonical_json(result)
        if not self._objects.put(name, payload):
            self._objects.delete(name)
            self._objects.put(name, payload)

    def forget(self, name: str) -> None:
        """Remove one result by its whole key."""
        self._objects.delete(name)
