"""Work on other machines gives what work in one process gives, byte for byte, whoever dies of it or answers wrongly."""

import functools
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from broadsheet import cluster, ingest, pipeline
from broadsheet.cli import program
from broadsheet.cluster import RemoteWorkers, Task
from broadsheet.commands import Call
from broadsheet.errors import BroadsheetError, Report
from broadsheet.ingest.sources import conversion
from broadsheet.model import Page
from broadsheet.pipeline import reading
from broadsheet.render import render
from broadsheet.workers import Workers, named, spread
from tests.conftest import NOW, Workshop, story

SAMPLES = Path(__file__).parents[1] / "samples"
SETTINGS = """\
    -- pyproject.toml --
    [tool.broadsheet]
    title = "The Quay"
    url = "https://quay.example/news/"
    languages = ["en", "de"]
    sections = ["World", "Science"]
    offline = true
    taxonomies = { place = "Places" }
    topic_aliases = { "Wrecks" = "Shipwrecks" }
    words = { "briefs" = "In short" }
    search = %s
    sources = { wire = "https://user:secret@wire.example/feed" }
    [tool.broadsheet.targets.live]
    kind = "folder"
    path = "../live"
    -- themes/broadsheet/templates/story.html --
    {%% extends "story.html" %%}
    {%% block head %%}{{ super() }}<link rel="stylesheet" href="{{ asset("own.css") }}">{%% endblock %%}
    -- themes/broadsheet/static/own.css --
    body { color: #123 }
    -- content/pages/about.md --
    ---
    title: "About"
    aliases: [/colophon/]
    ---
    We print what "came in" today.
    -- content/editions/2025-05-01.md --
    ---
    title: "The first of May"
    ---
    A **note** on the edition.
    -- content/numbers.csv --
    year,ships
    2022,3
    2023,5
    """


def site(workshop: Workshop, *, stories: int = 40, search: bool = False) -> None:
    """A site that has something of nearly everything that a page can show."""
    workshop.write(SETTINGS % str(search).lower())
    (workshop.root / "content/pictures").mkdir(parents=True, exist_ok=True)
    Image.effect_noise((900, 600), 60).save(workshop.root / "content/pictures/hull.png")
    for number in range(stories):
        day = f"2025-05-{1 + number % 7:02}"
        more = {"topics": f"[Wrecks, Topic {number % 5}]", "section": ("World", "Science")[number % 2]}
        if number % 6 == 0:
            more["image"] = '{src: pictures/hull.png, alt: "The hull"}'
        if number == 3:
            more["retracted"] = '{date: 2025-05-08, text: "The ship was another."}'
        if number % 9 == 4:
            more |= {"lang": "de", "place": "[Kiel]"}
        body = f'Divers "found" wreck {number} off the coast.\n\n## What they saw\n\nThe Vasa sank in 1628.[^1]\n\n[^1]: So.'
        workshop.write(story(f"wreck-{number}", day, title=f"Wreck {number} 'found'", body=body, **more))


def sending(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Sends however little there is to do; gives the paths of pages with a template that are drawn here all the same."""
    monkeypatch.setattr(reading, "FEW", 1)
    monkeypatch.setattr(reading, "SLICE", 8)
    monkeypatch.setattr(render, "ALONE", 1)
    monkeypatch.setattr(render, "SLICE", 8)
    monkeypatch.setattr(conversion, "_FEW", 1)
    here = set[str]()
    drawn = render.Renderer.render

    def noted(self: render.Renderer, page: Page) -> bytes:
        if page.template:
            here.add(page.path)
        return drawn(self, page)

    monkeypatch.setattr(render.Renderer, "render", noted)
    return here


@pytest.fixture
def everything_travels(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    return sending(monkeypatch)


def pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


@pytest.fixture(scope="module", autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Beside a thread no process is forked, so that one left here would change what other tests see."""
    before = threading.active_count()
    yield
    until = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.05)
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def spawned() -> Iterator[Workers]:
    workers = named(0, pool)
    assert isinstance(workers, RemoteWorkers)
    yield workers
    workers.close()


def built(workshop: Workshop, workers: Workers, tell: Callable[[str, int, int], None] = pipeline.silent) -> Report:
    report = Report()
    pipeline.update(workshop.site, pipeline.Options(NOW, workers=workers), report, tell)
    return report


def copied(workshop: Workshop, name: str) -> Workshop:
    shutil.copytree(workshop.root, workshop.root.parent / name, ignore=shutil.ignore_patterns("output", ".broadsheet"))
    return Workshop(workshop.root.parent / name)


def test_a_pool_by_spawn_builds_the_same_bytes_as_one_process(
    workshop: Callable[..., Workshop], spawned: Workers, everything_travels: set[str]
):
    one = workshop()
    site(one, search=True)
    other = copied(one, "other")
    said = list(built(one, 1))
    drawn_by_one = len(everything_travels)
    everything_travels.clear()
    assert list(built(other, spawned)) == said
    assert other.output() == one.output()
    assert drawn_by_one > 100
    assert not everything_travels, "pages were drawn here"
    assert b"static/own." in b"".join(one.output().values()), "the theme's own template is not in use"


def test_a_second_build_on_the_same_workers_prints_what_was_edited_since(
    workshop: Callable[..., Workshop], spawned: Workers, everything_travels: set[str]
):
    one = workshop()
    site(one, stories=20)
    other = copied(one, "other")
    built(other, spawned)
    for made in (one, other):
        file = made.root / "content/stories/2025/05/wreck-1.md"
        file.write_text(file.read_text().replace("Divers", "Two divers").replace("Wreck 1", "A wreck"))
    built(one, 1)
    everything_travels.clear()
    built(other, spawned)
    assert other.output() == one.output()
    assert b"Two divers" in b"".join(other.output().values())
    assert not everything_travels


def test_a_page_that_cannot_be_drawn_is_reported_as_by_one_process(
    workshop: Callable[..., Workshop], spawned: Workers, everything_travels: set[str]
):
    one = workshop()
    site(one, stories=12)
    one.write("-- themes/broadsheet/templates/prose.html --\n{{ asset('no.css') }}\n")
    other = copied(one, "other")
    said = list(built(one, 1))
    assert any(problem.severity == "error" for problem in said)
    assert list(built(other, spawned)) == said
    assert other.output() == one.output()


def test_pages_of_a_site_with_filters_of_its_own_are_drawn_by_this_machine(
    workshop: Callable[..., Workshop], spawned: Workers, everything_travels: set[str]
):
    made = workshop()
    site(made, stories=9)
    made.write("-- themes/broadsheet/templates/prose.html --\n{{ prose.title | shout }}\n")
    options = pipeline.Options(NOW, filters={"shout": str.upper}, workers=spawned)
    pipeline.update(made.site, options, Report())
    assert made.page("about/index.html") == "ABOUT"
    assert everything_travels


def ingested(workshop: Workshop, workers: Workers, folder: Path) -> dict[str, bytes]:
    outcome = ingest.run(workshop.site, [folder], ingest.Options(NOW, workers=workers))
    stories = workshop.root / "content"
    files = {one.relative_to(stories).as_posix(): one.read_bytes() for one in stories.rglob("*") if one.is_file()}
    return files | {"outcome": repr(outcome).encode()}


def test_a_pool_by_spawn_ingests_the_same_bytes_as_one_process(
    workshop: Callable[..., Workshop],
    spawned: Workers,
    everything_travels: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    raw = tmp_path / "raw"
    shutil.copytree(SAMPLES, raw)
    (raw / "empty.txt").write_bytes(b"")
    text = "Vasa raised\n\n24 April 1961\n\nThe warship came up at noon.\n\n![The hull](vasa.png)\n"
    (raw / "vasa.md").write_text(f"# {text}")
    Image.new("RGB", (20, 20)).save(raw / "vasa.png")
    here = list[str]()
    convert = conversion.convert

    def noted(source: Any, settings: conversion.ConversionSettings) -> conversion.Converted:
        here.append(source.name)
        return convert(source, settings)

    monkeypatch.setattr(conversion, "convert", noted)
    one = workshop()
    site(one, stories=1)
    other = copied(one, "other")
    found = ingested(other, spawned, raw)
    assert here == ["raw/vasa.md"]  # its picture lies on this machine only
    assert found == ingested(one, 1, raw)
    assert any(name.startswith("pictures/vasa") for name in ingested(other, spawned, raw))
    assert ingested(other, spawned, raw) == ingested(one, 1, raw)  # nothing of it is new any more
    assert len(list(one.site.stories.rglob("*.md"))) > 5


def test_the_work_of_a_process_that_is_killed_in_mid_print_is_done_again(
    workshop: Callable[..., Workshop], everything_travels: set[str]
):
    pools = list[ProcessPoolExecutor]()

    def opened() -> ProcessPoolExecutor:
        pools.append(pool())
        return pools[-1]

    one = workshop()
    site(one)
    other = copied(one, "other")
    built(one, 1)
    everything_travels.clear()
    workers, killed = RemoteWorkers(opened, "a pool"), threading.Event()

    def tell(what: str, _done: int, _of: int) -> None:
        if what == "printing" and not killed.is_set():
            killed.set()
            os.kill(next(iter(pools[0]._processes)), signal.SIGKILL)

    built(other, workers, tell)
    workers.close()
    assert killed.is_set()
    assert len(pools) == 2
    assert other.output() == one.output()
    assert not everything_travels


def another_version() -> None:
    vars(cluster)["__version__"] = "0.0.1"
    cluster.stamp.cache_clear()


def test_a_worker_with_another_version_is_refused_by_its_name(
    workshop: Callable[..., Workshop], everything_travels: set[str]
):
    made = workshop()
    site(made, stories=3)
    context = multiprocessing.get_context("spawn")
    workers = named(0, functools.partial(ProcessPoolExecutor, 1, context, another_version))
    assert isinstance(workers, RemoteWorkers)
    with pytest.raises(BroadsheetError, match=r"the worker \S+:\d+ is refused: it has broadsheet 0\.0\.1 "):
        built(made, workers)
    workers.close()


class _Counting(ThreadPoolExecutor):
    """Counts what is under way at once, and loses a byte of every page."""

    def __init__(self) -> None:
        super().__init__(2)
        self.under_way = self.most = 0

    def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        future = super().submit(work, *arguments, **named)
        result = future.result

        def once(timeout: float | None = None) -> Any:
            self.under_way -= 1
            return result(timeout)

        future.result = once  # type: ignore[method-assign]
        return future


def test_no_more_is_under_way_than_fits_the_window(monkeypatch: pytest.MonkeyPatch):
    def numbers(some: Sequence[bytes]) -> bytes:
        raise AssertionError(some)

    counting = _Counting()
    monkeypatch.setattr(cluster, "_answer", lambda _maker, _digest, _kit, data: ("done", data[::-1]))
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    task: Task[bytes, bytes] = Task("nobody:asks", b"", lambda some: some[0], lambda _some, answer: answer)
    items = [f"{number:04}".encode() for number in range(500)]
    done = list(spread(numbers, items, slice_size=1, workers=RemoteWorkers(lambda: counting, "counting"), task=task))
    assert done == [one[::-1] for one in items]
    counting.shutdown()
    assert counting.most == 6  # for two workers: twice as many as are at work, and two


def test_threads_of_a_worker_have_processes_of_their_own(
    workshop: Callable[..., Workshop], everything_travels: set[str]
):
    one = workshop()
    site(one, stories=12)
    other = copied(one, "other")
    built(one, 1)
    everything_travels.clear()
    workers = named(0, functools.partial(ThreadPoolExecutor, 2))
    assert isinstance(workers, RemoteWorkers)
    built(other, workers)
    workers.close()
    assert other.output() == one.output()
    assert not everything_travels


WORKERS = """
    import sys
    from distributed import LocalCluster
    if __name__ == "__main__":
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster:
            print(cluster.scheduler_address, flush=True)
            sys.stdin.read()
"""


@pytest.fixture
def local_cluster(tmp_path: Path) -> Iterator[str]:
    """The address of a Dask cluster of two processes, in a folder that has nothing of any site."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "workers.py").write_text(textwrap.dedent(WORKERS))
    with subprocess.Popen(
        [sys.executable, "workers.py"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        yield process.stdout.readline().strip().replace("tcp://", "dask://")
        process.stdin.close()
        process.wait(60)


def build_by_dask(root: Path, address: str) -> tuple[bool, list[str]]:
    """Builds in a process of its own, since Dask leaves threads, and kills a worker as soon as pages are printed.

    Whether one was killed, and the pages with a template that were drawn by this process.
    """
    from distributed import Client

    patch = pytest.MonkeyPatch()
    here = sending(patch)
    with Client(address.replace("dask://", "tcp://"), set_as_default=False) as client:
        workers, processes = named(address), list(client.run(os.getpid).values())

        def tell(what: str, _done: int, _of: int) -> None:
            if what == "printing" and len(processes) == 2:
                os.kill(processes.pop(), signal.SIGKILL)

        built(Workshop(root), workers, tell)
        assert isinstance(workers, RemoteWorkers)
        workers.close()
    return len(processes) == 1, sorted(here)


def test_dask_prints_the_same_bytes_though_a_worker_is_killed_in_mid_print(
    workshop: Callable[..., Workshop], local_cluster: str
):
    one = workshop()
    site(one, search=True)
    other = copied(one, "other")
    built(one, 1)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        killed, here = process.submit(build_by_dask, other.root, local_cluster).result()
    assert killed
    assert other.output() == one.output()
    assert here == []


def test_the_commands_take_the_address_of_a_cluster(workshop: Callable[..., Workshop], local_cluster: str):
    one = workshop()
    site(one, stories=30)
    (one.root / "content/inbox").mkdir()
    for number in range(70):
        text = (
            f"Wreck {number} raised\n\nMay {number % 28 + 1}, 2024\n\nThe ship came up at noon, {number} feet long.\n"
        )
        (one.root / f"content/inbox/{number}.txt").write_text(text)
    other = copied(one, "other")
    for made, workers in ((one, "1"), (other, local_cluster)):
        words = ["--site", str(made.root), "build", "--workers", workers, "--now", "2025-05-09"]
        done = subprocess.run([sys.executable, "-m", "broadsheet", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "70 new" in done.stdout
    assert other.output() == one.output()


@pytest.mark.parametrize("said", ["many", "-1", "dask://", "tcp://host:8786", "dask://host"])
def test_workers_that_are_neither_a_number_nor_an_address_are_wrong_usage(workshop: Callable[..., Workshop], said: str):
    made = workshop()
    site(made, stories=1)
    done = CliRunner().invoke(program, ["--site", str(made.root), "build", f"--workers={said}"], obj=Call(made.root))
    assert done.exit_code == 2
    assert "dask://host:8786" in done.output


def test_a_cluster_that_does_not_answer_is_an_error_that_says_how_to_start_one(
    workshop: Callable[..., Workshop], everything_travels: set[str], monkeypatch: pytest.MonkeyPatch
):
    import distributed

    class Silent:
        def __init__(self, *_: object, **__: object) -> None:
            raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", Silent)
    made = workshop()
    site(made, stories=1)
    with pytest.raises(
        BroadsheetError, match=r"no Dask scheduler answers at dask://127\.0\.0\.1:1(?s:.*)dask scheduler"
    ):
        built(made, named("dask://127.0.0.1:1"))


def test_without_dask_the_message_is_the_command_that_installs_it(
    workshop: Callable[..., Workshop], everything_travels: set[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "distributed", None)
    made = workshop()
    site(made, stories=1)
    with pytest.raises(BroadsheetError, match=r"pip install 'broadsheet\[cluster\]'"):
        built(made, named("dask://127.0.0.1:1"))


def no_cluster() -> None:
    raise ConnectionError("no cluster today")


@pytest.mark.parametrize(
    ("executor", "said"),
    [
        (lambda: None, "EXECUTOR gives None, which is no executor"),
        (7, "EXECUTOR gives 7, which is no executor"),
        (no_cluster, "EXECUTOR failed: ConnectionError: no cluster today"),
    ],
)
def test_an_executor_that_is_none_is_an_error_and_no_traceback(
    workshop: Callable[..., Workshop], everything_travels: set[str], executor: object, said: str
):
    made = workshop()
    site(made, stories=1)
    with pytest.raises(BroadsheetError, match=said):
        built(made, named(0, executor))


def test_an_executor_that_was_shut_down_is_an_error_and_no_traceback(
    workshop: Callable[..., Workshop], everything_travels: set[str]
):
    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    made = workshop()
    site(made, stories=1)
    with pytest.raises(BroadsheetError, match=r"EXECUTOR in build\.py takes no work: RuntimeError: cannot schedule"):
        built(made, named(0, ended))


def test_an_executor_that_fails_is_reported_with_its_line(tmp_path: Path):
    door = tmp_path / "build.py"
    door.write_text("def workers():\n    import nothing_of_this_name\n")
    names: dict[str, Any] = {}
    exec(compile(door.read_text(), door, "exec"), names)
    with pytest.raises(BroadsheetError, match=r"build\.py:2: error: EXECUTOR failed: ModuleNotFoundError"):
        _ = RemoteWorkers(functools.partial(cluster.own, names["workers"]), "EXECUTOR").executor


def test_neither_targets_nor_addresses_of_sources_are_sent(
    workshop: Callable[..., Workshop], everything_travels: set[str], monkeypatch: pytest.MonkeyPatch
):
    kits = list[bytes]()
    send = cluster._Errand.__init__

    def noted(self: Any, owner: RemoteWorkers, maker: str, kit: bytes) -> None:
        kits.append(kit)
        send(self, owner, maker, kit)

    monkeypatch.setattr(cluster._Errand, "__init__", noted)
    made = workshop()
    site(made, stories=10)
    workers = named(0, functools.partial(ThreadPoolExecutor, 1))
    assert isinstance(workers, RemoteWorkers)
    built(made, workers)
    workers.close()
    assert len(kits) >= 2
    assert not any(b"secret" in kit or b"../live" in kit for kit in kits)
