"""A key-encryption key that another program holds: a key management service, a hardware token, a passphrase agent.

The program is started for each operation. It reads one JSON object from its input, {"operation": "wrap" or "unwrap", "key": base64,
"context": text}, and writes {"key": base64} to its output. Any other answer or a non-zero exit is a refusal.

The address stands in the root, and who can write there must not be able to start a program here: it is started only when this machine's
environment names the same one.
"""

import base64
import hashlib
import hmac
import json
import os
import shlex
import subprocess

from muniment.errors import Forbidden, NotFound, SourceUnavailable
from muniment.store.kek.secret import refused

ALLOWED = "MUNIMENT_KEK_COMMAND"
_SECONDS = 60
_KEY = 32  # bytes


class ProgramKek:
    """Bound to its context by us, as many programs ignore it: what is wrapped is the key and a digest of the context."""

    def __init__(self, uri: str, command: str) -> None:
        if os.environ.get(ALLOWED) != command:
            raise Forbidden(
                f"The keys of this root are wrapped by a program that this machine does not allow: {command}",
                f"If it is yours: export {ALLOWED}={shlex.quote(command)}",
            )
        self.uri, self._command = uri, shlex.split(command)

    def wrap(self, key: bytes, context: str) -> bytes:
        return self._ask("wrap", key + _digest(context), context)

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        answer = self._ask("unwrap", wrapped, context)
        if not hmac.compare_digest(answer[_KEY:], _digest(context)):
            raise refused(self.uri)
        return answer[:_KEY]

    def _ask(self, operation: str, key: bytes, context: str) -> bytes:
        question = json.dumps({"operation": operation, "key": base64.b64encode(key).decode(), "context": context})
        try:
            done = subprocess.run(self._command, input=question.encode(), capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise SourceUnavailable(
                f"{self._command[0]} did not {operation} a key within {_SECONDS} seconds.", "Try again when it answers."
            ) from None
        except OSError as error:
            raise NotFound(
                f"{self._command[0]} cannot be started ({type(error).__name__}).", "Install it, or correct the key's address."
            ) from None
        if done.returncode:
            # Never what it wrote: that may quote a key.
            raise Forbidden(
                f"{self._command[0]} refused to {operation} a key (exit {done.returncode}).", "Run it by hand to see why."
            )
        try:
            return base64.b64decode(json.loads(done.stdout)["key"], validate=True)
        except (ValueError, KeyError, TypeError):
            raise Forbidden(f"{self._command[0]} gave no key.", 'It must answer {"key": BASE64}: see docs/keys.md.') from None


def _digest(context: str) -> bytes:
    return hashlib.sha256(context.encode()).digest()
