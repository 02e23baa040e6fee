"""The Jinja environment of a theme: quick enough for a hundred thousand pages, with errors in the user's words.

In: templates as they are; what Jinja raised. Out: the same text, escaped without wrapping, drawn and compiled once; a
BroadsheetError that names the template's file and line and the nearest known name.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.environment import TemplateModule
from jinja2.nodes import Expr
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

from broadsheet.cache import Files
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.render.theme.layers import TEMPLATES, Layer, plain
from broadsheet.render.theme.words import Words
from broadsheet.text import did_you_mean

try:
    from markupsafe._speedups import _escape_inner
except ImportError:
    from markupsafe._native import _escape_inner

MOST = 20_000  # results that Once keeps: some 12 MB, and a list's cards stand near one another


def printed(value: Any) -> str:
    """A value as a template prints it: escaped, unless it is ``Markup``.

    It is what ``markupsafe.escape`` gives, but for the ``Markup`` around it, which the join of a page throws away and
    which takes three times as long as the escaping.
    """
    kind = type(value)
    if kind is str:
        text: str = _escape_inner(value)
        return text
    return value if kind is Markup else escape(value)


class _Generator(CodeGenerator):
    """Jinja's compiler, with ``printed`` for output that is to be escaped."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(")


class _Context(Context):
    """Jinja's context, which knows what a macro and ``once`` ask for, and looks at nothing else that is called."""

    def call(self, of: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """What a template gets for calling something."""
        kind = type(of)
        if kind is Macro:
            arguments = (self.eval_ctx, *arguments)
        elif kind is not MacroCache:
            return super().call(of, *arguments, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return of(*arguments, **named)


class QuickEnvironment(jinja2.Environment):
    """Jinja's environment with these, in which a template that was loaded stays as it is."""

    code_generator_class = _Generator
    context_class = _Context
    printed = staticmethod(printed)

    @functools.cached_property
    def _loaded(self) -> dict[tuple[Any, str | None], jinja2.Template]:
        return {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002, Jinja's own name
    ) -> jinja2.Template:
        """The template of a name, as another one writes it. Raises jinja2.TemplateNotFound."""
        if globals:
            return super().get_template(name, parent, globals)
        found = self._loaded.get((name, parent))
        if found is None:
            found = self._loaded[name, parent] = super().get_template(name, parent)
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template. Without any of its own they are the environment's, not a chain of both, which
        every import of every page would walk.
        """
        return super().make_globals(d) if d else self.globals


class TemplateCache(jinja2.BytecodeCache):
    """Templates as they were compiled, a file each below a folder that may be deleted at any time.

    What was changed by hand is not taken: to run it could end the interpreter. Where none can be written,
    templates are compiled again.
    """

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if there is something to fill it with."""
        data = self._files.get(bucket.key)
        if data is not None:
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in a bucket."""
        with contextlib.suppress(BroadsheetError):
            self._files.put(bucket.key, bucket.bytecode_to_string())


class MacroCache:
    """``once(macro, …)`` in a template: the macro's text, drawn once for the same arguments and kept.

    The macro must depend on nothing but its arguments. Values are told apart by identity, which frozen views keep.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], tuple[Any, Markup]] = {}

    def __call__(self, macro: Callable[..., Markup], *arguments: Any, **named: Any) -> Markup:
        """The macro's text for these arguments."""
        key = (id(macro), *map(_mark, arguments), *((name, _mark(value)) for name, value in named.items()))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            # The arguments are kept with the text: an identity may only be trusted while its owner lives.
            found = self._kept[key] = ((macro, arguments, named), macro(*arguments, **named))
        return found[1]


def _mark(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value
    return (kind, value) if kind in _PLAIN else id(value)  # 1 and True are equal, and are printed differently


_PLAIN = (int, bool, type(None))


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
            kind, fields = "phrases", list(owner)
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
            return fail("template-missing", f"{plain(name)} refers to itself, but overrides nothing", place, _OVERRIDES)
        names = {name for layer in layers for name in layer.files(TEMPLATES)}
        return fail("template-missing", f"no template {name!r}", place, did_you_mean(name, names))
    if isinstance(cause, jinja2.TemplateSyntaxError):
        own = message.startswith("No filter named")
        return fail("template-syntax", message, place, _FILTERS if own else "Correct the template and save it.")
    hint = ""
    if isinstance(cause, jinja2.UndefinedError) and (unknown := _UNDEFINED.search(message)):
        hint = did_you_mean(str(unknown[1]), known)
    if not isinstance(cause, jinja2.TemplateError):
        message = f"{type(cause).__name__}: {message}"
    return fail("template", message, place, hint)


_FILTERS = "Correct its name. A filter of your own, from FILTERS in build.py, needs: python3 build.py"
_OVERRIDES = "A template that refers to itself means the one with its name in the theme below; there is none."


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
