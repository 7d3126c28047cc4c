"""A story: a flow's composition, written once and run in two ways."""

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Story(Generic[P, R]):
    """Call it and it runs in this process, without any server. Its `flow` is the same function as a Prefect flow."""

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @cached_property
    def flow(self) -> Any:
        """The Prefect flow. Imported when asked for: one-shot commands do not pay for it."""
        import prefect

        make: Any = prefect.flow  # its overloads do not know a function with options
        return make(self.function, name=self.function.__name__.replace("_", "-"), persist_result=False, log_prints=False)
