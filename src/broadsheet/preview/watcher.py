"""Watching: a save in an editor → one call, with the files that changed, and word to the browsers.

In: the folders that matter. Out: batches of paths. livereload's own watcher polls every 0.8 s and drops what is saved
within three seconds of the last reload; this one is driven by the system's events, through watchfiles.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from livereload.watcher import Watcher as Livereload
from tornado.ioloop import IOLoop
from watchfiles._rust_notify import RustNotify  # documented as the backend's direct use

from broadsheet.content.listing import HOSTS, WELL_KNOWN

QUIET = 15  # milliseconds without a change after which a save is taken to be whole
LONGEST = 50  # milliseconds after which a batch is handed on, however much is still being saved
JOINED = 1  # seconds in which a listener ends, which looks every few milliseconds whether it is to
POLL = 300  # milliseconds between two looks where the system tells of no changes
AT_ONCE = "__livereload__"  # livereload's own word for a change that its three seconds do not hold back

_SHOWN = "|".join(map(re.escape, (WELL_KNOWN, *HOSTS)))  # hidden files that are published all the same
_SCRATCH = re.compile(  # what editors put beside a file
    rf"(?!(?:{_SHOWN})$)[.#].*|.*~|.*\.(?:sw[a-z]|tmp|bak)|4913|__pycache__"
)


class WatchScope(msgspec.Struct, frozen=True):
    """What is watched: ``folders`` with all below them, and of ``root`` only the entries called ``names``.

    What lies below one of ``apart`` is left out.
    """

    root: Path
    names: frozenset[str]
    folders: tuple[Path, ...]
    apart: tuple[Path, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a change at ``path`` matters."""
        file = Path(path)
        if file.parent == self.root and file.name in self.names:
            return True
        if any(file.is_relative_to(folder) for folder in self.apart):
            return False
        inside = (file.relative_to(folder) for folder in self.folders if file.is_relative_to(folder))
        return any(not any(map(_SCRATCH.fullmatch, way.parts)) for way in inside)

    def identity(self) -> frozenset[tuple[Path, int]]:
        """The folders that are there, each with its number: another one of the same name must be watched anew."""
        found = set()
        for folder in (self.root, *self.folders):
            with contextlib.suppress(OSError):
                found.add((folder, folder.stat().st_ino))
        return frozenset(found)


Work = Callable[[frozenset[str], Callable[[], bool]], Awaitable[str]]  # what changed; whether more did since


class Watcher(Livereload):  # type: ignore[misc]  # livereload has no types
    """Calls ``work`` with each batch of changed files, and with none at first; what it returns goes to the browsers.

    ``work`` gives the path that livereload's script is told ("*": the page), or nothing where no browser need know.
    ``scope`` is asked after every batch, since settings name the folders.
    """

    def __init__(self, scope: Callable[[], WatchScope], work: Work) -> None:
        super().__init__()
        self._scope = scope
        self._work = work
        self._pending: set[str] = set()
        self._woken = asyncio.Event()
        self._callback: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    def start(self, callback: Callable[[], None]) -> bool:
        """Begin as soon as the loop runs; True tells livereload that it need not poll."""
        IOLoop.current().add_callback(self._begin, callback)
        return True

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def say(self, told: str) -> None:
        """Tell browsers to load a path anew."""
        self.filepath = told
        self._changes[:] = [(AT_ONCE, None)]
        self._callback()

    def _begin(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(FileNotFoundError):  # a folder went between two looks: look again
                await self._watch(self._scope())

    async def _watch(self, scope: WatchScope) -> None:
        """Follow one ground until it is another."""
        watched = scope.identity()
        with _listening(scope, [folder for folder, _ in watched], self._hear):
            self._woken.set()  # what was saved before anybody listened; and at first all is new
            while (self._scope(), scope.identity()) == (scope, watched):
                await self._woken.wait()
                self._woken.clear()
                batch, self._pending = frozenset(self._pending), set()
                if told := await self._work(batch, lambda: bool(self._pending)):
                    self.say(told)

    def _hear(self, paths: Iterable[str]) -> None:
        self._pending.update(paths)
        self._woken.set()


@contextlib.contextmanager
def _listening(scope: WatchScope, folders: list[Path], hear: Callable[[Iterable[str]], None]) -> Iterator[None]:
    """Calls ``hear`` in the running loop for what changes on a ground, from the first moment inside the context."""
    loop, stop = asyncio.get_running_loop(), threading.Event()

    def listen(ear: RustNotify) -> None:
        while isinstance(changes := ear.watch(LONGEST, QUIET, 0, stop), set):
            if paths := [path for _, path in changes if scope.holds(path)]:
                with contextlib.suppress(RuntimeError):  # the loop has just been closed
                    loop.call_soon_threadsafe(hear, paths)

    below = [str(folder) for folder in folders if folder != scope.root]
    listeners: list[threading.Thread] = []
    try:
        for paths, deep in (([str(scope.root)], False), (below, True)):
            if paths:
                listeners.append(threading.Thread(target=listen, args=[_ear(paths, deep=deep)], daemon=True))
                listeners[-1].start()
        yield
    finally:
        stop.set()
        for listener in listeners:  # an interpreter that ends beside a thread in foreign code may never come to its end
            listener.join(JOINED)


def _ear(paths: list[str], *, deep: bool) -> RustNotify:
    """What notes changes from now on: told by the system, or looking itself where that has no more watches to give."""
    try:
        return RustNotify(paths, False, False, POLL, deep, True)  # noqa: FBT003, it takes no names
    except (OSError, RuntimeError):
        return RustNotify(paths, False, True, POLL, deep, True)  # noqa: FBT003
