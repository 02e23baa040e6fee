"""The documentation is true: what it shows is run and gives what it says, generated pages are current, links lead."""

import importlib.util
import json
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
from types import ModuleType

import click
import pytest

from broadsheet.cli import program
from broadsheet.commands import COMMANDS
from broadsheet.config import Settings, load
from broadsheet.config.targets import KINDS
from broadsheet.content import fields
from broadsheet.publish.target_record import Record
from broadsheet.published.record import PublishedItem

HERE = Path(__file__).resolve().parent.parent
DOCS = HERE / "docs"
NAMES = ("tutorial.md", "glossary.md", "README.md", "guides/*.md", "reference/*.md", "explanation/*.md")
PAGES = sorted([*(page for name in NAMES for page in DOCS.glob(name)), *HERE.glob("*.md")])

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
        elif language in ("yaml", "console") and not words:
            continue  # shown, and no file of its own
        elif words.endswith("(at the end)"):
            file = cwd / words.removesuffix("(at the end)").strip()
            file.write_text(f"{file.read_text('utf-8')}\n{text}", "utf-8")
        else:
            assert words, "a block that is no command says which file it is"
            (cwd / words).parent.mkdir(parents=True, exist_ok=True)
            (cwd / words).write_text(text, "utf-8")
    return printed


def test_what_is_said_of_corrections_and_retractions_runs_as_it_stands(tmp_path: Path):
    printed = followed(DOCS / "guides/corrections.md", tmp_path)
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
    explained = printed["broadsheet ingest --explain content/inbox/ferry.txt"]
    assert re.search(r"dropped +0 Views +\(page furniture: counter\)", explained)
    listed = printed["broadsheet edition list"].splitlines()
    assert re.match(r" +\d+  2025-05-08 +2 +A heron nests on the old crane \(priority lead, ", listed[0])
    check = printed["broadsheet check"]
    assert re.search(r"warning: still to be reviewed: title \[review-open\]", check)
    assert "1 warning." in check
    assert "### review-open" in printed["broadsheet check --explain review-open"]
    assert "web: 4 stories new; " in printed["broadsheet publish --dry-run"]
    assert "Nothing was sent." in printed["broadsheet publish --dry-run"]
    assert "index.html" in printed["ls ../published/current"]


def test_what_the_tutorial_publishes_is_what_readers_get(tmp_path: Path):
    followed(DOCS / "tutorial.md", tmp_path)
    site = tmp_path / "published/current"
    story = site / "2025/05/08/the-night-ferry-to-the-islands-sails-again-from-monday/index.html"
    page = story.read_text("utf-8")
    assert "after a winter in which there was none." in page
    assert 'datetime="2025-05-08"' in page
    assert "0 Views" not in page
    front = (site / "index.html").read_text("utf-8")
    assert front.index("A heron nests on the old crane") < front.index("The night ferry to the islands sails again")
    climate = next((tmp_path / "harbour-digest/content/stories/2014/11").glob("the-two-countries*"))
    assert climate.read_text("utf-8").count("review:\n- title\n") == 1


def test_a_site_of_hugo_comes_with_its_addresses_and_translations(tmp_path: Path):
    printed = followed(DOCS / "guides/from-hugo.md", tmp_path)
    assert "Import from Hugo: 2 new." in printed["broadsheet import ../old-hugo"]
    german = printed["cat content/stories/2014/11/comet-de.md"]
    assert "translation_of: https://orbit.example/2014/comet/\n" in german
    assert "- /de/2014/comet/\n" in german
    assert german.endswith("Philae setzte auf und sprang zweimal wieder ab.\n")
    moved = (tmp_path / "my-site/output/2014/comet/index.html").read_text("utf-8")
    assert "/2014/11/12/comet/" in moved


def test_a_site_of_jekyll_comes_with_its_addresses(tmp_path: Path):
    printed = followed(DOCS / "guides/from-jekyll.md", tmp_path)
    assert "Import from Jekyll: 1 new." in printed["broadsheet import ../old-jekyll"]
    story = printed["cat content/stories/2004/03/rosetta-sets-out.md"]
    assert "date: 2004-03-02" in story
    assert "section: Science\n" in story
    assert "It will travel for ten years. /2004/03/02/rosetta-sets-out/\n" in story
    moved = (tmp_path / "my-site/output/2004/rosetta-sets-out/index.html").read_text("utf-8")
    assert "/2004/03/02/rosetta-sets-out/" in moved


def test_a_site_of_pelican_comes_with_its_dates_and_addresses(tmp_path: Path):
    printed = followed(DOCS / "guides/from-pelican.md", tmp_path)
    assert "Import from Pelican: 1 new." in printed["broadsheet import ../old-pelican"]
    story = printed["cat content/stories/2016/09/rosetta-comes-to-its-end.md"]
    assert "date: 2016-09-30 13:19:00+02:00\n" in story
    assert "- Rosetta\n" in story
    assert story.endswith("It came down on the comet.\n")


def test_an_export_of_wordpress_comes_with_its_ids_and_authors(tmp_path: Path):
    printed = followed(DOCS / "guides/from-wordpress.md", tmp_path)
    moon = printed["cat content/stories/2023/08/india-lands.md"]
    assert "id: https://orbit.example/?p=41\n" in moon
    assert "- /2023/08/india-lands/\n" in moon
    assert "- Ida Morel\n" in moon
    assert moon.endswith("Vikram touched down at 12:32.\n")
    moved = (tmp_path / "my-site/output/2023/08/india-lands/index.html").read_text("utf-8")
    assert "/2023/08/23/india-lands/" in moved


def test_an_export_of_ghost_comes_with_its_ids_and_pages(tmp_path: Path):
    printed = followed(DOCS / "guides/from-ghost.md", tmp_path)
    luna = printed["cat content/stories/2023/08/luna-25.md"]
    assert "id: 64e5f0a1b2c3d4e5f6a7b8c9\n" in luna
    assert "[About us](/who-we-are/)" in luna
    assert "We look up." in (tmp_path / "my-site/output/who-we-are/index.html").read_text("utf-8")


def test_the_examples_of_extending_work(tmp_path: Path):
    run("broadsheet new site --title Harbour", tmp_path)
    site = tmp_path / "site"
    parts = {
        words: text for language, words, text in blocks(DOCS / "guides/extend.md") if language == "python" and words
    }
    door = (site / "build.py").read_text("utf-8")
    start, rest = door.split("# Your own filters", 1)
    rest = rest[rest.index("\n\ndef main(") :]
    own = "".join(parts[name] for name in ("filters", "pages", "readers", "targets", "executor", "summarise"))
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
    assert "Summary generated by AI" in (site / "output/2025/05/08/port-opens/index.html").read_text("utf-8")
    (site / "build.py").write_text(
        (site / "build.py").read_text("utf-8").replace("text.upper()", "text.lower()"), "utf-8"
    )
    run(f"{command} publish zip", site)
    assert "harbour?" in (site / "output/404.html").read_text("utf-8")
    with zipfile.ZipFile(site / "site.zip") as packed:
        assert "feed.xml" in packed.namelist()
    packed_once = (site / "site.zip").read_bytes()
    run(f"{command} publish zip", site)
    (site / "site.zip").unlink()
    run(f"{sys.executable} site/build.py publish zip", tmp_path)  # from another folder
    assert (site / "site.zip").read_bytes() == packed_once
    assert not list(tmp_path.rglob("*.unfinished"))


def test_the_pages_of_countries_show_their_stories_on_a_map(tmp_path: Path):
    run("broadsheet new site --title Harbour", tmp_path)
    site = tmp_path / "site"
    parts = {words: text for _, words, text in blocks(DOCS / "guides/extend.md") if words}
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
    assert "Theme: no problems." in run(f"{command} theme check", site)
    assert "Nothing has changed" in run(f"{command} why countries/peru/", site)
    assert " 0 rendered, 0 written, 0 removed" in run(command, site)
    (stories / "vote.md").write_text((stories / "vote.md").read_text("utf-8").replace("Lima votes", "Lima has voted"))
    told = run(f"{command} why countries/peru/", site)
    assert "stories/vote.md edited: title" in told
    assert "template    country.html" in told
    run(command, site)
    assert "Lima has voted" in (site / "output/countries/peru/index.html").read_text("utf-8")
    assert " 0 rendered, 0 written, 0 removed" in run(command, site)


def test_every_setting_says_what_it_is():
    described = loaded("settings").comments(Settings)
    assert [name for name in Settings.__struct_fields__ if not described.get(name)] == []


def test_the_modules_that_the_architecture_names_are_there():
    named = re.findall(
        r"`([a-z_]+(?:/[a-z_]+)*(?:\.(?:py|toml)|/))`", (DOCS / "explanation/architecture.md").read_text("utf-8")
    )
    package = DOCS.parent / "src/broadsheet"
    known = {path.name for path in package.rglob("*.py")}
    assert len(named) > 40
    for name in {*named} - known - {"pyproject.toml"}:
        assert any((root / name).exists() for root in (package, package / "ingest", DOCS.parent)), name


@pytest.mark.parametrize("page", ["docs/explanation/architecture.md", "CONTRIBUTING.md"])
def test_what_the_pages_for_developers_name_in_a_module_is_there(page: str):
    package = DOCS.parent / "src/broadsheet"
    pattern = r"`(\w+)`\s+(?:of|in|to)\s+`(?:src/broadsheet/|(tests/))?([a-z_/]+\.py)`"
    named = re.findall(pattern, (DOCS.parent / page).read_text("utf-8"))
    assert len(named) > 4
    for name, tests, path in named:
        module = (DOCS.parent if tests else package) / f"{tests}{path}"
        if not module.exists():  # inside ingest, the pages leave that folder out
            module = package / "ingest" / path
        assert re.search(rf"^(?:    )?(?:def |class |){name}\b(?:[(:]| =)", module.read_text("utf-8"), re.MULTILINE), (
            name,
            path,
        )


def test_modules_that_the_source_names_in_full_are_there():
    package = DOCS.parent / "src/broadsheet"
    for file in package.rglob("*.py"):
        for module, name in re.findall(r"\bbroadsheet((?:\.[a-z_]+)+):([a-z_]+)", file.read_text("utf-8")):
            stem = package / module[1:].replace(".", "/")
            found = stem.with_suffix(".py") if stem.with_suffix(".py").exists() else stem / "__init__.py"
            assert found.exists(), (file, module)
            assert re.search(rf"^def {name}\(", found.read_text("utf-8"), re.MULTILINE), (file, name)


def test_the_settings_of_a_new_site_name_every_kind_of_target():
    scaffold = DOCS.parent / "src/broadsheet/scaffold"
    line = next(line for line in (scaffold / "site.toml").read_text("utf-8").splitlines() if "# kind = " in line)
    assert sorted(re.findall(r'"(\w+)"', line)) == sorted(KINDS)
    said = (scaffold / "README.md").read_text("utf-8")
    assert [kind for kind in KINDS if not re.search(rf"\b{kind}\b", said, re.IGNORECASE)] == []


def test_the_pages_name_the_languages_that_have_a_catalogue():
    tags = sorted(file.stem for file in (DOCS.parent / "themes/broadsheet/words").glob("*.po"))
    row = next(
        line for line in (DOCS / "guides/languages.md").read_text("utf-8").splitlines() if "catalogues in" in line
    )
    told = re.search(r"catalogues in ([\w-]+) languages: ([\w, -]+)\.", row)
    assert told
    assert sorted(told[2].split(", ")) == tags
    assert f"It speaks {told[1]} languages" in (DOCS.parent / "README.md").read_text("utf-8")
    assert len(tags) == {"thirty": 30, "thirty-one": 31, "thirty-two": 32, "thirty-three": 33}[told[1]]


def anchors(page: Path) -> set[str]:
    """The ids of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_links_between_pages_lead_to_a_page_and_a_heading(page: Path):
    for target in _LINK.findall(re.sub(r"`[^`\n]*`", "", page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            assert file.exists(), target
            assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_a_file_of_an_example_is_named_where_readers_see_it(page: Path):
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for _, words, _ in blocks(page):
        name = words.removesuffix("(at the end)").strip()
        assert "." not in name or f"`{name}`" in text, name  # other words tell the parts of a program apart


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_settings_in_examples_are_settings(page: Path, tmp_path: Path):
    for language, _, text in blocks(page):
        if language == "toml" and "[tool.broadsheet" in text:
            tomllib.loads(text)
            (tmp_path / "pyproject.toml").write_text(text, "utf-8")
            assert load(tmp_path)[1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_commands_in_the_text_are_commands(page: Path):
    known = {command.name for command in COMMANDS}
    for word in re.findall(
        r"(?:^ {4}|`)(?:broadsheet|python3 build\.py) ([a-z]+)\b", page.read_text("utf-8"), re.MULTILINE
    ):
        assert word in known | {"test"}, word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_options_in_examples_are_options_of_their_command(page: Path):
    lines = re.findall(r"^ *(?:\$ )?(?:broadsheet|python3 build\.py) ([^#\n]+)", page.read_text("utf-8"), re.MULTILINE)
    for line in lines:
        command: click.Command = program
        words = line.split()
        while words and isinstance(command, click.Group) and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        if isinstance(command, click.Group) and command.name == "new":  # "new DIR" is "new site DIR"
            command = command.commands["site"]
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        if command is not program:
            asked = {word.partition("=")[0] for word in words if word.startswith("--")}
            assert asked <= {*known, "--help"}, line


@pytest.mark.parametrize(
    ("title", "known"), [("Stories", fields.STORY), ("Pages of your own", fields.PROSE), ("Editions", fields.EDITION)]
)
def test_the_page_of_front_matter_lists_every_key_and_no_other(title: str, known: dict[str, object]):
    text = (DOCS / "reference/front-matter.md").read_text("utf-8")
    chapter = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", chapter, re.MULTILINE)) == sorted(known)


@pytest.mark.parametrize("heading", ["`record.jsonl`", "`TARGET.json`"])
def test_the_page_of_files_lists_what_the_record_holds(heading: str):
    text = (DOCS / "reference/files.md").read_text("utf-8")
    chapter = text.split(f"\n### {heading}\n")[1].split("\n### ")[0].split("\n## ")[0]
    kept = PublishedItem if heading == "`record.jsonl`" else Record
    assert set(re.findall(r"^\| `(\w+)` \|", chapter, re.MULTILINE)) == set(kept.__struct_fields__)


def twice(site: Path) -> str:
    """The releases of a site that was published twice, which have something to go back to."""
    run("broadsheet publish", site)
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.broadsheet.words]\neditions = "Issues"\n')
    run("broadsheet publish", site)
    return run("broadsheet publish --releases --json", site)


def test_the_page_of_files_lists_what_json_holds(tmp_path: Path):
    run("broadsheet new site --title Harbour", tmp_path)
    site = tmp_path / "site"
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.broadsheet.targets.web]\nkind = "folder"\npath = "../published"\n')
    text = (DOCS / "reference/files.md").read_text("utf-8")
    for command, out in (
        ("broadsheet build --json", run("broadsheet build --json", site)),
        ("broadsheet publish --json", run("broadsheet publish --json --dry-run", site)),
        ("broadsheet publish --json", run("broadsheet release --json", site)),
        ("broadsheet publish --releases --json", twice(site)),
        ("broadsheet publish --rollback --json", run("broadsheet publish --rollback --dry-run --json", site)),
    ):
        chapter = next(part for part in text.split("\n### ")[1:] if part.startswith(f"`{command}`"))
        made = json.loads(out)
        named = set(re.findall(r"`(\w+)`", chapter))
        inner = [key for name, table in made.items() if isinstance(table, dict) and name != "seconds" for key in table]
        assert [key for key in made if key not in named] == []
        assert [key for key in inner if f"`{key}`" not in text] == []


def test_the_figures_of_scale_are_those_that_were_measured():
    results = (HERE / "benchmarks/RESULTS.md").read_text("utf-8")
    table = (DOCS / "explanation/limits.md").read_text("utf-8").split("| stories | clean build |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert len(rows) == 4
    for stories, *shown in rows:
        chapter = results.split(f"\n## {stories} stories\n")[1].split("\n## ")[0]
        measured = dict(re.findall(r"^\| (\w+) \| broadsheet \| ([\d.]+) \|", chapter, re.MULTILINE))
        for case, cell in zip(("cold", "unchanged", "body"), shown, strict=False):
            if case in measured:
                digits = len(cell.removesuffix(" s").partition(".")[2])
                rounded = abs(float(cell.removesuffix(" s")) - float(measured[case])) <= 0.5 / 10**digits + 1e-9
                assert rounded, (stories, case, measured[case])
            else:
                assert cell == "–"


@pytest.mark.parametrize("name", ["commands", "settings"])
def test_a_generated_page_is_current(name: str):
    script = loaded(name)
    assert script.FILE.read_text("utf-8") == script.page(), f"run: python docs/{name}.py"


@pytest.mark.slow  # forty pages are built
def test_the_documentation_is_a_site_in_which_nothing_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    script = loaded("site")
    monkeypatch.setattr(script, "SITE", tmp_path)
    script.write()
    assert "No problems." in run("broadsheet check --strict", tmp_path)
    tutorial = (tmp_path / "output/2026/11/30/tutorial/index.html").read_text("utf-8")
    assert 'href="/2026/11/30/publish/"' in tutorial
    front = (tmp_path / "output/index.html").read_text("utf-8")
    assert (
        front.index("Tutorial: your first digest")
        < front.index("From a pile to a paper")
        < front.index("Write a story")
    )


@pytest.mark.slow  # a site is made and built for it
def test_the_recorded_terminal_shows_what_the_commands_print():
    script = loaded("terminal")

    def shown(svg: str) -> str:
        return re.sub(r"\d[\d.]*", "…", " ".join(script.read(svg).split()))  # seconds, counts and line breaks differ

    assert shown(script.FILE.read_text("utf-8")) == shown(script.drawn(script.recorded())), (
        "run: python docs/terminal.py"
    )


def loaded(name: str) -> ModuleType:
    """A script of the documentation."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
