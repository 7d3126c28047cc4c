"""A captured source that tests of decisions share."""

from tests.reviewed import reviewed, template

__all__ = ["reviewed", "template"]
