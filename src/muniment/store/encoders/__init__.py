"""Encoders: texts into unit vectors, by models that ship inside packages or were registered from a folder. Nothing is ever downloaded.

On the CPU each text is encoded by itself, never in a padded batch, by one thread: its vector depends on nothing but the text and the
model, so that vectors are reused by content and objects of vectors are the same bytes wherever they are made. Several cores are used
by encoding several shards at once. See docs/encoders.md.
"""

from collections.abc import Callable
from functools import cache

from muniment.errors import NotFound
from muniment.store.encoders.encoder import Encoder as Encoder
from muniment.store.encoders.encoder import Vectors as Vectors


def _wordllama() -> Encoder:
    from muniment.store.encoders.wordllama import WordLlama

    return WordLlama()


def _minilm() -> Encoder:  # onnxruntime is slow to import: only who encodes waits for it
    from muniment.store.encoders.minilm import MiniLM

    return MiniLM()


_ENCODERS: dict[str, Callable[[], Encoder]] = {"wordllama": _wordllama, "minilm": _minilm}
NAMES = tuple(_ENCODERS)


@cache
def encoder(name: str) -> Encoder:
    """The encoder of that name, loaded once a process. Raises `NotFound`, or `Corrupt` when its files are not the pinned ones."""
    if name not in _ENCODERS:
        raise NotFound(f"There is no encoder {name!r}.", f"Choose one of {', '.join(NAMES)}.")
    return _ENCODERS[name]()
