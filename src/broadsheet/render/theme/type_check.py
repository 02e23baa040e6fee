"""Templates against types: what a template asks of its views, compared with what they are, without drawing anything.

In: a template of a theme and the types of its views. Out: a problem, with file, line and the nearest name, for each
name that is not there, in all branches, in what it extends and includes, and in the macros that it calls. What it
cannot know (what filters give, what a story's ``extra`` holds) it lets pass.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from broadsheet.errors import Place, Problem, error
from broadsheet.render.theme.layers import joined, plain
from broadsheet.text import did_you_mean

_GIVEN = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})  # names that Jinja gives
_SAME = frozenset({"sort", "list", "reverse", "unique", "select", "reject", "selectattr", "rejectattr"})
_ITEM = frozenset({"first", "last", "random", "min", "max"})
_LENIENT = frozenset({"default", "d", "defined", "undefined"})  # what they are told of need not be there
_DEEPEST = 40  # includes within includes

Scope = dict[str, Any]  # the types of names


class Macro(msgspec.Struct, frozen=True, eq=False):
    """A macro, and the names that are known where it is written."""

    node: nodes.Macro
    template: str
    scope: Scope


class Module(msgspec.Struct, frozen=True, eq=False):
    """An imported template: the types of what it exports."""

    name: str
    exports: Scope


class TemplateTypeChecker:
    """Looks through the templates of one theme; ``place`` gives the place of a line of a template."""

    def __init__(
        self, environment: jinja2.Environment, known: Mapping[str, Any], place: Callable[[str, int], Place]
    ) -> None:
        """``known`` are the types of what every template sees."""
        self.environment = environment
        self.known: Scope = {**dict.fromkeys(environment.globals, ANY), **known}
        self.place = place
        self.problems: dict[tuple[Place, str], Problem] = {}
        self._called: set[tuple[Any, ...]] = set()
        self._parsed = functools.cache(self._parse)
        self._hidden: Mapping[str, set[str]] = {}

    def page(self, template: str, views: Mapping[str, Any]) -> None:
        """Look through a page's template and all that it reaches."""
        chain = [template]
        while (parent := self._parent(chain[-1])) and parent not in chain:
            chain.append(parent)
        self._hidden = self._overridden(chain)
        scope: Scope = {**self.known, **views}
        for name in chain[:-1]:  # of a template that extends another, what it says outside of blocks is not printed
            said = [node for node in self._parsed(name).body if not isinstance(node, nodes.Output | nodes.Block)]
            self._body(said, scope, name)
        self._body(self._parsed(chain[-1]).body, scope, chain[-1])
        for name in reversed(chain[:-1]):
            self._body([node for node in self._parsed(name).body if isinstance(node, nodes.Block)], scope, name)

    def _parse(self, template: str) -> nodes.Template:
        """A template's tree; an empty one where it cannot be parsed or is not there: that is reported elsewhere."""
        loader = self.environment.loader
        try:
            source = loader.get_source(self.environment, template)[0] if loader else ""
            return self.environment.parse(source, template)
        except jinja2.TemplateError:
            return nodes.Template([], lineno=1)

    def _parent(self, template: str) -> str:
        found = self._parsed(template).find(nodes.Extends)
        named = found.template if found else None
        return joined(str(named.value), template) if isinstance(named, nodes.Const) else ""

    def _overridden(self, chain: list[str]) -> dict[str, set[str]]:
        """The blocks of each template that another puts its own in the place of."""
        hidden: set[str] = set()
        found = {}
        for name in chain:
            found[name] = set(hidden)
            for block in self._parsed(name).find_all(nodes.Block):
                if not any(used.name == "super" for used in block.find_all(nodes.Name)):
                    hidden.add(block.name)
        return found

    def _body(self, body: list[nodes.Node], scope: Scope, template: str, depth: int = 0) -> None:
        for node in body:
            self._statement(node, scope, template, depth)

    def _statement(self, node: nodes.Node, scope: Scope, template: str, depth: int) -> None:
        type_of = functools.partial(self._type_of, scope=scope, template=template)
        match node:
            case nodes.For():
                inner = dict(scope)
                self._bind(node.target, item_of(type_of(node.iter)), inner)
                self._body([*([node.test] if node.test else []), *node.body], inner, template, depth)
                self._body(node.else_, dict(scope), template, depth)
            case nodes.Assign():
                self._bind(node.target, type_of(node.node), scope)
            case nodes.Macro():
                scope[node.name] = Macro(node, template, scope)
            case nodes.Import() | nodes.FromImport():
                self._import(node, scope, template)
            case nodes.Include():
                if isinstance(node.template, nodes.Const) and depth < _DEEPEST:
                    name = joined(str(node.template.value), template)
                    self._body(self._parsed(name).body, dict(scope), name, depth + 1)
            case nodes.Expr():
                type_of(node)
            case nodes.If() | nodes.Output():
                self._body(list(node.iter_child_nodes()), scope, template, depth)
            case _:
                self._within(node, dict(scope), template, depth)
                if isinstance(node, nodes.AssignBlock):
                    self._bind(node.target, ANY, scope)

    def _within(self, node: nodes.Node, scope: Scope, template: str, depth: int) -> None:
        """A statement whose names are its own: a block, a call, ``with``, a filter, ``set`` with a body."""
        if isinstance(node, nodes.With):
            for target, value in zip(node.targets, node.values, strict=True):
                self._bind(target, self._type_of(value, scope, template), scope)
        elif isinstance(node, nodes.CallBlock):
            self._type_of(node.call, scope, template)
            scope.update((argument.name, ANY) for argument in node.args)
        elif isinstance(node, nodes.Block) and node.name in self._hidden.get(template, ()):
            return
        self._body(getattr(node, "body", []), scope, template, depth)

    def _import(self, node: nodes.Import | nodes.FromImport, scope: Scope, template: str) -> None:
        module = ANY
        if isinstance(node.template, nodes.Const):
            name = joined(str(node.template.value), template)
            own = dict(self.known)
            self._body(self._parsed(name).body, own, name)
            module = Module(plain(name), {key: kind for key, kind in own.items() if key not in self.known})
        if isinstance(node, nodes.Import):
            scope[node.target] = module
            return
        for named in node.names:
            name, alias = named if isinstance(named, tuple) else (named, named)
            scope[alias] = self._exported(module, name, node.lineno, template) if module is not ANY else ANY

    def _bind(self, target: nodes.Node, kind: Any, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = kind
        elif isinstance(target, nodes.Tuple):
            for part, one in zip(target.items, parts_of(kind, len(target.items)), strict=True):
                self._bind(part, one, scope)

    def _type_of(self, node: nodes.Node, scope: Scope, template: str) -> Any:
        """The type of an expression; what is wrong in it is reported."""
        type_of = functools.partial(self._type_of, scope=scope, template=template)
        match node:
            case nodes.Name():
                return self._name(node, scope, template)
            case nodes.Const():
                return type(node.value)
            case nodes.Tuple():
                return tuple_of(map(type_of, node.items))
            case nodes.Getattr():
                return self._attribute(type_of(node.node), node, template)
            case nodes.Getitem() if isinstance(node.arg, nodes.Const):
                return element_of(type_of(node.node), node.arg.value)
            case nodes.CondExpr() | nodes.And() | nodes.Or():
                *_, one, other = [type_of(child) for child in node.iter_child_nodes()]
                whole = not isinstance(node, nodes.CondExpr) or node.expr2
                return either(one, other) if whole else other
            case nodes.Filter() | nodes.Test():
                return self._filtered(node, type_of)
            case nodes.Call():
                return self._call(node, type_of)
        for child in node.iter_child_nodes():
            type_of(child)
        return ANY

    def _name(self, node: nodes.Name, scope: Scope, template: str) -> Any:
        if node.name not in scope and node.name not in _GIVEN:
            known = [name for name in scope if name not in DEFAULT_NAMESPACE]
            self._report(template, node.lineno, f"{node.name!r} is undefined", did_you_mean(node.name, known))
        return scope.get(node.name, ANY)

    def _filtered(self, node: nodes.Filter | nodes.Test, type_of: Callable[[nodes.Node], Any]) -> Any:
        for argument in (*node.args, *node.kwargs):
            type_of(argument)
        inner = node.node
        if node.name in _LENIENT and isinstance(inner, nodes.Name | nodes.Getattr):
            if isinstance(inner, nodes.Getattr):
                type_of(inner.node)
            return ANY
        kind = type_of(inner) if inner else ANY
        return kind if node.name in _SAME else item_of(kind) if node.name in _ITEM else ANY

    def _call(self, node: nodes.Call, type_of: Callable[[nodes.Node], Any]) -> Any:
        called = type_of(node.node)
        given = [type_of(argument) for argument in node.args]
        named = {argument.key: type_of(argument.value) for argument in node.kwargs}
        if isinstance(node.node, nodes.Name) and node.node.name == "once" and given:
            called, *given = given
        if isinstance(called, Macro):
            arguments = [argument.name for argument in called.node.args]
            own = {**dict.fromkeys(arguments, ANY), **dict(zip(arguments, given, strict=False)), **named}
            mark = (called.node, *sorted(own.items(), key=lambda pair: pair[0]))
            if mark not in self._called:  # once for the same types of arguments
                self._called.add(mark)
                self._body(called.node.body, {**called.scope, **own}, called.template)
        return ANY

    def _attribute(self, owner: Any, node: nodes.Getattr, template: str) -> Any:
        if isinstance(owner, Module):
            return self._exported(owner, node.attr, node.lineno, template)
        for kind in alternatives(owner):
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                fields = fields_of(kind)
                if node.attr not in fields and not hasattr(kind, node.attr):
                    hint = did_you_mean(node.attr, fields)
                    self._report(template, node.lineno, f"{kind.__name__} has no {node.attr!r}", hint)
                return fields.get(node.attr, ANY)
        return ANY

    def _exported(self, module: Module, name: str, line: int, template: str) -> Any:
        if name not in module.exports:
            hint = did_you_mean(name, module.exports) if module.exports else ""
            self._report(template, line, f"{module.name} has no {name!r}", hint)
        return module.exports.get(name, ANY)

    def _report(self, template: str, line: int, message: str, hint: str) -> None:
        place = self.place(template, line)
        self.problems.setdefault((place, message), error("template", message, place, hint))


ANY: Any = Any


@functools.cache
def fields_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of a struct's fields by name."""
    return typing.get_type_hints(struct)


def alternatives(kind: Any) -> Iterator[Any]:
    """The types that a value may have where it is there: those of a union, without None."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        for part in typing.get_args(kind):
            yield from alternatives(part)
    elif kind is not type(None):
        yield kind


def either(one: Any, other: Any) -> Any:
    """The type of what is one or the other; not known where they differ by more than None."""
    found = [*dict.fromkeys((*alternatives(one), *alternatives(other)))]
    return found[0] if len(found) == 1 else ANY


def tuple_of(kinds: Iterable[Any]) -> Any:
    """The type of a tuple of just these."""
    return types.GenericAlias(tuple, tuple(kinds))


def parts_of(kind: Any, count: int) -> list[Any]:
    """The types of a tuple's parts where it is taken apart into so many."""
    for one in alternatives(kind):
        found = typing.get_args(one) if typing.get_origin(one) is tuple else ()
        if len(found) == count and ... not in found:
            return list(found)
    return [item_of(kind)] * count if _endless(kind) else [ANY] * count


def item_of(kind: Any) -> Any:
    """The type of what a loop over a value gives."""
    for one in alternatives(kind):
        if typing.get_origin(one) is tuple and (found := [part for part in typing.get_args(one) if part is not ...]):
            return functools.reduce(either, found)
    return ANY


def element_of(kind: Any, place: Any) -> Any:
    """The type of the part at a place of a tuple."""
    for one in alternatives(kind):
        found = typing.get_args(one) if typing.get_origin(one) is tuple else ()
        if ... in found:
            return found[0] if isinstance(place, int) else ANY
        if isinstance(place, int) and -len(found) <= place < len(found):
            return found[place]
    return ANY


def _endless(kind: Any) -> bool:
    return any(... in typing.get_args(one) for one in alternatives(kind))
