"""What a trusted proxy's headers or an identity provider's token say about somebody, in our words: `claims.toml`."""

from muniment.policies.toml import load
from muniment.schemas.source import Classification, Record


class Claims(Record):
    """Which claims are read, and what their values mean here. What is missing or not said closes.

    A claim is named by its path, as in `realm_access.roles`. Without a name for tenant or clearance that claim is not read.
    """

    user: str = "sub"
    groups: str = "groups"
    tenant: str = ""  # empty: everybody is of the tenant `default`
    clearance: str = ""
    group: dict[str, tuple[str, ...]] = {}  # theirs → ours; one that is not named here is kept when we know it by its own name
    tenants: dict[str, str] = {}  # theirs → ours; empty: as they are
    clearances: dict[str, Classification] = {}  # our group → what its members are cleared for, at most what the claim says


def load_claims(toml: str, name: str = "claims.toml") -> Claims:
    """The policy in a TOML text; raises `PolicyError`."""
    return load(Claims, toml, name, check="muniment access claims")
