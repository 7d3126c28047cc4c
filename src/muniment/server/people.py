"""Who may use the service, in which role, and how they prove who they are."""

import base64
import binascii
import hmac
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from muniment.errors import PolicyError
from muniment.schemas.canonical import sha256
from muniment.schemas.review import Identity
from muniment.schemas.source import Record


class Role(StrEnum):
    """What somebody may do on the service. Whether they may decide about a source is checked by the decision itself."""

    READER = "reader"  # sees runs and evidence packs
    STEWARD = "steward"  # also runs deployments: decides, captures, promotes
    OPERATOR = "operator"  # also pauses schedules and retries runs that decide nothing


class Person(Record):
    """One entry of the people file."""

    role: Role = Role.READER
    key: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""  # SHA-256 of their key


class Caller(Record):
    """Who asks."""

    name: str
    role: Role
    identity: Identity
    claims: dict[str, Any] = {}  # what a checked token says of them
    until: int = 0  # seconds since 1970 when that token ends; 0: no token


class Proxy(Record):
    """A sign-in proxy before us: believed only when the connection comes from it."""

    header: str
    networks: tuple[IPv4Network | IPv6Network, ...]
    people: dict[str, Person] | None = None  # None: whoever the proxy lets through is a steward
    groups: str = ""  # the header with their groups; without one, whom they belong to is in the registry of principals

    def caller(self, headers: Mapping[str, str], peer: str) -> Caller | None:
        """Whom the proxy names; None without a name, for an unknown one, and when the connection is not the proxy's."""
        name = headers.get(self.header.lower(), "").strip()
        if not named(name) or not any(ip_address(peer) in each for each in self.networks):
            return None
        person = Person(role=Role.STEWARD) if self.people is None else self.people.get(name)
        claims = {"sub": name, "groups": headers.get(self.groups.lower(), "")} if self.groups else {}
        return Caller(name=name, role=person.role, identity=Identity.PROXY, claims=claims) if person else None


class Keys(Record):
    """A key for each person: as a bearer token, or as the password that a browser asks for."""

    people: dict[str, Person]

    def caller(self, headers: Mapping[str, str], peer: str) -> Caller | None:
        """Whose key it is; with a browser's sign-in the name must be theirs too."""
        name, key = credentials(headers.get("authorization", ""))
        digest = sha256(key.encode())
        found = None
        for held, person in self.people.items():  # all of them: how long it takes says nothing
            if person.key and hmac.compare_digest(person.key, digest) and name in ("", held):
                found = Caller(name=held, role=person.role, identity=Identity.API_KEY)
        return found


def behind(header: str, networks: str, people: str = "", groups: str = "") -> Proxy:
    """A proxy by the headers that it sets and its addresses (CIDR, commas between); raises `PolicyError`."""
    try:
        parsed = tuple(ip_network(each.strip()) for each in networks.split(",") if each.strip())
    except ValueError:
        raise PolicyError("--trusted-proxies holds no networks.", "Give them as 10.0.0.5/32,10.1.0.0/16.") from None
    if not parsed or not header:
        raise PolicyError("A proxy is trusted by its address and a header.", "Give --trusted-header and --trusted-proxies.")
    return Proxy(header=header, networks=parsed, people=read(people) if people else None, groups=groups)


def read(path: str) -> dict[str, Person]:
    """People by name from TOML tables `[NAME]` with role and key; raises `PolicyError`, which never quotes a key."""
    try:
        tables = tomllib.loads(Path(path).read_text())
        return {name: Person.model_validate(fields) for name, fields in tables.items() if _known(name)}
    except OSError:
        raise PolicyError(f"{path} cannot be read.", "Give a TOML file with a table for each person.") from None
    except (tomllib.TOMLDecodeError, ValidationError, AttributeError):
        raise PolicyError(
            f"{path} is no file of people.", 'A table a person: [dana], role = "steward", key = SHA-256 of their key.'
        ) from None


def _known(name: str) -> bool:
    if not named(name):
        raise PolicyError("The people file holds a name with signs that no name has.", "Use letters, digits, . _ @ + - and spaces.")
    return True


def named(name: str) -> bool:
    """Whether this can be somebody's name: letters, digits, and the signs of an address."""
    return 0 < len(name) <= 100 and name[0].isalnum() and all(each.isalnum() or each in " ._@+-" for each in name)


def credentials(authorization: str) -> tuple[str, str]:
    """Name and key of a Basic or Bearer header; a bearer names nobody."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return "", value.strip()
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, key = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, key
