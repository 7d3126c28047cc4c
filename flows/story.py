"""A story: a flow's composition, written once and run in two ways."""

from collections.abc import Callable
from functools import cached_property, partial, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from muniment.tasks.runs import recorded

P = ParamSpec("P")
R = TypeVar("R")

_SUBJECTS = ("decision", "source", "judgement", "request", "revocation", "ref", "to")  # parameters that say what a run is about
_LONGEST = 64  # characters of one of them


class Story(Generic[P, R]):
    """Call it and it runs in this process, without any server. Its `flow` is the same function as a Prefect flow."""

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = recorded(function)
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @cached_property
    def flow(self) -> Any:
        """The Prefect flow. Imported when asked for: one-shot commands do not pay for it."""
        import prefect

        make: Any = prefect.flow  # its overloads do not know a function with options
        name = self.function.__name__.replace("_", "-")
        return make(self.function, name=name, flow_run_name=partial(_run_name, name), persist_result=False, log_prints=False)


def _run_name(story: str) -> str:
    """What a run is about, so that a list of runs can be read: `capture handbook`, `review approve handbook`. Ids, never content."""
    from prefect.runtime import flow_run

    given: dict[str, Any] = flow_run.parameters or {}
    named = [getattr(given[each], "value", given[each]) for each in _SUBJECTS if given.get(each)]
    return " ".join(str(each)[:_LONGEST] for each in [story, *named])
