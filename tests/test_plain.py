"""The plain theme proves the contract: it stands alone, prints every kind of page, and is short."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.config import SHIPPED
from broadsheet.pages.kinds import TEMPLATES
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
PLAIN = SHIPPED / "plain"

SITE = (
    *(
        story(f"day-{day}", f"2025-05-{day:02}", thread="The long run", authors="[Ada]", section="World")
        for day in (5, 6, 7)
    ),
    story(
        "mended",
        "2025-05-08",
        corrections="[{date: 2025-05-09, text: Not so.}]",
        topics="[Rain]",
        source="{name: Wire}",
    ),
    story("wet", "2025-05-08", topics="[Rain]"),
    '-- content/pages/about.md --\n---\ntitle: "About"\n---\n\nWe.\n',
)


def test_its_style_sheet_has_fewer_than_a_hundred_lines():
    assert len((PLAIN / "static/style.css").read_text("utf-8").splitlines()) < 100


def test_it_has_a_template_for_every_kind_of_page():
    there = {file.relative_to(PLAIN / "templates").as_posix() for file in (PLAIN / "templates").rglob("*.html")}
    assert there == TEMPLATES.keys() - {"latest.html", "partials/titles.json"} | {"base.html", "parts.html"}


@pytest.fixture
def pages(workshop: Make) -> dict[str, str]:
    made = workshop(*SITE, settings='search = false\n\n[tool.broadsheet.theme]\nname = "plain"\naccent = "#7a1f5c"\n')
    made.build()
    assert [problem for problem in made.problems() if problem.severity == "error"] == []
    return {path: data.decode() for path, data in made.output().items() if path.endswith(".html")}


def test_its_pages_hold_what_a_reader_came_for(pages: dict[str, str]):
    for path, words in {
        "index.html": "You are up to date",
        "2025/05/07/day-7/index.html": "The story so far",
        "2025/05/08/mended/index.html": "Not so.",
        "threads/the-long-run/index.html": "3 stories",
        "sections/world/index.html": "Day-5",
        "topics/index.html": "Rain",
        "authors/ada/index.html": "Day-6",
        "archive/index.html": "May",
        "corrections/index.html": "Not so.",
        "about/index.html": "We.",
        "editions/index.html": "1 story",
        "editions/2025-05-07/index.html": "Day-7",
        "404.html": "no such page",
    }.items():
        assert words in pages[path], path


def test_its_pages_have_one_heading_of_the_first_rank_and_skip_none(pages: dict[str, str]):
    for path, page in pages.items():
        ranks = [int(rank) for rank in re.findall(r"<h([1-6])[ >]", page)]
        assert ranks.count(1) == 1, path
        assert all(after <= before + 1 for before, after in zip([0, *ranks], ranks, strict=False)), path


def test_its_pages_hold_nothing_that_a_strict_policy_forbids(pages: dict[str, str]):
    for path, page in pages.items():
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\ssrc=\"(?:https?:|data:)", page), path
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script or 'type="application/ld+json"' in script, path


def test_its_links_lead_somewhere(pages: dict[str, str]):
    for path, page in pages.items():
        for address in re.findall(r'href="(/[^"#]*)"', page):
            file = f"{address[1:]}index.html" if address.endswith("/") else address[1:]
            assert file in pages or not file.endswith(".html"), (path, address)


def test_it_is_in_the_wheel():
    text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text("utf-8")
    for theme in SHIPPED.iterdir():
        assert f'"themes/{theme.name}" = "broadsheet/themes/{theme.name}"' in text
