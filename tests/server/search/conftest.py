"""A searchable root, and applications for it without a process."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.answering import people_file, searchable

from muniment.server.people import Keys, read
from muniment.server.search.application import application
from muniment.server.search.doorway import Doorway
from muniment.server.search.settings import Settings
from muniment.store.root import open_root

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A root with a secret."""
    return searchable(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Everybody has a key."""
    return Keys(people=read(str(people_file(tmp_path_factory.mktemp("people")))))


@pytest.fixture
def app(root: str, keys: Keys) -> Callable[..., Doorway]:
    """The application with some settings changed; answers leave at once."""

    def make(**changed: Any) -> Doorway:
        return application(open_root(root), Settings.model_validate({"pace_ms": 0, **changed}), keys)

    return make


def ask(app: Doorway, method: str, path: str, **given: Any) -> httpx.Response:
    """One request."""
    return together(app, [(method, path, given)])[0]


def together(app: Doorway, requests: list[tuple[str, str, dict[str, Any]]], client: str = "127.0.0.1") -> list[httpx.Response]:
    """Requests at the same time."""

    async def asking() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app, client=(client, 4000))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://search", timeout=60) as http:
            return list(await asyncio.gather(*(http.request(method, path, **given) for method, path, given in requests)))

    return asyncio.run(asking())
