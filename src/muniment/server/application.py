"""The application that `muniment serve` listens with: Prefect's server behind our gate."""

import os

from muniment.server.gate import Gate
from muniment.server.people import Keys, SignIn, behind, read

# How the service tells its server process what to ask of people.
AUTH, HEADER, PROXIES, PEOPLE, TOKEN = (
    f"MUNIMENT_{name}" for name in ("AUTH", "TRUSTED_HEADER", "TRUSTED_PROXIES", "PEOPLE", "SERVICE_TOKEN")
)


def create() -> Gate:
    """Factory for uvicorn; reads the environment that the service sets."""
    from prefect.server.api.server import create_app

    return Gate(create_app(final=True), sign_in(os.environ), os.environ.get(TOKEN, ""))


def sign_in(environment: "os._Environ[str] | dict[str, str]") -> SignIn | None:
    """The sign-in that an environment asks for; raises `PolicyError` when it cannot work."""
    mode = environment.get(AUTH, "none")
    if mode == "proxy":
        return behind(environment.get(HEADER, ""), environment.get(PROXIES, ""), environment.get(PEOPLE, ""))
    return Keys(people=read(environment.get(PEOPLE, ""))) if mode == "api-keys" else None
