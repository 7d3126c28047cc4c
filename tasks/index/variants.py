"""A candidate beside the exact index of a ref: the same passages and vectors, with compressed files that answer where it is cheaper."""

import time

import numpy as np

from muniment.errors import NotFound, Superseded
from muniment.schemas.canonical import digest
from muniment.schemas.index import EXACT, WORDS, Built, Index
from muniment.store.root import Root, open_root
from muniment.store.vectors import gpu, probes
from muniment.store.vectors.kinds import WIDTH, kind
from muniment.tasks.corpus import target
from muniment.tasks.index.machine import machine, measured
from muniment.tasks.index.opening import unplanned
from muniment.tasks.index.questions import sampled
from muniment.tasks.index.segments import Deriving, derived
from muniment.tasks.pool import spread
from muniment.tasks.step import step

_SAMPLE = 100_000  # vectors that shares to look into are worked out from
_QUERIES = 200


@step
def build_variant(uri: str, ref: str, variant: str, device: str = "auto") -> Index:
    """Build a candidate beside the exact index of what `ref` shows. Nothing is served by it until it is gated and used.

    Files of segments that did not change are used again. Raises `NotFound` and `Stop`.
    """
    root, began = open_root(uri), time.monotonic()
    kind(variant)
    base = baseline(root, ref)
    if variant == EXACT:
        return base
    device = gpu.chosen(device, variant)
    jobs = [
        Deriving(uri=root.uri, segment=each, dimension=base.dimension, kinds=(EXACT, WORDS, variant), device=device)
        for each in base.segments
    ]
    there = _kept(root)
    segments = tuple(spread("derive", derived, jobs))
    index = base.model_copy(
        update={
            "id": digest([base.id, [each.model_dump(mode="json") for each in segments], variant])[:20],
            "revision": 0,
            "segments": segments,
            "baseline": base.id,
            "variant": variant,
        }
    )
    index = _numbered(root, index.model_copy(update={"parameters": _parameters(root, index)}))
    made = [file for file in index.files if file.kind == variant]
    _note(root, index, Built(
        index=index.id,
        machine=machine(),
        device=device,
        seconds=round(time.monotonic() - began, 3),
        reused=sum(file.digest in there for file in made),
        made=sum(file.digest not in there for file in made),
        bytes={name: sum(file.bytes for file in index.files if file.kind == name) for name in (EXACT, WORDS, variant)},
        costs=measured(root, index, unplanned(root, index)),
    ))  # fmt: skip
    return index


def baseline(root: Root, ref: str) -> Index:
    """The exact index of the snapshot that a ref shows: the one that it serves, or the one that what it serves was built beside."""
    held, _ = target(root, ref)
    if held is None or not held.index:
        raise NotFound(f"{ref} has no index yet.", "Build one with `muniment index build`.")
    served = root.manifests.get("indexes", held.index, Index)
    if served.snapshot != held.snapshot:
        raise Superseded(f"The index of {ref} is of an earlier snapshot.", "Build one of this: `muniment index build`.")
    return root.manifests.get("indexes", served.baseline, Index) if served.baseline else served


def built(root: Root, index: Index) -> Built | None:
    """How an index was built, when that is known."""
    key = _built(index.id)
    return root.manifests.record(key, Built) if root.objects.exists(key) else None


def _numbered(root: Root, index: Index) -> Index:
    """The candidate as it is kept. An erasure since may have left a later revision of it: that one stands."""
    if not root.manifests.put("indexes", index):
        return root.manifests.get("indexes", index.id, Index)
    return index


def _note(root: Root, index: Index, how: Built) -> None:
    root.manifests.keep(_built(index.id), how)


def _built(identifier: str) -> str:
    return f"built/{identifier}.json"


def _kept(root: Root) -> set[str]:
    return {key.rpartition("/")[2] for key in root.objects.list("derived/")}


def _parameters(root: Root, index: Index) -> dict[str, float]:
    """How the variant is searched: worked out from its vectors, with sentences of its passages as queries."""
    found = {"refine": float(kind(index.variant).refine)}
    opened = unplanned(root, index)
    if index.variant == "hnsw":
        return found | {"ef": WIDTH}
    if not opened.listed:
        return found
    asked = root.encoders.open(index.encoder, index.encoder_digest).asked([each.text for each in sampled(root, index, _QUERIES)])
    return found | probes.required(*opened.cells(_SAMPLE), np.ascontiguousarray(asked, np.float32))
