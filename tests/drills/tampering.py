"""Ways to tamper with a root, for a drill: each changes files under it, at a place that chance chooses, as whoever can write there can."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import GENESIS, Draft, Entry, EntryKind, Head

GOVERNED = ("ledger", "checkpoints", "tiles", "reviews", "erasures", "registry", "refs", "ledger-head.json")
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
Chance = random.Random
Way = Callable[["Scene", Chance], int]  # gives the number of the first wrong entry, 0 when no entry is wrong


class Scene:
    """The files of a root that an audit governs, which can be put back as they were; and entries of other roots."""

    def __init__(self, folder: Path, others: dict[str, list[bytes]]) -> None:
        self.folder, self.others = folder, others
        self._kept = {path: path.read_bytes() for path in self._files()}
        self._touched = set[Path]()
        self.count = len(self.names("ledger"))

    def names(self, prefix: str, suffix: str = "") -> list[str]:
        """Files under a folder as they were, in order."""
        kept = (str(path.relative_to(self.folder)) for path in self._kept)
        return sorted(name for name in kept if name.startswith(f"{prefix}/") and name.endswith(suffix))

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def write(self, name: str, payload: bytes) -> None:
        path = self.folder / name
        self._touched.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(payload)

    def remove(self, name: str) -> None:
        self._touched.add(self.folder / name)
        os.unlink(self.folder / name)

    def entry(self, number: int) -> dict[str, object]:
        return dict(json.loads(self.read(entry(number))))

    def restore(self) -> None:
        """Put everything back."""
        for path in self._touched:
            if path in self._kept:
                path.write_bytes(self._kept[path])
            else:
                path.unlink(missing_ok=True)
        self._touched.clear()

    def _files(self) -> set[Path]:
        tops = [self.folder / name for name in GOVERNED]
        return {path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file()}


def entry(number: int) -> str:
    return f"ledger/{number:020d}.json"


def flip(prefix: str, suffix: str = "") -> Way:
    """One byte of a file becomes another."""

    def act(scene: Scene, chance: Chance) -> int:
        name = chance.choice(scene.names(prefix, suffix))
        payload = bytearray(scene.read(name))
        payload[chance.randrange(len(payload))] ^= chance.randrange(1, 256)
        scene.write(name, bytes(payload))
        return int(name.removeprefix("ledger/").removesuffix(".json")) if prefix == "ledger" else 0

    return act


def shorten(scene: Scene, chance: Chance) -> int:
    """An entry loses its end."""
    number = chance.randint(1, scene.count)
    payload = scene.read(entry(number))
    scene.write(entry(number), payload[: chance.randrange(len(payload))])
    return number


def reword(scene: Scene, chance: Chance) -> int:
    """An entry says the same in other bytes."""
    number = chance.randint(1, scene.count)
    said = scene.entry(number)
    forms: list[Callable[[], bytes]] = [
        lambda: json.dumps(said, indent=1).encode(),
        lambda: canonical_json(said) + b"\n",
        lambda: b" " + canonical_json(said),
        lambda: json.dumps(dict(reversed(said.items())), separators=(",", ":")).encode(),
        lambda: canonical_json(said).replace(b'"actor"', b'"\\u0061ctor"'),
        lambda: canonical_json(said)[:-1] + b',"run":""}',
        lambda: canonical_json({name: value for name, value in said.items() if value not in ("", [], {})}),
        lambda: canonical_json({**said, "time": str(said["time"]).replace("Z", "+00:00")}),
        lambda: canonical_json({**said, "seal": str(said["seal"]).upper()}),
    ]
    scene.write(entry(number), chance.choice(forms)())
    return number


def change(scene: Scene, chance: Chance) -> int:
    """An entry says something else, in good form."""
    number = chance.randint(1, scene.count)
    scene.write(entry(number), canonical_json(_other(scene.entry(number), chance)))
    return number


def remove(place: str) -> Way:
    """An entry goes: the first, one in the middle, or the last."""

    def act(scene: Scene, chance: Chance) -> int:
        number = {"first": 1, "middle": chance.randint(2, scene.count - 1), "last": scene.count}[place]
        scene.remove(entry(number))
        return number

    return act


def cut(scene: Scene, chance: Chance) -> int:
    """Some entries in a row go, or all from one on."""
    first = chance.randint(1, scene.count)
    last = chance.choice([scene.count, chance.randint(first, scene.count)])
    for number in range(first, last + 1):
        scene.remove(entry(number))
    return first


def close_up(scene: Scene, chance: Chance) -> int:
    """An entry goes, and those behind it move up, renumbered and chained anew, under their old seals."""
    number = chance.randint(1, scene.count - 1)
    entries = [scene.entry(each) for each in range(1, scene.count + 1) if each != number]
    scene.remove(entry(scene.count))
    _rewrite(scene, entries, number, seal=False)
    return number


def swap(scene: Scene, chance: Chance) -> int:
    """Two entries change places."""
    one, other = sorted(chance.sample(range(1, scene.count + 1), 2))
    first, second = scene.read(entry(one)), scene.read(entry(other))
    scene.write(entry(one), second)
    scene.write(entry(other), first)
    return one


def copy(scene: Scene, chance: Chance) -> int:
    """An entry takes the place of another, or stands once more at the end."""
    source, target = chance.sample(range(1, scene.count + 1), 2)
    target = chance.choice([target, scene.count + 1])
    scene.write(entry(target), scene.read(entry(source)))
    return target


def forge(scene: Scene, chance: Chance) -> int:
    """A well-formed entry stands at the end, sealed with another key or with what another entry was sealed with."""
    last = scene.entry(scene.count)
    draft = Draft(kind=chance.choice(list(EntryKind)), actor="dana", subjects=("source:handbook",))
    made = Entry(
        **draft.model_dump(),
        sequence=scene.count + 1,
        time=Entry.model_validate(last).time,
        previous=Entry.model_validate(last).hash,
    )
    scene.write(entry(scene.count + 1), canonical_json(made.model_copy(update={"seal": _seal(made, chance, last)})))
    return scene.count + 1


def insert(scene: Scene, chance: Chance) -> int:
    """An entry is put between two, and those behind it are renumbered and chained anew."""
    number = chance.randint(1, scene.count)
    entries = [scene.entry(each) for each in range(1, scene.count + 1)]
    entries.insert(number - 1, _other(entries[number - 1], chance))
    _rewrite(scene, entries, number, seal=chance.random() < 0.5)
    return number


def rehash(scene: Scene, chance: Chance) -> int:
    """An entry is changed, and all behind it are chained anew, under their old seals or under those of another key; the head too."""
    number = chance.randint(1, scene.count)
    entries = [scene.entry(each) for each in range(1, scene.count + 1)]
    entries[number - 1] = _other(entries[number - 1], chance)
    last = _rewrite(scene, entries, number, seal=chance.random() < 0.5)
    if chance.random() < 0.5:
        head = Head(sequence=scene.count, hash=last)
        scene.write("ledger-head.json", canonical_json(head.model_copy(update={"signature": STRANGER.sign(head.signed).hex()})))
    return number


def transplant(keyring: str) -> Way:
    """An entry, or all from one on, are those of another root, whose keyring is the same or another."""

    def act(scene: Scene, chance: Chance) -> int:
        others = scene.others[keyring]
        number = chance.randint(2, min(len(others), scene.count))
        last = chance.choice([number, scene.count])
        for each in range(number, last + 1):
            if each <= len(others):
                scene.write(entry(each), others[each - 1])
            else:
                scene.remove(entry(each))
        return number

    return act


def litter(scene: Scene, chance: Chance) -> int:
    """Something that is no entry lies among them."""
    scene.write(chance.choice(["ledger/5.json", "ledger/x/00000000000000000001.json", "ledger/00000000000000000003.json.bak", "ledger/-0000000000000000001.json"]), b"{}")  # fmt: skip
    return 0


def head(scene: Scene, chance: Chance) -> int:
    """The head goes, or is one that somebody else signed."""
    name = "ledger-head.json"
    if chance.random() < 0.3:
        scene.remove(name)
        return 0
    shorter = Head(sequence=chance.randrange(scene.count), hash=chance.choice([GENESIS, "7" * 64]))
    scene.write(name, canonical_json(shorter.model_copy(update={"signature": STRANGER.sign(shorter.signed).hex()})))
    return 0


def lose(prefix: str, suffix: str = "") -> Way:
    """A file goes."""

    def act(scene: Scene, chance: Chance) -> int:
        scene.remove(chance.choice(scene.names(prefix, suffix)))
        return 0

    return act


def shuffle_checkpoints(scene: Scene, chance: Chance) -> int:
    """A checkpoint stands in another's place."""
    one, other = chance.sample(scene.names("checkpoints"), 2)
    scene.write(one, scene.read(other))
    return 0


def decide_otherwise(scene: Scene, chance: Chance) -> int:
    """A review says that somebody else decided, or something else; or one is added that nobody gave."""
    name = chance.choice(scene.names("reviews"))
    review = json.loads(scene.read(name))
    changed = chance.choice(
        [{"actor": "robin"}, {"decision": "approve-redacted"}, {"reason": "looked at it all"}, {"identity": "proxy"}]
    )
    target = chance.choice([name, name.rpartition("/")[0] + "/000017.json"])
    scene.write(target, canonical_json({**review, **changed}))
    return 0


def embellish(scene: Scene, chance: Chance) -> int:
    """A receipt says something better than what was found, signed by nobody or by a stranger."""
    name = chance.choice(scene.names("erasures", "receipt.json"))
    receipt = json.loads(scene.read(name))
    receipt |= chance.choice([{"documents": 99}, {"proven": not receipt["proven"]}, {"residue": []}, {"not_checked": []}])
    if chance.random() < 0.5:
        receipt["key_id"] = STRANGER.public_key().public_bytes_raw().hex()
        receipt["signature"] = STRANGER.sign(canonical_json({**receipt, "signature": ""})).hex()
    else:
        receipt["documents"] += 1
    scene.write(name, canonical_json(receipt))
    return 0


def ask_otherwise(scene: Scene, chance: Chance) -> int:
    """A request to erase is about something else, or was made by somebody else; or one is added that nobody made."""
    name = chance.choice(scene.names("erasures", "request.json"))
    asked = json.loads(scene.read(name))
    changes: list[dict[str, object]] = [
        {"actor": "robin"},
        {"reason": "none at all"},
        {"documents": ["f" * 32]},
        {"selector": {**asked["selector"], "source": "handbook"}},
    ]
    target = chance.choice([name, "erasures/00000000000000000017/request.json"])
    scene.write(target, canonical_json({**asked, **chance.choice(changes)}))
    return 0


def reregister(scene: Scene, chance: Chance) -> int:
    """A source is another's, or open to others, or has a version that nobody made."""
    name = chance.choice(scene.names("registry", ".toml"))
    text = scene.read(name).decode()
    before, after = chance.choice([("dana", "robin"), ("People team", "Nobody"), ("staff", "everyone")])
    target = chance.choice([name, "registry/history/handbook/000077.toml"])
    scene.write(target, text.replace(before, after, 1).encode())
    return 0


def mislead(scene: Scene, chance: Chance) -> int:
    """A ref leads to a snapshot that is not there, or is no JSON."""
    scene.write("refs/production.json", chance.choice([b"{", canonical_json({"snapshot": "0" * 20, "index": "", "serial": 9})]))
    return 0


WAYS: dict[str, Way] = {
    "flip an entry": flip("ledger"), "flip a checkpoint": flip("checkpoints"), "flip a review": flip("reviews"),
    "flip a receipt": flip("erasures", "receipt.json"), "flip a request": flip("erasures", "request.json"), "flip the head": lambda scene, chance: _flip_head(scene, chance), "flip a tile": flip("tiles"),
    "shorten an entry": shorten, "reword an entry": reword, "change an entry": change,
    "remove the first": remove("first"), "remove one": remove("middle"), "remove the last": remove("last"), "cut a range": cut, "close up": close_up,
    "swap two": swap, "copy one": copy, "forge one": forge, "insert one": insert, "rehash the rest": rehash,
    "transplant, same keyring": transplant("same"), "transplant, other keyring": transplant("other"), "litter": litter, "the head": head,
    "lose a checkpoint": lose("checkpoints"), "lose a review": lose("reviews"), "lose a receipt": lose("erasures", "receipt.json"), "lose a request": lose("erasures", "request.json"),
    "lose a version": lose("registry"), "shuffle checkpoints": shuffle_checkpoints, "decide otherwise": decide_otherwise,
    "embellish a receipt": embellish, "ask otherwise": ask_otherwise, "register otherwise": reregister, "mislead": mislead,
}  # fmt: skip


def _flip_head(scene: Scene, chance: Chance) -> int:
    payload = bytearray(scene.read("ledger-head.json"))
    payload[chance.randrange(len(payload))] ^= chance.randrange(1, 256)
    scene.write("ledger-head.json", bytes(payload))
    return 0


def _other(said: dict[str, object], chance: Chance) -> dict[str, object]:
    changes: list[dict[str, object]] = [
        {"actor": "mallory"},
        {"counts": {"documents": 4711}},
        {"reasons": ["NOTHING"]},
        {"time": "2020-01-01T00:00:00Z"},
        {"outputs": ["object:" + "f" * 64]},
        {"key": "another"},
        {"kind": "rights.proven" if said["kind"] != "rights.proven" else "ref.moved"},
    ]
    return {**said, **chance.choice(changes)}


def _rewrite(scene: Scene, entries: list[dict[str, object]], first: int, seal: bool) -> str:
    """Write entries from a number on, chained; gives the hash of the last."""
    previous = Entry.model_validate(entries[first - 2]).hash if first > 1 else GENESIS
    for number, said in enumerate(entries[first - 1 :], start=first):
        made = Entry.model_validate({**said, "sequence": number, "previous": previous})
        if seal:
            made = made.model_copy(update={"seal": STRANGER.sign(made.sealed).hex()})
        scene.write(entry(number), canonical_json(made))
        previous = made.hash
    return previous


def _seal(made: Entry, chance: Chance, last: dict[str, object]) -> str:
    return chance.choice([STRANGER.sign(made.sealed).hex(), str(last["seal"]), "", "0" * 128])
