"""The stories as Prefect flows, by the names that deployments load them under."""

import atexit
import gc
import sys

from muniment import flows
from muniment.server.fastened import fasten_to_worker

capture = flows.capture.flow
review = flows.review.flow
promote = flows.promote.flow
rollback = flows.rollback.flow
index = flows.index.flow
nightly = flows.nightly.flow
erase = flows.erase.flow
revoke = flows.revoke.flow
rescan = flows.rescan.flow
remind = flows.remind.flow
reconcile = flows.reconcile.flow
relevance = flows.relevance.flow
retain = flows.retain.flow

fasten_to_worker()


@atexit.register
def _let_go_of_duckdb() -> None:
    """Prefect's run process ends with its modules still held; DuckDB's binding would then print a page about leaks for every run."""
    for name in [name for name in sys.modules if name.split(".")[0] in ("duckdb", "_duckdb")]:
        vars(sys.modules.pop(name)).clear()
    gc.collect()
