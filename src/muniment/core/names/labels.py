"""Names that a label, an introduction or a title announces, in eight languages and without a model: "Nombre: …", "Frau …"."""

import re
from collections.abc import Iterator

from muniment.core.findings import Span

ANNOUNCED, TITLED = 0.75, 0.7

_WORD = r"[^\W\d_]+(?:[’'-][^\W\d_]+)*"
_CAPITAL = rf"(?=[^\W\d_a-zß-öø-ÿ])(?:[^\W\d_]\.|{_WORD})"  # with the point of an initial
# Particles stand between the words of a name and are written small.
_PARTICLE = r"(?:d['’]|(?:da|das|de|dei|del|della|den|der|di|do|dos|du|el|la|las|los|ten|ter|van|vom|von|zu|zum|zur|y|e|i)\b)"
_NAME = rf"(?:{_PARTICLE} ?){{0,3}}{_CAPITAL}(?:[ ](?:{_PARTICLE} ?){{0,3}}{_CAPITAL}){{0,4}}"

# Fields of forms. What follows the colon to the end of the field is a name.
_FIELDS = (
    r"(?:first|last|middle|full|given|family|maiden|birth|legal|patient(?:['’]s)?|customer|employee|contact|card ?holder(?:['’]s)?)"
    r" names?|surname|name|nom(?: de famille| complet)?|prénoms?|patient(?:e|in)?|nombre(?: completo| y apellidos)?|apellidos?"
    r"|paciente|vorname|nachname|familienname|geburtsname|nome(?: completo| e cognome)?|cognome|sobrenome|apelido|paziente"
    r"|imi[ęe](?: i nazwisko)?|nazwisko|pacjent(?:ka)?|voornaam|achternaam|naam"
)
_LABELLED = re.compile(
    rf"(?m:^|(?<=[\s>*|;,(]))(?<!- )(?i:{_FIELDS})[ \t]*[:?][ \t]*(?:(?i:user|client|customer)[ \t]*:[ \t]*)?"
    rf"(?P<name>{_NAME})(?=[ \t]*(?:[.,;|)\n\r]|$))"
)
_INTRODUCTIONS = (
    r"my (?:full |first |last )?name is|my name['’]s|people call me|everyone calls me|call me|je m['’]appelle|mon nom est|ich heiße"
    r"|mein name ist|me llamo|mi nombre es|mi chiamo|il mio nome è|nazywam się|mam na imię|mijn naam is|ik heet|meu nome é|me chamo"
    r"|chamo-me"
)
_INTRODUCED = re.compile(rf"(?i:\b(?:{_INTRODUCTIONS}))[ ]+(?P<name>{_NAME})")
# Who writes without capitals is introduced by two words at most, up to where the clause ends.
_INTRODUCED_SMALL = re.compile(
    rf"\b(?:{_INTRODUCTIONS})[ ]+(?P<name>{_WORD}(?:[ ]{_WORD})?)(?=[ \t]*(?:[.,;!?\n]|$|(?:and|but|et|und|y|e|i|en)\b))"
)
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Sr|Sra|Srta|Dña|Dra|Dott|Sig|Mme|Mlle|Dhr|Mevr|Herr|Frau|Herrn|Pan|Pani|Monsieur|Madame"
    rf"|Señor|Señora|Signor|Signora|Senhor|Senhora)(?:\.[ ]?|[ ])(?P<name>{_NAME})"
)
# What a program or an empty form has in a name's place.
_NO_NAME = re.compile(
    r"(?i)(?:string|str|int|bool|boolean|null|none|true|false|n/?a|unknown|required|optional|default|text|value|name|type|the|an?|not|your|my)\b"
    r"|(?-i:\w*[a-z][A-Z]\w*[A-Z]|[A-Z0-9_]{2,}$)"
)
# Necessary for any of the patterns (Rust regular expression, for Polars).
GATE = rf"(?i)(?:{_FIELDS})[ \t]*[:?]|{_INTRODUCTIONS}".replace("(?-i:", "(?:") + (
    r"|(?-i:\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Sr|Sra|Srta|Dña|Dra|Dott|Sig|Mme|Mlle|Dhr|Mevr|Herrn?|Frau|Pani?|Monsieur|Madame"
    r"|Señora?|Signora?|Senhora?)[. ])"
)
_PATTERNS = (
    ("label/PERSON", _LABELLED, ANNOUNCED),
    ("introduction/PERSON", _INTRODUCED, ANNOUNCED),
    ("introduction/PERSON", _INTRODUCED_SMALL, ANNOUNCED),
    ("title/PERSON", _TITLED, TITLED),
)
RULES = frozenset(rule for rule, _, _ in _PATTERNS)


def announced(text: str) -> Iterator[Span]:
    """Spans (row 0, PERSON) of the names that the text announces; only a text that `GATE` is found in has any."""
    for rule, pattern, score in _PATTERNS:
        for match in pattern.finditer(text):
            if not _NO_NAME.match(match["name"]):
                yield Span(0, *match.span("name"), "PERSON", score, rule)
