"""The documentation is true: the tutorial runs as it stands, the settings are the program's, links lead somewhere."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import threading
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

from broadsheet.commands import COMMANDS
from broadsheet.config import Settings, load
from broadsheet.content import fields

HERE = Path(__file__).resolve().parent.parent
DOCS = HERE / "docs"
PAGES = sorted([*DOCS.glob("*.md"), HERE / "README.md"])

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """The fenced blocks of a page: the language, the words behind it, the text."""
    return [(language, words.strip(), text) for language, words, text in _BLOCK.findall(page.read_text("utf-8"))]


def run(command: str, cwd: Path) -> str:
    """What a line of shell prints. Fails the test where it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", command], cwd=cwd, capture_output=True, text=True, check=False, timeout=120,
        stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def looked_at(cwd: Path) -> str:
    """The front page that the preview gives, which is ended again."""
    command = [sys.executable, "-u", "-m", "broadsheet", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as serving:
        watch = threading.Timer(60, serving.kill)
        watch.start()
        try:
            assert serving.stdout
            address = next(found[0] for line in serving.stdout if (found := re.search(r"http://[\d.:]+/", line)))
            with urllib.request.urlopen(address) as answer:
                return str(answer.read().decode())
        finally:
            watch.cancel()
            serving.send_signal(signal.SIGINT)


def followed(page: Path, cwd: Path) -> dict[str, str]:
    """What each command of a page prints, with its files written as they come."""
    printed: dict[str, str] = {}
    for language, words, text in blocks(page):
        if language == "sh":
            for line in text.splitlines():
                if line.startswith("cd "):
                    cwd /= line.removeprefix("cd ")
                elif line == "broadsheet serve":
                    printed[line] = looked_at(cwd)
                else:
                    printed[line] = run(line, cwd)
        elif words.endswith("(at the end)"):
            file = cwd / words.removesuffix("(at the end)").strip()
            file.write_text(f"{file.read_text('utf-8')}\n{text}", "utf-8")
        else:
            assert words, "a block that is no command says which file it is"
            (cwd / words).parent.mkdir(parents=True, exist_ok=True)
            (cwd / words).write_text(text, "utf-8")
    return printed


def test_what_is_said_of_corrections_and_retractions_runs_as_it_stands(tmp_path: Path):
    printed = followed(DOCS / "corrections.md", tmp_path)
    assert "appears" in printed["broadsheet calendar --now 2025-05-07"]
    page = (tmp_path / "harbour/output/2025/05/08/ferry/index.html").read_text("utf-8")
    assert "No night ferry is planned." in page
    assert "sails again from Monday" not in page
    feed = (tmp_path / "harbour/output/feed.xml").read_text("utf-8")
    assert "<title>Retracted: The night ferry sails from Pier 4</title>" in feed
    corrections = (tmp_path / "harbour/output/corrections/index.html").read_text("utf-8")
    assert "not from Pier 3 as we wrote first" in corrections


def test_the_tutorial_runs_as_it_stands(tmp_path: Path):
    printed = followed(DOCS / "tutorial.md", tmp_path)
    assert "The Harbour Digest" in printed["broadsheet serve"]
    ferry = next(text for line, text in printed.items() if line.startswith("cat content/stories"))
    _, head, body = ferry.split("---\n")
    assert 'title: "The night ferry to the islands sails again from Monday"\n' in head
    assert "date: 2025-05-08\n" in head
    assert "section: Business\n" in head
    assert "authors:" not in head
    [raw] = [text for _, words, text in blocks(DOCS / "tutorial.md") if words == "content/inbox/ferry.txt"]
    lead = raw.split("Share\n", 1)[1]
    assert body.strip().split("\n\n") == [" ".join(part.split()) for part in lead.strip().split("\n\n")]
    assert "A heron nests on the old crane (" in printed["broadsheet edition list"]
    assert "index.html" in printed["ls ../published/current"]
    assert "Subscribers:" in printed["broadsheet publish --dry-run"]


def test_the_examples_of_extending_work(tmp_path: Path):
    run("broadsheet new site --title Harbour", tmp_path)
    site = tmp_path / "site"
    parts = {words: text for language, words, text in blocks(DOCS / "extending.md") if language == "python" and words}
    door = (site / "build.py").read_text("utf-8")
    start, rest = door.split("# Your own filters", 1)
    rest = rest[rest.index("\n\ndef main(") :]
    own = "".join(parts[name] for name in ("filters", "pages", "readers", "targets"))
    (site / "build.py").write_text(start + own + rest, "utf-8")
    (site / "content/inbox/table.csv").write_text(
        "key,day,title,section,text\na,2025-05-08,Port opens,World,It is open.\n"
    )
    template = site / "themes/broadsheet/templates/404.html"
    template.parent.mkdir(parents=True)
    template.write_text('<!DOCTYPE html><title>{{ site.title | shout("?") }}</title>', "utf-8")
    command = f"{sys.executable} build.py"
    run(command, site)
    assert "HARBOUR?" in (site / "output/404.html").read_text("utf-8")
    assert (site / "content/stories/2025/05/port-opens.md").is_file()
    (site / "build.py").write_text(
        (site / "build.py").read_text("utf-8").replace("text.upper()", "text.lower()"), "utf-8"
    )
    run(f"{command} publish zip", site)
    assert "harbour?" in (site / "output/404.html").read_text("utf-8")
    with zipfile.ZipFile(site / "site.zip") as packed:
        assert "feed.xml" in packed.namelist()


def test_the_pages_of_countries_show_their_stories_on_a_map(tmp_path: Path):
    run("broadsheet new site --title Harbour", tmp_path)
    site = tmp_path / "site"
    parts = {words: text for _, words, text in blocks(DOCS / "extending.md") if words}
    door = (site / "build.py").read_text("utf-8")
    start, rest = door.split("# Your own kinds of pages", 1)
    rest = rest.split("PAGES: list[Any] = []\n", 1)[1]
    (site / "build.py").write_text(f"{start}{parts['pages']}\n{rest}", "utf-8")
    name = "themes/broadsheet/templates/country.html"
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(parts[name], "utf-8")
    stories = site / "content/stories"
    stories.mkdir(parents=True, exist_ok=True)
    for slug, title, topics in (
        ("quake", "Quake off the coast", "[Peru, Seas]"),
        ("vote", "Lima votes", "[Peru]"),
        ("geyser", "A geyser wakes", "[Iceland, Peru]"),
        ("tides", "Tides rise", "[Seas]"),
    ):
        front = f'---\nid: {slug}\ntitle: "{title}"\ndate: 2025-05-08\ntopics: {topics}\n---\n\nA body.\n'
        (stories / f"{slug}.md").write_text(front, "utf-8")
    command = f"{sys.executable} build.py"
    run(command, site)
    page = (site / "output/countries/peru/index.html").read_text("utf-8")
    assert re.findall(r'<a href="(.*?)"><circle cx="(\d+)" cy="(\d+)" r="(\d+)" (.*?)><title>(.*?)</title>', page) == [
        ("/countries/iceland/", "161", "25", "4", 'fill="none" stroke="currentColor"', "Iceland: 1"),
        ("/countries/peru/", "104", "100", "6", 'fill="currentColor"', "Peru: 3"),
    ]
    assert all(title in page for title in ("Quake off the coast", "Lima votes", "A geyser wakes"))
    assert "Tides rise" not in page
    assert not (site / "output/countries/japan").exists()
    assert "/countries/iceland/</loc>" in (site / "output/sitemap.xml").read_text("utf-8")
    assert "Theme: all is right." in run(f"{command} theme check", site)
    assert "nothing changed" in run(f"{command} why countries/peru/", site)
    assert " 0 drawn, 0 written, 0 removed" in run(command, site)
    (stories / "vote.md").write_text((stories / "vote.md").read_text("utf-8").replace("Lima votes", "Lima has voted"))
    told = run(f"{command} why countries/peru/", site)
    assert "stories/vote.md edited: title" in told
    assert "drawn by    country.html" in told
    run(command, site)
    assert "Lima has voted" in (site / "output/countries/peru/index.html").read_text("utf-8")
    assert " 0 drawn, 0 written, 0 removed" in run(command, site)


def test_the_page_of_settings_is_current():
    assert _settings().FILE.read_text("utf-8") == _settings().page()


def test_every_setting_says_what_it_is():
    told = _settings().comments(Settings)
    assert [name for name in Settings.__struct_fields__ if not told.get(name)] == []


def test_the_modules_that_the_architecture_names_are_there():
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.(?:py|toml)|/))`", (DOCS / "architecture.md").read_text("utf-8"))
    package = DOCS.parent / "src/broadsheet"
    known = {path.name for path in package.rglob("*.py")}
    assert len(named) > 40
    for name in {*named} - known - {"pyproject.toml"}:
        assert (package / name).exists() or (package / "ingest" / name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path):
    for target in _LINK.findall(re.sub(r"`[^`\n]*`", "", page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_in_examples_are_settings(page: Path, tmp_path: Path):
    for language, _, text in blocks(page):
        if language == "toml" and "[tool.broadsheet" in text:
            tomllib.loads(text)
            (tmp_path / "pyproject.toml").write_text(text, "utf-8")
            assert load(tmp_path)[1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_text_are_commands(page: Path):
    known = {command.name for command in COMMANDS}
    for word in re.findall(
        r"(?:^ {4}|`)(?:broadsheet|python3 build\.py) ([a-z]+)\b", page.read_text("utf-8"), re.MULTILINE
    ):
        assert word in known | {"test"}, word


def test_the_editors_day_tells_every_key():
    text = (DOCS / "editors-day.md").read_text("utf-8")
    assert [key for key in fields.STORY if f"`{key}`" not in text] == []


def _settings():
    """The script that writes the page of settings."""
    spec = importlib.util.spec_from_file_location("settings_page", DOCS / "settings.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
