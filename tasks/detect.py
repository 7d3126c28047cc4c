"""Gather evidence about a capture: each detector over each shard that it has not seen yet."""

import logging

from muniment.errors import MunimentError
from muniment.schemas.capture import Capture
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets, policies
from muniment.tasks.derive import Finished
from muniment.tasks.detectors import detector, step_of
from muniment.tasks.evaluation.exact import items_among
from muniment.tasks.evaluation.screened import note_screened
from muniment.tasks.evidence import evidence_by
from muniment.tasks.pool import spread
from muniment.tasks.step import step
from muniment.tasks.tombstones.resemble import resembling

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
    names, standing = policies.current(root).detectors, evalsets.digest(root)
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
    try:
        looked = resembling(root, capture.shards)
        evidence = {shard: found | {"resemblance": looked[shard]} for shard, found in evidence.items()}
    except MunimentError:
        raise
    except Exception as error:  # noqa: BLE001 – as with the detectors: what was not looked at is held
        logger.error("the search for what was erased failed: %s", type(error).__name__)
        failed["resemblance"] = type(error).__name__
    for shard, found in items_among(root, capture.shards).items():
        evidence[shard] = evidence[shard] | {"evaluation": found}
    if "contamination" in names and "contamination" not in failed:
        note_screened(root, capture, standing, detector(root.uri, "contamination").digest)
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


def _recalled(root: Root, shard: Stored, names: tuple[str, ...]) -> dict[str, Stored]:
    found = {name: root.work.recall(step_of(detector(root.uri, name)), shard.digest, Finished) for name in names}
    return {name: each.output for name, each in found.items() if each and root.lake.exists(each.output)}
