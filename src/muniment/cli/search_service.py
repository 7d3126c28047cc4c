"""muniment search-service: search over HTTP on a machine that does nothing else."""

from typing import Annotated

import typer

from muniment.cli.screen import Root, out
from muniment.cli.sign_in import Audience, GroupsHeader, Header, Issuer, KeySet, NameClaim, People, Proxies, SignIns, asks
from muniment.server.search import serving
from muniment.store.root import default_uri

Anonymous = Annotated[
    str,
    typer.Option(metavar="PRINCIPAL", help="The principal that whoever does not sign in is. Nobody by default: they are refused."),
]
SearchSettings = Annotated[str, typer.Option(metavar="FILE", help="TOML of limits, pace and threads (docs/search-service.md).")]


def search_service(
    host: Annotated[str, typer.Option(help="Address to listen on. Only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the API and the page.")] = 4201,
    auth: Annotated[SignIns, typer.Option(help="How people and programs prove who they are.")] = SignIns.NONE,
    trusted_header: Header = "X-Forwarded-User",
    trusted_groups_header: GroupsHeader = "",
    trusted_proxies: Proxies = "",
    people: People = "",
    oidc_issuer: Issuer = "",
    oidc_audience: Audience = "",
    oidc_keys: KeySet = "",
    oidc_name: NameClaim = "sub",
    anonymous: Anonymous = "",
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes; 0: as the settings say, else one.")] = 0,
    settings: SearchSettings = "",
    root: Root = "",
) -> None:
    """The search API and its page, without Prefect, for a machine that only answers. Stop it with Ctrl-C.

    Examples: `muniment search-service --auth api-keys --people people.toml`;
    `muniment search-service --auth oidc --oidc-issuer https://login.example --oidc-audience corpus --workers 4`;
    `muniment search-service --anonymous guest`
    """
    told = asks(
        auth, trusted_header, trusted_groups_header, trusted_proxies, people, oidc_issuer, oidc_audience, oidc_keys, oidc_name
    )
    held = serving.chosen(settings, anonymous=anonymous, workers=workers)
    out.print(f"Search at [bold]http://{host}:{port}[/bold], its API at /docs.")
    try:
        serving.search_service(root or default_uri(), host, port, told, held)
    except KeyboardInterrupt:
        out.print("Stopped.")
