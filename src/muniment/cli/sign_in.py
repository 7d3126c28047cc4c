"""Options that say who may use a service, the same for each."""

from enum import StrEnum
from typing import Annotated

import typer

from muniment.server.sign_in import AUDIENCE, AUTH, GROUPS, HEADER, ISSUER, KEY_SET, NAME_CLAIM, PEOPLE, PROXIES


class SignIns(StrEnum):
    """Ways to sign in."""

    NONE = "none"
    PROXY = "proxy"
    API_KEYS = "api-keys"
    OIDC = "oidc"


Header = Annotated[str, typer.Option(help="The header in which a sign-in proxy names the person.")]
GroupsHeader = Annotated[
    str, typer.Option(help="The header in which that proxy names their groups; without it the registry of principals says.")
]
Proxies = Annotated[
    str, typer.Option(metavar="CIDR", help="Addresses of that proxy, commas between; from elsewhere the header is not believed.")
]
People = Annotated[
    str,
    typer.Option(metavar="FILE", help="TOML of people: [dana], role = reader, steward or operator, key = SHA-256 of their key."),
]
Issuer = Annotated[str, typer.Option(metavar="URL", help="OpenID Connect issuer whose tokens are believed.")]
Audience = Annotated[str, typer.Option(help="What a token must be for.")]
KeySet = Annotated[str, typer.Option(metavar="FILE", help="The issuer's public keys (JWKS); without it the issuer is asked.")]
NameClaim = Annotated[str, typer.Option(help="The claim that holds somebody's name.")]


def asks(
    auth: SignIns, header: str, groups: str, proxies: str, people: str, issuer: str, audience: str, keys: str, name: str
) -> dict[str, str]:
    """The options as the service tells them to its processes; empty without a sign-in."""
    if auth is SignIns.NONE:
        return {}
    told = {AUTH: auth.value, HEADER: header, GROUPS: groups, PROXIES: proxies, PEOPLE: people}
    return {**told, ISSUER: issuer, AUDIENCE: audience, KEY_SET: keys, NAME_CLAIM: name}
