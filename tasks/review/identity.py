"""How strongly the person is known in whose name a run acts."""

import os
import sys

from muniment.schemas.review import Identity

TAG = "identity:"  # of a flow run; the service writes it over whatever a request says (server/stamp.py)
VOUCHED = "MUNIMENT_VOUCHED"  # set for the worker of a service with a sign-in: what its gate vouches for


def identity() -> Identity:
    """`proxy`, `api-key` or `token` when the service vouches for the actor of this run, else `typed`."""
    if "prefect.context" not in sys.modules or not (vouched := os.environ.get(VOUCHED)):
        return Identity.TYPED
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return Identity(vouched) if run and f"{TAG}{vouched}" in run.tags else Identity.TYPED
