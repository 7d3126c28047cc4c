"""Taking found spans out of text, and showing a value without giving it away."""

from muniment.core.redaction.forms import mask
from muniment.core.redaction.splices import REDACTED, redact

__all__ = ["REDACTED", "mask", "redact"]
