"""What the search service writes to its log: a line a request, without what was asked, by whom, or what came back."""

import json
import logging
import traceback
from pathlib import Path

from muniment.errors import Forbidden, MunimentError

log = logging.getLogger("muniment.search")


def request_done(identifier: str, method: str, route: str, status: int, milliseconds: float) -> None:
    """One request. route: the pattern that matched, never the path: people paste anything into one."""
    log.info(json.dumps({"request": identifier, "method": method, "route": route, "status": status, "ms": round(milliseconds, 1)}))


def noted(error: BaseException) -> None:
    """One error. Ours are written to be logged, but a refusal names who was refused: of it the code is kept. Of others, which may quote what
    was asked, only the kind and the place are."""
    if isinstance(error, Forbidden):
        log.warning(json.dumps({"error": error.code}))
        return
    if isinstance(error, MunimentError):
        log.warning(json.dumps({"error": error.code, "message": error.message, "remedy": error.remedy}))
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error(json.dumps({"error": type(error).__name__, "place": place}))
