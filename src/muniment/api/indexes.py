"""Search indexes and their variants."""

from muniment.schemas.gate import Comparison, GateReport
from muniment.schemas.index import Index
from muniment.store.root import open_root
from muniment.tasks.index.compare import compare_indexes
from muniment.tasks.index.gate import gate_index
from muniment.tasks.index.use import fall_back, use_index


def index_list(root: str = "") -> list[Index]:
    """Every kept index."""
    return list(open_root(root).manifests.all("indexes", Index))


def index_gate(identifier: str, actor: str, queries: str = "", root: str = "") -> GateReport:
    """Measure a variant against the exact index, slice by slice; the report is kept and recorded."""
    return gate_index(root, identifier, actor, queries)


def index_use(identifier: str, actor: str, ref: str = "production", root: str = "") -> Index:
    """Let a ref serve an index that is exact or passed its gate."""
    return use_index(root, identifier, ref, actor)


def index_fallback(actor: str, ref: str = "production", root: str = "") -> Index:
    """Serve the index before again."""
    return fall_back(root, ref, actor)


def index_compare(first: str, second: str, queries: str = "", root: str = "") -> Comparison:
    """Ask two indexes the same queries."""
    return compare_indexes(root, first, second, queries)
