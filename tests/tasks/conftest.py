"""A captured source that tests of decisions share, and a searched corpus that tests of relevance do."""

from tests.asked import desk, searched
from tests.reviewed import reviewed, template

__all__ = ["desk", "reviewed", "searched", "template"]
