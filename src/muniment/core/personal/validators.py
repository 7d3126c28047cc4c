"""What proves a value: check digits (python-stdnum), formats and ranges. Each takes the value as it is written and says yes or no."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib import import_module
from ipaddress import IPv4Network, IPv6Address, ip_address, ip_network
from unicodedata import decimal

import tldextract
from stdnum import bitcoin, luhn
from stdnum import iban as stdnum_iban
from stdnum.es import dni, nie

from muniment.errors import PolicyError

Validator = Callable[[str], bool]

# The suffix list that ships with tldextract: nothing is fetched or cached.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
# Suffixes of hosts that are as often extensions of file names, or words of code.
_EXTENSIONS = frozenset(
    re.findall(
        r"\w+",
        "ad ai ar as at bat bin bz cc cd cfg ch cl cpp cs css csv cz db dev doc docx exe gz hs ini ipynb java jpg js json jsx kt la lock "
        "log lua md me mk mm mo mov ml ms name nu nr pdf ph php pk pl pm png pro ps py pyc rb re rs run sc sh show sk so sql st sv swf "
        "tar tc tf tk toml ts tsv tv tsx txt vi vue xls xlsx xml yaml yml zip zone in is it no to be by do id am pm art app data info ink int",
    )
)
_DOCUMENTATION = [ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
_MASKS, _SHARED = ip_network("255.0.0.0/8"), ip_network("100.64.0.0/10")
_BRANDS = (  # issuer number, digits (ISO/IEC 7812; ranges as the networks publish them)
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"3(?:0[0-5]|095|[689])"), (14, 16, 19)),
    (re.compile(r"6(?:011|4[4-9]|5|22)"), (16, 19)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16, 19)),
    (re.compile(r"1800|2131"), (15,)),
    (re.compile(r"62"), (16, 17, 18, 19)),
)
# Country and length of account numbers (ISO 13616 registry).
_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 "
    "GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 "
    "MR27 MT31 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 XK20"
)
_MAESTRO = re.compile(r"5[0678]|6")


def validator(name: str) -> Validator:
    """The check of that name: one of ours, or `is_valid` of a module of python-stdnum. Raises `PolicyError` when there is none."""
    if name in _OWN:
        return _OWN[name]
    return _stdnum(name)


def suffix(host: str) -> str:
    """The public suffix of a host name (`co.uk`), or empty."""
    return str(_SUFFIXES(host).suffix)


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


def _card(value: str) -> bool:
    digits = _digits(value)
    known = any(brand.match(digits) and len(digits) in lengths for brand, lengths in _BRANDS)
    return known and len(set(digits)) > 1 and bool(luhn.is_valid(digits))


def _maestro(value: str) -> bool:
    digits = _digits(value)
    return bool(_MAESTRO.match(digits)) and 12 <= len(digits) <= 19 and bool(luhn.is_valid(digits))


def _email(value: str) -> bool:
    local, _, host = value.rpartition("@")
    return ".." not in value and not local.startswith(".") and not local.endswith(".") and bool(_SUFFIXES(host).fqdn)


def _url(value: str) -> bool:
    parts = _SUFFIXES(value)
    if parts.ipv4 or parts.ipv6:
        return _ip(parts.ipv4 or parts.ipv6)
    return bool(parts.fqdn) and parts.domain != "example"


def _host(value: str) -> bool:
    """A host that is written without a scheme: by `www.`, or by a suffix that is no file name's."""
    host = value.split("/")[0]
    parts = _SUFFIXES(host)
    if not parts.fqdn or parts.domain == "example":
        return False
    if host.lower().startswith("www."):
        return True
    return host == host.lower() and parts.suffix.split(".")[-1] not in _EXTENSIONS and len(parts.domain) > 2


def _ip(value: str) -> bool:
    """An address that is somebody's: neither every machine's own, nor a mask, nor reserved for documentation (RFC 5737, 3849)."""
    try:
        address = ip_address(value)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    if isinstance(address, IPv6Address):
        # Ranges that were never assigned (RFC 4291): `a[1::2]` and `add::` in code; and those of one network alone (RFC 4193).
        reserved = ((address.is_reserved and len(value) < 15) or address.is_private) and address.ipv4_mapped is None
    else:
        reserved = address.is_private or address in _SHARED or address in _MASKS or str(address).endswith((".0.0", ".255.255"))
    return not reserved and not any(
        address in each for each in _DOCUMENTATION if isinstance(each, IPv4Network) == (address.version == 4)
    )


def _private_ip(value: str) -> bool:
    """An address of one machine in a network of its own (RFC 1918, 3927, 6598): somebody's only for those who know the network."""
    try:
        address = ip_address(value)
    except ValueError:
        return False
    return (address.is_private or address in _SHARED) and not value.endswith((".0", ".255"))


def _mac(value: str) -> bool:
    digits = re.sub(r"[^0-9A-Fa-f]", "", value).lower()
    return len(set(digits)) > 2 and not (re.search(r"[:-]", value) is None and digits.isdigit())


def _date(value: str) -> bool:
    """A day of the calendar, day first or month first."""
    first, second, year = (int(each) for each in re.split(r"\D+", value.strip())[:3])
    return any(_is_day(year if year > 99 else 2000 + year, month, day) for day, month in ((first, second), (second, first)))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _dea(value: str) -> bool:
    """Number of the US Drug Enforcement Administration: two letters, seven digits, the last a check digit."""
    d = [int(each) for each in _digits(value)]
    return len(d) == 7 and (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def _npi(value: str) -> bool:
    """National Provider Identifier of the USA: a Luhn number behind the prefix 80840 (45 CFR 162)."""
    return bool(luhn.is_valid("80840" + _digits(value)))


def _rvnr(value: str) -> bool:
    """German pension insurance number: area, birth date, letter, serial, check digit (VKVV § 4)."""
    value = re.sub(r"\s", "", value).upper()
    if not re.fullmatch(r"\d{8}[A-Z]\d{3}", value):
        return False
    written = value[:8] + f"{ord(value[8]) - 64:02d}" + value[9:11]
    total = sum(sum(divmod(int(d) * f, 10)) for d, f in zip(written, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return total % 10 == int(value[11])


def _nuss(value: str) -> bool:
    """Spanish social security number: province, serial and its remainder by 97."""
    digits = _digits(value)
    if not 11 <= len(digits) <= 12:
        return False
    province, serial, check = int(digits[:2]), int(digits[2:-2]), int(digits[-2:])
    whole = province * 10**7 + serial if serial < 10**7 else int(digits[:-2])
    return whole % 97 == check


def _es_dni(value: str) -> bool:
    """Spanish identity number: the letter is the remainder by 23."""
    return bool(dni.is_valid(re.sub(r"\W", "", value).zfill(9)))


def _es_nie(value: str) -> bool:
    return bool(nie.is_valid(re.sub(r"\W", "", value)))


def _icao(value: str) -> bool:
    """Document number with the check digit of ICAO Doc 9303 as its last character (German identity cards and passports)."""
    text = re.sub(r"\s", "", value).upper()
    total = sum((int(each, 36)) * (7, 3, 1)[place % 3] for place, each in enumerate(text[:-1]))
    return text[-1:].isdigit() and total % 10 == int(text[-1])


def _dowod(value: str) -> bool:
    """Polish identity card: three letters, a check digit, five digits (weights 7, 3, 1)."""
    text = re.sub(r"\s", "", value).upper()
    weights = (7, 3, 1, 9, 7, 3, 1, 7, 3)
    return len(text) == 9 and sum(int(each, 36) * weight for each, weight in zip(text, weights, strict=True)) % 10 == 0


def _iban(value: str) -> bool:
    return bool(stdnum_iban.is_valid(value, check_country=False)) and any(each.isdigit() for each in value[4:])


def _iban_form(value: str) -> bool:
    """Written as an account number of its country: the length, and digits for the most part; the check digits may be wrong."""
    compact = re.sub(r"[ -]", "", value).upper()
    return f"{compact[:2]}{len(compact)}" in _IBANS and sum(map(str.isdigit, compact)) > len(compact) * 0.6


def _bitcoin(value: str) -> bool:
    return bool(bitcoin.is_valid(value))


def _luhn(value: str) -> bool:
    return bool(luhn.is_valid(_digits(value)))


@cache
def _stdnum(name: str) -> Validator:
    if not re.fullmatch(r"[a-z_]{2,}(?:\.[a-z_]+)*", name):
        raise PolicyError(f"There is no validator {name!r}.", "Name one of ours or a module of python-stdnum, as `es.dni`.")
    try:
        found: Validator = import_module(f"stdnum.{name}").is_valid
    except (ImportError, AttributeError):
        raise PolicyError(
            f"There is no validator {name!r}.", "Name one of ours or a module of python-stdnum, as `es.dni`."
        ) from None

    def proven(value: str) -> bool:
        try:
            return bool(found(_with_ascii_digits(value)))
        except (LookupError, ValueError):  # what a module did not think of, as letters without a value
            return False

    return proven


def _with_ascii_digits(value: str) -> str:
    """The value with digits of other scripts as those that they stand for."""
    return value if value.isascii() else "".join(str(decimal(each, each)) for each in value)


_OWN: dict[str, Validator] = {
    "bitcoin": _bitcoin,
    "card": _card,
    "date": _date,
    "dea": _dea,
    "dowod": _dowod,
    "email": _email,
    "es_dni": _es_dni,
    "es_nie": _es_nie,
    "host": _host,
    "iban": _iban,
    "iban_form": _iban_form,
    "icao": _icao,
    "ip": _ip,
    "ip_private": _private_ip,
    "luhn": _luhn,
    "mac": _mac,
    "maestro": _maestro,
    "npi": _npi,
    "nuss": _nuss,
    "rvnr": _rvnr,
    "url": _url,
}
