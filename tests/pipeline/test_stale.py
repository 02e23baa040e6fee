"""One input of each kind is changed, and all who are asked which pages are stale give the same answer."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest

from broadsheet import disk, render
from broadsheet.cache.store import Store
from broadsheet.check.explanation import compared
from broadsheet.config import Site
from broadsheet.errors import Report
from broadsheet.model import Page
from broadsheet.pipeline import Options, build, opened, update
from broadsheet.pipeline.plan import PageKeys, WholePlan
from broadsheet.pipeline.reading import read_story
from broadsheet.preview.builder import OnDemandPages
from tests.check.test_proving import png
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

ONE = "2025/05/07/one/index.html"
FILTER = "def shout(text):\n    return text.upper(){}\n"
SITE = (
    story("one", "2025-05-07", section="World", topics="[Rome]", image='{src: pictures/p.png, alt: "A boat"}'),
    story("two", "2025-05-08", section="World", topics="[Rome]", country="Peru", body="Words.\n\nMore of them."),
    story("three", "2025-05-08", section="Science", related="[one]"),
    story("brief", "2025-05-09", section="World", expires="2025-07-01"),
    "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
    "-- content/static/ads.txt --\nfew\n",
    "-- content/editions/2025-05-08.md --\n---\ntitle: A day\n---\n\nA note.\n",
    "-- themes/broadsheet/templates/prose.html --\n<p>{{ prose.title | shout }}</p>\n",
    f"-- filters.py --\n{FILTER.format('')}",
)
SETTINGS = 'search = false\ntopic_minimum = 1\ntaxonomies = {country = "Countries"}\n'


class Asked:
    """A site that was built, and those who know which of its pages are stale."""

    def __init__(self, made: Workshop, drawn: list[str]) -> None:
        self.made = made
        self.now = NOW
        self.before: dict[str, bytes] = {}
        self.on_demand: OnDemandPages | None = None
        self._drawn = drawn

    def options(self, *, preview: bool = False) -> Options:
        spec = importlib.util.spec_from_file_location("filters", self.made.root / "filters.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return Options(self.now, preview=preview, filters={"shout": module.shout}, workers=1)

    def elsewhere(self, name: str) -> Site:
        """The site, built in another place."""
        site = self.made.site
        return Site(site.root, msgspec.structs.replace(site.settings, output=f".{name}/site"), f".{name}/work")

    def built(self) -> set[str]:
        """What a build of the site draws."""
        self._drawn.clear()
        update(self.made.site, self.options(), Report())
        return set(self._drawn)

    def previewed(self) -> set[str]:
        """What a build of the preview draws."""
        self._drawn.clear()
        build(self.elsewhere("preview"), self.options(preview=True), Report(), ready=self._keep)
        return set(self._drawn)

    def _keep(self, plan: WholePlan, theme: render.Theme) -> None:
        self.on_demand = OnDemandPages(self.elsewhere("preview"), plan, theme, {})

    def shown(self, name: str) -> set[str] | None:
        """What the preview shows otherwise before it is built, where the words of this story were edited."""
        on_demand = self.on_demand
        assert on_demand
        file = self.made.root / f"content/stories/2025/05/{name}.md"
        if not on_demand.edit([read_story(self.made.site, file)]):
            return None
        keys = PageKeys(on_demand.plan.common)
        return {path for path, page in on_demand.pages.items() if keys(_page(on_demand, path))[0] != keys(page)[0]}

    def explained(self) -> set[str]:
        """What ``why`` says of every page."""
        with compared(self.made.site, self.options(), Report()) as plans:
            return {path for path in plans.pages if plans.explain(f"output/{path}").changes}

    def proven(self) -> set[str]:
        """What a clean build makes from other inputs than the last one did, and what lies in the output otherwise."""
        last = self.keys(self.made.site)
        build(self.elsewhere("proof"), self.options(), Report())
        clean = self.keys(self.elsewhere("proof"))
        output, other = self.made.site.output, self.elsewhere("proof").output
        return {path for path, key in clean.items() if last.get(path) != key} | {
            path for path in clean if _bytes(output / path) != _bytes(other / path)
        }

    def keys(self, site: Site) -> Mapping[str, bytes]:
        store: Store = opened(site)
        try:
            return {path: drawn.key for path, drawn in store.pages().items()}
        finally:
            store.close(keep=False)


def _page(on_demand: OnDemandPages, path: str) -> Page:
    page = on_demand.page(path)
    assert page
    return page


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


@pytest.fixture
def asked(workshop: Callable[..., Workshop], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Asked:
    drawn: list[str] = []
    own = render.Renderer.render

    def counted(self: render.Renderer, page: Page) -> bytes:
        drawn.append(page.path)
        return own(self, page)

    monkeypatch.setattr(disk, "FINE", 0)  # between a build and an edit here no clock stands still
    monkeypatch.setattr(render.Renderer, "render", counted)
    made = workshop(*SITE, settings=SETTINGS + getattr(request, "param", ""))
    _picture(made, 3)
    asked = Asked(made, drawn)
    assert asked.built() == asked.proven() | set(drawn)
    assert asked.previewed()
    return asked


def _picture(made: Workshop, width: int) -> None:
    file = made.root / "content/pictures/p.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(png(width))


def _story(old: str, new: str, name: str = "two") -> Callable[[Asked], object]:
    def change(asked: Asked) -> None:
        file = asked.made.root / f"content/stories/2025/05/{name}.md"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    return change


def _write(text: str) -> Callable[[Asked], object]:
    return lambda asked: asked.made.write(text)


def _setting(asked: Asked) -> None:
    file = asked.made.root / "pyproject.toml"
    file.write_text(file.read_text() + "per_page = 7\n")


def _word(asked: Asked) -> None:
    file = asked.made.root / "pyproject.toml"
    file.write_text(file.read_text() + '[tool.broadsheet.words]\nminutes = "{minutes} min"\n')


def _robots(asked: Asked) -> None:
    file = asked.made.root / "pyproject.toml"
    file.write_text(file.read_text() + "robots = {ai_training = false, ai_preferences = true}\n")


def _clock(asked: Asked) -> None:
    asked.now += dt.timedelta(days=60)


CLOCK = "the clock, past the end of a story"
CHANGES: dict[str, tuple[Callable[[Asked], object], str, str]] = {
    # what is changed: how, a page that is stale then, a page that is not
    "a story's body": (_story("More of them", "Others"), "2025/05/08/two/index.html", ONE),
    "a story's headline": (_story('"Two"', '"Too"'), "sections/world/index.html", "about/index.html"),
    "a story's section": (_story("World", "Science"), "sections/science/index.html", "about/index.html"),
    "a story's term": (_story("Peru", "Chile"), "countries/chile/index.html", "about/index.html"),
    "a story's date": (_story("2025-05-08", "2025-05-06"), "2025/05/06/two/index.html", "about/index.html"),
    "a page": (_write("-- content/pages/about.md --\n---\ntitle: About\n---\n\nThey.\n"), "about/index.html", ONE),
    "a note on an edition": (
        _write("-- content/editions/2025-05-08.md --\n---\ntitle: The day\n---\n\nA note.\n"),
        "editions/2025-05-08/index.html",
        "about/index.html",
    ),
    "a setting": (_setting, ONE, ""),
    "a template": (_write("-- themes/broadsheet/templates/prose.html --\nWe.\n"), "about/index.html", ONE),
    "a static file": (_write("-- themes/broadsheet/static/style.css --\np{}\n"), ONE, "robots.txt"),
    "a word of a catalogue": (
        _write(
            '-- themes/broadsheet/words/en.po --\nmsgctxt "minutes"\nmsgid "{minutes} min read"\nmsgstr "{minutes} min"\n'
        ),
        ONE,
        "robots.txt",
    ),
    "a word in the settings": (_word, ONE, ""),
    "a file of the site's own": (_write("-- content/static/ads.txt --\nmore\n"), "ads.txt", ONE),
    "what crawlers are asked": (_robots, "robots.txt", ONE),
    "a filter": (_write(f"-- filters.py --\n{FILTER.format(' + str(1)')}"), "about/index.html", ""),
    "a picture": (lambda asked: _picture(asked.made, 5), ONE, "about/index.html"),
    "a new story": (_write(story("new", "2025-05-10", section="World")), "index.html", "about/index.html"),
    "a new translation": (
        _write(story("un", "2025-05-10", lang="fr", translation_of="one")),
        ONE,
        "about/index.html",
    ),
    "a story that is gone": (
        lambda asked: (asked.made.root / "content/stories/2025/05/brief.md").unlink(),
        "sections/world/index.html",
        "about/index.html",
    ),
    CLOCK: (_clock, "index.html", "about/index.html"),
}
EDITS = {"a story's body": "two", "a story's headline": "two", "a story's term": "two"}


@pytest.mark.parametrize("asked", ["threads = false\n", ""], indirect=True, ids=["plain", "threads"])
@pytest.mark.parametrize("what", CHANGES)
def test_whoever_is_asked_what_is_stale_says_the_same(asked: Asked, what: str):
    change, stale, fresh = CHANGES[what]
    change(asked)
    explained, proven = asked.explained(), asked.proven()
    shown = asked.shown(EDITS[what]) if what in EDITS else None
    previewed, built = asked.previewed(), asked.built()
    assert stale in built
    assert fresh not in built
    assert explained == built
    assert proven == built
    cards = {path for path in built if path.startswith("pictures/card-")}  # which a preview draws none of
    if what == CLOCK:
        assert "2025/05/09/brief/index.html" in previewed  # which it shows with a mark
    else:
        assert previewed == built - cards
    assert shown in (None, built - cards)
    assert asked.explained() == asked.proven() == asked.built() == set()


def test_a_file_of_the_output_that_was_changed_is_stale_for_those_who_go_by_the_output(asked: Asked):
    page = asked.made.root / "output" / ONE
    own = page.read_bytes()
    page.write_text("mine")
    assert asked.explained() == asked.proven() == {ONE}
    assert asked.previewed() == set()  # it shows its own
    assert asked.built() == {ONE}
    assert page.read_bytes() == own
