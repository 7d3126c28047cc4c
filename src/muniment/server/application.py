"""The application that `muniment serve` listens with: Prefect's server behind our gate."""

import os

from muniment.server.gate import Gate
from muniment.server.sign_in import sign_in

TOKEN = "MUNIMENT_SERVICE_TOKEN"  # what our own programs prove themselves with


def create() -> Gate:
    """Factory for uvicorn; reads the environment that the service sets."""
    from prefect.server.api.server import create_app

    return Gate(create_app(final=True), sign_in(os.environ), os.environ.get(TOKEN, ""))
