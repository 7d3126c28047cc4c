"""Gather evidence about a capture: each detector over each shard that it has not seen yet."""

import logging

import pyarrow as pa

from muniment.core.detector import Detector
from muniment.errors import MunimentError
from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.derive import Finished
from muniment.tasks.detectors import SCHEMAS, detector, step_of
from muniment.tasks.pool import spread
from muniment.tasks.step import step

logger = logging.getLogger(__name__)


class Job(Record):
    """One shard, and the detectors that have not seen it."""

    uri: str
    shard: Stored
    detectors: tuple[str, ...]


class Gathered(Record):
    """Evidence of every detector about every shard, and how much of it is new."""

    evidence: dict[str, dict[str, Stored]]  # shard digest → detector → object
    failed: dict[str, str]  # detector → error class
    detected: int  # documents that a detector looked at now
    recalled: int  # documents whose evidence was all there


@step
def detect(uri: str, capture: Capture) -> Gathered:
    """Run what is missing, recall the rest. A detector that fails leaves its evidence out; policy holds those documents."""
    root = open_root(uri)
    names = policies.current(root).detectors
    evidence = {shard.digest: _recalled(root, shard, names) for shard in capture.shards}
    jobs = [
        Job(uri=root.uri, shard=shard, detectors=tuple(name for name in names if name not in evidence[shard.digest]))
        for shard in sorted(capture.shards, key=lambda shard: -shard.bytes)
    ]
    jobs = [job for job in jobs if job.detectors]
    failed: dict[str, str] = {}
    for job, (made, failures) in zip(jobs, spread("detect", run_detectors, jobs), strict=True):
        evidence[job.shard.digest] |= made
        failed |= failures
    detected = sum(job.shard.rows for job in jobs)
    return Gathered(
        evidence=evidence, failed=failed, detected=detected, recalled=sum(each.rows for each in capture.shards) - detected
    )


def run_detectors(job: Job) -> tuple[dict[str, Stored], dict[str, str]]:
    """Objects of evidence by detector, and the error class of each detector that failed."""
    root = open_root(job.uri)
    made: dict[str, Stored] = {}
    failed: dict[str, str] = {}
    for name in job.detectors:
        try:
            made[name] = _run(root, job.shard, name)
        except MunimentError:
            raise
        except Exception as error:  # noqa: BLE001 – a library's fault over some text must not stop the night, and never pass silently
            logger.error("detector %s failed over shard %s: %s", name, job.shard.digest, type(error).__name__)
            failed[name] = type(error).__name__
    return made, failed


def _run(root: Root, shard: Stored, name: str) -> Stored:
    return evidence_by(root, shard, detector(root.uri, name))


def evidence_by(root: Root, shard: Stored, made: Detector) -> Stored:
    """Evidence of a detector about a shard: run now, or what it found before."""
    schema, known = SCHEMAS[made.name], root.work.recall(step_of(made), shard.digest, Finished)
    if known and root.lake.exists(known.output):
        return known.output
    tables = [made.detect(batch) for batch in root.lake.batches(shard, DOCUMENT, made.reads)]
    stored = root.lake.write(pa.concat_tables([schema.empty_table(), *(table.cast(schema) for table in tables)]), schema)
    root.work.keep(step_of(made), shard.digest, Finished(output=stored))
    return stored


def _recalled(root: Root, shard: Stored, names: tuple[str, ...]) -> dict[str, Stored]:
    found = {name: root.work.recall(step_of(detector(root.uri, name)), shard.digest, Finished) for name in names}
    return {name: each.output for name, each in found.items() if each and root.lake.exists(each.output)}
