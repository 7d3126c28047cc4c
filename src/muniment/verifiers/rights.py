"""Verify a proof of rights without Muniment: `python rights.py PROOF [--key HEX] [--terms FILE] [--objects ROOT]`. Exit code 0 or 1.

One file, Python 3.11 or later, no other package. Only reading documents under --objects needs pyarrow; without it objects are hashed
and not read. What a proof is made of stands in docs/rights.md; whoever trusts neither that page nor this file can write another.

A proof says: these are all documents of this snapshot (but for the layers that were left out), and none violates a clause of the use.
What follows from the proof file alone is recomputed here from the licence expression of every document. That expressions, contracts
and tables are what they should be is the signer's word, unless --terms and --objects give something to hold them against.
"""

import argparse
import gzip
import hashlib
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

FORMAT, VERSION = "muniment-rights-proof", 1
DOMAIN = b"muniment-rights-proof/1\n"
LONGEST_HEADER, LONGEST_LEAF = 64 << 20, 1 << 20  # bytes
PERMISSIONS = frozenset(["COMMERCIAL_OK", "REDISTRIBUTION_OK"])
OBLIGATIONS = frozenset(
    ["ATTRIBUTION_REQUIRED", "SHAREALIKE", "NONCOMMERCIAL", "NO_DERIVATIVES", "RESEARCH_ONLY", "PARTNER_ONLY", "UNKNOWN"]
)
UNKNOWN = frozenset(["UNKNOWN"])
RESERVED = ("input", "search", "train")
CONTRACT = ("customer", "no_mixing", "no_pretraining", "retention_days", "delete_on_termination")
RANKS = {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}
LAYERS = ("", "share-alike")
STANCES = ("required", "refused", "admitted", "named", "alone", "limited")


class Refused(Exception):
    """The proof does not hold, and why."""


class Finding(NamedTuple):
    """One thing that was looked at. `state` is ok, failed or unchecked."""

    state: str
    what: str


def verify(proof: Path, key: str = "", terms: Path | None = None, objects: Path | None = None) -> list[Finding]:
    """All findings about a proof; it holds when none has failed. Never raises for what is wrong with the proof."""
    try:
        return list(_findings(proof, key.strip().lower(), terms, objects))
    except Refused as error:
        return [Finding("failed", str(error))]
    except Exception as error:  # noqa: BLE001 – whatever cannot be read holds nothing
        return [Finding("failed", f"it cannot be read: {type(error).__name__}: {error}")]


def holds(findings: list[Finding]) -> bool:
    """Whether nothing has failed."""
    return bool(findings) and all(each.state != "failed" for each in findings)


def _findings(proof: Path, key: str, terms: Path | None, objects: Path | None) -> Iterator[Finding]:
    if proof.suffix == ".json":
        yield from _one_document(proof, key)
        return
    reading = Reading(proof)
    header = Header(reading.header)
    names = reading.check(header)
    yield Finding("ok", f"the root of the tree over {header.documents:,} documents, in order, each once")
    yield Finding("ok", "the tags of every document, from its licence expression and the table in the proof")
    yield Finding("ok", f"every clause of the use {header.use['name']}, for every document")
    yield from _signer(header, key)
    if terms is None:
        yield Finding("unchecked", "that the licence table and the clauses are the agreed ones: give yours with --terms")
    else:
        yield from _agreed(header, names, terms)
    if objects is None:
        yield Finding("unchecked", "that the documents are those of the snapshot: give its root with --objects")
    else:
        yield from _objects(reading, header, objects)
    yield Finding("unchecked", "that each document's licence was recognised rightly, and that the contracts are told in full")


def _signer(header: "Header", key: str) -> Iterator[Finding]:
    yield Finding("ok", f"the signature, made with key {header.key}")
    if not key:
        yield Finding("unchecked", "whose key that is: give the one that you trust with --key")
    elif key != header.key:
        raise Refused(f"it is signed with key {header.key}, not with the trusted one")
    else:
        yield Finding("ok", "that key is the trusted one")


def _one_document(excerpt: Path, key: str) -> Iterator[Finding]:
    """An excerpt of a proof (`muniment rights document`): one document, and the path from it to the signed root."""
    fields = json.loads(excerpt.read_bytes(), object_pairs_hook=_unique)
    _shape("the excerpt", fields, {"header": str, "seal": str, "leaf": str, "index": int, "path": list})
    line, leaf = fields["header"].encode(), fields["leaf"].encode()
    header = Header(_canonical(line))
    _signed(header.key, line, fields["seal"].encode())
    doc_id, document = _leaf(leaf, header, {})
    path = [bytes.fromhex(each) for each in _texts("path", fields["path"])]
    if not included(leaf, fields["index"], header.documents, path, bytes.fromhex(header.root)):
        raise Refused("the path does not lead from this document to the root")
    yield Finding("ok", f"one document, {doc_id.decode()} under {document.licence}: it is in the tree over {header.documents:,}")
    yield Finding("ok", f"its tags, and every clause of the use {header.use['name']} for it")
    yield from _signer(header, key)
    yield Finding("unchecked", "anything about other documents, the table, the use and the objects: that takes the whole proof")


# --- The file -----------------------------------------------------------------------------------------------------------------------


class Reading:
    """The lines of a proof file, as they stream by."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with gzip.open(path) as file:
            self.line = _line(file, LONGEST_HEADER)
        self.header = _canonical(self.line)

    def leaves(self, count: int) -> Iterator[bytes]:
        """The lines of the documents; raises `Refused` unless the file ends with exactly one more, a seal that signs the header."""
        with gzip.open(self._path) as file:
            if _line(file, LONGEST_HEADER) != self.line:
                raise Refused("the file changed while it was read")
            for _ in range(count):
                yield _line(file, LONGEST_LEAF)
            seal = _line(file, LONGEST_LEAF)
            if file.read(1):
                raise Refused("something follows the signature")
        _signed(self.header["key"], self.line, seal)

    def check(self, header: "Header") -> set[str]:
        """Check every document; gives the identifiers in their expressions. Raises `Refused`."""
        tree, templates, last, counts = Tree(), dict[tuple[bytes, bytes], Leaf](), b"", Counter[tuple[str, str]]()
        for line in self.leaves(header.documents):
            doc_id, leaf = _leaf(line, header, templates)
            if doc_id <= last:
                raise Refused(f"document {doc_id.decode()} stands twice or out of order")
            last = doc_id
            counts[leaf.source, leaf.layer] += 1
            tree.add(line)
        if tree.root().hex() != header.root:
            raise Refused("the root in the header is not that of the documents")
        if counts != header.rows():
            raise Refused("the documents of a source and layer are not as many as its objects hold")
        return {name for leaf in templates.values() for name in leaf.names}


def _signed(key: str, header: bytes, line: bytes) -> None:
    """Raises `Refused` unless the last line signs the first."""
    seal = _canonical(line)
    if set(seal) != {"signature"} or not _hex(seal["signature"], 128):
        raise Refused("the line after the last document is no signature")
    if not ed25519(bytes.fromhex(key), DOMAIN + header, bytes.fromhex(seal["signature"])):
        raise Refused("the signature is not one over this header")


def _line(file: Any, longest: int) -> bytes:
    line: bytes = file.readline(longest + 1)
    if len(line) > longest:
        raise Refused("a line is longer than any proof needs")
    if not line.endswith(b"\n"):
        raise Refused("the file ends too early")
    return line[:-1]


def _canonical(line: bytes) -> dict[str, Any]:
    """The object in a line of canonical JSON: sorted keys, no key twice, no space, no fraction. Raises `Refused`."""
    try:
        value = json.loads(line, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_refuse)
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, UnicodeError) as error:
        raise Refused(f"a line is not canonical JSON: {error}") from None
    if again != line or not isinstance(value, dict):
        raise Refused("a line is not canonical JSON")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("a line has a key twice")
    return found


def _refuse(text: str) -> Any:
    raise Refused(f"a line holds {text}")


def _hex(value: object, length: int) -> bool:
    return isinstance(value, str) and len(value) == length and bool(re.fullmatch(r"[0-9a-f]+", value))


# --- The header ---------------------------------------------------------------------------------------------------------------------


class Header:
    """The first line, with every field of the type that it must have; raises `Refused`."""

    _FIELDS = {
        "format": str, "version": int, "issued": str, "key": str, "snapshot": str, "revision": int, "manifest": str, "ref": str,
        "use": dict, "customer": str, "without": list, "table": dict, "sources": dict, "parts": list, "tools": dict,
        "documents": int, "root": str,
    }  # fmt: skip

    def __init__(self, fields: dict[str, Any]) -> None:
        if (fields.get("format"), fields.get("version")) != (FORMAT, VERSION):
            raise Refused(f"it is no {FORMAT} of version {VERSION}")
        _shape("the header", fields, self._FIELDS)
        self.key, self.root, self.manifest = fields["key"], fields["root"], fields["manifest"]
        if not (_hex(self.key, 64) and _hex(self.root, 64) and _hex(self.manifest, 64)):
            raise Refused("key, root or manifest is no digest")
        self.snapshot, self.revision, self.customer = fields["snapshot"], fields["revision"], fields["customer"]
        self.documents: int = fields["documents"]
        if self.documents < 1 or self.revision < 0:
            raise Refused("there is no document, or no such revision")
        self.without = _texts("without", fields["without"])
        if not set(self.without) <= set(LAYERS[1:]):
            raise Refused(f"nothing but {LAYERS[1]} can be left out")
        self.table = Table(fields["table"])
        self.parts = _parts(fields["parts"])
        self.day = _day(fields["issued"][:10])
        self.sources = {name: Source(name, each, self.day) for name, each in fields["sources"].items()}
        if not set(self.sources) <= {part["source"] for part in self.parts}:
            raise Refused("it gives terms of a source that has no part")
        self.use = fields["use"]
        self.clauses = _clauses(self.use)
        self.present = sorted({source for (source, _), rows in self.rows().items() if rows})

    def rows(self) -> Counter[tuple[str, str]]:
        """Documents by source and layer, as the objects hold them, without the layers that were left out."""
        counts = Counter[tuple[str, str]]()
        for part in self.parts:
            for each in part["documents"]:
                if each["layer"] not in self.without:
                    counts[part["source"], each["layer"]] += each["rows"]
        return counts


class Source:
    """What binds a source's documents; raises `Refused` for terms that are not in force on the day of issue, or not understood."""

    def __init__(self, name: str, fields: Any, day: date) -> None:
        kinds = {"version": int, "declared_licence": str, "classification": str, "terms": dict, "revoked": list}
        _shape(f"source {name}", fields, kinds)
        self.rank = _rank(fields["classification"])
        self.revoked = frozenset(_texts("revoked", fields["revoked"]))
        self.terms = fields["terms"]
        if set(self.terms) != {*CONTRACT, "valid_from", "valid_until"} or not isinstance(self.terms["customer"], str):
            raise Refused(f"source {name} has contract terms that this program does not know")
        since, until = self.terms["valid_from"], self.terms["valid_until"]
        if (since is not None and day < _day(since)) or (until is not None and _day(until) <= day):
            raise Refused(f"the terms of source {name} are not in force on {day}")


class Table:
    """The rows of the licence table; raises `Refused` for a row that contradicts itself or what its identifier says."""

    def __init__(self, fields: Any) -> None:
        _shape("the table", fields, {"digest": str, "preferred": list, "silent": list, "licences": dict, "exceptions": dict})
        self.digest, self.preferred = fields["digest"], _texts("preferred", fields["preferred"])
        self.silent = frozenset(_texts("silent", fields["silent"]))
        self.licences = {name: _tags(f"licence {name}", tags) for name, tags in fields["licences"].items()}
        self.exceptions = {name: _tags(f"exception {name}", tags, adds=True) for name, tags in fields["exceptions"].items()}
        for name, tags in self.licences.items():
            if tags != UNKNOWN and (missing := _said(name) - tags):
                raise Refused(f"the table says nothing of {', '.join(sorted(missing))} for {name}, whose name does")
        self._read: dict[str | None, Meaning] = {}

    def read(self, expression: str | None) -> "Meaning":
        """What an expression means; nothing that is understood for what is none."""
        if expression not in self._read:
            self._read[expression] = _meaning(expression, self)
        return self._read[expression]


def _said(name: str) -> frozenset[str]:
    """Tags that an identifier cannot be without."""
    words = name.split("-")
    elements = {"NC": "NONCOMMERCIAL", "ND": "NO_DERIVATIVES", "SA": "SHAREALIKE"}
    if words[:2] == ["CC", "BY"]:
        return frozenset(elements[word] for word in words if word in elements)
    return frozenset(["SHAREALIKE"]) if words[0] in ("GPL", "AGPL", "LGPL", "GFDL") else frozenset()


def _tags(what: str, value: Any, adds: bool = False) -> frozenset[str]:
    texts = _texts(what, value)
    tags = frozenset(texts)
    if not tags <= PERMISSIONS | OBLIGATIONS or list(texts) != sorted(tags) or not (tags or adds):
        raise Refused(f"{what} has tags that are not understood")
    if tags > UNKNOWN or {"NONCOMMERCIAL", "COMMERCIAL_OK"} <= tags or (adds and tags & PERMISSIONS):
        raise Refused(f"{what} has tags that contradict each other")
    return tags


def _parts(value: list[Any]) -> list[dict[str, Any]]:
    kinds = {"source": str, "capture": str, "judgement": str, "decision": str, "review": str}
    for part in value:
        _shape("a part", part, {**kinds, "documents": list, "verdicts": list, "evidence": list})
        if not all(_hex(each, 64) for each in (*part["verdicts"], *part["evidence"])):
            raise Refused("an object of a part is no digest")
        for each in part["documents"]:
            _shape("an object", each, {"digest": str, "rows": int, "layer": str})
            if not _hex(each["digest"], 64) or each["rows"] < 1 or each["layer"] not in LAYERS:
                raise Refused("an object of a part is no digest, is empty, or is of no known layer")
    names = [part["source"] for part in value]
    digests = [each["digest"] for part in value for each in part["documents"]]
    if len(set(names)) < len(names) or len(set(digests)) < len(digests):
        raise Refused("a source or an object stands twice")
    return value


def _clauses(use: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The clauses by what they are about. What none is about is refused (`_stance`)."""
    _shape("the use", use, {"name": str, "description": str, "uses": list, "clause": list})
    found: dict[str, dict[str, Any]] = {}
    known = {*PERMISSIONS, *OBLIGATIONS, *RESERVED, *CONTRACT, "classification", "licences"}
    for clause in use["clause"]:
        if not isinstance(clause, dict) or set(clause) != {"about", "stance", "why", "limit", "named", "names"}:
            raise Refused("a clause has other fields than this program knows")
        if clause["about"] in found or clause["about"] not in known or clause["stance"] not in STANCES:
            raise Refused(f"a clause is not understood, or stands twice: {clause['about']} {clause['stance']}")
        if (clause["about"] == "classification") != (clause["stance"] == "limited"):
            raise Refused(f"a clause makes no sense: {clause['about']} {clause['stance']}")
        if clause["about"] in PERMISSIONS and clause["stance"] not in ("required", "admitted"):
            raise Refused(f"a clause makes no sense: {clause['about']} {clause['stance']}")
        found[clause["about"]] = clause
    if not use["uses"] or not set(_texts("uses", use["uses"])) <= set(RESERVED):
        raise Refused("the use does not say what is done with a text")
    return found


def _shape(what: str, value: Any, kinds: dict[str, type]) -> None:
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise Refused(f"{what} has other fields than it must have")
    for name, kind in kinds.items():
        if type(value[name]) is not kind:
            raise Refused(f"{what} has no {kind.__name__} as {name}")


def _texts(what: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Refused(f"{what} is no list of texts")
    return tuple(value)


def _rank(name: Any) -> int:
    if name not in RANKS:
        raise Refused("a classification is not known")
    return RANKS[name]


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refused("a day is not understood") from None


# --- Licence expressions (SPDX 3.0, annex B) ----------------------------------------------------------------------------------------


class Meaning(NamedTuple):
    """What an expression allows and asks; the licences (with their exceptions) of the branch that is taken; identifiers anywhere in it."""

    tags: frozenset[str]
    chosen: frozenset[str]
    taken: frozenset[str]  # identifiers of the branch, exceptions too
    names: frozenset[str]


class _Branch(NamedTuple):
    tags: frozenset[str]
    text: str
    licences: frozenset[str]
    atoms: frozenset[str]


_NOTHING = Meaning(UNKNOWN, frozenset(), frozenset(), frozenset())
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:_-]*")


def _meaning(expression: str | None, table: Table) -> Meaning:
    if not expression or len(expression) > 20_000:
        return _NOTHING
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    try:
        branch, rest = _either(tokens, 0, table)
    except (ValueError, IndexError, RecursionError):
        return _NOTHING
    if rest != len(tokens):
        return _NOTHING
    taken = {word for atom in branch.atoms for word in atom.split(" WITH ")}
    names = {token for token in tokens if token not in ("(", ")", "AND", "OR", "WITH")}
    return Meaning(branch.tags, branch.atoms, frozenset(taken), frozenset(names))


def _either(tokens: list[str], place: int, table: Table) -> tuple[_Branch, int]:
    branches = []
    while True:
        branch, place = _both(tokens, place, table)
        branches.append(branch)
        if place >= len(tokens) or tokens[place] != "OR":
            return min(branches, key=lambda each: _cost(each, table.preferred)), place
        place += 1


def _both(tokens: list[str], place: int, table: Table) -> tuple[_Branch, int]:
    branches = []
    while True:
        branch, place = _one(tokens, place, table)
        branches.append(branch)
        if place >= len(tokens) or tokens[place] != "AND":
            break
        place += 1
    # What is silent, such as a disclaimer of warranty, adds nothing beside a licence.
    spoken = [each for each in branches if not each.licences <= table.silent] or branches
    tags = spoken[0].tags
    for each in spoken[1:]:
        tags = stricter(tags, each.tags)
    text = " AND ".join(dict.fromkeys(each.text for each in branches))
    return _Branch(tags, text, _union(each.licences for each in branches), _union(each.atoms for each in branches)), place


def _one(tokens: list[str], place: int, table: Table) -> tuple[_Branch, int]:
    if tokens[place] == "(":
        branch, place = _either(tokens, place + 1, table)
        if tokens[place] != ")":
            raise ValueError("an open bracket")
        return branch, place + 1
    name = _identifier(tokens[place])
    tags, place = table.licences.get(name, UNKNOWN), place + 1
    if place < len(tokens) and tokens[place] == "WITH":
        exception = _identifier(tokens[place + 1])
        adds = table.exceptions.get(exception)
        tags = UNKNOWN if adds is None or UNKNOWN & (tags | adds) else tags | adds
        tags -= {"COMMERCIAL_OK"} if "NONCOMMERCIAL" in tags else set()
        text = f"{name} WITH {exception}"
        return _Branch(tags, text, frozenset([name]), frozenset([text])), place + 2
    return _Branch(tags, name, frozenset([name]), frozenset([name])), place


def _identifier(token: str) -> str:
    if token in ("AND", "OR", "WITH") or not _IDENTIFIER.fullmatch(token):
        raise ValueError(token)
    return token


def _cost(branch: _Branch, preferred: tuple[str, ...]) -> tuple[bool, int, int, int, str]:
    """Of a choice the branch is taken that is understood, that the operator prefers, that permits most and asks least."""
    place = max(preferred.index(name) if name in preferred else len(preferred) for name in branch.licences)
    return branch.tags == UNKNOWN, place, -len(branch.tags & PERMISSIONS), len(branch.tags - PERMISSIONS), branch.text


def stricter(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Permissions that both give and obligations of either; UNKNOWN where either is, or says nothing."""
    if not one or not other or UNKNOWN & (one | other):
        return UNKNOWN
    return ((one | other) - PERMISSIONS) | (one & other & PERMISSIONS)


def _union(sets: Iterator[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


# --- Documents ----------------------------------------------------------------------------------------------------------------------


class Leaf(NamedTuple):
    """One document but for its id and the digest of its text."""

    source: str
    layer: str
    licence: str | None
    tags: frozenset[str]
    reserved: tuple[str, ...]
    rank: int
    names: frozenset[str]


_LEAF = re.compile(rb'(\{.*"doc_id":")([0-9a-f]{32})(".*"text_hash":")([0-9a-f]{64})"\}', re.DOTALL)
_KEYS = {"chosen", "classification", "doc_id", "layer", "licence", "reserved", "source", "tags", "text_hash"}


def _leaf(line: bytes, header: Header, known: dict[tuple[bytes, bytes], Leaf]) -> tuple[bytes, Leaf]:
    """(id, document). Lines that differ in id and digest only are read once: both are plain digits, so they differ in nothing else."""
    found = _LEAF.fullmatch(line)
    if not found:
        raise Refused("a line is no document")
    around = found[1], found[3]
    if around not in known:
        fields = _canonical(line)
        if set(fields) != _KEYS or fields["doc_id"] != found[2].decode() or fields["text_hash"] != found[4].decode():
            raise Refused("a document has other fields than it must have")
        known[around] = _document(fields, header)
    return found[2], known[around]


def _document(fields: dict[str, Any], header: Header) -> Leaf:
    name, source, licence = f"document {fields['doc_id']}", fields["source"], fields["licence"]
    if not isinstance(source, str) or source not in header.present:
        raise Refused(f"{name} is of a source that has no part")
    if fields["layer"] not in LAYERS or fields["layer"] in header.without:
        raise Refused(f"{name} is of a layer that was left out")
    if licence is not None and not isinstance(licence, str):
        raise Refused(f"{name} has no licence expression")
    tags, meaning = _tags(name, fields["tags"]), header.table.read(licence)
    if stricter(tags, meaning.tags) != tags:
        raise Refused(f"{name} has tags that its licence {licence} does not have")
    if header.table.read(fields["chosen"] or None).chosen != meaning.chosen:
        raise Refused(f"{name} names another branch of its licence than the one that is taken")
    if fields["layer"] and not tags & {"SHAREALIKE", "UNKNOWN"}:
        raise Refused(f"{name} is in the share-alike layer and is not share-alike")
    reserved = _texts(name, fields["reserved"])
    if list(reserved) != sorted(set(reserved) & set(RESERVED)):
        raise Refused(f"{name} has reservations that are not understood")
    leaf = Leaf(source, fields["layer"], licence, tags, reserved, _rank(fields["classification"]), meaning.names)
    for clause in violated(leaf, meaning.taken, header):
        raise Refused(f"{name} violates the clause about {clause}: it is of source {source}, under {licence}")
    return leaf


def violated(leaf: Leaf, taken: frozenset[str], header: Header) -> Iterator[str]:
    """The clauses that a document violates. Where a use says nothing of a thing, it is refused."""
    source = header.sources.get(leaf.source)
    if source is None:
        yield "terms"
        return
    if taken & source.revoked:
        yield "revoked"
    for name in sorted(PERMISSIONS):
        if _stance(header, name) != "admitted" and name not in leaf.tags:
            yield name
    for name in sorted(OBLIGATIONS & leaf.tags):
        if _stance(header, name) != "admitted":
            yield name
    for name in leaf.reserved:
        if name in header.use["uses"] and _stance(header, name) != "admitted":
            yield name
    patterns = _texts("names", header.clauses["licences"]["names"]) if "licences" in header.clauses else ()
    if any(fnmatchcase(name, pattern) for name in taken for pattern in patterns):
        yield "licences"
    if leaf.rank < source.rank or leaf.rank > _limit(source, header):
        yield "classification"
    for name in CONTRACT:
        if source.terms[name] and not _excused(name, leaf.source, header):
            yield name


def _stance(header: Header, about: str) -> str:
    return str(header.clauses[about]["stance"]) if about in header.clauses else "refused"


def _limit(source: Source, header: Header) -> int:
    clause = header.clauses.get("classification")
    if clause is None:
        return -1
    own = bool(header.customer) and source.terms["customer"] == header.customer
    return _rank(clause["named"] if own and clause["named"] is not None else clause["limit"])


def _excused(about: str, name: str, header: Header) -> bool:
    stance, customer = _stance(header, about), header.sources[name].terms["customer"]
    if stance == "named" and about == "customer":
        return bool(customer == header.customer)
    if stance == "alone" and about == "no_mixing":
        others = [header.sources.get(other) for other in header.present if other != name]
        return all(customer and other is not None and other.terms["customer"] == customer for other in others)
    return stance == "admitted"


# --- What can be held against something that the signer did not write -----------------------------------------------------------------


_OF_A_TABLE = ("preferred", "silent", "licences", "exceptions")


def _agreed(header: Header, names: set[str], path: Path) -> Iterator[Finding]:
    """Hold the table and the use against a file that `muniment rights table` wrote for somebody who is trusted."""
    try:
        trusted = json.loads(path.read_bytes(), object_pairs_hook=_unique)
        whole = Table({"digest": "", **{name: trusted[name] for name in _OF_A_TABLE}})
        uses = {use["name"]: use for use in trusted["uses"]}
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{path.name} is no table of licences and uses: {error}") from None
    for kind, ours, theirs in (
        ("licence", whole.licences, header.table.licences),
        ("exception", whole.exceptions, header.table.exceptions),
    ):
        for name in sorted(names | set(theirs)):
            if ours.get(name) != theirs.get(name):
                raise Refused(f"the table in the proof says something else of the {kind} {name} than {path.name}")
    if whole.silent & names != header.table.silent:
        raise Refused(f"the proof takes others for silent than {path.name} does")
    if whole.preferred != header.table.preferred:
        raise Refused(f"the order of choice in the proof is not that of {path.name}")
    if uses.get(header.use["name"]) != header.use:
        raise Refused(f"the use {header.use['name']} in the proof is not that of {path.name}")
    digest = hashlib.sha256(_plain([trusted[name] for name in _OF_A_TABLE])).hexdigest()
    if digest != header.table.digest:
        raise Refused(f"the table in the proof has another digest than that of {path.name}")
    yield Finding("ok", f"the licence table and the clauses are those of {path.name}")


def _objects(reading: Reading, header: Header, root: Path) -> Iterator[Finding]:
    manifest = root / "snapshots" / _name(header.snapshot) / f"{header.revision}.json"
    if not manifest.is_file():
        raise Refused(f"{manifest.name} of snapshot {header.snapshot} is not under {root}: an erasure may have replaced it")
    payload = manifest.read_bytes()
    if hashlib.sha256(payload).hexdigest() != header.manifest:
        raise Refused("the manifest of the snapshot is another one")
    _same_parts(header, json.loads(payload))
    yield Finding("ok", "the snapshot's manifest: the proof names its parts and objects, and no others")
    digests = {each["digest"] for part in header.parts for each in part["documents"]}
    further = {digest for part in header.parts for digest in (*part["verdicts"], *part["evidence"])}
    for digest in sorted(digests | further):
        if _digest(_object(root, digest)) != digest:
            raise Refused(f"object {digest} does not match its name")
    yield Finding("ok", f"{len(digests | further):,} objects: documents, verdicts and licence evidence match their names")
    try:
        from pyarrow import parquet
    except ImportError:
        yield Finding("unchecked", "that the objects hold these documents: pyarrow is not installed")
        return
    _same_documents(reading, header, root, parquet)
    yield Finding("ok", "the documents in the objects: the same ones, texts, licences, tags, reservations and classifications")


def _same_parts(header: Header, manifest: dict[str, Any]) -> None:
    if (manifest["id"], manifest["revision"]) != (header.snapshot, header.revision):
        raise Refused("the manifest is of another snapshot")
    named = {name: manifest[name] for name in ("parts", "policy", "licences", "tools", "code") if manifest.get(name)}
    named["schema"] = manifest["schema_version"]
    if not header.revision and hashlib.sha256(_plain(named)).hexdigest()[:20] != header.snapshot:
        raise Refused("the snapshot's id is not that of its contents")
    kept = ("source", "capture", "judgement", "decision", "review")
    for part, told in zip(manifest["parts"], header.parts, strict=False):
        apart = {shard["digest"] for shard in part.get("share_alike", ())}
        shards = [
            {"digest": each["digest"], "rows": each["rows"], "layer": LAYERS[each["digest"] in apart]} for each in part["shards"]
        ]
        if [part[name] for name in kept] != [told[name] for name in kept] or shards != told["documents"]:
            raise Refused(f"the part of source {part['source']} is not the snapshot's")
    if len(manifest["parts"]) != len(header.parts):
        raise Refused("the proof names more or fewer parts than the snapshot has")


def _same_documents(reading: Reading, header: Header, root: Path, parquet: Any) -> None:
    """Compare what the objects say with the lines. What they say goes to temporary files by id, an object at a time."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.SpooledTemporaryFile(1 << 20)) for _ in range(_FILES)]
        for part in header.parts:
            for each in part["documents"]:
                if each["layer"] not in header.without:
                    for row in _rows(_object(root, each["digest"]), parquet):
                        doc_id, told = _told(row, each["layer"], header)
                        files[int(doc_id[:2], 16) * _FILES >> 8].write(doc_id + told)
        theirs = (entry for file in files for entry in sorted(_entries(file)))
        for line in reading.leaves(header.documents):
            fields, entry = json.loads(line), next(theirs, b"")
            doc_id = fields["doc_id"]
            if entry[:32] != doc_id.encode():
                raise Refused(f"document {doc_id} is not in the objects, or others stand before it")
            if entry[32:] != _summary(fields):
                raise Refused(f"document {doc_id} is not as its object has it")
        if next(theirs, None) is not None:
            raise Refused("the objects hold documents that are not in the proof")


_FILES = 64
_ENTRY = 32 + 32  # an id, and a digest of what is said of it


def _entries(file: Any) -> Iterator[bytes]:
    file.seek(0)
    while entry := file.read(_ENTRY):
        yield entry


def _told(row: dict[str, Any], layer: str, header: Header) -> tuple[bytes, bytes]:
    """(id, digest) of a document as its object has it; raises `Refused` for one that is no document."""
    source = header.sources.get(row["source_id"])
    if source is None or not _hex(row["doc_id"], 32) or hashlib.sha256(row["text"].encode()).hexdigest() != row["text_hash"]:
        raise Refused(f"an object holds a document that is not what it says: {row['doc_id']}")
    rank = max(source.rank, RANKS.get(row["classification"], RANKS["restricted"]))
    fields = {
        "classification": next(name for name, each in RANKS.items() if each == rank),
        "layer": layer,
        "licence": row["licence"],
        "reserved": sorted(row["reserved"]),
        "source": row["source_id"],
        "tags": sorted(stricter(frozenset(row["tags"]), header.table.read(row["licence"]).tags)),
        "text_hash": row["text_hash"],
    }
    return row["doc_id"].encode(), _summary(fields)


def _summary(fields: dict[str, Any]) -> bytes:
    """A digest of all that an object says of a document: not the branch that is taken, which the table says."""
    said = ("classification", "layer", "licence", "reserved", "source", "tags", "text_hash")
    return hashlib.sha256(_plain([fields[name] for name in said])).digest()


def _rows(path: Path, parquet: Any) -> Iterator[dict[str, Any]]:
    columns = ["doc_id", "source_id", "licence", "tags", "reserved", "classification", "text_hash", "text"]
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(256, columns=columns):
                yield from batch.to_pylist()
    except (OSError, ValueError) as error:
        raise Refused(f"object {path.stem} cannot be read: {error}") from None


def _object(root: Path, digest: str) -> Path:
    path = root / "objects" / digest[:2] / f"{digest}.parquet"
    if not path.is_file():
        raise Refused(f"object {digest} is not under {root}")
    return path


def _name(identifier: str) -> str:
    if not re.fullmatch(r"[0-9a-f]+", identifier):
        raise Refused("the snapshot's id is none")
    return identifier


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plain(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


# --- The tree (RFC 6962, section 2.1) and the signature (RFC 8032, section 5.1.7) -----------------------------------------------------


class Tree:
    """A Merkle tree that grows by leaves; it holds the roots of its full subtrees only."""

    def __init__(self) -> None:
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        size, node = 1, hashlib.sha256(b"\0" + leaf).digest()
        while self._full and self._full[-1][0] == size:
            node, size = hashlib.sha256(b"\1" + self._full.pop()[1] + node).digest(), size * 2
        self._full.append((size, node))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        node = self._full[-1][1] if self._full else hashlib.sha256().digest()
        for _, left in reversed(self._full[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether a path leads from leaf `index` of `size` to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for each in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = hashlib.sha256(b"\1" + each + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + each).digest()
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]  # extended homogeneous coordinates


def ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature over a message was made with the private half of `key`."""
    public, commitment = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or len(signature) != 64 or scalar >= _L or _times(8, public)[0] == 0:
        return False  # the last: a key of small order, under which one signature fits many messages
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    base = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert base is not None
    left, right = _times(scalar, base), _add(commitment, _times(challenge, public))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def _point(encoded: bytes) -> _Point | None:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _add(one: _Point, other: _Point) -> _Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % _P, (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


# --- The command --------------------------------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Verify one proof and print what was found; gives the exit code."""
    parser = argparse.ArgumentParser(prog="rights.py", description="Verify a proof of rights without trusting who wrote it.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--key", default="", help="the Ed25519 public key that you trust, 64 hexadecimal digits")
    parser.add_argument("--terms", type=Path, help="licence table and uses that you agreed on (`muniment rights table`)")
    parser.add_argument("--objects", type=Path, help="folder of the root that holds the snapshot and its objects")
    given = parser.parse_args(arguments)
    findings = verify(given.proof, given.key, given.terms, given.objects)
    marks = {"ok": "checked      ", "failed": "FAILED       ", "unchecked": "not checked  "}
    for state in ("ok", "failed", "unchecked"):
        for each in findings:
            if each.state == state:
                print(marks[state] + each.what)
    sound = holds(findings)
    print(f"{given.proof.name}: {said(given.proof) if sound else 'the proof does NOT hold'}")
    return 0 if sound else 1


def said(path: Path) -> str:
    """What a proof says that holds, in one sentence."""
    fields = json.loads(json.loads(path.read_bytes())["header"]) if path.suffix == ".json" else Reading(path).header
    less = f" without {', '.join(fields['without'])}" if fields["without"] else ""
    whom = f" for {fields['customer']}" if fields["customer"] else ""
    issued = datetime.fromisoformat(fields["issued"]).strftime("%Y-%m-%d %H:%M %Z")
    count = "one document" if path.suffix == ".json" else f"{fields['documents']:,} documents"
    return f"{count} of snapshot {fields['snapshot']}{less} may be used as {fields['use']['name']}{whom}, as of {issued}"


if __name__ == "__main__":
    sys.exit(main())
