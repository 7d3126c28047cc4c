"""Whether a value can be a credential at all: not a placeholder, not a reference to one, not words, and random enough."""

import math
import re
from collections import Counter

# How much likelier than by chance a letter (row) is followed by a letter (column) in words of prose and of code: bits + 5.
# Counted over English, Spanish and German prose and over source code, each word by the root of its frequency.
_PAIRS = """
    25662352513766051767442242 73337311651723631653611150 71427216605622831547510030 64358332712432631554532130
    53664441312557353776243531 62236611804522721654501040 62348355602546531764622032 73338222702443731646522030
    54655450112658741466140205 73327558122522132271622221 72438343612435442465414130 73357321712622730255531050
    75228211601453671152521030 62666572514334530267441020 34552441414568450755645221 72237114601621650746511050
    52434332322533124444912010 72458341704344730556432040 52527315603432552368622040 62427316701332630655412151
    55546440501667360766110110 82228121700221510232310010 73337326711426721663121121 54836323610453371358212330
    64555432513556580466354122 72229233622333623232311233
"""
_BITS = {chr(97 + i) + chr(97 + j): int(bits) - 5 for i, row in enumerate(re.findall(r"\d+", _PAIRS)) for j, bits in enumerate(row)}

_PLACEHOLDER = re.compile(
    r"(?i)example|placeholder|change[-_]?(?:me|it|this)|dummy|redacted|sample|lorem|insert|replace|todo|fixme|"
    r"\b(?:your|my|some|the|fake|mock|test)[-_ ](?!\w*[0-9]{3})|(?:^|[-_])(?:your|here)(?:$|[-_])|"
    r"\*{3}|x{4}|\.{3}|…|•|0{6}|1234567|2345678|654321|abcdef|qwerty|asdfg|deadbeef|cafebabe|0123456|abcd1234|abc123$|^[a-z]{2,8}123$|"
    r"^(.{1,4})\1{3,}$"
)
_RUN = re.compile(r"(.)\1{4,}")
_REFERENCE = re.compile(
    r"^[$%@&#]?[{<\[(]|[$#%@]\{|\{\{|<%|%[sdrv]\b|%\(|^\$\(?[A-Za-z_]\w*\)?$|^%\w+%$|^@\w+@?$|^__\w+__$|\w\(|\)$|\[[^\]]*\]|->|::|=>|\(\)|"
    r"^!?(?:return|throw|new|await|typeof|void|null|undefined|true|false|none|lambda|function|file:|env:|fd:)\b|"
    r"^(?:os|env|process|self|this|config|settings|request|params|data|options|args|ctx|context)\b[.\[]|"
    r"^[a-z]{2,12}://|^(?:\.{0,2}/|~/)[\w.-]*(?:/[\w.-]*)*\.?\w*$|^<.*>$|\\[dwsb][+*]|^\^|\$$|\[\^|[\w)]\|[\w(]"
)
_UUID = re.compile(r"(?i)^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")
_NOT_RANDOM = re.compile(r"\s|^[^A-Za-z]*$|^\d{4}-\d\d-\d\dT")  # white space, no letter, a time
_HEX = re.compile(r"^(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)$")
_RUNS = re.compile(r"[a-z]+")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def entropy(value: str) -> float:
    """Shannon entropy of the characters of `value`, in bits a character (Shannon 1948); 0 for an empty one."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values()) if value else 0.0


def wordiness(value: str) -> float:
    """Mean bits by which its pairs of letters are likelier in words than by chance: above 0 for words, about −1.6 for random letters.

    0 digits and signs count; a value without three pairs of letters gives −5.
    """
    bits = _pairs(value)
    return sum(bits) / len(bits) if len(bits) > 2 else -5.0


def words(value: str) -> bool:
    """Made of words: its pairs of letters say so, and they are enough to say it."""
    bits = _pairs(value)
    return sum(bits) > max(4, len(bits) / 5)


def placeholder(value: str) -> bool:
    """Stands for a secret: `changeme`, `your-token-here`, `xxxx`, a run of one character, a keyboard row."""
    longest = max((len(run[0]) for run in _RUN.finditer(value)), default=0)  # encoded bytes have runs, but are not made of one
    return longest * 3 > len(value) or (longest and len(value) < 40) or bool(_PLACEHOLDER.search(value))


def reference(value: str) -> bool:
    """Says where a secret is kept: a variable, a call, a template, a path, a web address, an expression."""
    return bool(_REFERENCE.search(value))


def token(value: str, least: float) -> bool:
    """What a mark gave away is still no secret when it is a placeholder, has less entropy than `least` or is made of words."""
    return not placeholder(value) and entropy(value) >= least and (not words(value) or is_hex(value))


def random(value: str, least: int = 12) -> bool:
    """Random letters and digits, at least so many: no words, identifiers, paths, versions, numbers or placeholders."""
    if len(value) < least or placeholder(value) or reference(value) or _NOT_RANDOM.search(value):
        return False
    if is_hex(value):
        return len(value) >= max(least, 16) and entropy(value) >= 2.8
    if not re.search(r"[0-9]", value) and (len(value) < 20 or not re.search(r"[a-z][A-Z][a-z]{0,2}[A-Z]", value)):
        return False
    return entropy(value) >= min(3.3, math.log2(len(value)) - 0.75) and wordiness(value) < _most(value) and not _named(value)


def password(value: str) -> bool:
    """Letters with digits or signs among them; weak ones pass, words alone, names with a number and placeholders do not."""
    if len(value) < 4 or value.isdigit() or placeholder(value) or reference(value) or not re.search(r"[^\W\d_]", value):
        return False
    if re.fullmatch(
        r"(?i)\W*(?:pass(?:w(?:or)?d|phrase|e)?|pwd|pw|secret|token|admin|root|user(?:name)?|test|guest|foo|bar|none|null)\W*\d{0,4}\W*",
        value,
    ):
        return False
    if re.search(r"[0-9]", value):
        numbered = re.fullmatch(r"([A-Z]?[a-z]+|[A-Z]+)[-_.]?[0-9]{1,2}", value)
        return not (numbered and wordiness(numbered[1]) > -1) and not re.fullmatch(
            r"[a-z]+(?:[-_.][a-z0-9]+)+|v?[0-9]+(?:\.[0-9a-z]+)+|0x[0-9a-fA-F]{1,16}", value
        )
    if re.search(r"[!@#$%^&*+?~]", value):
        return True
    return len(value) >= 12 and wordiness(value) < -0.5 and not value.islower() and not value.isupper()


def strong_password(value: str) -> bool:
    """As people are told to make them: of at least three of capitals, small letters, digits and signs."""
    groups = sum(bool(re.search(each, value)) for each in ("[A-Z]", "[a-z]", "[0-9]", r"[!@#$%^&*+?~=_.-]"))
    return groups >= 3 and len(value) >= 6 and password(value)


def _pairs(value: str) -> list[int]:
    return [_BITS[run[i : i + 2]] for run in _RUNS.findall(value.lower()) for i in range(len(run) - 1)]


def _most(value: str) -> float:
    """How wordy a random value may be: a short one has few pairs of letters, so that chance speaks louder."""
    return -0.1 if len(value) < 24 else -0.3


def is_hex(value: str) -> bool:
    """A hexadecimal number or a UUID."""
    return bool(_HEX.match(value) or _UUID.match(value))


def _named(value: str) -> bool:
    """Made of parts as identifiers are: mostly words of four letters or more, told by signs, digits or capitals."""
    words = [part for part in _PARTS.findall(value) if len(part) > 3 and part.isalpha() and wordiness(part) > 0]
    return sum(map(len, words)) > len(value) * 0.55
