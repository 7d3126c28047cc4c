"""Example of a program that holds a key-encryption key: a master key in a file that only its owner can read.

Point Muniment at it:

    export MUNIMENT_KEK_COMMAND="python3 /opt/muniment/kek_program.py /run/secrets/master"
    muniment keys encrypt --kek "command:$MUNIMENT_KEK_COMMAND"

It answers one question: {"operation": "wrap" or "unwrap", "key": base64, "context": text} on standard input, {"key": base64} on standard
output. Replace `wrap` and `unwrap` to ask a service instead. With the AWS command line they are, with the context as encryption context:

    aws kms encrypt --key-id alias/muniment --plaintext fileb:///dev/stdin --encryption-context muniment="$CONTEXT" --query CiphertextBlob
    aws kms decrypt --ciphertext-blob fileb:///dev/stdin --encryption-context muniment="$CONTEXT" --query Plaintext

With age they are `age --encrypt --recipient "$RECIPIENT"` and `age --decrypt --identity "$IDENTITY"`, which take no context: Muniment binds it
itself. Write nothing but the answer to standard output; a non-zero exit refuses.
"""

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


def wrap(master: bytes, key: bytes, context: str) -> bytes:
    """The key, encrypted under the master key."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(master).encrypt(nonce, key, context.encode())


def unwrap(master: bytes, wrapped: bytes, context: str) -> bytes:
    """The key again; raises when anything of it, or its context, is another."""
    return AESGCM(master).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context.encode())


def master_key(path: Path) -> bytes:
    """The master key; made when there is none."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def main() -> None:
    """Answer one question."""
    question = json.load(sys.stdin)
    operation = {"wrap": wrap, "unwrap": unwrap}[question["operation"]]
    answer = operation(master_key(Path(sys.argv[1])), base64.b64decode(question["key"]), question["context"])
    json.dump({"key": base64.b64encode(answer).decode()}, sys.stdout)


if __name__ == "__main__":
    main()
