"""By what right each document of a capture is there: what its evidence amounts to, under the terms in force."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa

from muniment.core import licences, optouts
from muniment.core.licences import dependence
from muniment.policies.licences import Tag
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import LICENCE, OPT_OUT
from muniment.schemas.source import Record, Source
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.rights.revoke import revocations


class Rights(Record):
    """What decides about rights beside the policy: the table of licences, and the licences that were taken back of a source."""

    table: str  # digest
    revoked: tuple[str, ...]

    @classmethod
    def of(cls, root: Root, source: Source, policy: Policy) -> "Rights":
        """As they are in force for a source now."""
        taken = revocations(root, source.id, on=datetime.now(UTC).date())
        return cls(table=policy.rights.table().digest, revoked=tuple(sorted({each.licence for each in taken})))

    @property
    def digest(self) -> str:
        """Names them."""
        return digest(self)


def concluded(
    root: Root, capture: Capture, evidence: Mapping[str, Mapping[str, Stored]], source: Source, policy: Policy
) -> pa.Table:
    """doc_id, licence, status, rights, tags, reserved. Over the whole capture at once: a project's licence file speaks for its other
    files, and a site's robots.txt for its pages."""
    documents, statements = papers(root, capture, evidence)
    licence = licences.conclude(documents, statements, source.declared_licence, policy.rights)
    left = dependence.without(licence, Rights.of(root, source, policy).revoked)
    said = optouts.conclude(documents, _evidence(root, evidence, "optouts", OPT_OUT))
    tags = frame(licences.tags(left, policy.rights.table())).with_columns(frame(said).select("reserved", "paid"))
    asked = (
        pl.when("paid")
        .then(pl.col("tags").list.concat(pl.lit([str(Tag.PARTNER_ONLY)])).list.unique().list.sort())
        .otherwise("tags")
    )
    return tags.with_columns(tags=asked).drop("paid").to_arrow()


def papers(root: Root, capture: Capture, evidence: Mapping[str, Mapping[str, Stored]]) -> tuple[pa.Table, pa.Table]:
    """The documents of a capture (doc_id, project, native_key), and all evidence about their licences."""
    documents = root.lake.read_all(capture.shards, DOCUMENT, ["doc_id", "project", "native_key"])
    return documents, _evidence(root, evidence, "licences", LICENCE)


def _evidence(root: Root, evidence: Mapping[str, Mapping[str, Stored]], name: str, schema: pa.Schema) -> pa.Table:
    return root.lake.read_all([found[name] for found in evidence.values() if name in found], schema)
