"""The keys that an issuer signs tokens with: from a file, or from the issuer through its discovery document, kept for a while."""

import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import jwt

from muniment.errors import PolicyError, SourceUnavailable

_KEPT = 3600  # seconds that fetched keys are believed
_PAUSE = 60  # seconds between two looks for a key that we do not have: forged key ids must not make us ask the issuer all day
_PATIENCE = 5  # seconds for one request
_LONGEST = 1_000_000  # bytes of a document that we read


class IssuerKeys:
    """Public keys by key id. issuer: empty when they are those of a file."""

    def __init__(self, issuer: str, keys: dict[str, jwt.PyJWK] | None = None) -> None:
        self._issuer, self._keys = issuer, keys or {}
        self._fetched = self._tried = float("-inf")  # on the monotonic clock
        self._lock = threading.Lock()

    @classmethod
    def of(cls, issuer: str, file: str) -> Self:
        """Keys of a JWKS file (RFC 7517), read once, or of the issuer; raises `PolicyError`."""
        if not file:
            _require_private(issuer)
            return cls(issuer)
        try:
            return cls("", _parsed(json.loads(Path(file).read_text())))
        except (OSError, ValueError, jwt.PyJWTError):
            raise PolicyError(
                f"{file} is no set of public keys.", "Give a JWKS file: the `jwks_uri` of your issuer shows one."
            ) from None

    def held(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, when it is at hand and still believed. A token without a key id fits a set of one key."""
        if self._issuer and time.monotonic() - self._fetched > _KEPT:
            return None
        if not key_id and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def key(self, key_id: str) -> jwt.PyJWK:
        """The same, after asking the issuer when need be; raises `SourceUnavailable` when there is none of that id."""
        if found := self.held(key_id):
            return found
        with self._lock:
            if self._issuer and self.held(key_id) is None and time.monotonic() - self._tried > _PAUSE:
                self._tried = time.monotonic()
                self._keys = _parsed(_published(self._issuer))
                self._fetched = time.monotonic()
        if found := self.held(key_id):
            return found
        raise SourceUnavailable("The issuer has no key of that id.", "Sign in again, and try again.")


def _published(issuer: str) -> Any:
    """The key set that an issuer publishes; raises `SourceUnavailable`."""
    discovered = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    address = str(discovered.get("jwks_uri", ""))
    if discovered.get("issuer") != issuer or not _private(address):
        raise SourceUnavailable("The discovery document is not the issuer's own.", "Check --oidc-issuer against its `issuer`.")
    return _fetched(address)


def _fetched(address: str) -> Any:
    try:
        with urllib.request.build_opener(_Straight).open(address, timeout=_PATIENCE) as answer:
            document = json.loads(answer.read(_LONGEST))
    except (urllib.error.URLError, OSError, ValueError):
        raise SourceUnavailable(
            "The issuer's keys cannot be fetched.", "See whether the issuer answers; or give --oidc-keys."
        ) from None
    if not isinstance(document, dict):
        raise SourceUnavailable("The issuer's document is no JSON object.", "Check --oidc-issuer.")
    return document


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: keys come from the address that the issuer names."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _parsed(document: Any) -> dict[str, jwt.PyJWK]:
    return {each.key_id or "": each for each in jwt.PyJWKSet.from_dict(document).keys if each.public_key_use in (None, "sig")}


def _require_private(issuer: str) -> None:
    if not _private(issuer):
        raise PolicyError(
            "An issuer is asked over https.", "Give its address as https://…; http is believed on this machine alone."
        )


def _private(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
