"""The first line of a proof: what is proven, of what, by whom, and under which table, terms and clauses."""

from collections import Counter
from datetime import date
from typing import Any

from .clauses import clauses_of
from .fields import day_of, is_digits, rank, shape, texts
from .finding import Refused
from .table import Table
from .terms import CONTRACT, LAYERS

FORMAT, VERSION = "muniment-rights-proof", 1


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
        shape("the header", fields, self._FIELDS)
        self.key, self.root, self.manifest = fields["key"], fields["root"], fields["manifest"]
        if not (is_digits(self.key, 64) and is_digits(self.root, 64) and is_digits(self.manifest, 64)):
            raise Refused("key, root or manifest is no digest")
        self.snapshot, self.revision, self.customer = fields["snapshot"], fields["revision"], fields["customer"]
        self.documents: int = fields["documents"]
        if self.documents < 1 or self.revision < 0:
            raise Refused("there is no document, or no such revision")
        self.without = texts("without", fields["without"])
        if not set(self.without) <= set(LAYERS[1:]):
            raise Refused(f"nothing but {LAYERS[1]} can be left out")
        self.table = Table(fields["table"])
        self.parts = _parts(fields["parts"])
        self.day = day_of(fields["issued"][:10])
        self.sources = {name: Source(name, each, self.day) for name, each in fields["sources"].items()}
        if not set(self.sources) <= {part["source"] for part in self.parts}:
            raise Refused("it gives terms of a source that has no part")
        self.use = fields["use"]
        self.clauses = clauses_of(self.use)
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
        shape(f"source {name}", fields, kinds)
        self.rank = rank(fields["classification"])
        self.revoked = frozenset(texts("revoked", fields["revoked"]))
        self.terms = fields["terms"]
        if set(self.terms) != {*CONTRACT, "valid_from", "valid_until"} or not isinstance(self.terms["customer"], str):
            raise Refused(f"source {name} has contract terms that this program does not know")
        since, until = self.terms["valid_from"], self.terms["valid_until"]
        if (since is not None and day < day_of(since)) or (until is not None and day_of(until) <= day):
            raise Refused(f"the terms of source {name} are not in force on {day}")


def _parts(value: list[Any]) -> list[dict[str, Any]]:
    kinds = {"source": str, "capture": str, "judgement": str, "decision": str, "review": str}
    for part in value:
        shape("a part", part, {**kinds, "documents": list, "verdicts": list, "evidence": list})
        if not all(is_digits(each, 64) for each in (*part["verdicts"], *part["evidence"])):
            raise Refused("an object of a part is no digest")
        for each in part["documents"]:
            shape("an object", each, {"digest": str, "rows": int, "layer": str})
            if not is_digits(each["digest"], 64) or each["rows"] < 1 or each["layer"] not in LAYERS:
                raise Refused("an object of a part is no digest, is empty, or is of no known layer")
    names = [part["source"] for part in value]
    digests = [each["digest"] for part in value for each in part["documents"]]
    if len(set(names)) < len(names) or len(set(digests)) < len(digests):
        raise Refused("a source or an object stands twice")
    return value
