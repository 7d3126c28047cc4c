"""Write who asks into a request for a run, over whatever the request says about it."""

import json
from typing import Any

from muniment.schemas.review import Identity
from muniment.server.people import Caller
from muniment.tasks.review.identity import TAG

# What a person may say about a run. Everything else (variables of its process, labels, context) is the service's own affair.
_SAID = ("parameters", "name", "state", "tags", "idempotency_key", "enforce_parameter_schema")
_STARTS = ("SCHEDULED", "PENDING")


def stamped(body: bytes, takes: set[str], caller: Caller | None) -> bytes:
    """The body of a request for a run with its actor and its identity replaced by those of the caller.

    takes: the parameters of the deployment. Without a caller (no sign-in is set up) the name stays as it was typed, and the run
    is marked as such. Raises `ValueError` when the body is not a JSON object, or asks for a run that has ended already.
    """
    asked: Any = json.loads(body or b"{}")
    if not isinstance(asked, dict):
        raise ValueError("a request for a run is a JSON object")  # noqa: TRY004 – the body is wrong, not a type of ours
    if caller:
        asked = _of(asked, takes, caller)
    identity = caller.identity if caller else Identity.TYPED
    asked["tags"] = [tag for tag in asked.get("tags") or [] if not str(tag).startswith(TAG)] + [f"{TAG}{identity}"]
    return json.dumps(asked).encode()


def _of(asked: dict[str, Any], takes: set[str], caller: Caller) -> dict[str, Any]:
    said = {name: asked[name] for name in _SAID if name in asked}
    state = said.get("state") or {"type": _STARTS[0]}
    if not isinstance(state, dict) or state.get("type") not in _STARTS:
        raise ValueError("a run starts as scheduled")
    # The root is the service's: nobody points a run elsewhere.
    given = {name: value for name, value in dict(said.get("parameters") or {}).items() if name != "root"}
    named = {"actor": caller.name} if "actor" in takes else {}
    return {**said, "state": {**state, "data": None}, "parameters": {**given, **named}}
