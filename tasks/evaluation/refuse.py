"""Sources that are evaluation sets are not registered."""

from pathlib import Path

from muniment.errors import RegistryError
from muniment.schemas.canonical import sha256
from muniment.schemas.source import Source
from muniment.store.root import Root
from muniment.tasks import evalsets
from muniment.tasks.evaluation.versions import mark, place

_TYPES = ("evalset", "evaluation-set")
_REMEDY = "What models are tested with is never promoted: leave it out of every source."


def refuse_evaluation(root: Root, source: Source) -> None:
    """Raise `RegistryError` for a source that says that it is an evaluation set, that lies where a registered set's file lay or below,
    or that is a file with the same bytes. What is in a folder is found in the capture."""
    if source.document_type.strip().lower() in _TYPES:
        raise RegistryError(f"Source {source.id} says that it is an evaluation set.", _REMEDY)
    if "://" in source.location:
        return
    path = Path(source.location).expanduser()
    for held in evalsets.registered(root):
        if _lies_there(root, path, {each.place for each in held.files}):
            raise RegistryError(f"Source {source.id} lies where the file of the evaluation set {held.id} lay.", _REMEDY)
        alike = {each.mark for each in held.files if path.is_file() and path.stat().st_size == each.bytes}
        if alike and mark(evalsets.key(root), sha256(path.read_bytes())) in alike:
            raise RegistryError(f"Source {source.id} is the file of the evaluation set {held.id}.", _REMEDY)


def _lies_there(root: Root, path: Path, places: set[str]) -> bool:
    if not places:
        return False
    whole, secret = path.resolve(), evalsets.key(root)
    return any(place(secret, each) in places for each in (whole, *whole.parents))
