"""Whose signature a proof has."""

from collections.abc import Iterator

from .finding import Finding, Refused
from .header import Header


def signer(header: Header, key: str) -> Iterator[Finding]:
    """That the key of the header is the trusted one, where one is given; raises `Refused` for another."""
    yield Finding("ok", f"the signature, made with key {header.key}")
    if not key:
        yield Finding("unchecked", "whose key that is: give the one that you trust with --key")
    elif key != header.key:
        raise Refused(f"it is signed with key {header.key}, not with the trusted one")
    else:
        yield Finding("ok", "that key is the trusted one")
