"""Text of e-mail messages (RFC 5322, MIME): the subject as title, the readable body as text, attachments left out."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from muniment.core.extraction.encoding import decode
from muniment.core.extraction.extracted import Extracted, one_line, utc
from muniment.core.extraction.web import extract_html
from muniment.errors import InvalidRecord

_TRANSFORM = "mail@1"
_MAX_PARTS = 1_000


def extract_mail(raw: bytes) -> Extracted:
    """Subject, a blank line and the body of a message; plain text is preferred, an HTML body is extracted like a page.

    The subject stands in the text too, since detectors read text. Raises `InvalidRecord`: `MALFORMED`, `NO_TEXT`, `BAD_ENCODING`.
    """
    message = message_from_bytes(raw, policy=policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise InvalidRecord("MALFORMED", "The message has no headers.", "Export it again as RFC 5322 text.")
    parts = sum(1 for _ in message.walk())
    if parts > _MAX_PARTS:
        raise InvalidRecord("TOO_LARGE", f"The message has {parts} parts, at most {_MAX_PARTS} are read.", "Split it.")
    body = message.get_body(("plain", "html"))
    if not isinstance(body, EmailMessage):
        raise InvalidRecord("NO_TEXT", "The message has no readable body.", "Leave it out, or take its attachments in as files.")
    inner = _body(body)
    title = one_line(_header(message, "subject"))
    dropped = ("attachments-dropped@1",) if any(True for _ in message.iter_attachments()) else ()
    text = f"{title}\n\n{inner.text}" if title else inner.text
    return Extracted(text, title, inner.notices, utc(_date(message)), (_TRANSFORM, *dropped, *inner.transforms))


def _body(part: EmailMessage) -> Extracted:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    transforms: tuple[str, ...] = ()
    try:
        text = raw.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeError):
        text, transforms = decode(raw)
    if part.get_content_type() == "text/html":
        page = extract_html(text)
        return Extracted(page.text, None, page.notices, None, (*transforms, *page.transforms))
    return Extracted(text, transforms=transforms)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError):  # the standard parser fails on some malformed encoded words
        return ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, OverflowError):
        return None
