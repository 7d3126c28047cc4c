"""`muniment eval`: the quality of each detector, and of retrieval, on labelled data, as numbers that can be required."""

from muniment.evaluate.report import requirements_not_met
from muniment.evaluate.tasks import TASKS, run

__all__ = ["TASKS", "requirements_not_met", "run"]
