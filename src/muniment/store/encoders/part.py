"""Files of models inside installed packages."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import sha256


@dataclass(frozen=True)
class Part:
    """A file of a model inside an installed package, pinned by its SHA-256."""

    package: str
    file: str
    sha256: str

    def read(self) -> bytes:
        """Its bytes. Raises `NotFound` without the package, `Corrupt` when the file is another one than was tried."""
        spec = find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        if path is None or not path.is_file():
            raise NotFound(
                f"The package {self.package} with {self.file} is not installed.", "Install it, or choose another encoder."
            )
        payload = path.read_bytes()
        if sha256(payload) != self.sha256:
            raise Corrupt(
                f"{self.file} of {self.package} is not the file that was tried.", "Install the locked version of the package."
            )
        return payload
