"""Licences: evidence of every kind, one SPDX expression a document, and the policy tags that follow from it."""

from muniment.core.licences.conclusion import conclude, sides
from muniment.core.licences.declared.strings import understand
from muniment.core.licences.detection import detector
from muniment.core.licences.matching.rules import COMPILED, Rules, compile_rules, restore
from muniment.core.licences.tags import tags

__all__ = ["COMPILED", "Rules", "compile_rules", "conclude", "detector", "restore", "sides", "tags", "understand"]
