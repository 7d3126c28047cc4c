"""What a placeholder stands for: values from faker in the locale of a region, and our own identifiers, telephone numbers and dates."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

import phonenumbers
from benchmarks.personal.languages.identifiers import FORMS, RIGHT
from faker import Faker

# Region → locale of names, streets and towns, locale of accounts, country of telephone numbers.
REGIONS: dict[str, dict[str, tuple[str, str, str]]] = {
    "en": {
        "US": ("en_US", "en_GB", "US"),
        "GB": ("en_GB", "en_GB", "GB"),
        "CA": ("en_CA", "en_GB", "CA"),
        "AU": ("en_AU", "en_GB", "AU"),
        "IE": ("en_IE", "en_IE", "IE"),
        "IN": ("en_IN", "en_GB", "IN"),
    },
    "de": {"DE": ("de_DE", "de_DE", "DE"), "AT": ("de_AT", "de_AT", "AT"), "CH": ("de_CH", "de_CH", "CH")},
    "fr": {
        "FR": ("fr_FR", "fr_FR", "FR"),
        "BE": ("fr_FR", "nl_BE", "BE"),
        "CH": ("fr_CH", "fr_CH", "CH"),
        "QC": ("fr_CA", "fr_FR", "CA"),
    },
    "es": {region: (f"es_{region}", "es_ES", region) for region in ("ES", "MX", "AR", "CL", "CO")},
    "it": {"IT": ("it_IT", "it_IT", "IT")},
    "pl": {"PL": ("pl_PL", "pl_PL", "PL")},
    "nl": {"NL": ("nl_NL", "nl_NL", "NL"), "VL": ("nl_BE", "nl_BE", "BE")},
    "pt": {"PT": ("pt_PT", "pt_PT", "PT"), "BR": ("pt_BR", "pt_PT", "BR")},
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_WRITTEN = {  # of a date: day, month as a number, name of the month, year
    "en": ("{m:02d}/{d:02d}/{y}", "{d:02d}/{m:02d}/{y}", "{n} {d}, {y}", "{d} {n} {y}", "{y}-{m:02d}-{d:02d}"),
    "de": ("{d:02d}.{m:02d}.{y}", "{d}.{m}.{y}", "{d}. {n} {y}", "{d:02d}.{m:02d}.{s}"),
    "fr": ("{d:02d}/{m:02d}/{y}", "{d} {n} {y}", "{d:02d}.{m:02d}.{y}"),
    "es": ("{d:02d}/{m:02d}/{y}", "{d} de {n} de {y}", "{d:02d}-{m:02d}-{y}"),
    "it": ("{d:02d}/{m:02d}/{y}", "{d} {n} {y}", "{d:02d}.{m:02d}.{y}"),
    "pl": ("{d:02d}.{m:02d}.{y}", "{d} {n} {y}", "{y}-{m:02d}-{d:02d}"),
    "nl": ("{d:02d}-{m:02d}-{y}", "{d} {n} {y}", "{d:02d}/{m:02d}/{y}"),
    "pt": ("{d:02d}/{m:02d}/{y}", "{d} de {n} de {y}", "{d:02d}-{m:02d}-{y}"),
}
# Placeholders that are labelled, those that are neither labelled nor scored (a town is part of an address for some), all others are
# not personal by themselves.
TYPES = {
    "phone": "PHONE_NUMBER",
    "fax": "PHONE_NUMBER",
    "email": "EMAIL_ADDRESS",
    "iban": "IBAN_CODE",
    "card": "CREDIT_CARD",
    "ip": "IP_ADDRESS",
    "ipv6": "IP_ADDRESS",
    "mac": "MAC_ADDRESS",
    "url": "URL",
    "street": "LOCATION",
    "postcode": "POSTCODE",
    "date": "DATE_TIME",
    "dob": "DATE_TIME",
}
NEUTRAL = ("city", "country")
_CARDS = ("visa16", "mastercard", "amex", "discover")


@dataclass(frozen=True)
class Values:
    """Values of one region of one language; all that it gives follows from `random`."""

    language: str
    region: str
    random: Random

    def __call__(self, name: str) -> tuple[str, str]:
        """A value for a placeholder, and its type; empty where it is nobody's."""
        if forms := FORMS[self.region].get(name):
            form = self.random.choice(forms)
            return form.make(self.random), form.type
        value: str = getattr(self, f"_{name}", lambda: self._of(name))()
        return value, "PLACE" if name in NEUTRAL else TYPES.get(name, "")

    def knows(self, name: str) -> bool:
        """Whether the region has such a value."""
        return name not in {each for forms in FORMS.values() for each in forms} or name in FORMS[self.region]

    def _of(self, name: str) -> str:
        faker = _faker(REGIONS[self.language][self.region][0])
        faker.seed_instance(self.random.random())
        return str(getattr(faker, _METHODS.get(name, name))())

    def _phone(self) -> str:
        if self.random.random() < 0.3:
            return self._of("phone_number")
        number = _number(REGIONS[self.language][self.region][2], self.random)
        return _phone_written(number, self.random)

    _fax = _phone

    def _iban(self) -> str:
        faker = _faker(REGIONS[self.language][self.region][1])
        faker.seed_instance(self.random.random())
        value = _broken(str(faker.iban()), self.random)
        return " ".join(value[place : place + 4] for place in range(0, len(value), 4)) if self.random.random() < 0.6 else value

    def _card(self) -> str:
        faker = _faker("en_US")
        faker.seed_instance(self.random.random())
        value = _broken(str(faker.credit_card_number(self.random.choice(_CARDS))), self.random)
        if len(value) != 16 or self.random.random() < 0.4:
            return value
        joint = self.random.choice(" -")
        return joint.join(value[place : place + 4] for place in range(0, 16, 4))

    def _street(self) -> str:
        """One line: what faker writes over two is an address of a country that writes so."""
        return self._of("street_address").split("\n")[0]

    def _date(self) -> str:
        d, m, y = self.random.randint(1, 28), self.random.randint(1, 12), self.random.randint(2005, 2025)
        return self._day(d, m, y)

    def _dob(self) -> str:
        return self._day(self.random.randint(1, 28), self.random.randint(1, 12), self.random.randint(1935, 2004))

    def _day(self, d: int, m: int, y: int) -> str:
        name = MONTHS[self.language].split()[m - 1]
        return self.random.choice(_WRITTEN[self.language]).format(d=d, m=m, y=y, n=name, s=f"{y % 100:02d}")

    def _amount(self) -> str:
        whole, joint = self.random.randint(1, 9999), "." if self.language == "en" else ","
        return f"{whole}{joint}{self.random.randint(0, 99):02d}"

    def _number(self) -> str:
        return str(self.random.randint(10 ** self.random.randint(2, 8), 10**9))

    def _order(self) -> str:
        form = self.random.choice(("%#######", "??-######", "20##-#####", "A-%######", "%#########", "#####-####"))
        classes = {"#": "0123456789", "%": "123456789", "?": "ABCDEFGHKLMN"}
        return "".join(self.random.choice(classes.get(each, each)) for each in form)


_METHODS = {"name": "name", "first": "first_name", "last": "last_name", "ip": "ipv4_public", "mac": "mac_address", "url": "url"}


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)


def _broken(value: str, random: Random) -> str:
    """The value, or one with other last digits."""
    if random.random() < RIGHT + 0.15:
        return value
    return value[:-3] + f"{(int(value[-3:]) + random.randint(1, 998)) % 1000:03d}" if value[-3:].isdigit() else value


def _number(country: str, random: Random) -> phonenumbers.PhoneNumber:
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    example = phonenumbers.example_number_for_type(country, random.choice(kinds))
    assert example is not None, country
    while True:
        digits = str(example.national_number)
        drawn = int(digits[:-6] + "".join(random.choice("0123456789") for _ in range(6)))
        number = phonenumbers.PhoneNumber(
            country_code=example.country_code, national_number=drawn, italian_leading_zero=example.italian_leading_zero
        )
        if phonenumbers.is_valid_number(number):
            return number


def _phone_written(number: phonenumbers.PhoneNumber, random: Random) -> str:
    """A number as its country writes it, as others do, or in groups of nobody's."""
    forms = phonenumbers.PhoneNumberFormat
    draw = random.random()
    if draw < 0.45:
        return phonenumbers.format_number(number, forms.NATIONAL)
    if draw < 0.65:
        return phonenumbers.format_number(number, forms.INTERNATIONAL)
    if draw < 0.72:
        return phonenumbers.format_number(number, forms.E164)
    if draw < 0.78:
        return "00" + phonenumbers.format_number(number, forms.E164)[1:]
    digits = re.sub(r"\D", "", phonenumbers.format_number(number, forms.NATIONAL))
    if draw < 0.85:
        return digits
    joint = random.choice((" ", ".", "-", " "))
    parts, place = [], 0
    while place < len(digits):
        size = random.randint(2, 4)
        parts.append(digits[place : place + size])
        place += size
    return f"{parts[0]}{random.choice(('/', ' / ', joint))}{joint.join(parts[1:])}"
