"""Words → work: one module a command; each prints and exits, and nothing below them does.

In: the words that a command was called with. Out: lines for people, and an exit code: 0 right, 1 something is
wrong, 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

from broadsheet.commands.build import build, serve, why
from broadsheet.commands.calendar import calendar
from broadsheet.commands.check import check
from broadsheet.commands.console import Call, Filters, Pages, Readers, Targets
from broadsheet.commands.doctor import doctor
from broadsheet.commands.edition import edition, threads
from broadsheet.commands.help import completion, help_
from broadsheet.commands.ingest import ingest
from broadsheet.commands.new import import_, new
from broadsheet.commands.publish import publish, release
from broadsheet.commands.schema import schema
from broadsheet.commands.theme import theme, words

COMMANDS = (
    *(new, build, ingest, import_, serve, edition, calendar, threads, theme, words, why, check, publish, release),
    *(doctor, schema, help_, completion),
)

__all__ = ["COMMANDS", "Call", "Filters", "Pages", "Readers", "Targets"]
