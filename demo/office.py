"""A folder as a small company has it: mixed formats, invented people in reserved ranges, and some files that mean harm.

Companies, people and numbers are invented: domains of RFC 2606, telephone numbers 555-01xx and +44 20 7946 0xxx, the IBAN and
card number that their schemes publish as examples. The same bytes and times come out every time.
"""

import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import docx
from fpdf import FPDF

_EPOCH = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
_IBAN = "GB33 BUKB 2020 1555 5555 55"

TRAVEL = [
    "This policy says how people of Larkspur Instruments travel, and who pays. It replaces the policy of 2022.",
    (
        "Travel to a customer is paid by the project that the visit belongs to. The project lead approves it before anything is "
        "booked. Travel to training is paid by the team. Commuting is never paid, whatever the distance."
    ),
    (
        "Trains come first. Flights are allowed where a train takes longer than six hours. Book second class; first class is paid "
        "when the journey takes more than four hours and you work on the way."
    ),
    (
        "Hand in receipts within thirty days. What comes later needs the signature of a director. A daily allowance covers meals; "
        "receipts for meals are not collected."
    ),
]
MEMO = """# Moving to the new measuring hall

To everybody at Larkspur Instruments

The new hall opens on 12 May. Calibration moves first, because its benches need two days to settle; the workshop follows in
the week after. Please label your equipment by the end of April.

| Week | Who moves | Contact |
|---|---|---|
| 19 | Calibration | Ines Falk, ines.falk@larkspur.example.com |
| 20 | Workshop | Tom Abara, (212) 555-0142 |
| 21 | Everybody else | your team lead |

Pack glass in the grey boxes. Nothing may stand in the corridor on the east side: it is the way out in case of fire.

    checklist = ["labels", "keys returned", "old bench cleaned"]
"""
CONTRACT = [
    (
        "Supply agreement between Larkspur Instruments and Harrow Glassworks. Harrow supplies optical blanks in the quantities of "
        "annex A. Larkspur orders by the first day of a month; Harrow delivers by its last day."
    ),
    (
        "Prices are those of annex B and stand for twelve months. Either side may ask for a new price when the cost of raw glass "
        "moves by more than a tenth. Payment is due thirty days after delivery."
    ),
    (
        "A blank with a visible flaw is replaced at Harrow's cost when Larkspur reports it within ten working days. Neither side "
        "is liable for lost profit. The courts of London decide disputes; the law is that of England and Wales."
    ),
    (
        "Both sides keep what they learn about each other confidential for five years after this agreement ends. Notices go to "
        "contracts@harrow.example.org and to the registered address of Larkspur."
    ),
]
INVOICE = [
    (
        "Invoice 2025-0117 of Harrow Glassworks to Larkspur Instruments. Forty optical blanks of 80 mm at 112.00 each, together "
        "4,480.00. Please pay by transfer to the account of Harrow Glassworks within thirty days. Questions about this "
        "invoice are answered by Mary Okoro, mary.okoro@harrow.example.org, telephone +44 20 7946 0345."
    ),
    f"IBAN: {_IBAN}",
]
HANDBOOK = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Calibrating the L3 spectrometer</title>
<meta name="author" content="Calibration team"><script>window.tracking = "on"</script></head><body>
<nav><a href="/">Start</a> | <a href="/manuals">Manuals</a> | <a href="/contact">Contact</a></nav><main>
<h1>Calibrating the L3 spectrometer</h1>
<p>Let the lamp warm up for twenty minutes before the first measurement. A cold lamp drifts by as much as two nanometres, and
every later correction then corrects the drift instead of the instrument.</p>
<p>Measure the mercury lines first. The reading of each line must lie within the tolerance of the table below. If one does not,
clean the entrance slit and measure again before you turn any screw.</p>
<table><tr><th>Line</th><th>Wavelength in nm</th><th>Tolerance in nm</th></tr>
<tr><td>Violet</td><td>404.66</td><td>0.05</td></tr><tr><td>Green</td><td>546.07</td><td>0.05</td></tr></table>
<p>The script on the bench computer writes the correction. It refuses to write when fewer than four lines were found.</p>
<pre><code>def correction(lines):
    if len(lines) &lt; 4:
        raise ValueError("measure again")
    return fit(lines)
</code></pre></main><footer>&copy; 2025 Larkspur Instruments. All rights reserved. <a href="/imprint">Imprint</a></footer></body></html>"""
NOTES = """Customer visit, Brightwater Labs

Present: Ines Falk, Tom Abara, and for Brightwater Joan Petrie (joan.petrie@brightwater.example.net, 212-555-0187).

Brightwater measures river water for three counties. Their two L3 instruments have run for six years with one repair. They ask
for a shorter warm-up and for an export in CSV. We promised a loan instrument while theirs is calibrated in June.
"""
LETTER = """Sehr geehrte Frau Petrie,

vielen Dank für Ihre Rückmeldung zu unserem Messgerät. Die Kalibrierung dauert in der Regel zwei Arbeitstage. Während dieser
Zeit stellen wir Ihnen kostenlos ein Leihgerät zur Verfügung. Für Rückfragen erreichen Sie mich jederzeit.

Mit freundlichen Grüßen aus München
Jürgen Großmann
"""
MAILS = [
    ("Loan instrument in June", ("The loan instrument is reserved from 9 to 20 June. It travels by courier on the Friday before; "
     "please have somebody sign for it. The lamp is new, so the first warm-up takes half an hour.")),
    ("Re: Loan instrument in June", ("Thank you, that suits us well. I shall sign for it myself. My mobile is 212-555-0187 in case "
     "the courier cannot find the door behind the pump house.")),
    ("Blanks with bubbles", ("Seven of the forty blanks of the last delivery have bubbles near the rim. Photographs are on the share. "
     "We need replacements by the twentieth, or the May batch of instruments will be late.")),
    ("Access to the build server", ("For the time of your holiday I have set up a deputy. The new token for the build server is in the "
     "vault, not in this message. Please do not send tokens by mail again.")),
]  # fmt: skip
TICKETS = [
    ("Export stops after 512 rows", "The CSV export of the L3 stops after 512 rows without a message.",
     ["Confirmed with firmware 4.2. The buffer is not flushed on the last page.", "Fixed in 4.2.1, please try."]),
    ("Lamp hours are not counted", "The counter of lamp hours stays at zero after the lamp was exchanged.",
     ["Hold the reset key for five seconds after the exchange.", "That helped, thank you. It should stand in the manual."]),
    ("Wrong time zone in reports", "Reports from Lisbon are stamped one hour late in summer.",
     ["The instrument keeps UTC; the report adds a fixed offset. We shall use the zone of the site."]),
]  # fmt: skip
CHAT = [
    ("ines", None, "Who has the key of the calibration hall?"),
    ("tom", "1741000000.0", "At the front desk, in the box with the blue lid."),
    ("joan", None, "Is the loan instrument calibrated before it leaves, or do we do that here?"),
    ("ines", "1741000120.0", "Before it leaves. You get the certificate with it; only warm it up for twenty minutes."),
]


def write(folder: Path) -> None:
    """Write the files into `folder`, which exists. Equal calls give equal bytes, names and modification times."""
    for at, (name, make) in enumerate(_FILES.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
        moment = (_EPOCH + timedelta(days=at)).timestamp()
        os.utime(path, (moment, moment))
    (folder / "shared" / "from-the-old-server").symlink_to("/etc")


def _pdf(title: str, pages: list[str]) -> bytes:
    paper = FPDF()
    paper.set_creation_date(_EPOCH)
    paper.set_title(title)
    for number, text in enumerate(pages, 1):
        paper.add_page()
        paper.set_font("helvetica", size=9)
        paper.cell(text=f"Larkspur Instruments, {title}, page {number} of {len(pages)}", new_x="LMARGIN", new_y="NEXT")
        paper.set_font("helvetica", size=12)
        paper.multi_cell(w=0, h=7, text=text)
    return bytes(paper.output())


def _word(title: str, paragraphs: list[str], table: list[tuple[str, str]]) -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = "Larkspur Instruments"
    document.core_properties.created = document.core_properties.modified = _EPOCH.replace(tzinfo=None)
    document.add_heading(title, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    grid = document.add_table(rows=0, cols=2)
    for row in table:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    stream = BytesIO()
    document.save(stream)
    return _archive({part.filename: zipfile.ZipFile(stream).read(part) for part in zipfile.ZipFile(stream).infolist()})


def _archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP whose parts carry one fixed time."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, payload in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), payload, zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()


def _message(number: int, html: str = "") -> bytes:
    subject, text = MAILS[number]
    mail = EmailMessage()
    mail["From"] = "Ines Falk <ines.falk@larkspur.example.com>"
    mail["To"] = "Joan Petrie <joan.petrie@brightwater.example.net>"
    mail["Subject"] = subject
    mail["Date"] = _EPOCH + timedelta(hours=number)
    mail["Message-ID"] = f"<{number}.2025@larkspur.example.com>"
    mail.set_content(f"Hello,\n\n{text}\n\nInes Falk\nLarkspur Instruments, telephone (212) 555-0123\n")
    if html:
        mail.add_alternative(html, subtype="html")
        mail.set_boundary("part-of-message")
    return mail.as_bytes()


def _mailbox(numbers: list[int]) -> bytes:
    return b"".join(b"From ines Mon Mar  3 09:00:00 2025\n" + _message(number) + b"\n" for number in numbers)


def _tickets() -> bytes:
    tickets = [
        {
            "id": f"L3-{number}",
            "title": title,
            "description": text,
            "updated_at": (_EPOCH + timedelta(days=number)).isoformat(),
            "comments": [{"author": ("ines", "tom")[at % 2], "body": reply} for at, reply in enumerate(replies)],
        }
        for number, (title, text, replies) in enumerate(TICKETS, 1)
    ]
    return json.dumps({"tickets": tickets}, indent=1).encode()


def _chat() -> bytes:
    said = [{"ts": f"{1741000000 + 60 * at}.0", "user": who, "text": text} for at, (who, _, text) in enumerate(CHAT)]
    for message, (_, thread, _) in zip(said, CHAT, strict=True):
        if thread:
            message["thread_ts"] = thread
    return json.dumps(said, indent=1).encode()


def _bomb() -> bytes:
    """30 kB that would unfold to 30 MB."""
    return _archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * 30_000_000})


_STAFF = [("Office hours", "nine to five"), ("Travel desk", "travel@larkspur.example.com")]
_PROTOCOL = [("Tom Abara", "orders the benches"), ("Ines Falk", "writes the plan of the move")]
_FILES: dict[str, Callable[[], bytes]] = {
    "policies/travel-policy.docx": lambda: _word("Travel policy", TRAVEL, _STAFF),
    "policies/travel-policy-2023.docx": lambda: _word("Travel policy", [*TRAVEL[:3], TRAVEL[3].replace("thirty", "forty")], _STAFF),
    "policies/travel-policy-copy.docx": lambda: _word("Travel policy", TRAVEL, _STAFF),
    "memos/new-hall.md": MEMO.encode,
    "memos/board-minutes.docx": lambda: _word("Minutes of the board, 28 February", [MEMO.split("\n\n")[2], CONTRACT[1]], _PROTOCOL),
    "contracts/harrow-supply.pdf": lambda: _pdf("Supply agreement", CONTRACT),
    "contracts/invoice-2025-0117.pdf": lambda: _pdf("Invoice", INVOICE),
    "manuals/l3-calibration.html": HANDBOOK.encode,
    "customers/brightwater-visit.txt": lambda: NOTES.replace("\n", "\r\n").encode("utf-16"),
    "customers/brief-an-brightwater.txt": lambda: LETTER.encode("cp1252"),
    "customers/loan.eml": lambda: _message(0, f"<p>Hello,</p><p>{MAILS[0][1]}</p>"),
    "customers/reply.eml": lambda: _message(1),
    "mail/archive.mbox": lambda: _mailbox([0, 2, 3]),
    "support/tickets.json": _tickets,
    "support/chat.json": _chat,
    "scripts/correction.py": lambda: (
        b'"""Correction of the L3 from its mercury lines."""\n\n\ndef mean(lines):\n    return sum(lines) / len(lines)\n'
    ),
    "shared/contract-broken.pdf": lambda: _pdf("Supply agreement", CONTRACT)[:-1200],
    "shared/annual-report.docx": _bomb,
    "shared/readings.txt": lambda: b"404.66\0\0\0546.07\n",
    "shared/notes-utf16.txt": lambda: "Notes".encode("utf-16-le").join((b"\xff\xfe", b"\x00\xd8x")),
    "shared/settings.json": lambda: b'{"lamp": "on", "lamp": "off"}',
}
