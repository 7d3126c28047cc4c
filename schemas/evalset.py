"""A registered evaluation set."""

import pyarrow as pa

from muniment.schemas.source import Record, Slug
from muniment.schemas.stored import Stored

EVALSET = pa.schema([pa.field(name, pa.large_string(), nullable=False) for name in ("suite", "item", "question", "answer")])


class EvalSet(Record):
    """What `refs/evalsets/<id>` holds."""

    id: Slug
    items: Stored
