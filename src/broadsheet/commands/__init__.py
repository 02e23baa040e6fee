"""Words → work: one module a command; each prints and exits, and nothing below them does.

In: the words that a command was called with. Out: lines for people, and an exit code: 0 right, 1 something is
wrong, 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

from broadsheet.commands.build import build
from broadsheet.commands.calendar import calendar
from broadsheet.commands.check import check
from broadsheet.commands.console import Call, Filters, Pages, Readers, Targets
from broadsheet.commands.edition import edition
from broadsheet.commands.importing import import_
from broadsheet.commands.ingest import ingest
from broadsheet.commands.new import new
from broadsheet.commands.publish import publish
from broadsheet.commands.release import release
from broadsheet.commands.serve import serve
from broadsheet.commands.theme import theme
from broadsheet.commands.threads import threads
from broadsheet.commands.why import why
from broadsheet.commands.words import words

COMMANDS = (new, build, ingest, import_, serve, edition, calendar, threads, theme, words, why, check, publish, release)

__all__ = ["COMMANDS", "Call", "Filters", "Pages", "Readers", "Targets"]
