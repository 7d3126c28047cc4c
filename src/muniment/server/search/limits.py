"""How much one caller may ask: a token bucket (Turner 1986) for the rate, and a count of what is under way."""

from collections import OrderedDict
from dataclasses import dataclass

_REMEMBERED = 10_000  # callers; the one who asked longest ago is forgotten, with a full bucket


@dataclass
class Account:
    """What one caller has left."""

    tokens: float
    at: float  # seconds, of any clock that only goes forward
    under_way: int = 0


class Limits:
    """Buckets by caller. rate: tokens a second; burst: tokens of a full bucket; together: answers under way."""

    def __init__(self, rate: float, burst: int, together: int) -> None:
        self._rate, self._burst, self._together = rate, burst, together
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def take(self, caller: str, now: float) -> float:
        """Take a token: 0 when there was one, else the seconds until there is."""
        account = self._account(caller, now)
        account.tokens = min(self._burst, account.tokens + (now - account.at) * self._rate)
        account.at = now
        if account.tokens < 1:
            return (1 - account.tokens) / self._rate
        account.tokens -= 1
        return 0

    def begin(self, caller: str, now: float) -> bool:
        """Whether one more answer may be begun for this caller; each that was is ended with `end`."""
        account = self._account(caller, now)
        if account.under_way >= self._together:
            return False
        account.under_way += 1
        return True

    def end(self, caller: str) -> None:
        """An answer of this caller is done with."""
        if account := self._accounts.get(caller):
            account.under_way = max(0, account.under_way - 1)

    def _account(self, caller: str, now: float) -> Account:
        if caller not in self._accounts:
            self._accounts[caller] = Account(float(self._burst), now)
            self._forget()
        self._accounts.move_to_end(caller)
        return self._accounts[caller]

    def _forget(self) -> None:
        for caller in [name for name, each in self._accounts.items() if not each.under_way][: len(self._accounts) - _REMEMBERED]:
            del self._accounts[caller]
