"""Evidence without the hits of a removed set, in the place of evidence with them."""

from collections.abc import Iterator, Mapping

import polars as pl

from muniment.schemas.capture import Judgement
from muniment.schemas.evidence import EVAL_HIT
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.derive import Finished, frame
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.rewrite import substituted

_WORK = ("work/detect/contamination/", "work/evaluation/")


def without_suite(root: Root, name: str) -> Iterator[tuple[str, Stored]]:
    """Objects of evidence with hits of a set, by digest, and what is left of each."""
    for digest in list(copies.objects(root)):
        columns, suites = root.lake.columns(digest, ["suite"])
        if columns == EVAL_HIT.names and name in suites["suite"].unique().to_pylist():
            kept = frame(root.lake.table(digest)).filter(pl.col("suite") != name)
            yield digest, root.lake.write(kept.to_arrow(), EVAL_HIT)


def put_in_place(root: Root, mapped: Mapping[str, Stored]) -> None:
    """Have every judgement name what is left, forget the work that found more, then remove what was replaced. Safe to run again."""
    if not mapped:
        return
    for judgement in list(root.manifests.all("judgements", Judgement)):
        if set(mapped) & set(copies.named(judgement)):
            fields = substituted(judgement.model_dump(mode="json"), mapped) | {"revision": judgement.revision + 1}
            root.manifests.supersede("judgements", Judgement.model_validate(fields))
    for prefix in _WORK:
        for key in list(root.objects.list(prefix)):
            if Finished.model_validate_json(root.objects.read(key)).output.digest in mapped:
                root.work.forget(key)
    for digest in mapped:
        root.objects.delete(copies.key_of(digest))
        root.holdings.forget(digest)
