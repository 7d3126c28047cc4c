"""Who asks: people and programs from `principals.toml` under the root."""

import tomllib
from typing import Any

from pydantic import ValidationError

from muniment.errors import Forbidden, NotFound, RegistryError
from muniment.schemas.principal import Principal
from muniment.store.root import Root

KEY = "principals.toml"


def principal(root: Root, identifier: str) -> Principal:
    """The principal of that id; raises `Forbidden` for somebody unknown: no one has rights that nobody gave."""
    known = everyone(root)
    if identifier not in known:
        raise Forbidden(f"{identifier} is not a known principal.", "Add them to the principals: `muniment access use FILE`.")
    return known[identifier]


def everyone(root: Root) -> dict[str, Principal]:
    """All principals by id; none when no file is there."""
    try:
        return parse(root.objects.read(KEY).decode())
    except NotFound:
        return {}


def put_in_force(root: Root, toml: str) -> dict[str, Principal]:
    """Check a file of principals and put it in force at once, for every index."""
    parsed = parse(toml)
    tag = root.objects.read_tagged(KEY)[1] if root.objects.exists(KEY) else ""
    root.objects.replace(KEY, toml.encode(), tag)
    return parsed


def parse(toml: str) -> dict[str, Principal]:
    """Principals from TOML tables `[ID]` with groups, clearance and tenant; raises `RegistryError`."""
    try:
        tables: dict[str, Any] = tomllib.loads(toml)
        return {name: Principal.model_validate({"id": name, **fields}) for name, fields in tables.items()}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise RegistryError(f"{KEY} is not TOML of one table a principal: {error}.", "Correct the file.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise RegistryError(f"{KEY} is wrong: {wrong}.", "Correct the file.") from None
