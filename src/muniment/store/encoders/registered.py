"""Encoders that were registered under a root: any BERT-like ONNX model with the tokenizer that belongs to it."""

from collections.abc import Sequence

from muniment.errors import Corrupt, NotFound, Superseded
from muniment.schemas.canonical import canonical_json, digest, sha256
from muniment.schemas.encoder import Registered
from muniment.store import encoders
from muniment.store.encoders.encoder import Encoder, Reading, Vectors, tokenizer
from muniment.store.objects import Objects

_VERSION = "1"
_FOLDER = "encoders/"


def digest_of(entry: Registered) -> str:
    """The digest of the encoder that an entry registers: what its vectors follow from."""
    read = [entry.pooling, entry.query_prefix, entry.passage_prefix, entry.limit]
    return digest(["onnx", _VERSION, entry.model, entry.tokenizer, read])


class Local(Reading):
    """A model of its files' bytes. Raises `Corrupt` when they are none, or give vectors of another length than was registered."""

    version = _VERSION
    special = True

    def __init__(self, entry: Registered, model: bytes, tokens: bytes) -> None:
        from muniment.store.encoders.runtime import GPU, PROBES, Session, choose

        self.name, self.licence, self.dimension, self.limit = entry.name, entry.licence, entry.dimension, entry.limit
        self.query_prefix, self.passage_prefix = entry.query_prefix, entry.passage_prefix
        self._entry = entry
        try:
            self._tokenizer = tokenizer(tokens)
        except Exception as error:  # noqa: BLE001 -- the only class that the library raises
            raise Corrupt(f"tokenizer.json cannot be read: {error}.", "Export it with the model.") from None
        rows = [self._read(ids) for ids in self._ids(PROBES)]
        self._runner, self.note = choose(Session(model), lambda: Session(model, GPU), rows)

    @property
    def digest(self) -> str:
        """See `Encoder`."""
        return digest_of(self._entry)

    @property
    def width(self) -> int:
        """Components of the vectors that the model gives."""
        return int(self._raw(list(self._ids(["width"]))).shape[1])

    def _pooled(self, rows: Sequence[list[int]]) -> Vectors:
        vectors = self._raw(rows)
        if vectors.shape[1:] != (self.dimension,):
            raise Corrupt(f"{self.name} gives vectors of shape {vectors.shape[1:]}, not {self.dimension}.", "Register it again.")
        return vectors

    def _raw(self, rows: Sequence[list[int]]) -> Vectors:
        from muniment.store.encoders.runtime import pooled

        return pooled(self._runner, rows, self._entry.pooling)


class Encoders:
    """`encoders/<name>.json` says what is registered, `encoders/<name>/<digest>.json` what ever was and is kept, `models/<SHA-256>` are the
    files: a root can be carried where no network is, and an index is searched with the model that it was built with."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._open: dict[str, Encoder] = {}

    def add(self, entry: Registered, model: bytes, tokens: bytes) -> None:
        """Keep the files and the version, then make the entry visible; an entry of that name is replaced, its version stays."""
        for name, payload in ((entry.model, model), (entry.tokenizer, tokens)):
            self._objects.put(_file(name), payload)
        key = _entry(entry.name)
        tag = self._objects.read_tagged(key)[1] if self._objects.exists(key) else ""
        for each in (entry, *([self.get(entry.name)] if tag else [])):
            self._objects.put(_version(each.name, digest_of(each)), canonical_json(each))
        self._objects.replace(key, canonical_json(entry), tag)

    def all(self) -> list[Registered]:
        """Every registered encoder, by name."""
        keys = (key.removeprefix(_FOLDER) for key in self._objects.list(_FOLDER))
        return [self.get(key.removesuffix(".json")) for key in keys if "/" not in key]

    def versions(self) -> list[tuple[str, str, str]]:
        """(name, digest, key) of every version that is kept, current ones too."""
        keys = (key for key in self._objects.list(_FOLDER) if key.count("/") == 2)
        return [(key.split("/")[1], key.split("/")[2].removesuffix(".json"), key) for key in keys]

    def get(self, name: str, made_by: str = "") -> Registered:
        """A registered encoder, or a version of it by its digest; raises `NotFound`."""
        if not self._objects.exists(_entry(name)):
            raise NotFound(f"There is no encoder {name!r}.", "List them: `muniment encoder list`.")
        current = Registered.model_validate_json(self._objects.read(_entry(name)))
        if made_by in ("", digest_of(current)):
            return current
        try:
            return Registered.model_validate_json(self._objects.read(_version(name, made_by)))
        except NotFound:
            raise _other(name) from None

    def open(self, name: str, made_by: str = "") -> Encoder:
        """The encoder of that name, shipped or registered, loaded once a process; `made_by`: the version of that digest, and no other.

        Raises `NotFound`, `Superseded` when that version is not there any more, and `Corrupt` when a file is not the one that was
        registered.
        """
        if name in encoders.NAMES:
            shipped = encoders.encoder(name)
            if made_by not in ("", shipped.digest):
                raise _other(name)
            return shipped
        entry = self.get(name, made_by)
        key = digest(entry)
        if key not in self._open:
            self._open = {key: Local(entry, self._file(entry.model), self._file(entry.tokenizer))}
        return self._open[key]

    def remove(self, name: str) -> list[str]:
        """Take an encoder away with all its versions, and the files that no other one has; gives the digests of these files."""
        mine = [self.get(name), *(self.get(name, made) for each, made, _ in self.versions() if each == name)]
        self._objects.delete(_entry(name))
        for each, _, key in self.versions():
            if each == name:
                self._objects.delete(key)
        kept = {file for each in self._entries() for file in (each.model, each.tokenizer)}
        gone = sorted({file for each in mine for file in (each.model, each.tokenizer)} - kept)
        for file in gone:
            self._objects.delete(_file(file))
        return gone

    def _entries(self) -> list[Registered]:
        return [Registered.model_validate_json(self._objects.read(key)) for key in self._objects.list(_FOLDER)]

    def _file(self, name: str) -> bytes:
        payload = self._objects.read(_file(name))
        if sha256(payload) != name:
            raise Corrupt(f"{_file(name)} does not match its name.", "Register the encoder again, or restore a backup.")
        return payload


def _other(name: str) -> Superseded:
    return Superseded(
        f"{name} is another model now than the one that made these vectors.",
        "Build the index again: `muniment index build`; or register that model again: `muniment encoder add`.",
    )


def _entry(name: str) -> str:
    return f"{_FOLDER}{name}.json"


def _version(name: str, made_by: str) -> str:
    return f"{_FOLDER}{name}/{made_by}.json"


def _file(name: str) -> str:
    return f"models/{name}"
