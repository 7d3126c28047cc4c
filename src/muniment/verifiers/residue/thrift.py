"""Just enough of Thrift's compact protocol to read the footer and the page headers of a Parquet file."""

from typing import Any

from muniment.verifiers.residue.parts import Octets

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12
_DEEP = 64


class Reader:
    """A cursor over bytes; raises `ValueError` or `IndexError` for what is not Thrift."""

    def __init__(self, payload: Octets, at: int = 0) -> None:
        self.payload, self.at = payload, at

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """A struct as field number → value."""
        fields, number = dict[int, Any](), 0
        while True:
            head = self._byte()
            kind = head & 15
            if kind == _STOP:
                return fields
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth + 1)

    def _value(self, kind: int, depth: int) -> Any:
        if depth > _DEEP:
            raise ValueError("nested too deep")
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind < _DOUBLE:
            return self._zigzag()
        if kind == _DOUBLE:
            return self._take(8)
        if kind == _BINARY:
            return self._take(self._varint())
        if kind in (_LIST, _SET):
            head = self._byte()
            count = self._varint() if head >> 4 == 15 else head >> 4
            return [self._value(head & 15, depth) for _ in range(count)]
        if kind == _STRUCT:
            return self.struct(depth)
        if kind == _MAP:
            return self._map(depth)
        raise ValueError(f"no such type: {kind}")

    def _map(self, depth: int) -> list[tuple[Any, Any]]:
        count = self._varint()
        kinds = self._byte() if count else 0
        return [(self._value(kinds >> 4, depth), self._value(kinds & 15, depth)) for _ in range(count)]

    def _byte(self) -> int:
        self.at += 1
        return int(self.payload[self.at - 1])

    def _take(self, size: int) -> bytes:
        if size > len(self.payload) - self.at:
            raise ValueError("cut short")
        self.at += size
        return self.payload[self.at - size : self.at].tobytes()

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number of more than 64 bits")

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
