"""Who asks: people and programs from `principals.toml` under the root, in groups that can lie in groups."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from muniment.errors import Forbidden, NotFound, RegistryError
from muniment.schemas.principal import Principal
from muniment.store.root import Root

KEY = "principals.toml"
_NESTED = "groups"  # the table of groups in groups; no principal is called that
_Groups = TypeAdapter(dict[str, tuple[str, ...]])


def principal(root: Root, identifier: str) -> Principal:
    """The principal of that id; raises `Forbidden` for somebody unknown: no one has rights that nobody gave."""
    known = _read(_held(root))
    if identifier not in known:
        raise Forbidden(f"{identifier} is not a known principal.", "Add them to the principals: `muniment access use FILE`.")
    return known[identifier]


def everyone(root: Root) -> dict[str, Principal]:
    """All principals by id; none when no file is there."""
    return dict(_read(_held(root)))


@lru_cache(maxsize=4)
def _read(toml: str) -> Mapping[str, Principal]:
    """Principals of a text, which every question needs and which hardly ever changes."""
    return parse(toml)


def nested(root: Root) -> dict[str, tuple[str, ...]]:
    """Groups that hold groups: the name of each, and the groups whose members are in it too."""
    return _nested(_tables(_held(root)))


def put_in_force(root: Root, toml: str) -> dict[str, Principal]:
    """Check a file of principals and put it in force at once, for every index."""
    parsed = parse(toml)
    tag = root.objects.read_tagged(KEY)[1] if root.objects.exists(KEY) else ""
    root.objects.replace(KEY, toml.encode(), tag)
    return parsed


def parse(toml: str) -> dict[str, Principal]:
    """Principals from TOML tables `[ID]` with groups, clearance and tenant; raises `RegistryError`.

    `[groups]` / `staff = ["engineering", "sales"]` says that whoever is in one of these is in `staff` too.
    """
    tables = _tables(toml)
    within = _nested(tables)
    try:
        known = {name: Principal.model_validate({"id": name, **fields}) for name, fields in tables.items() if name != _NESTED}
    except TypeError as error:
        raise RegistryError(f"{KEY} is not TOML of one table a principal: {error}.", "Correct the file.") from None
    except ValidationError as error:
        raise _wrong(error) from None
    return {name: each.model_copy(update={"groups": expanded(each.groups, within)}) for name, each in known.items()}


def expanded(groups: Iterable[str], within: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """These groups and all that hold them, sorted; groups that hold each other are no harm."""
    found = set(groups)
    while more := {name for name, inner in within.items() if name not in found and not found.isdisjoint(inner)}:
        found |= more
    return tuple(sorted(found))


def _held(root: Root) -> str:
    try:
        return root.objects.read(KEY).decode()
    except NotFound:
        return ""


def _tables(toml: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"{KEY} is not TOML of one table a principal: {error}.", "Correct the file.") from None


def _nested(tables: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    try:
        return _Groups.validate_python(tables.get(_NESTED, {}))
    except ValidationError as error:
        raise _wrong(error) from None


def _wrong(error: ValidationError) -> RegistryError:
    wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
    return RegistryError(f"{KEY} is wrong: {wrong}.", "Correct the file.")
