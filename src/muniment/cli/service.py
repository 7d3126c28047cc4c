"""muniment serve, nightly: running unattended."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.cli.search_service import Anonymous, SearchSettings
from muniment.cli.sign_in import Audience, GroupsHeader, Header, Issuer, KeySet, NameClaim, People, Proxies, SignIns, asks
from muniment.server import service
from muniment.server.search.serving import chosen
from muniment.store.root import default_uri


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on. Only this machine by default: put a proxy with sign-in before it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the server and its UI.")] = 4200,
    auth: Annotated[
        SignIns, typer.Option(help="How people prove who they are. With none, a decision carries a name that was typed.")
    ] = SignIns.NONE,
    trusted_header: Header = "X-Forwarded-User",
    trusted_groups_header: GroupsHeader = "",
    trusted_proxies: Proxies = "",
    people: People = "",
    oidc_issuer: Issuer = "",
    oidc_audience: Audience = "",
    oidc_keys: KeySet = "",
    oidc_name: NameClaim = "sub",
    public_url: Annotated[
        str, typer.Option(help="Where browsers reach it when a proxy stands before it: https://corpus.example.")
    ] = "",
    search: Annotated[
        bool, typer.Option(help="Serve search too, once somebody can sign in or --anonymous says who strangers are.")
    ] = True,
    search_port: Annotated[int, typer.Option(help="Port of the search API and page; 0: the one after --port.")] = 0,
    search_settings: SearchSettings = "",
    anonymous: Anonymous = "",
    root: Root = "",
) -> None:
    """Prefect server, UI, deployments, schedules, automations, a worker, and search over HTTP in one command. Stop it with Ctrl-C.

    Examples: `muniment serve`; `muniment serve --auth api-keys --people people.toml`;
    `muniment serve --auth proxy --trusted-proxies 10.0.0.5/32 --public-url https://corpus.example`
    """
    address = public_url or f"http://{host}:{port}"
    out.print(f"Starting; the UI will be at [bold]{address}[/bold] (deployments: {', '.join(service.DEPLOYMENTS)}).")
    if auth is SignIns.NONE:
        out.print("[dim]Nobody signs in: whoever reaches this port may decide, and names are recorded as typed (--auth).[/dim]")
    told = asks(
        auth, trusted_header, trusted_groups_header, trusted_proxies, people, oidc_issuer, oidc_audience, oidc_keys, oidc_name
    )
    held = (
        chosen(search_settings, anonymous=anonymous, secure=public_url.startswith("https:"))
        if search and (told or anonymous)
        else None
    )
    if held:
        out.print(f"Search will be at [bold]http://{host}:{search_port or port + 1}[/bold].")
    try:
        service.serve(root or default_uri(), host, port, told, public_url, held, search_port)
    except KeyboardInterrupt:
        out.print("Stopped.")


def nightly(root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Capture what is due, promote what is approved, refresh the index; without any server, for a cron of your own."""
    with progress():
        night = flows.nightly(root=root, actor=actor or me())
    if as_json:
        show_json(night)
    else:
        show_table("Captured", ("Source", "Capture"), list(night.captured.items()))
        if night.failed:
            show_table("Failed", ("What", "Why"), list(night.failed.items()))
        out.print(f"snapshot {night.snapshot or 'unchanged'} · index {night.index or 'unchanged'}")
    if night.failed:
        raise typer.Exit(1)


def remind(root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Which captures wait for their steward, the longest first; what is due or overdue is recorded once.

    Examples: `muniment remind`; `muniment remind --json`
    """
    found = flows.remind(root=root, actor=actor or me())
    if as_json:
        return show_json(found)
    rows = [(each.source, each.state, f"{each.hours:,.0f}", each.lane, each.tell) for each in found.waiting]
    show_table("Waiting for a steward", ("Source", "State", "Hours", "Lane", "Tell"), rows, "" if rows else "Nothing waits.")


def reconcile(root: Root = "", as_json: Json = False) -> None:
    """Carry out every erasure request that has no receipt yet.

    Examples: `muniment reconcile`; `muniment reconcile --json`
    """
    with progress():
        done = flows.reconcile(root=root)
    if as_json:
        show_json(done)
    else:
        out.print(f"{len(done.erased)} carried out, {len(done.failed)} failed.")
        show_table("Failed", ("Request", "Error"), list(done.failed.items())) if done.failed else None
    if done.failed:
        raise typer.Exit(1)
