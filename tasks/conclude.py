"""By what right each document of a capture is there: what its evidence amounts to, under the terms in force."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pyarrow as pa

from muniment.core import licences
from muniment.core.licences import dependence
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import LICENCE
from muniment.schemas.source import Record, Source
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.revoke import revocations


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
    """doc_id, licence, status, rights, tags, reserved. Over the whole capture at once: a project's licence file speaks for its other files."""
    documents = root.lake.read_all(capture.shards, DOCUMENT, ["doc_id", "project", "native_key"])
    statements = root.lake.read_all([found["licences"] for found in evidence.values() if "licences" in found], LICENCE)
    licence = licences.conclude(documents, statements, source.declared_licence, policy.rights)
    left = dependence.without(licence, Rights.of(root, source, policy).revoked)
    tagged = licences.tags(left, policy.rights.table())
    return tagged.append_column("reserved", pa.array([[]] * tagged.num_rows, pa.list_(pa.string())))
