"""muniment serve, nightly: running unattended."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.server import service
from muniment.store.root import default_uri


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on. Only this machine by default: put a proxy with sign-in before it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the server and its UI.")] = 4200,
    root: Root = "",
) -> None:
    """Prefect server, UI, deployments, schedules and a worker in one command. Stop it with Ctrl-C."""
    out.print(f"Starting; the UI will be at [bold]http://{host}:{port}[/bold] (deployments: {', '.join(service.DEPLOYMENTS)}).")
    try:
        service.serve(root or default_uri(), host, port)
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
