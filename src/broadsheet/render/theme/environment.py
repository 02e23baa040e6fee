"""What makes Jinja quick enough for a hundred thousand pages: escaping without wrapping, drawing and compiling once.

In: templates as they are. Out: the same text; nothing here changes what a template prints.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from broadsheet.cache.cache_files import Files
from broadsheet.errors import BroadsheetError

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

    What is not as it was written is not taken: to run it could end the interpreter. Where none can be written,
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
