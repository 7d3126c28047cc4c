"""Evidence about licences, whatever form it has: metadata, SPDX tags, texts, notices, references and rights markup."""

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.licences.evidence import table
from muniment.core.licences.matching.rules import Rules, compile_rules
from muniment.core.licences.metadata import files
from muniment.core.licences.pages import markup, structure
from muniment.core.licences.texts import statements as texts
from muniment.schemas.evidence import LICENCE

NAME, VERSION = "licences", "5"
_READS = ("doc_id", "native_key", "media_type", "declared_licence", "notices", "text")


def detector(reference: pa.Table | Rules) -> Detector:
    """The detector of `LICENCE` rows; `reference` is a table as the store loads it, or what `compile_rules` made of it (takes seconds).

    Statements that were seen but not understood have no expression. A document may have many rows; what they amount to is `conclude`'s.
    """
    rules = reference if isinstance(reference, Rules) else compile_rules(reference)
    settings = {"rules": rules.digest, **texts.SETTINGS}

    def detect(documents: pa.Table) -> pa.Table:
        frame = pl.DataFrame(documents.select(list(_READS))).with_row_index("doc")
        rows = [*files.statements(frame, rules), *markup.statements(frame, rules), *texts.statements(frame, rules)]
        return table(list(structure.settled(structure.named(rows, frame), frame)), frame, f"{NAME}@{VERSION}", rules.version)

    return Detector(NAME, VERSION, _READS, LICENCE, detect, settings)
