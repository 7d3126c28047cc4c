"""What each role may ask of Prefect's API. What is not listed is refused."""

import re

from muniment.server.people import Role

_ID = r"[0-9a-f-]{36}"
RUN = re.compile(rf"^/api/deployments/({_ID})/create_flow_run/?$")
STATE = re.compile(rf"^/api/flow_runs/({_ID})/set_state/?$")

# Prefect asks many of its questions by POST.
_ASKS = re.compile(
    r"^/api/(ui/)?[a-z_]+/(latest/|dashboard/)?(filter(/next)?|count|counts|count-[a-z-]+|count-by/[a-z-]+|history|paginate|lateness|next-runs"
    r"|validate|get_scheduled_flow_runs)/?$"
)
_HIDDEN = re.compile(r"^/api/(admin|docs|openapi)")
_OPERATES = re.compile(rf"^/api/deployments/{_ID}/(pause_deployment|resume_deployment)/?$")


def allowed(role: Role, method: str, path: str) -> bool:
    """Whether a role may ask this at all. Runs and states are looked at once more: what they are about matters."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return not _HIDDEN.match(path)
    if method != "POST":
        return False
    if _ASKS.match(path):
        return True
    if RUN.match(path) or STATE.match(path):
        return role is not Role.READER
    return bool(_OPERATES.match(path)) and role is Role.OPERATOR


def may_set(role: Role, state: str, decides: bool) -> bool:
    """Whether a role may put a run into a state: stewards cancel; operators also retry, but no run that decides in somebody's name."""
    if state in ("CANCELLING", "CANCELLED"):
        return True
    return role is Role.OPERATOR and not decides and state in ("SCHEDULED", "PENDING")
