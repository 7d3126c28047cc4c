"""Documents made to mislead a search for duplicates: seeded, so that the same call gives the same texts everywhere.

Words are made of syllables, so no text is anybody's.
"""

from collections.abc import Sequence
from random import Random

_SYLLABLES = [one + other for one in "bdfgklmnprstvz" for other in "aeiou"]
HAN = (0x4E00, 0x9FA5)
ODD = [
    "\u0301\u0308\u0327",  # combining marks with no letter before them
    "\ue000\uf8ff\U0010fffd",  # private use
    "\ufdd0\ufffe",  # noncharacters
    "\ufffd\ufffd",  # replacement characters
    "\u0378\u0379",  # unassigned
    "\u202e\u2066\u2069",  # directions
    "\x00\x01\x1f\x7f\x9f",  # controls
    "\U000e0041\U000e007f",  # tags
    "👩\u200d👩\u200d👧\ufe0f",  # joined emoji
]
SPACES = [
    "\t",
    "\n",
    "\r\n",
    "\x0b",
    "\x0c",
    "\u0085",
    "\u00a0",
    "\u2003",
    "\u2009",
    "\u2028",
    "\u2029",
    "\u202f",
    "\u205f",
    "\u3000",
]
INVISIBLE = ["\u200b", "\u200c", "\u200d", "\u2060", "\u00ad"]


def words(count: int, seed: object) -> list[str]:
    """Words without a digit, of so many kinds (70 to the third and more) that two texts hardly share one."""
    chance = Random(repr(seed))
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(3, 5))) for _ in range(count)]


def prose(count: int, seed: object) -> str:
    """So many words."""
    return " ".join(words(count, seed))


def boilerplate(bodies: Sequence[int], frame: int) -> list[str]:
    """Pages with the same first and last `frame` / 2 words around so many words of their own: two with bodies of b words have a
    Jaccard of (frame - 8) / (frame + 2 b)."""
    head, foot = words(frame // 2, "head"), words(frame - frame // 2, "foot")
    return [" ".join([*head, *words(body, ("body", page)), *foot]) for page, body in enumerate(bodies)]


def invoices(count: int) -> list[str]:
    """Letters that differ in a number, a date and an amount ("1,250.00" beside "900"), and in nothing else."""
    text = words(300, "invoice")
    made = []
    for number in range(count):
        amount = f"{1_000 + 250 * number:,}.00" if number % 2 else str(900 + number)
        facts = {20: f"number {number:05d}", 60: f"of 2026-{1 + number % 12:02d}-{1 + number % 28:02d}", 100: f"EUR {amount}"}
        made.append(" ".join(f"{word} {facts[place]}" if place in facts else word for place, word in enumerate(text)))
    return made


def tables(count: int) -> list[str]:
    """Tables of sixty rows with other numbers in every tenth."""
    names = words(60, "rows")
    rows = [f"{name} | {' | '.join(words(9, name))}" for name in names]
    return [
        "\n".join(f"{row} | {100 + place + number * (place % 10 == 0)}" for place, row in enumerate(rows))
        for number in range(count)
    ]


# Two names each that differ in numbers only, and in more than numbers.
NUMBERED = [
    ("v2", "v3"),
    ("v2", "v2.10.1"),
    ("2024.1", "2025"),
    ("1,000", "900"),
    ("1.5kg", "2kg"),
    ("s1e12", "s11e2"),
    ("007", "7"),
]
NAMED = [("v2", "w2"), ("2kg", "2mg"), ("2", "two"), ("1", "first"), ("alpha", "beta")]


def release(name: str) -> str:
    """Notes of a version, the same but for its name."""
    text = words(80, "release")
    return " ".join([*text[:40], name, *text[40:]])


def chain(links: int, step: int = 10, window: int = 100) -> list[str]:
    """Windows over one long text: each is close to the next (Jaccard .83) and to no other (.65 to the one after)."""
    text = words(window + step * links, "chain")
    return [" ".join(text[step * link : step * link + window]) for link in range(links)]


def han(count: int, seed: object) -> str:
    """So many Chinese characters, without a space."""
    chance = Random(repr(seed))
    return "".join(chr(chance.randint(*HAN)) for _ in range(count))


def changed(text: str, places: list[int], seed: object = "changed") -> str:
    """A text with other words at these places."""
    own = text.split(" ")
    for place, word in zip(places, words(len(places), seed), strict=True):
        own[place] = word
    return " ".join(own)


def surfaces(text: str) -> dict[str, str]:
    """The same text with another surface that an exact comparison folds: case and white space."""
    spaced = {f"space-{ord(space[0]):04x}": text.replace(" ", space) for space in SPACES}
    return {
        "upper": text.upper(),
        "title": text.title(),
        "framed": f"\n\n  {text}\t\n",
        "double": text.replace(" ", "  "),
        **spaced,
    }


def punctuated(text: str) -> dict[str, str]:
    """The same words with other punctuation or signs that nobody sees between them."""
    marks = {f"mark-{ord(mark):04x}": text.replace(" ", f"{mark} ") for mark in ",.;:!?-*\u2014\u2026\u3002"}
    return marks | {f"unseen-{ord(sign):04x}": text.replace(" ", f" {sign}") for sign in INVISIBLE}
