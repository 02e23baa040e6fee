"""Every message of the program as its source has it, so that a change of wording is seen in review.

In: the sources of src/broadsheet. Out: tests/messages.txt, which is written anew by

    python -m tests.messages

Values stand in braces. A variable whose text is made in the same function is followed to that text. Where several
texts are possible, a slash parts them; a bar parts a message from its hint.
"""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "broadsheet"
FILE = Path(__file__).with_suffix(".txt")
COMMAND = "python -m tests.messages"

_PROBLEMS = {"error", "warning", "note", "fail", "Problem"}
_PRINTED = {"echo", "UsageError", "BadParameter", "prompt", "tell", "print"}
_DEEP = 3  # names followed from one to the next

Texts = Mapping[str, Sequence[ast.expr]]


def messages() -> str:
    """All messages, module by module, in the order of the source."""
    parts = [f"All messages of the program. Made by: {COMMAND}\n"]
    for file in sorted(SOURCE.rglob("*.py")):
        said = [*dict.fromkeys(_of(ast.parse(file.read_text("utf-8"))))]
        parts += ["\n".join([f"== {file.relative_to(SOURCE).as_posix()}", *said, ""])] if said else []
    return "\n".join(parts)


def _of(tree: ast.Module) -> Iterator[str]:
    constants = _named(tree.body)
    inside: dict[ast.AST, Texts] = {}
    for function in ast.walk(tree):  # from outside in, so that the innermost function of a call is the last
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            texts = _named(ast.walk(function))
            inside |= {node: texts for node in ast.walk(function) if isinstance(node, ast.Call)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in _PROBLEMS | _PRINTED]
    before = 0
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        known = {name: _latest(texts, before, call.lineno) for name, texts in inside.get(call, {}).items()}
        values = [*call.args, *(word.value for word in call.keywords if word.arg not in ("err", "nl"))]
        if said := [text for one in values if (text := _text(one, {**constants, **known}, _DEEP))]:
            yield f"{_name(call) if _name(call) in _PROBLEMS else 'say'}: {' | '.join(said)}"
        before = call.lineno


def _name(call: ast.Call) -> str:
    return (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")).strip("_")


def _latest(texts: Sequence[ast.expr], before: int, line: int) -> Sequence[ast.expr]:
    """What a name may stand for in a line: what was assigned since the message before, else the last before that."""
    earlier = [one for one in texts if one.lineno <= line]
    return [one for one in earlier if one.lineno > before] or earlier[-1:] or texts


def _named(nodes: Sequence[ast.stmt] | Iterator[ast.AST]) -> Texts:
    """What is assigned to each name."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                for name, value in pairs:
                    if isinstance(name, ast.Name):
                        found[name.id].append(value)
        elif isinstance(node, ast.AugAssign | ast.NamedExpr) and isinstance(node.target, ast.Name):
            found[node.target.id].append(node.value)
    return found


def _text(node: ast.expr, known: Texts, deep: int) -> str:
    """A text with its values in braces; empty for what holds no text of its own."""
    match node:
        case ast.Constant(value=str() as text):
            return text.replace("\n", "\\n")
        case ast.JoinedStr(values=values):
            return "".join(_part(one, known, deep) for one in values)
        case ast.Name(id=name) if deep and name in known:
            rest = {other: value for other, value in known.items() if other != name}
            return " / ".join(dict.fromkeys(filter(None, (_text(one, rest, deep - 1) for one in known[name]))))
        case ast.IfExp(body=one, orelse=other):
            return " / ".join(filter(None, (_text(one, known, deep), _text(other, known, deep))))
        case ast.BoolOp(values=values):
            return " / ".join(filter(None, (_text(one, known, deep) for one in values)))
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            return _text(one, known, deep) + _text(other, known, deep)
        case ast.Call(func=ast.Name(id="counted")):
            return _value(node)
    return ""


def _part(node: ast.expr, known: Texts, deep: int) -> str:
    if not isinstance(node, ast.FormattedValue):
        return _text(node, known, deep)
    inner = _text(node.value, known, deep) if isinstance(node.value, ast.Name | ast.IfExp) else ""
    return f"{{{inner}}}" if inner else _value(node.value)


class _Short(ast.NodeTransformer):
    """Leaves out texts made inside of a value, which versions of Python write in different quotes."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return ast.copy_location(ast.Name("…"), node)


def _value(node: ast.expr) -> str:
    return f"{{{ast.unparse(_Short().visit(copy.deepcopy(node)))}}}"


if __name__ == "__main__":
    FILE.write_text(messages(), "utf-8")
