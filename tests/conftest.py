"""A tiny site in one string, built where a test may do what it likes."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import os
import re
import shutil
import signal
import textwrap
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from broadsheet.cache import lock
from broadsheet.config import Site, open_site
from broadsheet.errors import Problem, Report
from broadsheet.pipeline import Built, Options, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOW = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
SETTINGS = '[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/"\n'
TO_A_FOLDER = """
search = false
share_cards = 0
threads = false
[tool.broadsheet.targets.live]
kind = "folder"
path = "../www"
"""

hypothesis.settings.register_profile("untimed", deadline=None)  # what takes long on a busy machine is not wrong
hypothesis.settings.register_profile("fast", deadline=None, max_examples=15)
hypothesis.settings.load_profile("untimed")

# Fixtures that start a server or a browser.
SERVERS = frozenset(
    {"bare", "bucket", "chromium", "preview", "proxied", "remote", "s3_server", "server", "serving", "ssh_options"}
    | {"tab", "trusted", "web"}
)
LEFT_OUT = ("browser", "server", "slow")  # the marks of tests that --fast does without

_FILE = re.compile(r"^-- (.+) --\n", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register --fast. The marks that it leaves out are explained in pyproject.toml."""
    parser.addoption("--fast", action="store_true", help="leave out the tests that take long, or start programs")


def pytest_configure(config: pytest.Config) -> None:
    """With --fast, properties are tried on a few examples."""
    # A shell starts what it runs in the background with Ctrl-C ignored, and every program of a test would inherit that.
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--fast"):
        hypothesis.settings.load_profile("fast")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that start programs, and leave out with --fast what that does without."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if not SERVERS.isdisjoint(names) or any(map(_starts_programs, _functions(item))):
            item.add_marker("server")
    if config.getoption("--fast"):
        left_out = [item for item in items if any(map(item.get_closest_marker, LEFT_OUT))]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not any(map(item.get_closest_marker, LEFT_OUT))]


def examples(many: int) -> int:
    """How many examples a property is tried on that needs ``many``, in place of the default; fewer with --fast."""
    return max(5, many * hypothesis.settings().max_examples // 100)


def _functions(item: pytest.Item) -> Iterator[Any]:
    """The function of a test, and those of the fixtures that it asks for."""
    yield getattr(item, "function", None)
    known = getattr(item, "_fixtureinfo", None)
    for fixtures in known.name2fixturedefs.values() if known else ():
        yield fixtures[-1].func


def _starts_programs(function: Any, seen: set[Any] | None = None) -> bool:
    """Whether a function of the tests uses subprocess, itself or by way of others in the tests."""
    seen = set() if seen is None else seen
    function = inspect.unwrap(function) if callable(function) else function
    function = vars(function).get("__init__") if isinstance(function, type) else function
    if not isinstance(function, types.FunctionType) or function in seen or not function.__module__.startswith("tests"):
        return False
    seen.add(function)
    names = _names(function.__code__)
    return "subprocess" in names or any(_starts_programs(function.__globals__.get(name), seen) for name in names)


def _names(code: types.CodeType) -> set[str]:
    """The global names of a function's code, and of the functions within it."""
    inner = (part for part in code.co_consts if isinstance(part, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))


class Workshop:
    """A site on disk, with what a test does to it: write, build, look at what was built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.report = Report()

    def write(self, files: str) -> None:
        """Write files given in one string, each after a line "-- path --"."""
        _, *parts = _FILE.split(textwrap.dedent(files))
        for path, text in zip(parts[::2], parts[1::2], strict=True):
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())

    @property
    def site(self) -> Site:
        return open_site(self.root)

    def build(self, *, now: dt.datetime = NOW, preview: bool = False) -> Built:
        """Build the site; its problems are in ``report``."""
        self.report = Report()
        return build(self.site, Options(now, preview=preview), self.report)

    def problems(self, severity: str = "") -> list[Problem]:
        return [problem for problem in self.report if severity in ("", problem.severity)]

    def page(self, path: str) -> str:
        """The text of a built page."""
        return (self.root / "output" / path).read_text("utf-8")

    def output(self) -> dict[str, bytes]:
        """Every file of the built site, by path."""
        folder = self.root / "output"
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def story(name: str, day: str, *, title: str = "", body: str = "A body.", **keys: str) -> str:
    """A story file for ``Workshop.write``; ``keys`` are further lines of front matter, as YAML."""
    more = "".join(f"{key}: {value}\n" for key, value in keys.items())
    front = f'---\nid: {keys.get("id", name)}\ntitle: "{title or name.title()}"\ndate: {day}\n'
    front = front if "id" not in keys else front.replace(f"id: {keys['id']}\n", "", 1)
    return f"-- content/stories/{day[:4]}/{day[5:7]}/{name}.md --\n{front}{more}---\n\n{body}\n"


@contextlib.contextmanager
def at_work(root: Path, command: str) -> Iterator[None]:
    """Another program at work on a site, as far as this one can tell: the lock is held by another thread."""
    taken, over = threading.Event(), threading.Event()

    def work() -> None:
        with lock.held(root, command):
            taken.set()
            over.wait()

    thread = threading.Thread(target=work)
    thread.start()
    assert taken.wait(20)
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, driven without a screen."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def workshop(tmp_path: Path) -> Callable[..., Workshop]:
    """Makes a site from files in one string; settings are the smallest unless given."""

    def make(*files: str, settings: str = "") -> Workshop:
        made = Workshop(tmp_path / "site")
        made.write(f"-- pyproject.toml --\n{SETTINGS}{textwrap.dedent(settings)}")
        for text in files:
            made.write(text)
        return made

    return make
