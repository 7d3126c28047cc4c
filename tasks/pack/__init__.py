"""What a steward reads before deciding: the evidence pack of a judgement, a file a question."""

from muniment.tasks.pack.find import find_judgement
from muniment.tasks.pack.gather import gather_pack

__all__ = ["find_judgement", "gather_pack"]
