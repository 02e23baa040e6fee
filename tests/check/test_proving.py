"""Whatever was edited, and in whatever order: a site built again is the one that a clean build makes, byte for byte."""

import datetime as dt
import os
import shutil
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import disk, pages
from broadsheet.check import proving
from broadsheet.check.proving import Proof, prove
from broadsheet.cli import main
from broadsheet.errors import Report
from broadsheet.model import Page
from broadsheet.pipeline import Options, build, update
from broadsheet.render import Output, theme
from broadsheet.render.theme import environment
from tests.conftest import NOW, SETTINGS, Workshop, story

Make = Callable[..., Workshop]

MANY = int(os.environ.get("BROADSHEET_EDITS", "0"))  # sequences of edits to try; by hand it may be thousands

NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
FOLDERS = st.sampled_from(["2025/05", "other"])
KEYS = st.fixed_dictionaries(
    {},
    optional={
        "section": st.sampled_from(["World", "Science", "world"]),
        "topics": st.sampled_from(["[Rome]", "[Rome, Vote]", "[rome]", "[Ice]"]),
        "authors": st.sampled_from(["[Ada Reed]", "[Ada Reed, Bo Finn]"]),
        "status": st.just("draft"),
        "summary": st.sampled_from(["A summary.", '"It says \\"so\\""']),
        "updated": st.just("2025-05-30T10:00:00Z"),
        "expires": st.sampled_from(["2025-06-01T18:00:00Z", "2025-05-20"]),
        "thread": st.sampled_from(["vote", "none"]),
        "priority": st.sampled_from(["lead", "brief"]),
        "lang": st.sampled_from(["de", "ar"]),
        "also": st.sampled_from(["[a]", "[b, c]", "[not a, d]", "none"]),
        "related": st.just("[c]"),
        "aliases": st.sampled_from(["[/old/]", "[/2025/05/07/a/]"]),
        "source": st.sampled_from(['{name: "Wire", url: "https://wire.example/1"}', '{name: "Desk"}']),
        "corrections": st.just('[{date: 2025-05-10, text: "It was nine."}]'),
        "image": st.sampled_from(['{src: pictures/p.png, alt: "P"}', '{src: pictures/q.png, alt: "Q"}']),
        "oddity": st.just("1"),
    },
)
TITLES = st.sampled_from(["", "Rome votes again", "Rome votes on ice", 'A \\"quoted\\" title', "Ice and Rome: votes"])
DAYS = st.sampled_from(["2025-05-06", "2025-05-07", "2025-05-07T23:30:00+02:00", "2025-06-01T15:00:00Z", "2025-04-30"])
BODIES = st.sampled_from(["Plain words.", "Other *words*.", "![x](pictures/p.png)", "Rome's vote -- it counts."])
VALUES: dict[str, tuple[str, ...]] = {
    "title": ('"Weekly"',),
    "language": ('"de"', '"fr"'),
    "timezone": ('"Pacific/Auckland"',),
    "edition": ('"weekly"', '"monthly"'),
    "per_page": ("1", "2"),
    "topic_minimum": ("1", "3"),
    "feed_items": ("1", "2"),
    "feed_forms": ('["rss"]',),
    "feed_text": ('"summary"',),
    "url": ('"https://example.org/news/"',),
    "sections": ('["Science", "World"]',),
    "threads": ("false",),
    "thread_minimum": ("2",),
    "topic_aliases": ('{ "Ice" = "Iceland" }',),
    "typography": ("false",),
    "search": ("false",),
    "copyright": ('"Us"',),
}
FILES: dict[str, tuple[str, ...]] = {
    "themes/broadsheet/templates/partials/end.html": ("<p>End</p>\n", "{% include 'partials/own.html' %}\n"),
    "themes/broadsheet/templates/partials/own.html": ("<p>Own</p>\n", "<p>{{ site.title }}</p>\n"),
    "themes/broadsheet/templates/prose.html": ("<h1>{{ prose.title }}</h1>{{ prose.body }}\n",),
    "themes/broadsheet/static/style.css": ("p { color: red }\n", "p { color: blue }\n"),
    "themes/broadsheet/static/own.txt": ("One.\n",),
    "content/pages/about.md": ("---\ntitle: About\n---\n\nWe.\n", "---\ntitle: Us\n---\n\nWe, too.\n"),
    "content/pages/corrections.md": ("---\ntitle: Corrections\n---\n\nWe err.\n",),
    "content/editions/2025-05-07.md": ("---\ntitle: A day\nlead: b\n---\n\nA note.\n", "---\nbriefs: [a]\n---\n"),
    "content/editions/2025-05.md": ("---\ntitle: A month\n---\n\nOf notes.\n",),
}


def png(width: int) -> bytes:
    """A grey picture of that width, one pixel high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 + width))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Edits:
    """A site and the clock of its builds; each method is an edit that somebody may make."""

    def __init__(self, root: Path) -> None:
        self.made = Workshop(root)
        self.now = NOW
        self.values: dict[str, str] = {}
        self._settle()

    def drawn(self) -> int:
        """How many pages are drawn where the whole plan is made, however little has changed."""
        return build(self.made.site, Options(self.now, workers=1), Report()).printed.drawn

    def prove(self) -> Proof:
        return prove(self.made.site, Options(self.now, workers=1), Report())

    def write(self, name: str, folder: str, title: str, day: str, body: str, keys: dict[str, str]) -> None:
        text = story(name, day, title=title or name.title(), body=body, **keys)
        self.made.write(text.replace(f"content/stories/{day[:4]}/{day[5:7]}/", f"content/stories/{folder}/"))

    def delete(self, name: str) -> None:
        for file in self._stories(name):
            file.unlink()

    def rename(self, name: str, other: str) -> None:
        for file in self._stories(name):
            file.rename(file.with_stem(other))

    def retitle(self, name: str, title: str) -> None:
        for file in self._stories(name):
            lines = [f'title: "{title.title()}!"' if line[:6] == "title:" else line for line in _lines(file)]
            file.write_text("\n".join(lines).replace('""', '"'))

    def redate(self, name: str, day: str) -> None:
        for file in self._stories(name):
            file.write_text("\n".join(f"date: {day}" if line[:5] == "date:" else line for line in _lines(file)))

    def swap(self, name: str, one: str, other: str) -> None:
        """An edit that leaves the file's size and its time of change as they were."""
        for file in self._stories(name):
            before = file.stat()
            file.write_bytes(file.read_bytes().replace(one.encode(), other.encode()))
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    def append(self, name: str, text: str) -> None:
        for file in self._stories(name):
            file.write_text(f"{file.read_text()}\n{text}\n")

    def touch(self, name: str, when: int) -> None:
        for file in self._stories(name):
            os.utime(file, (when, when))

    def break_off(self, name: str) -> None:
        """A file that is no story for as long as it is so."""
        for file in self._stories(name):
            file.write_text("---\ntitle: [\n")

    def set(self, key: str, value: str) -> None:
        self.values[key] = value
        self._settle()

    def unset(self, key: str) -> None:
        self.values.pop(key, None)
        self._settle()

    def file(self, path: str, number: int) -> None:
        self.made.write(f"-- {path} --\n{FILES[path][number % len(FILES[path])]}")

    def remove(self, path: str) -> None:
        (self.made.root / path).unlink(missing_ok=True)

    def picture(self, name: str, width: int) -> None:
        file = self.made.root / f"content/pictures/{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(width))

    def clock(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)

    def damage(self, number: int, *, gone: bool) -> None:
        """A file of the built site that somebody else deleted or wrote to."""
        files = sorted(file for file in (self.made.root / "output").rglob("*.html") if file.is_file())
        if files and gone:
            files[number % len(files)].unlink()
        elif files:
            files[number % len(files)].write_text("damaged")

    def forget(self, number: int) -> None:
        """A cache that was deleted, cut short, or written over."""
        files = sorted(file for file in (self.made.root / ".broadsheet").rglob("*") if file.is_file())
        for file in files[number % 3 :: 3]:
            data = file.read_bytes()
            file.write_bytes((b"", data[: len(data) // 2], data.replace(b"a", b"b"))[number % 3])

    def _stories(self, name: str) -> list[Path]:
        return list((self.made.root / "content/stories").rglob(f"{name}.md"))

    def _settle(self) -> None:
        known = dict(line.split(" = ", 1) for line in SETTINGS.splitlines()[1:]) | self.values
        lines = "".join(f"{key} = {value}\n" for key, value in known.items())
        self.made.write(f"-- pyproject.toml --\n[tool.broadsheet]\n{lines}")


def _lines(file: Path) -> list[str]:
    return file.read_text().split("\n")


def calls(name: str, *arguments: st.SearchStrategy, **named: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(st.just(name), st.tuples(*arguments), st.fixed_dictionaries(named))


WRITE = calls("write", NAMES, FOLDERS, TITLES, DAYS, BODIES, KEYS)
EDIT = st.one_of(
    WRITE,
    WRITE,
    WRITE,
    calls("delete", NAMES),
    calls("rename", NAMES, NAMES),
    calls("retitle", NAMES, st.sampled_from(["rome votes", "ice"])),
    calls("redate", NAMES, DAYS),
    calls(
        "swap",
        NAMES,
        st.sampled_from(["Plain", "Rome", "2025-05-06"]),
        st.sampled_from(["Quiet", "Oslo", "2025-05-04"]),
    ),
    calls("append", NAMES, st.sampled_from(["And more.", "> It is said.", "Long " * 120, "![x](pictures/q.png)"])),
    calls("touch", NAMES, st.sampled_from([0, 1_700_000_000, 2_200_000_000])),
    calls("break_off", NAMES),
    st.sampled_from(sorted(VALUES)).flatmap(lambda key: calls("set", st.just(key), st.sampled_from(VALUES[key]))),
    calls("unset", st.sampled_from(sorted(VALUES))),
    calls("file", st.sampled_from(sorted(FILES)), st.integers(0, 1)),
    calls("remove", st.sampled_from(sorted(FILES))),
    calls("picture", st.sampled_from(["p", "q"]), st.integers(1, 3)),
    calls("clock", st.sampled_from([-48, 7, 30])),
    calls("damage", st.integers(0, 50), gone=st.booleans()),
    calls("forget", st.integers(0, 8)),
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory):
    """One place for compiled templates, which their own text names: compiling them anew would take most of the time."""
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(theme, "TemplateCache", lambda _folder: environment.TemplateCache(folder))
        patch.setattr(disk, "FINE", 0)  # between two edits a site is built twice, which takes longer
        yield


@pytest.mark.slow
@settings(max_examples=MANY or 60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not MANY)
@given(first=st.lists(WRITE, min_size=2, max_size=5), edits=st.lists(EDIT, min_size=1, max_size=8))
def test_a_site_built_again_after_any_edits_is_the_one_that_a_clean_build_makes(
    tmp_path_factory: pytest.TempPathFactory, compiled, first, edits
):
    site = Edits(tmp_path_factory.mktemp("edits") / "site")
    for name, arguments, named in first:
        getattr(site, name)(*arguments, **named)
    for name, arguments, named in [("clock", (0,), {}), *edits]:
        getattr(site, name)(*arguments, **named)
        proof = site.prove()
        assert proof.differences == (), (name, arguments, named)
        assert site.drawn() == 0  # whatever of the last plan was taken over is as a whole plan has it


def test_a_site_is_proven_although_its_cache_was_damaged_since_it_was_built(workshop: Make):
    made = workshop(story("one", "2025-05-07"), settings="search = false\nshare_cards = 0\n")
    time.sleep(0.05)  # what was written just now may change unseen, and the site would be built again
    options = Options(NOW, workers=1)
    for _ in range(2):
        update(made.site, options, Report())
    (made.root / ".broadsheet/cache.db").write_bytes(b"")
    assert prove(made.site, options, Report()).differences == ()


def test_a_story_that_gets_another_date_is_found_where_it_is_now_by_all_that_refer_to_it(tmp_path: Path):
    site = Edits(tmp_path / "site")
    keys = {"corrections": '[{date: 2025-05-10, text: "It was nine."}]', "aliases": "[/old/]"}
    site.write("a", "2025/05", "", "2025-05-06", "Plain words.", keys)
    site.prove()
    site.redate("a", "2025-04-30")
    assert site.prove().differences == ()
    for page in ("corrections/index.html", "old/index.html"):
        assert "/2025/04/30/a/" in site.made.page(page)


def test_a_page_that_was_kept_and_should_not_have_been_is_named_with_where_it_came_from(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    one_story, other = (story(name, "2025-05-07", section="World") for name in ("one", "two"))
    made = workshop(one_story, other, settings="share_cards = 0\n")
    own = pages.Packer.pack

    def pack(self: pages.Packer, page: Page) -> pages.Packed:
        return own(self, page)._replace(digest=b"") if page.template == "story.html" else own(self, page)

    monkeypatch.setattr(pages.Packer, "pack", pack)
    made.build()
    made.write(story("one", "2025-05-07", section="World", title="Another"))
    proof = prove(made.site, Options(NOW), Report())
    found = {one.path: one for one in proof.differences}
    one = found["2025/05/07/one/index.html"]
    assert (one.kind, one.inputs) == ("differs", ())
    assert one.line > 1
    assert one.page
    assert one.page.origin == "content/stories/2025/05/one.md"


def test_a_file_that_should_be_gone_and_one_that_is_not_there_are_named(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    made = workshop(story("one", "2025-05-07"), story("two", "2025-05-08"))
    made.build()
    (made.root / "content/stories/2025/05/two.md").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(Output, "sweep", lambda *_: (0, []))
        patch.setattr(Output, "write", lambda *_: (0, 0))
        made.write(story("three", "2025-05-09"))
        differences = tuple(proving._differences(*_two(made)))
    kinds = {one.path: one.kind for one in differences}
    assert kinds["2025/05/08/two/index.html"] == "left over"
    assert kinds["2025/05/09/three/index.html"] == "missing"


def _two(made: Workshop):
    """The output as it is and one that a clean build makes, with what the two builds told."""
    built = made.build()
    other = Workshop(made.root.with_name("other"))
    shutil.copytree(made.root / "content", other.root / "content")
    shutil.copy(made.root / "pyproject.toml", other.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Output, "sweep", SWEEP)
        patch.setattr(Output, "write", WRITES)
        clean = other.build()
    return made.site.output, other.site.output, {page.path: page for page in built.plan}.get, clean


SWEEP, WRITES = Output.sweep, Output.write


def test_the_command_says_that_it_is_proven_and_fails_where_it_is_not(
    workshop: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    made = workshop(story("one", "2025-05-07"), story("two", "2025-05-08"), settings="share_cards = 0\n")
    command = ["--site", str(made.root), "build", "--prove", "--now", "2025-06-01"]
    with pytest.raises(SystemExit) as right:
        main(command)
    assert right.value.code == 0
    assert "is the same byte for byte" in capsys.readouterr().out
    own = pages.Packer.pack
    monkeypatch.setattr(pages.Packer, "pack", lambda self, page: own(self, page)._replace(digest=page.path.encode()))
    made.build()
    made.write(story("one", "2025-05-07", title="Another"))
    with pytest.raises(SystemExit) as wrong:
        main(command)
    assert wrong.value.code == 1
    said = capsys.readouterr().err
    assert "2025/05/07/one/index.html: differs from line" in said
    assert "made by story.html from content/stories/2025/05/one.md" in said
    assert "its inputs are the same in both builds" in said
