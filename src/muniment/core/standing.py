"""What holds for a document now: what it was promoted with, and what was changed since."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from muniment.core.access import Access
from muniment.schemas.access import Change, Via
from muniment.schemas.source import Classification

_LEVELS = [level.value for level in Classification]
NOWHERE = ""  # a tenant that no principal is of


class Groups(NamedTuple):
    """Groups that may read, and whether they take the place of others or only narrow them."""

    names: frozenset[str]
    exact: bool
    opened: int  # the change that set them; one that only narrows them afterwards is not a word to open
    number: int  # the last change that said anything of them


class Level(NamedTuple):
    """A classification, and whether it takes the place of another or only raises it; numbers as in `Groups`."""

    name: str
    exact: bool
    opened: int
    number: int


class Tenant(NamedTuple):
    """A tenant, and whether documents move there or only those that are of it stay readable; numbers as in `Groups`."""

    name: str
    exact: bool
    opened: int
    number: int


class Layer(NamedTuple):
    """All that was said about one source or document in one way."""

    groups: Groups | None = None
    level: Level | None = None
    tenant: Tenant | None = None

    def over(self, access: Access, narrowing: bool = False) -> Access:
        """What holds once this is said; with `narrowing` nothing of it opens."""
        tenant, level, acl, source = access
        if self.groups is not None:
            acl = self.groups.names if self.groups.exact and not narrowing else self.groups.names & acl
        if self.level is not None:
            level = self.level.name if self.level.exact and not narrowing else higher(level, self.level.name)
        if self.tenant is not None and not (self.tenant.exact and not narrowing):
            tenant = tenant if tenant == self.tenant.name else NOWHERE
        elif self.tenant is not None:
            tenant = self.tenant.name
        return Access(tenant, level, acl, source)

    @property
    def exact(self) -> bool:
        """Whether all that is said takes the place of what was there."""
        return all(each.exact for each in (self.groups, self.level, self.tenant) if each is not None)

    def later_than(self, others: Sequence["Layer"]) -> "Layer":
        """Of what was said only what was said later than one of these opened the same."""
        return Layer(*(_if_later(field, [other[place] for other in others]) for place, field in enumerate(self)))


class Layers(NamedTuple):
    """What holds over a source, or a document: by its registry entry, and by what was set."""

    registry: Layer | None = None
    given: Layer | None = None


def standing(promoted: Access, layers: Iterable[Layer | None]) -> Access:
    """What holds: each layer over the one before. What was narrowed after a later layer was set narrows that one too, so that closing a
    source closes what was opened in it before."""
    said = [each for each in layers if each is not None]
    access = promoted
    for layer in said:
        access = layer.over(access)
    for place, layer in enumerate(said[:-1]):
        access = layer.later_than(said[place + 1 :]).over(access, narrowing=True)
    return access


def _if_later(field: Any, others: Sequence[Any]) -> Any:
    return field if field and any(other and other.exact and field.number > other.opened for other in others) else None


def merged(before: Layer | None, change: Change) -> Layer | None:
    """A layer with one more change of its way; None when it is cleared."""
    if change.via is Via.CLEAR:
        return None
    held = before or Layer()
    return Layer(_groups(held.groups, change), _level(held.level, change), _tenant(held.tenant, change))


def folded(layers: Mapping[str, Layers], changes: Sequence[Change], named: str) -> dict[str, Layers]:
    """Layers of all sources or documents (`named`: the field of a change that names them) after more changes."""
    after = dict(layers)
    for said in changes:
        change = said if named == "sources" else said.model_copy(update={"narrows": False})
        for name in getattr(change, named):
            held = after.get(name, Layers())
            if change.via is Via.REGISTRY:
                after[name] = held._replace(registry=merged(held.registry, change))
            else:
                after[name] = held._replace(given=merged(held.given, change))
            if after[name] == Layers():
                del after[name]
    return after


def higher(one: str | None, other: str) -> str | None:
    """The more sensitive of two levels; one that is missing or unknown stays, which closes."""
    return other if one in _LEVELS and _LEVELS.index(one) < _LEVELS.index(other) else one


def _groups(held: Groups | None, change: Change) -> Groups | None:
    if change.groups is None:
        return held
    names, number = frozenset(change.groups), change.number
    if change.exact:
        return Groups(names, not change.narrows, number, number)
    return held._replace(names=names & held.names, number=number) if held else Groups(names, False, number, number)


def _level(held: Level | None, change: Change) -> Level | None:
    if change.classification is None:
        return held
    name, number = change.classification.value, change.number
    if change.exact or held is None:
        return Level(name, change.exact, number, number)
    return held._replace(name=higher(held.name, name) or name, number=number)


def _tenant(held: Tenant | None, change: Change) -> Tenant | None:
    if change.tenant is None:
        return held
    if change.exact or held is None:
        return Tenant(change.tenant, change.exact, change.number, change.number)
    if held.name == change.tenant:
        return held._replace(number=change.number)
    return Tenant(NOWHERE, True, held.opened, change.number)
