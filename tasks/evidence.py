"""What one detector says about one shard: found once, then recalled."""

import pyarrow as pa

from muniment.core.detector import Detector
from muniment.schemas.document import DOCUMENT
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.derive import Finished
from muniment.tasks.detectors import SCHEMAS, step_of


def evidence_by(root: Root, shard: Stored, made: Detector) -> Stored:
    """Evidence of a detector about a shard: run now, or what it found before."""
    schema, known = SCHEMAS[made.name], root.work.recall(step_of(made), shard.digest, Finished)
    if known and root.lake.exists(known.output):
        return known.output
    tables = [made.detect(batch) for batch in root.lake.batches(shard, DOCUMENT, made.reads)]
    stored = root.lake.write(pa.concat_tables([schema.empty_table(), *(table.cast(schema) for table in tables)]), schema)
    root.work.keep(step_of(made), shard.digest, Finished(output=stored))
    return stored
