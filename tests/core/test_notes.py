"""Checkpoints as text: the published examples, and only one form for each."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.notes import Checkpoint, consistency_proof, inclusion_proof, key_id, parsed, verifier_key

# The example of C2SP tlog-checkpoint; its signer's key is not published.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
""".encode()
# The example of the note package that the form comes from: a key, a text and its signature.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_the_example_of_the_standard_is_read_and_written_as_it_is() -> None:
    made = parsed(EXAMPLE)
    assert made is not None
    assert (made.origin, made.size, made.root[:2].hex()) == ("example.com/behind-the-sofa", 20852163, "0ac5")
    assert made.note == EXAMPLE
    assert made.text == EXAMPLE.split(b"\n\n")[0] + b"\n"
    [(name, signature)] = made.signatures
    assert (name, len(signature)) == (made.origin, 4 + 64)


def test_key_ids_and_signatures_are_those_of_the_published_example() -> None:
    name, mark, encoded = KEY.split("+", 2)
    public = base64.b64decode(encoded)[1:]
    assert key_id(name, public).hex() == mark
    assert verifier_key(name, public) == KEY
    signature = base64.b64decode(SIGNATURE)
    assert signature[:4].hex() == mark
    Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], TEXT)


def test_a_signature_is_found_by_its_key_and_no_other() -> None:
    one, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = one.public_key().public_bytes_raw()
    unsigned = Checkpoint("example.org/log", 7, b"r" * 32)
    made = unsigned.signed(other.public_key().public_bytes_raw(), other.sign(unsigned.text)).signed(public, one.sign(unsigned.text))
    read = parsed(made.note)
    assert read == made
    one.public_key().verify(read.by(public), read.text)
    assert read.by(Ed25519PrivateKey.generate().public_key().public_bytes_raw()) == b""


@given(st.integers(0, len(EXAMPLE) - 1), st.integers(1, 255))
def test_a_byte_that_changed_gives_nothing_or_another_checkpoint(place: int, change: int) -> None:
    changed = bytearray(EXAMPLE)
    changed[place] ^= change
    made = parsed(bytes(changed))
    assert made is None or made != parsed(EXAMPLE)


@pytest.mark.parametrize("wrong", [EXAMPLE[:-1], EXAMPLE + b"\n", EXAMPLE.replace(b"20852163", b"020852163"), EXAMPLE.replace(b"\n\n", b"\n"), EXAMPLE.replace(b"\n", b"\r\n"), EXAMPLE.replace(b"20852163", "２0852163".encode()), b""])  # fmt: skip
def test_what_is_not_in_the_only_form_is_no_checkpoint(wrong: bytes) -> None:
    assert parsed(wrong) is None


def test_proofs_have_the_published_form() -> None:
    made = parsed(EXAMPLE)
    assert made is not None
    assert inclusion_proof(3, [b"a" * 32], made, b"entry").splitlines()[:5] == [
        b"c2sp.org/tlog-proof@v1",
        b"extra ZW50cnk=",
        b"index 3",
        base64.b64encode(b"a" * 32),
        b"",
    ]
    assert inclusion_proof(3, [], made, b"entry").endswith(b"\nindex 3\n\n" + EXAMPLE)
    assert consistency_proof(5, [b"a" * 32], made) == b"old 5\n" + base64.b64encode(b"a" * 32) + b"\n\n" + EXAMPLE
