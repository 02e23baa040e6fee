"""Builds the documentation as a web site with Broadsheet's own theme: python docs/site.py.

In: the pages of the documentation, each a story; a section for each folder. Out: a site in build/docs, built in
build/docs/output. Words behind it are a command for that site: python docs/site.py serve, python docs/site.py check.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sys
from pathlib import Path

from broadsheet.cli import main
from broadsheet.content.parser import Reference
from broadsheet.content.targets import rewritten
from broadsheet.text import slug

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SITE = ROOT / "build/docs"
DAY = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)  # of the first page; each further one is a minute older
SECTIONS = {"": "Start", "guides": "Guides", "reference": "Reference", "explanation": "Explanation", "..": "Project"}
PROJECT = ("CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/RESULTS.md")
SETTINGS = """\
[tool.broadsheet]
title = "Broadsheet Documentation"
tagline = "How to turn a pile of raw news texts into a newspaper"
description = "Tutorial, guides, reference and explanation of Broadsheet, a static site generator for news digests."
url = "https://docs.example.org/"
language = "en-GB"
timezone = "UTC"
edition = "monthly"
sections = ["Start", "Guides", "Reference", "Explanation", "Project"]
threads = false
typography = false  # code is in headings and summaries too
page_weight = 100  # the lists of problems and views are long
"""
_FENCE = re.compile(r"^```(\w+) (\S[^\n]*)$", re.MULTILINE)
_HEADING = re.compile(r"^#{2,6} (.+)$", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([\w./-]+\.md)")


def pages() -> list[Path]:
    """The pages of the documentation in the order of its index, then those of the project."""
    index = HERE / "README.md"
    listed = [HERE / name for name in dict.fromkeys(_LINK.findall(index.read_text("utf-8")))]
    of_docs = [page.resolve() for page in listed if HERE in page.resolve().parents]
    return [*of_docs, *(ROOT / name for name in PROJECT)]


def write() -> None:
    """The sources of the site, in place of those of an earlier run."""
    for old in (SITE / "content", SITE / "pyproject.toml"):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    stories = SITE / "content/stories"
    stories.mkdir(parents=True)
    (SITE / "pyproject.toml").write_text(SETTINGS, "utf-8")
    shutil.copytree(HERE / "pictures", SITE / "content/pictures")
    found = pages()
    edition = SITE / f"content/editions/{DAY:%Y-%m}.md"
    edition.parent.mkdir()
    edition.write_text("\n".join(["---", "order:", *(f"- {name(page)}" for page in found), "---", ""]), "utf-8")
    for place, page in enumerate(found):
        (stories / f"{name(page)}.md").write_text(story(page, DAY - place * dt.timedelta(minutes=1), found), "utf-8")


def story(page: Path, when: dt.datetime, known: list[Path]) -> str:
    """A page as a story file: its heading is the title, its first paragraph the summary."""
    heading, _, body = page.read_text("utf-8").removeprefix("# ").partition("\n")
    body = rewritten(body, lambda link: address(link, page, known))
    body = _FENCE.sub(r"```\1", body).strip()
    first = next(part for part in body.split("\n\n") if not part.startswith(("|", "```", "#", "<", "- ", "::")))
    folder = os.path.relpath(page.parent, HERE).partition("/")[0].removeprefix(".") if page.parent != HERE else ""
    section = SECTIONS[folder if HERE in page.parents else ".."]
    head = [f"id: broadsheet-docs-{name(page)}", f'title: "{heading.strip()}"', f"date: {when.isoformat()}"]
    head += [f"section: {section}", f"summary: {quoted(plain(first))}"]
    if page.name == "tutorial.md":
        head += [
            "priority: lead",
            'image: {src: pictures/front.webp, alt: "The front page of a digest", focus: left top}',
        ]
    return "\n".join(["---", *head, "---", "", body, ""])


def address(link: Reference, page: Path, known: list[Path]) -> str:
    """Where a link of a page leads on the site: to a story and a heading of it, or where it led before."""
    target, _, anchor = link.address.partition("#")
    if ":" in target:
        return link.address
    other = (page.parent / target).resolve() if target else page
    if other not in known:
        if other == HERE / "README.md":
            return "/"
        raise SystemExit(f"{page.relative_to(ROOT)}: {link.address} is no page of the site")
    path = f"/{DAY:%Y/%m/%d}/{name(other)}/" if target else ""
    return f"{path}#{heading_id(other, anchor)}" if anchor else path


def heading_id(page: Path, anchor: str) -> str:
    """The id on the site of a heading that GitHub knows by an anchor."""
    for title in _HEADING.findall(_CODE.sub("", page.read_text("utf-8"))):
        if re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") == anchor:
            return slug(plain(title))
    raise SystemExit(f"{page.relative_to(ROOT)} has no heading {anchor}")


def name(page: Path) -> str:
    """What a page is called in its address."""
    return slug(page.stem) if HERE in page.parents else slug(page.stem.lower())


def plain(text: str) -> str:
    """A paragraph of Markdown as text."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    return text.replace("`", "").replace("**", "").replace("*", "")


def quoted(text: str) -> str:
    """A text as a value of YAML."""
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    write()
    main(["--site", str(SITE), *(sys.argv[1:] or ["build", "--no-ingest"])])
