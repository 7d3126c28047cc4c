"""Telephone numbers of eight languages: by their form in a sentence that says nothing of telephones, and by a word beside them."""

import pytest
from tests.personal import found, kinds

# A sentence in each language, long enough to tell it, in which nothing speaks for a telephone number.
SENTENCES = {
    "en": "Please write down the following for our records, since we will need it again when you come back in the spring: {} and thank you.",
    "de": "Bitte notieren Sie sich das Folgende für unsere Unterlagen, denn wir brauchen es wieder, wenn Sie zurückkommen: {} und vielen Dank.",
    "fr": "Veuillez noter ce qui suit pour nos dossiers, car nous en aurons encore besoin quand vous reviendrez au printemps : {} et merci.",
    "es": "Por favor, anote lo siguiente para nuestros archivos, porque lo necesitaremos cuando vuelva en primavera: {} y muchas gracias.",
    "it": "Si prega di annotare quanto segue per il nostro archivio, perché ne avremo bisogno quando tornerete in primavera: {} e grazie.",
    "pl": "Proszę zapisać następujące dane do naszych akt, ponieważ będą nam potrzebne, kiedy państwo wrócą na wiosnę: {} i dziękujemy.",
    "nl": "Noteert u alstublieft het volgende voor onze administratie, want we hebben het nodig als u in het voorjaar terugkomt: {} en bedankt.",
    "pt": "Por favor, anote o seguinte para os nossos arquivos, porque vamos precisar disso quando voltar na primavera: {} e muito obrigado.",
}
WRITTEN = {
    "en": (
        *("(212) 555-0199", "212-555-0199", "212.555.0199", "+44 20 7946 0958", "020 7946 0958", "+1 (415) 555-2671"),
        "07700 900123",
        "415-555-2671 ext. 12",
    ),
    "de": (
        "030 23125 148",
        "+49 30 23125148",
        "(030) 23125-148",
        "0176 1234 5678",
        "0043 1 5123456",
        "+41 44 668 18 00",
        "030/23125148",
    ),
    "fr": ("01 42 68 53 00", "01.42.68.53.00", "04-91-12-34-56", "+33 1 42 68 53 00", "06 12 34 56 78", "+32 2 555 12 12"),
    "es": ("91 234 56 78", "+34 912 345 678", "612 34 56 78", "600-123-456"),
    "it": ("06 6982 1234", "+39 06 6982 1234", "333 123 4567", "347-123-4567", "02 1234 5678"),
    "pl": ("22 123 45 67", "+48 22 123 45 67", "501-234-567", "(22) 123 45 67"),
    "nl": ("020 123 4567", "+31 20 123 4567", "06-12345678", "06 1234 5678", "(020) 123 45 67"),
    "pt": ("21 123 4567", "+351 21 123 4567", "(11) 91234-5678", "+55 11 91234-5678"),
}
OTHERWISE = (
    *(
        "2020-01-02",
        "02.03.2020",
        "12/11/1999",
        "2020-01-02 10:30",
        "1914-1918",
        "1939 – 1945",
        "2001/2002",
        "2020 2021",
        "10:30:45",
        "12-34-56",
    ),
    *(
        "192.168.100.200",
        "81.2.69.142",
        "10.0.0.0/8",
        "81.2.69.0/24",
        "172.16.254.1-172.16.254.9",
        "1.2.3.4.5",
        "v1.22.333",
        "1.3.6.1.4.1.311.21.20",
    ),
    *(
        "1 234 567",
        "1.234.567",
        "12 345 678",
        "1,234,567.89",
        "€ 1 234 567",
        "1000000-2000000",
        "0.123 0.456 0.789",
        "3.1415926535",
        "2^31 2147483648",
    ),
    *(
        "978-3-16-148410-0",
        "ISBN 978 3 16 148410 0",
        "0-306-40615-2",
        "ISSN 1234-5678",
        "80331 12",
        "10115 5",
        "12345678",
        "1234567890",
        "123 456",
    ),
    *(
        "550e8400-e29b-41d4-a716-446655440000",
        "4111 1111 1111 1112",
        "1 2 3 4 5 6 7 8 9",
        "100 200 300",
        "12 x 34 56 78",
        "(1) (2) (3) 4 5 6",
        "22-2233344",
    ),
)
LABELS = {
    "en": ("Phone: {}", "call me on {}", "fax {}", "her mobile is {}"),
    "de": ("Telefon: {}", "Tel. {}", "Handy {}", "Mobilnummer: {}"),
    "fr": ("Téléphone : {}", "Tél. {}", "portable {}", "appelez le {}"),
    "es": ("Teléfono: {}", "móvil {}", "Tfno. {}", "llame al {}"),
    "it": ("Telefono: {}", "cellulare {}", "tel. {}", "fisso: {}"),
    "pl": ("Telefon: {}", "tel. {}", "komórka {}", "zadzwoń {}"),
    "nl": ("Telefoon: {}", "tel. {}", "mobiel {}", "bel {}"),
    "pt": ("Telefone: {}", "telemóvel {}", "celular {}", "tel. {}"),
}
BARE = {
    "en": "2125550199",
    "de": "03023125148",
    "fr": "0142685300",
    "es": "912345678",
    "it": "0669821234",
    "pl": "221234567",
    "nl": "0201234567",
    "pt": "211234567",
}


@pytest.mark.parametrize(("language", "number"), [(language, each) for language, numbers in WRITTEN.items() for each in numbers])
def test_a_number_written_as_its_country_does_is_found_whole(language: str, number: str) -> None:
    assert ("PHONE_NUMBER", number) in {each[:2] for each in found(SENTENCES[language].format(number))}


@pytest.mark.parametrize("number", OTHERWISE)
def test_what_else_is_made_of_digits_is_no_number_in_any_language(number: str) -> None:
    assert {language for language, text in SENTENCES.items() if "PHONE_NUMBER" in kinds(text.format(number))} == set()


@pytest.mark.parametrize(("language", "label"), [(language, each) for language, labels in LABELS.items() for each in labels])
def test_a_word_beside_digits_without_separators_makes_them_a_number(language: str, label: str) -> None:
    number = BARE[language]
    assert ("PHONE_NUMBER", number) in {each[:2] for each in found(SENTENCES[language].format(label.format(number)))}
    assert "PHONE_NUMBER" not in kinds(SENTENCES[language].format(number))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Invoice: 2125550199",
            "ISBN: 2125550199",
            "order 212 555 0199",
            "Serial no: 030 23125 148",
            "call ticket: 2125550199",
            "phone order: 2125550199",
        ),
        *("2020-01-02 phone", "the telephone was invented in 1876 1877", "fax 12345", "Tel. 111111111"),
    ],
)
def test_a_label_that_says_something_else_is_believed(text: str) -> None:
    assert "PHONE_NUMBER" not in kinds(text)


def test_a_countrys_form_counts_only_where_its_language_is_spoken() -> None:
    assert "PHONE_NUMBER" in kinds(SENTENCES["fr"].format("01 42 68 53 00"))
    assert "PHONE_NUMBER" not in kinds(SENTENCES["pl"].format("01 42 68 53 00"))
    assert "PHONE_NUMBER" in kinds(SENTENCES["pl"].format("+33 1 42 68 53 00"))


def test_an_extension_belongs_to_its_number() -> None:
    assert ("PHONE_NUMBER", "(212) 555-0199 x123") in {each[:2] for each in found("ring (212) 555-0199 x123 please")}


def test_digits_of_other_scripts_are_digits() -> None:
    assert "PHONE_NUMBER" in kinds("Tel. ٠٣٠ ٢٣١٢٥ ١٤٨")
