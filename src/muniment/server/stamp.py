"""Write who asks into a request for a run, over whatever the request says about it."""

import json
from typing import Any

from muniment.schemas.review import Identity
from muniment.server.people import Caller
from muniment.tasks.identity import TAG

NAMED = ("actor",)  # parameters that hold the name of whoever acts


def stamped(body: bytes, takes: set[str], caller: Caller | None) -> bytes:
    """The body of a request for a run with its actor and its identity replaced by those of the caller.

    takes: the parameters of the deployment. Without a caller (no sign-in is set up) the name stays as it was typed, and the run
    is marked as such. Raises `ValueError` when the body is not a JSON object.
    """
    asked: Any = json.loads(body or b"{}")
    if not isinstance(asked, dict):
        raise ValueError("a request for a run is a JSON object")  # noqa: TRY004 – the body is wrong, not a type of ours
    identity = caller.identity if caller else Identity.TYPED
    asked["tags"] = [tag for tag in asked.get("tags") or [] if not str(tag).startswith(TAG)] + [f"{TAG}{identity}"]
    if caller:
        given = dict(asked.get("parameters") or {})
        asked["parameters"] = {**given, **{name: caller.name for name in NAMED if name in takes}}
    return json.dumps(asked).encode()
