"""One virtual environment a peer, made on demand: the peers' requirements contradict each other and ours."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
_LOWEST = {"text_dedup": (3, 12)}  # of Python, where this interpreter may be too old
_NEWEST = 15


class Unavailable(Exception):
    """A peer cannot be installed here; the message is the last line of the reason."""


def interpreter(peer: str, peers: Path = PEERS) -> Path:
    """The Python of the peer's environment, made first where it is missing or its requirements have changed.

    Its requirements are `<peer>.txt` in the folder `peers`. Environments stand in `$XDG_CACHE_HOME/muniment/benchmarks/<peer>`. Raises `Unavailable`.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "muniment" / "benchmarks" / peer
    wanted, installed = peers / f"{peer}.txt", folder / "installed.txt"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        _run(_python(_LOWEST.get(peer, (3, 11))), "-m", "venv", folder)
        _run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--quiet", "-r", wanted)
        shutil.copyfile(wanted, installed)
    return folder / "bin" / "python"


def _python(lowest: tuple[int, int]) -> Path:
    """This interpreter if it is new enough, else the oldest on the path, or under pyenv, that is."""
    if sys.version_info >= lowest:
        return Path(sys.executable)
    for found in _installed(lowest):
        return found
    raise Unavailable(f"needs Python {lowest[0]}.{lowest[1]} or newer, and none was found")


def _installed(lowest: tuple[int, int]) -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    folders = [*os.get_exec_path(), *(str(each) for each in pyenv.glob("*/bin"))]
    for minor in range(lowest[1], _NEWEST + 1):
        for folder in folders:
            found = shutil.which(f"python{lowest[0]}.{minor}", path=folder)
            # A version manager's stand-in may exist for a Python that it would refuse to start.
            if found and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0:
                yield Path(found)


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Unavailable(last_line(done.stdout))


def last_line(text: str) -> str:
    """The last line of a text that says anything."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason given")
