"""One command that runs it all: Prefect's server and UI, our deployments with their schedules, and a worker."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from muniment.schemas.review import Identity
from muniment.server.application import TOKEN
from muniment.server.automations import await_signs, keep_automations
from muniment.server.fastened import WORKER
from muniment.server.process import listening, watched
from muniment.server.search.serving import searching
from muniment.server.search.settings import Settings
from muniment.server.settings import environment
from muniment.server.sign_in import AUTH, sign_in
from muniment.store.root import open_root
from muniment.tasks.relevance.canaries import canaries
from muniment.tasks.review.identity import VOUCHED
from muniment.tasks.service import TOKEN_HEADER, note_address, token

DEPLOYMENTS = {
    "capture": "Ingest a source into quarantine, gather evidence, judge, and show a steward what there is to decide.",
    "review": "Decide about a captured source. Open it from the link in the evidence pack, which fills in what you decide about.",
    "promote": "Publish what is approved as a new snapshot.",
    "rollback": "Show an earlier snapshot and its index again.",
    "index": "Build a search index from what a ref shows.",
    "nightly": "Capture what is due, promote what is approved, refresh the index, enforce retention, carry out what was left over.",
    "remind": "Tell stewards which captures wait for them, and whom to tell when one waits too long.",
    "reconcile": "Carry out every erasure request that has no receipt yet: none is lost because the service was away.",
    "retain": "Enforce retention windows, staleness and terminated contracts; a legal hold keeps what it names.",
    "relevance": "Ask canaries, and a set of stored queries if one is named, and tell when answers moved too far.",
    "rescan": "Look for duplicates anew in everything that was captured; a source that comes out differently waits for its steward.",
    "revoke": "Erase what hangs on a licence that was taken back, and prove it.",
    "erase": "Carry out an erasure request that was written down before, and prove it.",
}
DEPLOYED_AS = "steward"
SCHEDULES = {  # cron
    "nightly": "15 2 * * *",
    "rescan": "15 4 * * 0",
    "remind": "5 * * * *",
    "reconcile": "35 * * * *",
}
_AT_ONCE = 3  # runs; an erasure does not wait for a capture


def serve(
    root: str,
    host: str,
    port: int,
    asks: Mapping[str, str] | None = None,
    public: str = "",
    search: Settings | None = None,
    search_port: int = 0,
) -> None:
    """Run until interrupted. The servers are stopped with us; deployments and schedules stay for the next time.

    asks: who may use it, as `sign_in` reads it; everybody by default, with names as they were typed.
    public: the address that browsers use, when it is another one. search: how search is served, None for not at all; it listens on
    the next port when none is given.
    """
    if asks:
        sign_in(dict(asks))  # refuse now what cannot work
    os.environ.update(environment(root, host, port, public))
    proof = token(open_root(root)) if asks else ""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # leave through the block below, so that the server is stopped too
    with ExitStack() as running:
        running.enter_context(server(host, port, {**(asks or {}), TOKEN: proof}))
        if search:
            answering = searching(root, host, search_port or port + 1, asks or {}, search, "--search-port")
            running.enter_context(watched(running.enter_context(answering)))
        os.environ.update(credentials(proof, (asks or {}).get(AUTH, "")))
        os.environ[WORKER] = str(os.getpid())
        note_address(root, f"http://{host}:{port}")
        asyncio.run(work())


def credentials(proof: str, mode: str) -> dict[str, str]:
    """Environment of our own worker and flow runs: how they prove themselves, and what the names in their runs are worth."""
    if not proof:
        return {}
    vouched = {"proxy": Identity.PROXY, "api-keys": Identity.API_KEY, "oidc": Identity.TOKEN}[mode]
    return {"PREFECT_CLIENT_CUSTOM_HEADERS": json.dumps({TOKEN_HEADER: proof}), VOUCHED: str(vouched)}


@contextmanager
def server(
    host: str, port: int, settings: Mapping[str, str] | None = None, patience: float = 180
) -> Iterator[subprocess.Popen[bytes]]:
    """A Prefect server behind our gate that is healthy inside the block; raises `SourceUnavailable` when it does not start."""
    with listening("muniment.server.application:create", host, port, "/api/health", settings or {}, patience=patience) as process:
        yield process


async def work() -> None:
    """Register the deployments and automations, pick up what was left over, and execute runs until interrupted."""
    from prefect.client.orchestration import get_client
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

    runner: Any = Runner(pause_on_shutdown=False, limit=_AT_ONCE)
    runner.handle_sigterm = lambda *_: sys.exit(0)  # its own would only warn: nothing awaits it here
    deployments = {
        name: await runner.add_deployment(
            RunnerDeployment.from_entrypoint(
                f"muniment.server.deployed.{name}",
                name=DEPLOYED_AS,
                description=text,
                cron=SCHEDULES.get(name),
                tags=["muniment"],
            )
        )
        for name, text in DEPLOYMENTS.items()
    }
    async with get_client() as client:
        await keep_automations(client, deployments)
        await await_signs(client, deployments, datetime.now(UTC))
        # Requests that were made while nobody listened.
        await client.create_flow_run_from_deployment(deployments["reconcile"])
        if canaries(open_root(os.environ.get("MUNIMENT_ROOT"))):  # another version, or another machine, may answer otherwise
            await client.create_flow_run_from_deployment(deployments["relevance"])
    await runner.start()
