"""The tasks by name. Each is one module with `score(data, options) -> Outcome`, imported when it is asked for."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from muniment.errors import NotFound
from muniment.evaluate.report import Options, Outcome, report

Task = Callable[[Sequence[Path], Options], Outcome]


def _task(module: str) -> Task:
    def score(data: Sequence[Path], options: Options) -> Outcome:
        outcome: Outcome = import_module(f"muniment.evaluate.{module}").score(data, options)
        return outcome

    return score


TASKS: dict[str, Task] = {
    "pii": _task("personal"),
    "secrets": _task("secrets"),
    "language": _task("language"),
    "quality": _task("quality"),
    "licences": _task("licences"),
    "twins": _task("twins"),
    "contamination": _task("contamination"),
    "retrieval": _task("retrieval"),
    "acl": _task("acl"),
}


def run(task: str, data: Sequence[Path], options: Options = Options()) -> dict[str, Any]:
    """Score one task on labelled data files: the report (see `report.report`).

    Raises `NotFound` for an unknown task or a missing file, `Corrupt` for data that is not in the task's form.
    """
    if task not in TASKS:
        raise NotFound(f"There is no evaluation task {task!r}.", f"Choose one of {', '.join(TASKS)}.")
    return report(task, data, TASKS[task](data, options))
