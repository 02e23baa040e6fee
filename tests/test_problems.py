"""The catalogue: every code has its entry, every entry its use, and the page of the docs says the same."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet import problems

ROOT = Path(__file__).resolve().parent.parent
_GRADES = {"error": "error", "fail": "error", "warning": "warning", "note": "note", "_warn": "warning"}
_CALLS = {*_GRADES, "PictureProblem"}


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _constants(tree: ast.Module) -> dict[str, str]:
    """The texts that a module has names for: a code that several use has one."""
    named = [(one.targets[0], one.value) for one in tree.body if isinstance(one, ast.Assign)]
    return {name.id: _text(value) for name, value in named if isinstance(name, ast.Name) and name.id.isupper()}


def _codes(tree: ast.Module) -> list[tuple[str, str]]:
    """The codes in a module, each with its gravity where the call tells it."""
    found = []
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _called(node)
            code = node.args[0] if node.args and name in _CALLS else None
            first = constants.get(code.id, "") if isinstance(code, ast.Name) else _text(code)
            found += [(first, _GRADES.get(name, ""))] if len(node.args) > 1 and first else []
            found += [(_text(one.value), "") for one in node.keywords if one.arg == "code" and _text(one.value)]
        elif isinstance(node, ast.Assign):
            found += [(_text(value), "") for name, value in _assigned(node) if name == "code" and _text(value)]
    return found


def _assigned(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment gives values, each with its own: also those of ``code, hint = "…", "…"``."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for one, value in zip(target.elts, node.value.elts, strict=True):
                yield getattr(one, "id", ""), value
        else:
            yield getattr(target, "id", ""), node.value


def used() -> dict[str, set[str]]:
    """Every code that src/ uses, with the gravities that it has there."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in (ROOT / "src").rglob("*.py"):
        for code, grade in _codes(ast.parse(file.read_text("utf-8"))):
            found[code].update({grade} - {""})
    return found


@pytest.mark.slow
def test_every_code_has_an_entry_and_every_entry_a_use():
    assert used().keys() - problems.entries().keys() == set()
    assert problems.entries().keys() - used().keys() == set()


@pytest.mark.slow
def test_an_entry_says_how_grave_its_problem_may_be():
    told = {code: set(problems.entries()[code].severity) for code in used() if code in problems.entries()}
    assert {code: grades for code, grades in used().items() if not grades <= told.get(code, grades)} == {}


@pytest.mark.parametrize("code", sorted(problems.entries()))
def test_an_entry_is_written_in_whole_sentences(code: str):
    entry = problems.entries()[code]
    assert entry.severity
    assert entry.title[0].isupper()
    assert not entry.title.endswith(".")
    for text in (entry.means, entry.matters, entry.remedy):
        assert text.endswith(".")
        assert len(text.split()) >= 1
    said = " ".join(problems.explained(code).split())
    assert said.startswith(f"### {code} **{entry.title}**")
    assert entry.remedy in said


def test_the_page_of_the_docs_is_made_of_the_catalogue():
    page = (ROOT / "docs/reference/problems.md").read_text("utf-8")
    assert page == problems.page(), "run: broadsheet check --explain all > docs/reference/problems.md"
    assert all(f"\n### {code}\n" in page for code in problems.entries())


def test_only_a_lint_like_error_can_be_silenced():
    assert problems.entries()["link-broken"].suppressible
    assert problems.entries()["picture-missing"].suppressible
    assert not problems.entries()["id-twice"].suppressible
