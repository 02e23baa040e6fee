"""What the preview lays over a page: everything escaped, nothing that a page forbids, the lines around an error."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Settings, Site
from broadsheet.errors import Place, error, warning
from broadsheet.preview.builder import (
    AROUND,
    LARGEST,
    MOST,
    WIDEST,
    LocatedProblem,
    PreviewState,
    SourceLine,
    excerpt,
    located,
)
from broadsheet.preview.overlay import dress

PAGE = b"<!DOCTYPE html><html><head></head><body><p>Text</p></body></html>"
HOST = "127.0.0.1:8000"


def state(root: Path = Path("site"), **what) -> PreviewState:
    return PreviewState(Site(root, Settings()), "token", **what)


def policy(text: str, quote: str = '"') -> dict[str, list[str]]:
    """The content security policy of a page as it is served, by directive."""
    tag = f"<meta http-equiv=Content-Security-Policy content={quote}{text}{quote}>".encode()
    served = dress(PAGE.replace(b"<head>", b"<head>" + tag), None, state(), HOST).decode()
    found = re.search(r'http-equiv=Content-Security-Policy content="([^"]*)"', served)
    assert found
    return {words[0]: words[1:] for words in (directive.split() for directive in found[1].split(";")) if words}


def test_the_overlay_stands_at_the_end_of_the_body():
    served = dress(PAGE, None, state(), HOST)
    assert served.startswith(b"<!DOCTYPE html><html><head></head><body><p>Text</p><broadsheet-preview")
    assert served.endswith(b"</script></body></html>")


def test_a_page_without_a_body_gets_the_overlay_too():
    assert b"<broadsheet-preview" in dress(b"<p>Text", None, state(), HOST)


hostile = st.text() | st.sampled_from(
    ["</template><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"]
)


@given(message=hostile, file=hostile, hint=hostile, text=hostile)
def test_no_text_of_a_problem_becomes_markup(message: str, file: str, hint: str, text: str):
    problem = error("x", message, Place(file, 1), hint)
    shown = state(
        errors=(LocatedProblem(problem, (SourceLine(1, text, wrong=True),)),),
        others=(warning("x", message, Place(file), hint),),
    )
    plain = state(
        errors=(
            LocatedProblem(error("x", "m", Place("f", 1), "h" if hint else ""), (SourceLine(1, "t", wrong=True),)),
        ),
        others=(warning("x", "m", Place("f"), "h" if hint else ""),),
    )
    tags = [re.findall(rb"</?[a-z][a-z0-9-]*", dress(PAGE, None, one, HOST)) for one in (shown, plain)]
    assert tags[0] == tags[1]


def test_a_policy_that_forbids_everything_lets_the_preview_in_and_nothing_else():
    found = policy("default-src 'none'; img-src 'self'")
    assert found["default-src"] == ["'none'"]
    assert found["img-src"] == ["'self'"]
    assert found["script-src"] == [f"http://{HOST}/livereload.js", f"http://{HOST}/livereload/"]
    assert found["connect-src"] == [f"ws://{HOST}", f"http://{HOST}/livereload/"]
    assert [source[:8] for source in found["style-src"]] == ["'sha256-"]


def test_what_a_policy_allows_stays_allowed():
    found = policy("script-src 'self' https://example.com; style-src 'self' 'unsafe-inline'")
    assert found["script-src"][:2] == ["'self'", "https://example.com"]
    assert found["style-src"] == ["'self'", "'unsafe-inline'"]  # with a digest beside it, it would count no more
    assert "connect-src" not in found


@pytest.mark.parametrize(("line", "first", "last"), [(1, 1, 4), (5, 2, 8), (10, 7, 10)])
def test_an_excerpt_is_the_line_and_those_around_it(tmp_path: Path, line: int, first: int, last: int):
    (tmp_path / "a.md").write_text("\n".join(f"line {number}" for number in range(1, 11)))
    lines = excerpt(Place("a.md", line), tmp_path)
    assert [(it.number, it.text) for it in lines] == [(number, f"line {number}") for number in range(first, last + 1)]
    assert [it.number for it in lines if it.wrong] == [line]
    assert AROUND == 3


def test_an_excerpt_of_hostile_bytes_is_short(tmp_path: Path):
    (tmp_path / "a.md").write_bytes(b"\xff\x00" * 10_000 + b"\r\nsecond")
    first, second = excerpt(Place("a.md", 2), tmp_path)
    assert len(first.text) == WIDEST
    assert second.text == "second"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "missing.md", "", "folder", "large.md"])
def test_no_lines_are_shown_of_what_is_outside_missing_or_huge(tmp_path: Path, name: str):
    site = tmp_path / "site"
    (site / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    with (site / "large.md").open("wb") as large:
        large.truncate(LARGEST + 1)
    assert excerpt(Place(name, 1), site) == ()


def test_a_line_of_a_shipped_template_is_shown():
    assert excerpt(Place("themes/broadsheet/templates/base.html", 1), Path("nowhere"))


def test_of_very_many_errors_the_first_show_and_the_others_are_counted(tmp_path: Path):
    many = located((error("x", f"error {number}.", Place("a.md", number)) for number in range(MOST + 7)), tmp_path)
    served = dress(PAGE, None, state(errors=many), HOST).decode()
    assert f"<h1>{MOST + 7} errors</h1>" in served
    assert f"error {MOST - 1}." in served
    assert f"error {MOST}." not in served
    assert "And 7 more." in served
