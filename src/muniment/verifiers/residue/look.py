"""Look through one file: its bytes, what they decode to, and what that decodes to."""

from collections import Counter
from typing import Any, NamedTuple

from muniment.verifiers.residue import kinds
from muniment.verifiers.residue.inner import inner
from muniment.verifiers.residue.kinds import Kind
from muniment.verifiers.residue.parts import Matrix, Numbers, Octets, Part, Unseen, octets
from muniment.verifiers.residue.search import Search, Traces
from muniment.verifiers.residue.spill import Spill, TooLarge

DEEPEST = 8
LIMIT = 1 << 34  # bytes that one file may expand to


class Seen(NamedTuple):
    """What one file gave: its kind, traces with how often, what was not decoded with the reason, and what could not be read."""

    kind: str
    traces: Traces
    not_checked: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Look:
    """Looks through files, one after the other."""

    def __init__(self, search: Search, limit: int = LIMIT) -> None:
        self.search, self._limit = search, limit
        self._not_checked, self._unread = Counter[str](), Counter[str]()

    def file(self, name: str, payload: Any, sides: dict[str, Octets] | None = None) -> Seen:
        """Everything in a file; `sides` are those beside it that belong to it."""
        self._not_checked, self._unread = Counter(), Counter()
        content = octets(payload)
        kind = kinds.kind_of(content, name)
        found = self._inside(content, name, kind, Spill(self._limit), sides or {}, 0)
        return Seen(kind.name, found, tuple(self._not_checked), tuple(self._unread))

    def _inside(self, content: Octets, name: str, kind: Kind, spill: Spill, sides: dict[str, Octets], depth: int) -> Traces:
        found = Traces() if kind.whole else self.search.octets(content)
        if why := kinds.closed(content, name):
            self._not_checked[why] += 1
        if depth >= DEEPEST:
            self._unread["Files are nested deeper than this program goes."] += 1
            return found + self.search.octets(content) if kind.whole else found
        try:
            if kind.loose:
                found += self._carved(content, spill, depth, streams=kind is kinds.PLAIN or kind is kinds.PDF)
            found += self._decoded(content, kind, spill, sides, depth)
        except TooLarge:
            self._unread["It expands to more bytes than one file may."] += 1
        except Exception as error:  # noqa: BLE001 – whatever a decoder does not understand is said, not raised
            if kind.whole:
                found += self.search.octets(content)
            self._not_checked[f"Not readable as {kind.name} ({type(error).__name__}); its bytes were searched."] += 1
        return found

    def _decoded(self, content: Octets, kind: Kind, spill: Spill, sides: dict[str, Octets], depth: int) -> Traces:
        found = Traces()
        for part in kind.decode(content, spill, sides) if kind.decode else ():
            found += self._part(part, spill, depth)
        return found

    def _part(self, part: Part, spill: Spill, depth: int) -> Traces:
        if isinstance(part, Matrix):
            return self.search.vectors(part.rows)
        if isinstance(part, Numbers):
            return self.search.numbers(part.values)
        if isinstance(part, Unseen):
            (self._not_checked if part.read else self._unread)[f"{part.label}: {part.reason}"] += 1
            return Traces()
        content = octets(part.payload)
        if not part.text:
            return self.search.octets(content, text=False)
        if part.deeper:
            return self._inside(content, "", kinds.kind_of(content, ""), spill, {}, depth + 1)
        return self.search.octets(content) + self._carved(content, spill, depth, streams=False)

    def _carved(self, content: Octets, spill: Spill, depth: int, streams: bool) -> Traces:
        """What lies compressed, or as a file in base64, inside bytes of another kind."""
        found = Traces()
        for part in inner(content, spill, streams):
            found += self._part(part, spill, depth)
        return found
