"""What is written in the place of a value."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.redaction import pseudonyms
from muniment.core.redaction.forms import written

HASHES = st.text("0123456789abcdef", min_size=1, max_size=64)


def of(kind: str, value: str, hashed: str = "h", key: bytes = b"k", around: tuple[str, str] = (" ", " ")) -> str:
    return written("pseudonym", kind, hashed, key, value, *around)[0]


@given(HASHES, HASHES, st.sampled_from(["PERSON", "EMAIL_ADDRESS", "URL", "IP_ADDRESS"]))
def test_equal_values_have_equal_pseudonyms_under_one_key_and_type(one: str, other: str, kind: str) -> None:
    value = {"IP_ADDRESS": "::1"}.get(kind, "x")
    assert of(kind, value, one) == of(kind, value, one)
    assert (of(kind, value, one) == of(kind, value, other)) == (one == other)
    assert of(kind, value, one) != of(kind, value, one, b"another key")
    assert of("PERSON", "x", one)[len("[PERSON_") :] != of("LOCATION", "x", one)[len("[LOCATION_") :]


@given(HASHES)
def test_a_tag_is_written_in_letters(hashed: str) -> None:
    kind, _, name = of("PHONE_NUMBER", "030 901820", hashed).strip("[]").rpartition("_")
    assert kind == "PHONE_NUMBER" and len(name) == 12 and name.isalpha() and not set(name) & set("aeiouy")


@given(HASHES)
def test_an_address_stays_an_address_where_nobody_lives(hashed: str) -> None:
    mail = of("EMAIL_ADDRESS", "joe@host.org", hashed)
    assert mail.partition("@")[0].isalpha() and mail.endswith("@pseudonym.example")
    four, six = (ip_address(of("IP_ADDRESS", value, hashed)) for value in ("81.2.69.142", "2a02:908::1f"))
    assert four in ip_network("240.0.0.0/4") and str(four) != "255.255.255.255"
    assert six in ip_network("2001:db8::/32")
    assert of("URL", "HTTPS://host.org/joe?id=7", hashed).startswith("https://")
    assert of("URL", "host.org/joe", hashed).endswith(".example") and "://" not in of("URL", "host.org/joe", hashed)


@pytest.mark.parametrize("around", [("x", " "), (" ", "9"), ("_", " "), (" ", "@")])
def test_an_address_that_runs_into_its_neighbour_becomes_a_tag(around: tuple[str, str]) -> None:
    assert of("EMAIL_ADDRESS", "joe@host.org", around=around).startswith("[EMAIL_ADDRESS_")


def test_other_forms_do_not_depend_on_the_key() -> None:
    assert written("mask", "PERSON", "h", b"k", "Jo Smith", " ", ".") == ("J•••", False)
    assert pseudonyms.tag(b"k", "PERSON", "h") == of("PERSON", "Jo Smith")
