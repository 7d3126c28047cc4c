"""Encoders that were registered under a root: any BERT-like ONNX model with the tokenizer that belongs to it."""

from collections.abc import Sequence

from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import canonical_json, digest, sha256
from muniment.schemas.encoder import Registered
from muniment.store import encoders
from muniment.store.encoders.encoder import Encoder, Reading, Vectors, tokenizer
from muniment.store.objects import Objects


class Local(Reading):
    """A model of its files' bytes. Raises `Corrupt` when they are none, or give vectors of another length than was registered."""

    version = "1"
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
        entry = self._entry
        read = [entry.pooling, entry.query_prefix, entry.passage_prefix, entry.limit]
        return digest(["onnx", self.version, entry.model, entry.tokenizer, read])

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
    """`encoders/<name>.json` says what is registered, `models/<SHA-256>` are the files: a root can be carried where no network is."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._open: dict[str, Encoder] = {}

    def add(self, entry: Registered, model: bytes, tokens: bytes) -> None:
        """Keep the files, then make the entry visible; an entry of that name is replaced."""
        for name, payload in ((entry.model, model), (entry.tokenizer, tokens)):
            self._objects.put(_file(name), payload)
        key = _entry(entry.name)
        tag = self._objects.read_tagged(key)[1] if self._objects.exists(key) else ""
        self._objects.replace(key, canonical_json(entry), tag)

    def all(self) -> list[Registered]:
        """Every registered encoder, by name."""
        return [self.get(key.removeprefix("encoders/").removesuffix(".json")) for key in self._objects.list("encoders/")]

    def get(self, name: str) -> Registered:
        """A registered encoder; raises `NotFound`."""
        if not self._objects.exists(_entry(name)):
            raise NotFound(f"There is no encoder {name!r}.", "List them: `muniment encoder list`.")
        return Registered.model_validate_json(self._objects.read(_entry(name)))

    def open(self, name: str) -> Encoder:
        """The encoder of that name, shipped or registered, loaded once a process. Raises `NotFound`, or `Corrupt` when a file of it is
        not the one that was registered."""
        if name in encoders.NAMES:
            return encoders.encoder(name)
        entry = self.get(name)
        key = digest(entry)
        if key not in self._open:
            self._open = {key: Local(entry, self._file(entry.model), self._file(entry.tokenizer))}
        return self._open[key]

    def _file(self, name: str) -> bytes:
        payload = self._objects.read(_file(name))
        if sha256(payload) != name:
            raise Corrupt(f"{_file(name)} does not match its name.", "Register the encoder again, or restore a backup.")
        return payload


def _entry(name: str) -> str:
    return f"encoders/{name}.json"


def _file(name: str) -> str:
    return f"models/{name}"
