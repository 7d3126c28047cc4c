"""Every night: capture, promote, index, ask canaries, enforce retention, carry out what is left over, sign the ledger's head, remind."""

from collections.abc import Callable
from typing import TypeVar

from muniment.errors import MunimentError
from muniment.flows.capture import capture
from muniment.flows.index import index
from muniment.flows.promote import promote
from muniment.flows.reconcile import reconcile
from muniment.flows.relevance import relevance
from muniment.flows.remind import remind
from muniment.flows.retain import retain
from muniment.flows.story import Story
from muniment.schemas.source import Record
from muniment.tasks.audit.checkpoints import checkpoint
from muniment.tasks.sources import due

P = TypeVar("P")


class Night(Record):
    """What a night came to. A part that fails is told and does not stop the others."""

    captured: dict[str, str]  # source → capture
    failed: dict[str, str]  # source, or part of the night → error
    snapshot: str
    index: str
    drifted: tuple[str, ...] = ()  # canaries whose answers moved further than the policy allows
    erased: tuple[str, ...] = ()  # requests that were left over and are carried out now
    checkpoint: int = 0  # entries of the ledger that a signature covers
    waiting: int = 0  # captures that wait for a steward


@Story
def nightly(root: str = "", actor: str = "schedule") -> Night:
    """Costs what changed: a night without changes detects, promotes and embeds nothing. What leaves comes after what enters, and the
    signature after both."""
    failed = dict[str, str]()

    def attempt(part: str, do: Callable[[], P]) -> P | None:
        try:
            return do()
        except MunimentError as error:
            failed[part] = f"{error.code}: {error}"
            return None

    captured = {source: attempt(source, lambda source=source: capture(source, root=root, actor=actor)) for source in due(root)}  # type: ignore[misc]
    promoted = attempt("promotion", lambda: promote(root=root, actor=actor))
    built = attempt("index", lambda: index(root=root, actor=actor)) if promoted else None
    watched = attempt("canaries", lambda: relevance(root=root, actor=actor))
    attempt("retention", lambda: retain(root=root, actor=actor))
    left_over = attempt("reconciliation", lambda: reconcile(root=root))
    signed = attempt("checkpoint", lambda: checkpoint(root, actor))
    reminded = attempt("reminders", lambda: remind(root=root, actor=actor))
    if left_over:
        failed.update(left_over.failed)
    return Night(
        captured={source: each.capture for source, each in captured.items() if each},
        failed=failed,
        snapshot=promoted.snapshot if promoted else "",
        index=built.id if built else "",
        drifted=watched.drifted if watched else (),
        erased=left_over.erased if left_over else (),
        checkpoint=signed.size if signed else 0,
        waiting=len(reminded.waiting) if reminded else 0,
    )
