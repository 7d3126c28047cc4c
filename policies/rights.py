"""How evidence about licences becomes a conclusion (LIC-1), and what an operator adds to the table of licences."""

from typing import Literal

from muniment.policies.findings import Share
from muniment.policies.licences import Group, Terms, licence_tags
from muniment.schemas.source import Record


class Rights(Record):
    """The section `[rights]` of a policy.

    `inherit` is what a silent document inherits from, the first that says something: the nearest enclosing directory with a licence file
    or package metadata, its project, its source. `conflicts` are the disagreements that leave a document without a licence:
    `declared` (its own tags have nothing in common with what was declared for it), `project` (a project's metadata and its licence
    files), `source` (what was concluded, and what the registry declares for the source), `reserved` (a document grants a licence and
    reserves all rights). `confidence` is the least that evidence must have to count. `[[rights.licence]]` maps licences of your own, or
    replaces rows of the table that ships.
    """

    inherit: tuple[Literal["directory", "project", "source"], ...] = ("directory", "project", "source")
    conflicts: tuple[Literal["declared", "project", "source", "reserved"], ...] = ("declared", "project", "reserved")
    confidence: Share = 0.5
    preferred: tuple[str, ...] = ()  # of a choice (OR) the first that is offered; empty: as the table that ships has it
    licence: tuple[Group, ...] = ()

    def table(self) -> Terms:
        """The table of licences that is in force under this policy."""
        table = licence_tags().extended(self.licence) if self.licence else licence_tags()
        return table.model_copy(update={"preferred": self.preferred}) if self.preferred else table
