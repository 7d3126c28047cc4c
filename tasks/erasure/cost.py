"""What an erasure will take, before anything happens."""

from muniment.schemas.erasure import Plan, Receipt
from muniment.schemas.source import Record
from muniment.store.root import Root
from muniment.tasks.erasure.prove import receipts

_BYTES_A_SECOND = 20e6  # where nothing was erased yet: slow, so that nobody is surprised


class Cost(Record):
    """Objects, index files, segments and manifests to write anew, their bytes now, and about how long that takes."""

    copies: int
    bytes: int
    seconds: float
    measured: bool  # the time is taken from erasures of this root; otherwise it is a cautious guess


def estimate(root: Root, plan: Plan) -> Cost:
    """The cost of a plan. The time to prove it comes on top: it goes with what is kept, not with what is erased."""
    rates = [rate for each in receipts(root) if (rate := _rate(each))]
    rate = sorted(rates)[len(rates) // 2] if rates else _BYTES_A_SECOND
    return Cost(copies=len(plan.copies), bytes=plan.bytes, seconds=plan.bytes / rate, measured=bool(rates))


def _rate(receipt: Receipt) -> float:
    """Bytes a second of one erasure, with its proof; nothing when it was too small to tell."""
    seconds = (receipt.finished - receipt.started).total_seconds()
    return receipt.bytes_affected / seconds if receipt.bytes_affected > 1 << 20 and seconds > 0 else 0.0
