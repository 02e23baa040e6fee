"""Errors of templates in the user's words: file, line, what was meant.

In: what Jinja raised. Out: a BroadsheetError that names the template's file and line and the nearest known name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.environment import TemplateModule
from jinja2.utils import missing

from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.render.theme.layers import TEMPLATES, Layer, plain
from broadsheet.render.theme.words import Words
from broadsheet.text import did_you_mean

_UNDEFINED = re.compile(r"'([^']+)' is undefined")


class SuggestingUndefined(jinja2.StrictUndefined):
    """A name that is not there: an error where it is used, with the nearest name of the view."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        owner: Any = self._undefined_obj
        name: Any = self._undefined_name
        if self._undefined_hint or owner is missing:
            return super()._undefined_message
        if isinstance(owner, tuple | list) and isinstance(name, int):
            return f"a list of {len(owner)} has no [{name}], which counts from 0"
        kind, fields = type(owner).__name__, []
        if isinstance(owner, msgspec.Struct):
            fields = list(owner.__struct_fields__)
        elif isinstance(owner, TemplateModule):
            kind, fields = plain(owner.__name__ or "a template"), _names(vars(owner))
        elif isinstance(owner, Words):
            kind, fields = "the words of the theme", list(owner)
        hint = f". {did_you_mean(str(name), fields)}" if fields else ""
        return f"{kind} has no {str(name)!r}{hint}"


def explained(cause: Exception, template: str, root: Path, layers: Sequence[Layer]) -> BroadsheetError:
    """The error of a template with its place; ``layers`` are the theme's, ``root`` is the site's folder."""
    message = str(getattr(cause, "message", None) or cause)
    line, file, known = _where(cause, template, layers)
    place = Place(shown(file, root, layers), line)
    if isinstance(cause, jinja2.TemplateNotFound):
        name = str(cause.name)
        if plain(name) != name:
            return fail("template-missing", f"{plain(name)} names itself, and overrides none", place, _OVERRIDES)
        names = {name for layer in layers for name in layer.files(TEMPLATES)}
        return fail("template-missing", f"no template {name!r}", place, did_you_mean(name, names))
    if isinstance(cause, jinja2.TemplateSyntaxError):
        return fail("template-syntax", message, place, "Mend the template and save it.")
    hint = ""
    if isinstance(cause, jinja2.UndefinedError) and (unknown := _UNDEFINED.search(message)):
        hint = did_you_mean(str(unknown[1]), known)
    if not isinstance(cause, jinja2.TemplateError):
        message = f"{type(cause).__name__}: {message}"
    return fail("template", message, place, hint)


_OVERRIDES = "A template that names itself means the one of the same name in the theme below; there is none."


def _where(cause: Exception, template: str, layers: Sequence[Layer]) -> tuple[int, str, list[str]]:
    """The line and file of the innermost template in the traceback, and the names that are known there.

    Jinja writes tracebacks in the templates' own files, lines and names.
    """
    if isinstance(cause, jinja2.TemplateSyntaxError):
        return cause.lineno, cause.filename or plain(cause.name or template), []
    roots = tuple(str(layer.folder) for layer in layers)
    found: tuple[int, str, list[str]] = (0, template, [])
    step = cause.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.startswith(roots):
            found = (step.tb_lineno, file, _names(step.tb_frame.f_locals))
        step = step.tb_next
    return found


def _names(known: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name, value in known.items()
        if not name.startswith("_") and name not in DEFAULT_NAMESPACE and value is not missing
    ]


def shown(file: str, root: Path, layers: Sequence[Layer]) -> str:
    """A file of a theme as the user calls it."""
    path = Path(file)
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    for layer in layers:
        if path.is_relative_to(layer.folder):
            return f"{layer.shown}/{path.relative_to(layer.folder).as_posix()}"
    return file
