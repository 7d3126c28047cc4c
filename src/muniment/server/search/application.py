"""The search service as an application: API, page, health."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from muniment import __version__
from muniment.server.search.asked import schemas
from muniment.server.search.counts import Counts
from muniment.server.search.doorway import Doorway
from muniment.server.search.health import Readiness, health
from muniment.server.search.page.site import site
from muniment.server.search.problems import MEDIA, problems
from muniment.server.search.routes import api
from muniment.server.search.service import Service
from muniment.server.search.settings import Settings, settings
from muniment.server.sign_in import SignIn, sign_in
from muniment.store.root import Root, open_root

_ABOUT = (
    "Passages of a governed corpus, of those that the caller may read, each with its papers. Errors are RFC 9457 problem details."
)


def create() -> Doorway:
    """Factory for uvicorn; reads the environment that the service sets."""
    logging.basicConfig(
        level=os.environ.get("MUNIMENT_SEARCH_LOG", "INFO"), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    environment = dict(os.environ)
    return application(open_root(os.environ.get("MUNIMENT_ROOT")), settings(environment), sign_in(environment))


def application(root: Root, chosen: Settings, asked: SignIn | None) -> Doorway:
    """The application for a root."""
    counts, service = Counts(), Service(root, chosen, asked)
    # Spans and exporters that the environment configures would take paths and errors elsewhere.
    silent = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
    app = FastAPI(
        telemetry=silent,
        title="Muniment search",
        version=__version__,
        description=_ABOUT,
        lifespan=_life,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service, app.state.readiness, app.state.counts = service, Readiness(service), counts
    app.include_router(api)
    app.include_router(health)
    app.include_router(site)
    problems(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return Doorway(app, chosen, counts)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    await app.state.readiness.now()  # open the index before the first question
    yield
    await asyncio.to_thread(app.state.service.queue.close)


def _described(app: FastAPI) -> dict[str, Any]:
    """OpenAPI of the application: errors have the media type that they are sent with, and signing in is described."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        for path in described["paths"].values():
            for operation in path.values():
                for code, response in operation["responses"].items():
                    if code >= "400" and "Problem" in str(response.get("content", {})):
                        response["content"] = {MEDIA: next(each for each in response["content"].values() if "Problem" in str(each))}
                if "401" in operation["responses"]:
                    operation["security"] = [{"bearer": []}]
        described["components"]["schemas"] |= schemas()
        described["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a token of the issuer."}
        }
        app.openapi_schema = described
    return app.openapi_schema
