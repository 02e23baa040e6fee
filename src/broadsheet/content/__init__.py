"""Bytes of a Markdown file ⇄ a story: the only code that reads or writes front matter.

In: the bytes of a file and what the site knows (time zone, sections). Out: a ``Story`` with its body, or the problems
that keep it from being one; and the bytes of a file for what is to be written.
"""

from broadsheet.content.files import LARGEST, Matter, Reading, Rules, body, checked, dump, fault, read, split

__all__ = ["LARGEST", "Matter", "Reading", "Rules", "body", "checked", "dump", "fault", "read", "split"]
