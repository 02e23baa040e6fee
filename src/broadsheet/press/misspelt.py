"""Errors of templates in the user's words: file, line, what was meant.

In: what Jinja raised. Out: a BroadsheetError that names the template's file and line and the nearest known name.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from jinja2.utils import missing

from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.words import did_you_mean

_UNDEFINED = re.compile(r"'([^']+)' is undefined")


class Misspelt(jinja2.StrictUndefined):
    """A name that is not there: an error where it is used, with the nearest name of the view."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint or self._undefined_obj is missing:
            return super()._undefined_message
        owner = self._undefined_obj
        fields = owner.__struct_fields__ if isinstance(owner, msgspec.Struct) else ()
        hint = f". {did_you_mean(str(self._undefined_name), fields)}" if fields else ""
        return f"{type(owner).__name__} has no {str(self._undefined_name)!r}{hint}"


def explained(
    cause: Exception, template: str, views: Mapping[str, Any], root: Path, folders: Sequence[Path]
) -> BroadsheetError:
    """The error of a template with its place; ``folders`` are the theme's, ``root`` the site's."""
    message = str(getattr(cause, "message", None) or cause)
    line, file = _where(cause, template, folders)
    if isinstance(cause, jinja2.TemplateNotFound):
        message = f"no template {cause.name!r}"
        known = {path.name for folder in folders for path in (folder / "templates").glob("*.html")}
        return fail("template-missing", message, Place(_shown(file, root), line), did_you_mean(str(cause.name), known))
    if isinstance(cause, jinja2.TemplateSyntaxError):
        return fail("template-syntax", message, Place(_shown(file, root), line), "Mend the template and save it.")
    hint = ""
    if isinstance(cause, jinja2.UndefinedError) and (unknown := _UNDEFINED.search(message)):
        hint = did_you_mean(str(unknown[1]), [*views, "asset"])
    if not isinstance(cause, jinja2.TemplateError):
        message = f"{type(cause).__name__}: {message}"
    return fail("template", message, Place(_shown(file, root), line), hint)


def _where(cause: Exception, template: str, folders: Sequence[Path]) -> tuple[int, str]:
    """The line and file of the innermost template in the traceback, which Jinja writes in the template's own lines."""
    if isinstance(cause, jinja2.TemplateSyntaxError):
        return cause.lineno, cause.filename or cause.name or template
    roots = tuple(str(folder) for folder in folders)
    for frame in reversed(traceback.extract_tb(cause.__traceback__)):
        if frame.filename.startswith(roots):
            return frame.lineno or 0, frame.filename
    return 0, template


def _shown(file: str, root: Path) -> str:
    """A file as the user calls it: below the site's folder, else by its theme's name."""
    path = Path(file)
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    parts = path.parts
    return "/".join(parts[parts.index("themes") :]) if "themes" in parts else file
