"""The search service as processes: beside Prefect in `muniment serve`, or alone on a machine that does nothing but answer."""

import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from muniment.errors import PolicyError, SourceUnavailable
from muniment.server.process import listening
from muniment.server.search.settings import VARIABLE, Settings, given
from muniment.server.sign_in import AUTH, sign_in
from muniment.store.root import open_root

APPLICATION = "muniment.server.search.application:create"


def chosen(file: str, **options: Any) -> Settings:
    """Settings from a TOML file (none without a name), with the options that are given over them; raises `PolicyError`."""
    try:
        held = tomllib.loads(Path(file).read_text()) if file else {}
    except (OSError, tomllib.TOMLDecodeError):
        raise PolicyError(
            f"{file} cannot be read as settings.", "Give a TOML file: docs/search-service.md lists the settings."
        ) from None
    return given({**held, **{name: value for name, value in options.items() if value}})


@contextmanager
def searching(
    root: str, host: str, port: int, asks: Mapping[str, str], settings: Settings, option: str = "--port"
) -> Iterator["subprocess.Popen[bytes]"]:
    """The search service of a root, listening inside the block. asks: who may use it, as `sign_in` reads it. Raises `PolicyError`."""
    if sign_in(asks) is None and not settings.anonymous:
        raise PolicyError(
            "Nobody could sign in to search.", "Give --auth, or --anonymous with the principal that everybody is to be."
        )
    with tempfile.TemporaryDirectory(prefix="muniment-counts-") as counts:
        told = {
            "MUNIMENT_ROOT": root,
            AUTH: "none",
            **asks,
            VARIABLE: settings.model_dump_json(),
            "PROMETHEUS_MULTIPROC_DIR": counts,
        }
        with listening(APPLICATION, host, port, "/health", told, settings.workers, option=option, heard=True) as process:
            yield process


def search_service(root: str, host: str, port: int, asks: Mapping[str, str], settings: Settings) -> None:
    """Serve search alone until interrupted; needs no Prefect. Raises `PolicyError` and `SourceUnavailable`."""
    open_root(root)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # leave through the block below, so that the server is stopped too
    with searching(root, host, port, asks, settings) as process:
        process.wait()
    raise SourceUnavailable("The search service ended by itself.", "See its log above; start it again.")
