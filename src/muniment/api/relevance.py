"""How good search is: audits, judgements, comparisons, canaries, drift."""

import getpass

from muniment.schemas.relevance import Agreement, CanaryRun, CanarySet, Comparison, Gathered, RelevanceAudit, Unjudged, Week
from muniment.store.root import open_root
from muniment.tasks.relevance import audit, canaries, grades, judge
from muniment.tasks.relevance import drift as drifting
from muniment.tasks.relevance import report as reporting
from muniment.tasks.relevance.compare import PREVIOUS, compare_relevance


def relevance_audit(
    queries: str, user: str = "", ref: str = "production", k: int = 10, sample: int | None = None, root: str = "", actor: str = ""
) -> RelevanceAudit:
    """Ask stored queries on the served path, each as its user, or `user`: figures by slice, and where answers were lost."""
    return audit.audit_relevance(root, queries, actor or getpass.getuser(), ref, k, user, sample)


def relevance_list(queries: str = "", root: str = "") -> list[RelevanceAudit]:
    """Every kept audit, the earliest first."""
    return audit.audits(open_root(root), queries)


def relevance_compare(
    queries: str, against: str = PREVIOUS, user: str = "", ref: str = "production", k: int = 10, root: str = ""
) -> Comparison:
    """The index that is served against the previous one, another, or a mode such as `lexical`, with paired intervals."""
    return compare_relevance(root, queries, against, ref, k, user)


def relevance_worksheet(queries: str, judge_as: str, ref: str = "production", root: str = "") -> list[Unjudged]:
    """Passages that this judge has not graded."""
    return judge.worksheet(root, queries, judge_as, ref)


def relevance_grade(queries: str, lines: list[Unjudged], judge_as: str, ref: str = "production", root: str = "") -> int:
    """Write down grades of a worksheet; gives how many."""
    return judge.take_grades(root, queries, lines, judge_as, ref)


def relevance_agreement(queries: str, root: str = "") -> list[Agreement]:
    """How far each two judges of a set agree."""
    return grades.agreement(open_root(root), queries)


def relevance_drift(weeks: int = 12, root: str = "") -> list[Week]:
    """How searches were answered, week by week."""
    return drifting.drift(open_root(root), weeks)


def relevance_report(queries: str, user: str = "", with_queries: bool = False, ref: str = "production", root: str = "") -> Gathered:
    """What the page about the last audit of a set shows; texts of queries only for who may read them."""
    return reporting.gather(root, queries, user, ref, with_queries)


def canary_add(name: str, queries: str, ref: str = "production", k: int = 10, root: str = "", actor: str = "") -> CanarySet:
    """Ask a set of stored queries of every index that a ref serves."""
    return canaries.add_canary(root, name, queries, actor or getpass.getuser(), ref, k)


def canary_list(root: str = "") -> list[CanarySet]:
    """Every canary set."""
    return canaries.canaries(open_root(root))


def canary_run(name: str = "", root: str = "", actor: str = "") -> list[CanaryRun]:
    """Ask canaries now, and compare with the answers before."""
    return canaries.run_canaries(root, actor or getpass.getuser(), name)


def canary_show(name: str, root: str = "") -> list[CanaryRun]:
    """The runs of a canary set, the earliest first."""
    return canaries.runs(open_root(root), name)


def canary_remove(name: str, root: str = "", actor: str = "") -> int:
    """Ask a set no more; gives how many runs were forgotten."""
    return canaries.remove_canary(root, name, actor or getpass.getuser())
