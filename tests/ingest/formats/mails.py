"""Mails for the tests of the modules of mail: one way to write them, one way to read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage

from broadsheet.ingest.extract.draft import Draft, Fate, Hints, Source
from broadsheet.ingest.formats import mail

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date(), sections=("World", "Sport"))
LEAD = "The port of Ellery will be shut for eleven weeks from Monday, the council said on Thursday."
NEXT = "Ferries will use the container quay while divers replace the piles below the terminal."
TEXT = f"{LEAD}\n\n{NEXT}\n"


def message(
    text: str = TEXT,
    *,
    subject: str = "Port shut",
    html: str = "",
    sender: str = "Jane Roe <jane@gull.example>",
    **fields: str,
) -> EmailMessage:
    """A mail; ``fields`` are further ones of its head, with "_" for "-"."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "desk@example.org", subject
    made["Date"], made["Message-ID"] = "Thu, 08 May 2025 10:00:00 +0200", "<1@gull.example>"
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    if text:
        made.set_content(text, cte="8bit")
    if html:
        (made.add_alternative if text else made.set_content)(html, subtype="html", cte="8bit")
    return made


def read(mail_: EmailMessage | bytes | str, name: str = "m.eml") -> tuple[Draft, ...]:
    """The stories of a mail."""
    return mail.read(Source(name, as_bytes(mail_), NOW), HINTS)


def as_bytes(mail_: EmailMessage | bytes | str) -> bytes:
    """The bytes of a mail."""
    return mail_.as_bytes() if isinstance(mail_, EmailMessage) else mail_.encode() if isinstance(mail_, str) else mail_


def paragraphs(draft: Draft) -> list[str]:
    """The paragraphs of a story's body."""
    return draft.body.strip().split("\n\n")


def unaccounted(drafts: Sequence[Draft], data: bytes) -> list[int]:
    """The lines of a source of which no fate says what became of them."""
    told = {fate.line for draft in drafts for fate in draft.fates}
    return [n for n in range(1, data.count(b"\n") + 2) if n not in told]


def dropped(drafts: Sequence[Draft]) -> list[Fate]:
    """The pieces that were dropped, in order."""
    return [fate for draft in drafts for fate in draft.fates if fate.role == "dropped"]
