"""Tables that lineage SQL can name beside the ledger's own: evidence and verdicts of what stands, without any text."""

from collections.abc import Callable
from functools import partial

import pyarrow as pa

from muniment.schemas.chunk import CHUNK, PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import EVAL_HIT, FINDING, LICENCE, OPT_OUT, SIGNAL, TWIN
from muniment.schemas.snapshot import Part
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import index_of, parts_of, shown
from muniment.tasks.detectors import FINDERS
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.judge import standing

_TEXT = {"text", "notices", "sketch"}


def query(uri: str, sql: str) -> pa.Table:
    """Run SQL over the ledger's tables and these views; raises `QueryError`."""
    root = open_root(uri)
    return root.lineage.sql(sql, views(root))


def views(root: Root) -> dict[str, Callable[[], pa.Table]]:
    """Table name → what loads it. Only tables that a query names are loaded."""
    return {
        "documents": partial(_shards, root, DOCUMENT),
        "findings": partial(_evidence, root, FINDERS, FINDING),
        "signals": partial(_evidence, root, ("language", "quality"), SIGNAL),
        "licences": partial(_evidence, root, ("licences",), LICENCE),
        "optouts": partial(_evidence, root, ("optouts",), OPT_OUT),
        "hits": partial(_evidence, root, ("contamination", "evaluation"), EVAL_HIT),
        "twins": partial(_twins, root),
        "verdicts": partial(_verdicts, root),
        "promoted": partial(_promoted, root),
        "chunks": partial(_chunks, root),
    }


def _load(root: Root, stored: list[Stored], schema: pa.Schema) -> pa.Table:
    return root.lake.read_all(stored, schema, [name for name in schema.names if name not in _TEXT])


def _shards(root: Root, schema: pa.Schema) -> pa.Table:
    return _load(root, [each.shard for judgement in standing(root) for each in judgement.shards], schema)


def _evidence(root: Root, names: tuple[str, ...], schema: pa.Schema) -> pa.Table:
    shards = [each for judgement in standing(root) for each in judgement.shards]
    return _load(root, [each.evidence[name] for each in shards for name in names if name in each.evidence], schema)


def _twins(root: Root) -> pa.Table:
    return _load(root, [judgement.twins for judgement in standing(root) if judgement.twins], TWIN)


def _verdicts(root: Root) -> pa.Table:
    """Verdicts with their source beside them, since that is what people group by."""
    tables = []
    for judgement in standing(root):
        table = _load(root, [each.verdicts for each in judgement.shards], VERDICT)
        tables.append(table.append_column("source_id", pa.array([judgement.source] * table.num_rows, pa.string())))
    empty = VERDICT.append(pa.field("source_id", pa.string())).empty_table()
    return pa.concat_tables([empty, *tables], promote_options="permissive")


def _parts(root: Root) -> tuple[Part, ...]:
    return parts_of(root, shown(root, "production"))


def _promoted(root: Root) -> pa.Table:
    return unserved(root).out_of(_load(root, [shard for part in _parts(root) for shard in part.shards], PROMOTED))


def _chunks(root: Root) -> pa.Table:
    return unserved(root).out_of(_load(root, list(index_of(root, "production").chunks), CHUNK))
