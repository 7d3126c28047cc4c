"""Who asks: the identity that every search, read and decision is checked against."""

from typing import Annotated

from pydantic import AfterValidator, Field

from muniment.schemas.source import Classification, Record

Name = Annotated[str, Field(min_length=1)]


class Principal(Record):
    """A person or service. Closed by default: in no group, cleared for public documents only.

    `groups` are kept sorted and distinct, so that equal principals have equal digests.
    """

    id: Name
    groups: Annotated[tuple[Name, ...], AfterValidator(lambda names: tuple(sorted(set(names))))] = ()
    clearance: Classification = Classification.PUBLIC
    tenant: Name = "default"
