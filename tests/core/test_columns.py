"""Likely personal columns: by name, by values, by both; and names that only sound like it."""

import hashlib
import random
import string
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import personal
from muniment.core.columns import LIMIT, profile
from muniment.core.columns.names import said, tokens
from muniment.errors import PolicyError
from muniment.policies.columns import column_names, load_columns
from muniment.schemas.evidence import COLUMN

DETECTOR, LEXICON = personal.detector(b"a key"), column_names()
ROWS, LIKELY = 60, 0.5
Make = Callable[[random.Random], Any]


def looked(columns: dict[str, Any], **uses: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What is said of each column of one table."""
    made = {name: each if isinstance(each, pa.Array) else pa.array(each) for name, each in columns.items()}
    rows = profile([(pa.table(made), uses)], DETECTOR, LEXICON, "s").to_pylist()
    return {row["column"]: row for row in rows}


def alone(name: str, values: Any) -> dict[str, Any]:
    """What is said of a column that stands alone."""
    return next(iter(looked({name: values}).values()))


def many(make: Make, seed: int = 7) -> list[Any]:
    source = random.Random(seed)
    return [make(source) for _ in range(ROWS)]


def word(source: random.Random, least: int = 4, most: int = 9) -> str:
    return "".join(source.choice("bcdfglmnprstv") + source.choice("aeiou") for _ in range(source.randint(least, most) // 2))


def email(source: random.Random) -> str:
    return f"{word(source)}.{word(source)}@{word(source)}.{source.choice(['org', 'net', 'de', 'fr', 'it', 'pl', 'nl', 'pt', 'es'])}"


def person(source: random.Random) -> str:
    return f"{word(source).title()} {word(source).title()}"


def single(source: random.Random) -> str:
    return word(source).title()


def born(source: random.Random) -> str:
    return str(date(1940, 1, 1) + timedelta(days=source.randrange(25_000)))


def born_dotted(source: random.Random) -> str:
    return (date(1940, 1, 1) + timedelta(days=source.randrange(25_000))).strftime("%d.%m.%Y")


def ip(source: random.Random) -> str:
    return f"{source.randint(20, 99)}.{source.randint(1, 254)}.{source.randint(1, 254)}.{source.randint(1, 254)}"


def iban(source: random.Random) -> str:
    account = f"{source.randrange(10**18):018}"
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


def card(source: random.Random) -> str:
    digits = [4, *(source.randrange(10) for _ in range(14))]
    total = sum(sum(divmod(2 * each, 10)) if at % 2 == 0 else each for at, each in enumerate(digits))
    return "".join(map(str, [*digits, -total % 10]))


def phone(pattern: str) -> Make:
    return lambda source: "".join(str(source.randint(1, 9)) if each == "#" else each for each in pattern)


def digits(count: int) -> Make:
    return lambda source: "".join(source.choice("123456789") for _ in range(count))


def street(pattern: str) -> Make:
    return lambda source: pattern.format(
        name=word(source).title(), number=source.randint(1, 99), code=source.randint(10_000, 99_999)
    )


def pesel(source: random.Random) -> str:
    stem = f"{source.randint(40, 99)}{source.randint(1, 12):02}{source.randint(1, 28):02}{source.randint(0, 9999):04}"
    return stem + str(-sum(int(each) * weight for each, weight in zip(stem, (1, 3, 7, 9) * 3, strict=False)) % 10)


def dni(source: random.Random) -> str:
    number = source.randrange(10**7, 10**8)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def bsn(source: random.Random) -> str:
    while True:
        stem = f"{source.randrange(10**7, 10**8)}"
        last = sum(int(each) * weight for each, weight in zip(stem, range(9, 1, -1), strict=True)) % 11
        if last < 10:
            return stem + str(last)


def flag(source: random.Random) -> bool:
    return source.random() < 0.5


def count(source: random.Random) -> int:
    return source.randrange(500)


def when(source: random.Random) -> str:
    return f"2024-{source.randint(1, 12):02}-{source.randint(1, 28):02}T10:00:00Z"


def hexadecimal(source: random.Random) -> str:
    return hashlib.sha256(word(source).encode()).hexdigest()


def thing(source: random.Random) -> str:
    return source.choice(["red chair", "small table", "lamp 40 W", "shelf", "2 m cable", "box of nails"])


def prose(source: random.Random) -> str:
    return " ".join(word(source) for _ in range(20))


def state(source: random.Random) -> str:
    return source.choice(["new", "open", "done"])


# Language, name, values, and the type that it is (empty: none).
PERSONAL: list[tuple[str, str, Make, str]] = [
    ("en", "customer_email", email, "EMAIL_ADDRESS"), ("en", "billingEmailAddress", email, "EMAIL_ADDRESS"), ("en", "x1", email, "EMAIL_ADDRESS"),
    ("en", "home_phone", phone("(212) 4##-####"), "PHONE_NUMBER"), ("en", "user.mobile-number", phone("+44 20 79## ####"), "PHONE_NUMBER"),
    ("en", "c3", phone("+1 212-4##-####"), "PHONE_NUMBER"), ("en", "FirstName", single, "PERSON"), ("en", "emergencyContact", person, "PERSON"),
    ("en", "patient.full_name", person, "PERSON"), ("en", "date_of_birth", born, "DATE_TIME"), ("en", "shippingAddress1", street("{number} {name} Street"), "LOCATION"),
    ("en", "col_5", street("{number} {name} Street, Springfield"), "LOCATION"), ("en", "ssn", phone("2##-4#-####"), "US_SSN"),
    ("en", "last_login_ip", ip, "IP_ADDRESS"), ("en", "v", ip, "IP_ADDRESS"), ("en", "card_number", card, "CREDIT_CARD"), ("en", "bank_iban", iban, "IBAN_CODE"),
    ("en", "f12", iban, "IBAN_CODE"), ("en", "PassportNo", digits(9), "NATIONAL_ID"), ("en", "author_name", person, "PERSON"),
    ("de", "Kundenvorname", single, "PERSON"), ("de", "nachname_2", single, "PERSON"), ("de", "Geburtsdatum", born_dotted, "DATE_TIME"),
    ("de", "privatTelefonnummer", phone("030 2######"), "PHONE_NUMBER"), ("de", "handy_nr", phone("0170 #######"), "PHONE_NUMBER"),
    ("de", "Lieferanschrift", street("{name}straße {number}, {code} Berlin"), "LOCATION"), ("de", "feld9", street("{name}straße {number}, {code} Berlin"), "LOCATION"),
    ("de", "ansprechpartner", person, "PERSON"), ("de", "steuer_id", digits(11), "NATIONAL_ID"), ("de", "email_adresse", email, "EMAIL_ADDRESS"),
    ("fr", "prenom_client", single, "PERSON"), ("fr", "nom_de_famille", single, "PERSON"), ("fr", "courriel", email, "EMAIL_ADDRESS"),
    ("fr", "téléphone_portable", phone("06 ## ## ## ##"), "PHONE_NUMBER"), ("fr", "dateNaissance", born, "DATE_TIME"),
    ("fr", "adresse_livraison", street("{number} rue {name}, 75002 Paris"), "LOCATION"), ("fr", "champ4", street("{number} rue {name}, 75002 Paris"), "LOCATION"),
    ("es", "apellidos", person, "PERSON"), ("es", "correo_electronico", email, "EMAIL_ADDRESS"), ("es", "telefono_movil", phone("6## ### ###"), "PHONE_NUMBER"),
    ("es", "FechaNacimiento", born, "DATE_TIME"), ("es", "dni_cliente", dni, "NATIONAL_ID"), ("es", "campo2", dni, "NATIONAL_ID"), ("es", "direccion_envio", street("Calle {name} {number}"), "LOCATION"),
    ("it", "cognome", single, "PERSON"), ("it", "indirizzo_residenza", street("Via {name} {number}"), "LOCATION"), ("it", "data_di_nascita", born, "DATE_TIME"),
    ("it", "numeroCellulare", phone("+39 347 ### ####"), "PHONE_NUMBER"), ("it", "indirizzo_email", email, "EMAIL_ADDRESS"),
    ("pl", "imię", single, "PERSON"), ("pl", "nazwisko_klienta", single, "PERSON"), ("pl", "numer_pesel", pesel, "NATIONAL_ID"), ("pl", "data_urodzenia", born, "DATE_TIME"),
    ("pl", "nr_telefonu", phone("+48 60# ### ###"), "PHONE_NUMBER"), ("pl", "adresZamieszkania", street("ul. {name} {number}"), "LOCATION"),
    ("nl", "voornaam", single, "PERSON"), ("nl", "achternaam_klant", single, "PERSON"), ("nl", "bsn", bsn, "NATIONAL_ID"), ("nl", "geboortedatum", born, "DATE_TIME"),
    ("nl", "telefoonnummer_thuis", phone("020 ### ####"), "PHONE_NUMBER"), ("nl", "woonadres", street("{name}straat {number}"), "LOCATION"),
    ("pt", "sobrenome", single, "PERSON"), ("pt", "telemóvel", phone("91# ### ###"), "PHONE_NUMBER"), ("pt", "data_nascimento", born, "DATE_TIME"),
    ("pt", "morada", street("Rua {name} {number}"), "LOCATION"), ("pt", "emailContato", email, "EMAIL_ADDRESS"), ("pt", "cpf", phone("###.###.###-##"), "NATIONAL_ID"),
]  # fmt: skip
IMPERSONAL: list[tuple[str, str, Make]] = [
    ("en", "email_sent", flag), ("en", "emailStatus", state), ("en", "email_template", thing), ("en", "num_emails", count), ("en", "has_phone", flag),
    ("en", "phone_model", thing), ("en", "phoneType", state), ("en", "address_bits", count), ("en", "memory_address", hexadecimal), ("en", "ip_owner_note", prose),
    ("en", "password_hash", hexadecimal), ("en", "email_sha256", hexadecimal), ("en", "birth_rate", count), ("en", "file_name", thing), ("en", "product_name", thing),
    ("en", "companyName", thing), ("en", "created_at", when), ("en", "description", prose), ("en", "quantity", count), ("en", "price", lambda source: source.random() * 100),
    ("en", "status", state), ("en", "tags", state), ("en", "text", prose), ("en", "row_number", count), ("en", "sha", hexadecimal), ("en", "version", lambda source: f"{count(source)}.{count(source)}.1"),
    ("en", "order_number", digits(8)), ("en", "isbn", digits(13)), ("en", "timestamp", lambda source: 1_700_000_000 + count(source)), ("en", "screen_width", count),
    ("de", "bestellnummer", digits(8)), ("de", "email_gesendet", flag), ("de", "produktname", thing), ("de", "anzahl_telefone", count), ("de", "beschreibung", prose),
    ("de", "telefon_modell", thing), ("de", "erstellt_am", when), ("de", "adresse_gueltig", flag), ("fr", "type_telephone", state), ("fr", "date_commande", when),
    ("fr", "nom_produit", thing), ("fr", "quantite", count), ("fr", "courriel_envoye", flag), ("es", "correo_enviado", flag), ("es", "nombre_producto", thing),
    ("es", "tipo_telefono", state), ("es", "fecha_pedido", when), ("it", "nome_prodotto", thing), ("it", "indirizzo_ip_tipo", state), ("it", "data_ordine", when),
    ("pl", "nazwa_produktu", thing), ("pl", "liczba_telefonow", count), ("pl", "data_zamowienia", when), ("pl", "adres_zweryfikowany", flag), ("nl", "productnaam", thing),
    ("nl", "aantal_adressen", count), ("nl", "besteldatum", when), ("nl", "telefoon_merk", thing), ("pt", "nome_produto", thing), ("pt", "email_verificado", flag),
    ("pt", "data_pedido", when), ("pt", "quantidade", count),
]  # fmt: skip


def test_personal_columns_of_eight_languages_are_told_from_others() -> None:
    found = {each: alone(each[1], many(each[2])) for each in PERSONAL}
    hits = [each for each, row in found.items() if row["score"] >= LIKELY]
    false = [name for _, name, make in IMPERSONAL if alone(name, many(make))["score"] >= LIKELY]
    typed = [each for each in hits if found[each]["type"] == each[3]]
    missed = [each[1] for each in PERSONAL if each not in hits]
    assert len(hits) / len(PERSONAL) >= 0.97, missed
    assert len(hits) / (len(hits) + len(false)) >= 0.97, false
    assert len(typed) / len(hits) >= 0.95, [(each[1], found[each]["type"]) for each in hits if each not in typed]


@pytest.mark.parametrize("language", sorted({each[0] for each in PERSONAL}))
def test_each_language_alone_is_told_by_names_without_any_value(language: str) -> None:
    named = [each for each in PERSONAL if each[0] == language and said(each[1], LEXICON)]
    empty = {name: alone(name, pa.nulls(3, pa.string())) for _, name, _, _ in named}
    assert all(row["score"] >= LIKELY for name, row in empty.items() if name != "author_name")
    assert all("No values were looked at" in row["why"] or "no values were looked at" in row["why"] for row in empty.values())


def test_values_alone_tell_a_column_whose_name_says_nothing() -> None:
    row = alone("f7", many(email))
    assert (row["type"], row["share"], row["name_score"]) == ("EMAIL_ADDRESS", 1.0, 0.0) and row["score"] > 0.9


def test_name_and_values_together_are_surer_than_either() -> None:
    values, named, both = (
        alone("f7", many(phone("030 2######"))),
        alone("telefon", [None]),
        alone("telefon", many(phone("030 2######"))),
    )
    assert both["score"] > max(values["score"], named["score"])


def test_few_values_say_less_than_many() -> None:
    assert alone("f7", many(email)[:1])["score"] < alone("f7", many(email)[:5])["score"] < alone("f7", many(email))["score"]


def test_values_that_are_none_speak_against_a_name() -> None:
    row = alone("email", many(thing))
    assert row["score"] < LIKELY and "hardly a value is one" in row["why"]
    assert alone("first_name", many(hexadecimal))["score"] < LIKELY


def test_a_type_that_cannot_hold_it_takes_a_name_back() -> None:
    assert alone("email", many(flag))["score"] == 0
    assert alone("phone", pa.array([1.5, 2.25, 3.75]))["score"] == 0


def test_numbers_called_phone_and_dates_called_dob_are_personal() -> None:
    assert alone("phone", [491701000000 + at * 7919 for at in range(ROWS)])["score"] > 0.9
    assert alone("phone", [float(491701000000 + at * 7919) for at in range(ROWS)] + [None])["type"] == "PHONE_NUMBER"
    row = alone("dob", [date(1980, 1, 1 + at % 28) for at in range(ROWS)])
    assert (row["type"], row["quasi"], row["score"] > 0.8) == ("DATE_TIME", "birth date", True)
    assert alone("order_date", [date(2020, 1, 1 + at % 28) for at in range(ROWS)])["score"] == 0


def test_what_tells_of_an_address_is_none_but_an_attributed_address_is_one() -> None:
    for name in ("email_sent", "email_verified", "has_email", "tipo_correo", "email.status"):
        found = said(name, LEXICON)
        assert found and not found.score and found.about
    for name in ("verified_email", "sent_to_email", "created_by_email", "emails"):
        found = said(name, LEXICON)
        assert found and found.score and found.reading.type == "EMAIL_ADDRESS"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("contact.emailAddress", [["contact"], ["email", "address"]]),
        ("HTTPServer_Name-2", [["http", "server", "name"]]),
        ("Straße", [["strasse"]]),
        ("imię", [["imie"]]),
    ],
)
def test_names_of_every_style_fall_into_words(name: str, parts: list[list[str]]) -> None:
    assert tokens(name) == parts


def test_a_row_of_an_address_book_as_text_is_told_by_all_findings_together() -> None:
    def row(source: random.Random) -> str:
        return f"{person(source)}, {word(source).title()}straße {source.randint(1, 99)}, 12345 Berlin, {email(source)}, +49 170 {digits(7)(source)}"

    found = looked({"body": many(row)}, body=("text",))["body"]
    assert found["score"] > 0.8 and found["uses"] == ["text"]
    assert alone("body", many(prose))["score"] == 0
    assert alone("body", [f"{prose(random.Random(at))} write to {email(random.Random(at))}" for at in range(ROWS)])["score"] == 0


def test_a_weak_name_gains_by_columns_about_people_beside_it() -> None:
    alike = many(person)
    among = looked({"name": alike, "email": many(email)})["name"]["score"]
    assert among > alone("name", alike)["score"] and looked({"name": many(thing), "price": many(count)})["name"]["score"] < LIKELY


def test_quasi_identifiers_are_worse_together() -> None:
    columns = {"postcode": many(digits(5)), "gender": many(lambda source: source.choice("mfx")), "dob": many(born)}
    assert looked({"postcode": columns["postcode"]})["postcode"]["score"] < LIKELY
    two = looked({name: columns[name] for name in ("postcode", "gender")})
    three = looked(columns)
    assert LIKELY < two["postcode"]["score"] < three["postcode"]["score"] and "singles people out" in three["gender"]["why"]
    assert three["postcode"]["quasi"] == "postcode"


def test_ids_that_are_unique_stand_for_their_rows() -> None:
    found = looked({"id": list(range(ROWS)), "user_id": many(hexadecimal), "lang": ["en"] * ROWS})
    assert (found["id"]["quasi"], found["user_id"]["quasi"], found["lang"]["quasi"]) == ("unique id", "person id", None)
    assert found["id"]["score"] < found["user_id"]["score"] and found["id"]["distinct"] == ROWS


def test_nested_columns_have_dotted_names() -> None:
    rows = [{"contact": {"emails": [email(random.Random(at))], "n": 1}, "m": [("k", 1)]} for at in range(ROWS)]
    schema = pa.schema(
        [
            ("contact", pa.struct([("emails", pa.list_(pa.string())), ("n", pa.int8())])),
            ("m", pa.map_(pa.string(), pa.int64())),
        ]
    )
    table = pa.Table.from_pylist(rows, schema)
    found = {row["column"]: row for row in profile([(table, {"contact": ("title",)})], DETECTOR, LEXICON).to_pylist()}
    assert list(found) == ["contact.emails", "contact.n", "m.key", "m.value"]
    assert found["contact.emails"]["arrow_type"] == "list<string>" and found["contact.emails"]["uses"] == ["title"]
    assert found["contact.emails"]["score"] > 0.9


def test_columns_of_several_files_are_one_and_their_types_are_told() -> None:
    pieces = [(pa.table({"x": pa.array([1, 2])}), {}), (pa.table({"x": pa.array(["a"])}), {"x": ("key",)})]
    (row,) = profile(pieces, DETECTOR, LEXICON).to_pylist()
    assert (row["arrow_type"], row["looked_at"], row["uses"]) == ("int64 or string", 3, ["key"])


def test_names_that_are_values_are_replaced() -> None:
    found = looked({f"scores.{email(random.Random(at))}": [1] for at in range(5)})
    assert list(found) == ["[EMAIL_ADDRESS]"] and found["[EMAIL_ADDRESS]"]["score"] > 0.94


def test_more_columns_than_are_looked_at_are_counted() -> None:
    found = looked({f"c{at}": [at] for at in range(LIMIT + 5)})
    assert len(found) == LIMIT + 1 and "and 5 more" in found


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
        st.one_of(
            st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), st.floats()), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), st.binary(max_size=5)), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), st.lists(st.text(max_size=5), max_size=3)), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), st.datetimes()), min_size=3, max_size=3),
        ),
        max_size=5,
    )
)
def test_any_table_gives_a_sound_profile_twice_the_same(columns: dict[str, list[Any]]) -> None:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    first = profile([(table, {})], DETECTOR, LEXICON, "s")
    assert first.schema == COLUMN and first.num_rows <= len(columns)
    for row in first.to_pylist():
        assert all(0 <= row[name] <= 1 for name in ("share", "name_score", "score")) and row["distinct"] <= row["looked_at"]
    assert first.equals(profile([(table, {})], DETECTOR, LEXICON, "s"))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(string.ascii_letters, min_size=12, max_size=20), min_size=5, max_size=20, unique=True))
def test_no_value_is_ever_in_what_comes_out(values: list[str]) -> None:
    told = str(profile([(pa.table({"name": values, "notes": values}), {})], DETECTOR, LEXICON, "s").to_pylist())
    assert not any(value in told for value in values)


def test_a_table_of_names_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(PolicyError):
        load_columns("about = {}\nfront = {}\ncombined = []\n[[reading]]\ntype = 'X_Y'\n")


def test_every_word_of_the_table_is_found_in_a_name_made_of_it() -> None:
    def phrases() -> Iterator[tuple[str, str]]:
        for reading in LEXICON.reading:
            for spoken in reading.strong.values():
                yield from ((each, reading.type or reading.quasi) for each in spoken if "*" not in each)

    silent = [phrase for phrase, _ in phrases() if not said(phrase.replace(" ", "_"), LEXICON)]
    assert not silent


# Columns of databases that many know (Northwind, Sakila, Chinook, AdventureWorks, Olist, Titanic, adult census, web corpora).
KNOWN = (
    *(
        "ContactName",
        "Address",
        "HomePhone",
        "Phone",
        "Fax",
        "LastName",
        "FirstName",
        "BirthDate",
        "first_name",
        "last_name",
        "email",
    ),
    *(
        "address2",
        "username",
        "password",
        "CustomerName",
        "BillingAddress",
        "MailingStreet",
        "MobilePhone",
        "OtherPhone",
        "AssistantPhone",
    ),
    *(
        "actor.login",
        "race",
        "EmailAddress",
        "NationalIDNumber",
        "CardNumber",
        "AccountNumber",
        "ShipAddress",
        "remote_addr",
        "PatientLastName",
    ),
    *("SSN", "contact_phone", "PassengerId", "customer_unique_id"),
)
OTHER = (
    *(
        "CompanyName",
        "ProductName",
        "UnitPrice",
        "QuantityPerUnit",
        "Discontinued",
        "Description",
        "OrderDate",
        "ShippedDate",
        "Freight",
        "film_id",
    ),
    *(
        "title",
        "release_year",
        "rental_rate",
        "length",
        "special_features",
        "last_update",
        "amount",
        "payment_date",
        "store_id",
        "TrackId",
    ),
    *(
        "Milliseconds",
        "Bytes",
        "MediaTypeId",
        "GenreId",
        "workclass",
        "education",
        "occupation",
        "hours-per-week",
        "capital-gain",
        "Pclass",
        "Ticket",
    ),
    *(
        "order_status",
        "product_weight_g",
        "review_score",
        "payment_type",
        "repo.name",
        "created_at",
        "payload.size",
        "JobLevel",
        "OverTime",
    ),
    *(
        "ModifiedDate",
        "rowguid",
        "language_code",
        "num_tokens",
        "license",
        "url",
        "domain",
        "filename",
        "path",
        "sha",
        "commit_message",
        "stars",
    ),
    *(
        "content",
        "text",
        "html_url",
        "label",
        "split",
        "dataset",
        "question",
        "answer",
        "context",
        "timestamp",
        "mime_type",
        "perplexity",
    ),
)


def test_names_of_well_known_databases_are_read_rightly() -> None:
    assert [name for name in KNOWN if not (found := said(name, LEXICON)) or found.score < LIKELY] == []
    assert [name for name in OTHER if (found := said(name, LEXICON)) and found.score] == []
