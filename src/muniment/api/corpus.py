"""What the corpus is and was: snapshots, documents, duplicates, runs, lineage."""

import getpass
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from muniment.schemas.rebuild import Rebuilt
from muniment.schemas.run import Run
from muniment.store.root import open_root
from muniment.tasks import explain as explaining
from muniment.tasks import history, runs, tables
from muniment.tasks import rebuild as rebuilding
from muniment.tasks import split as splitting
from muniment.tasks.duplicates import effect as effects
from muniment.tasks.explain_to import explain_to


def snapshots(root: str = "") -> list[history.Kept]:
    """Every kept snapshot, the latest first."""
    return history.snapshots(root)


def snapshots_rebuild(snapshot: str, root: str = "", actor: str = "") -> Rebuilt:
    """Build a snapshot again from what its manifest names, and compare; nothing is stored or moved."""
    return rebuilding.rebuild(root, snapshot, actor or getpass.getuser())


def diff(before: str, after: str, root: str = "") -> history.Difference:
    """What differs between two snapshots or refs."""
    return history.diff(root, before, after)


def explain(document: str, root: str = "", user: str = "", ref: str = "production") -> explaining.Story:
    """The whole story of a document; with a `user` what that principal may know of it."""
    return explain_to(root, document, user, ref) if user else explaining.explain(root, document)


def runs_list(last: int = 0, root: str = "") -> list[Run]:
    """Records of runs, the latest first."""
    return runs.runs(open_root(root), last)


def runs_show(run: str, root: str = "") -> Run:
    """The record of one run."""
    return runs.run(open_root(root), run)


def duplicates_report(source: str = "", root: str = "") -> effects.Effect:
    """What the removal of duplicates did: documents and characters before and after, by slice."""
    return effects.effect(root, source)


def duplicates_split(
    parts: Mapping[str, float], out: Path, ref: str = "production", by: splitting.Group | None = None, root: str = ""
) -> splitting.Split:
    """Write doc_id, part and cluster of every promoted document to `out`; no near duplicate is in two parts."""
    return splitting.split(root, ref, parts, out, by)


def lineage_sql(query: str, root: str = "") -> pa.Table:
    """SQL over the ledger and what stands now."""
    return tables.query(root, query)
