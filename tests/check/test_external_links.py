"""Links to other sites: asked politely, one at a time a host, and not again for days."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broadsheet.check import links
from broadsheet.check.links import AGAIN, DAY, FRESH, Asking, LinkVisit
from broadsheet.check.origins import LinkResolver, Origins
from broadsheet.check.page_facts import gather
from broadsheet.errors import Problem
from broadsheet.http import HttpResponse
from broadsheet.render.theme.layers import layers
from tests.check.conftest import Checking
from tests.conftest import Workshop, story
from tests.local_server import LocalServer, QuietHandler

Make = Callable[..., Workshop]
STORY = "content/stories/2025/05/port.md"


class Server(LocalServer):
    """A web server that answers as its paths say, and keeps what it was asked, and when."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []
        self.at_once = self.most = 0
        outer, lock = self, threading.Lock()

        class Handler(QuietHandler):
            def _answer(self) -> None:
                with lock:
                    outer.asked.append((self.command, self.path, time.monotonic()))
                    outer.at_once += 1
                    outer.most = max(outer.most, outer.at_once)
                name = self.path.strip("/")
                status = 405 if name == "get-only" and self.command == "HEAD" else 200
                status = int(name) if name.isdigit() else status
                location = {
                    "moved": "/there", "loop": "/loop", "private": "http://10.0.0.1/", "file": "file:///x",
                    "signed": "/there?X-Amz-Signature=swordfish",
                }.get(name)  # fmt: skip
                self.send_response(301 if location else status)
                if location:
                    self.send_header("Location", location)
                if name == "429":
                    self.send_header("Retry-After", "86400")
                self.send_header("Content-Length", "0")
                with lock:  # before whoever asked can know, and ask again
                    outer.at_once -= 1
                self.end_headers()

            do_GET = do_HEAD = _answer  # noqa: N815, the names that http.server looks for

        super().__init__(Handler)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def asked(made: Workshop, asking: Asking) -> tuple[int, list[Problem]]:
    built = made.build()
    ground = LinkResolver(made.site.settings.url)
    found = gather(made.site, built.plan, ground, 1, lambda *_: None)
    origins = Origins(made.site, ground, layers(made.site))
    return links.external(made.site, built.plan, found, origins, lambda *_: None, asking)


def here(**more: Any) -> Asking:
    """Asks this machine's own server, without a pause."""
    return Asking(**{"admit": lambda address: address == "127.0.0.1", "pause": 0.0, **more})


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("200", "", ""),
        ("get-only", "", ""),
        ("404", "link-gone", "no longer exists: 404"),
        ("410", "link-gone", "no longer exists: 410"),
        ("403", "link-refused", "answers 403"),
        ("500", "link-refused", "answers 500"),
        ("429", "link-refused", "answers 429"),
        ("moved", "link-moved", "has moved permanently to"),
        ("loop", "link-unanswered", "more than 5 redirects"),
        ("private", "link-unanswered", "leads to a private address"),
        ("file", "link-unanswered", "only http and https addresses are fetched"),
    ],
)
def test_what_a_server_answers_is_told_where_the_link_stands(
    workshop: Make, server: Server, path: str, code: str, words: str
):
    made = workshop(story("port", "2025-05-08", body=f"One.\n\n[x]({server.url}{path})"))
    count, told = asked(made, here())
    assert count == 1
    assert [(problem.code, str(problem.place)) for problem in told] == ([(code, f"{STORY}:9")] if code else [])
    assert all(words in problem.message for problem in told)


def test_head_is_tried_first_and_get_only_where_it_fails(workshop: Make, server: Server):
    made = workshop(story("port", "2025-05-08", body=f"[a]({server.url}ok) [b]({server.url}get-only)"))
    asked(made, here())
    assert {(method, path) for method, path, _ in server.asked} == {
        ("HEAD", "/ok"), ("HEAD", "/get-only"), ("GET", "/get-only"),
    }  # fmt: skip


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause(
    workshop: Make, server: Server, monkeypatch: pytest.MonkeyPatch
):
    pauses: list[float | None] = []

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            return False

    made = workshop(story("port", "2025-05-08", body=" ".join(f"[x]({server.url}{n}x)" for n in range(4))))
    monkeypatch.setattr(links, "Event", Event)
    asked(made, here(pause=60.0))
    assert [pause for pause in pauses if pause] == [60.0] * 3
    assert (len(server.asked), server.most) == (4, 1)


def test_nobody_is_asked_twice_for_days_and_sooner_where_it_failed(workshop: Make, server: Server):
    made = workshop(story("port", "2025-05-08", body=f"[a]({server.url}200) [b]({server.url}404)"))
    now = 1_750_000_000.0
    assert asked(made, here(clock=lambda: now))[0] == 2
    count, told = asked(made, here(clock=lambda: now + AGAIN - 1))
    assert (count, [problem.code for problem in told]) == (0, ["link-gone"])
    assert asked(made, here(clock=lambda: now + AGAIN + 1))[0] == 1
    assert asked(made, here(clock=lambda: now + FRESH + DAY))[0] == 2
    assert asked(made, here(clock=lambda: now))[0] == 2  # a clock that was set back


def test_a_host_that_is_too_busy_is_asked_for_nothing_more_until_it_says(workshop: Make, server: Server):
    links = "\n\n".join(f"[{name}]({server.url}{name})" for name in ("200", "429", "404", "410"))
    made = workshop(story("port", "2025-05-08", body=links))
    now = 1_750_000_000.0
    count, told = asked(made, here(clock=lambda: now))
    assert [(method, path) for method, path, _ in server.asked] == [("HEAD", "/200"), ("HEAD", "/404"), ("GET", "/404"),
        ("HEAD", "/410"), ("GET", "/410"), ("HEAD", "/429")]  # fmt: skip
    assert count == 4
    made = workshop(story("port", "2025-05-08", body=f"{links}\n\n[new]({server.url}new)"))
    count, told = asked(made, here(clock=lambda: now + AGAIN + 1))
    assert (count, len(server.asked)) == (0, 6)
    assert {problem.message.partition(" ")[2] for problem in told if problem.code == "link-refused"} == {
        "answers 429", "was not checked: its server is too busy",
    }  # fmt: skip
    assert asked(made, here(clock=lambda: now + DAY + 1))[0] == 4


def test_what_is_kept_of_an_answer_shows_no_secret(workshop: Make, server: Server):
    made = workshop(story("port", "2025-05-08", body=f"[x]({server.url}signed)"))
    _, (problem,) = asked(made, here())
    assert problem.message.endswith(f"has moved permanently to {server.url}there?X-Amz-Signature=…")
    assert b"swordfish" not in (made.root / ".broadsheet/abroad.msgpack").read_bytes()


def test_one_address_is_asked_once_and_told_at_every_line(workshop: Make, server: Server):
    link = f"[a]({server.url}404#part)\n\n[b]({server.url}404)"
    made = workshop(story("port", "2025-05-08", body=link), story("pier", "2025-05-07", body=link))
    count, told = asked(made, here())
    assert count == 1
    assert sorted(str(problem.place) for problem in told) == [
        f"content/stories/2025/05/{name}.md:{line}" for name in ("pier", "port") for line in (7, 9)
    ]


def test_what_was_kept_and_is_broken_is_asked_again(workshop: Make, server: Server):
    made = workshop(story("port", "2025-05-08", body=f"[a]({server.url}200)"))
    asked(made, here())
    (made.root / ".broadsheet/abroad.msgpack").write_bytes(b"\x93")
    assert asked(made, here())[0] == 1


def test_nobody_is_asked_unless_an_editor_wants_it(checking: Callable[..., Checking], server: Server):
    made = checking(story("port", "2025-05-08", body=f"[a]({server.url}404)"))
    assert made.told() == {}
    assert server.asked == []


def test_a_source_that_is_gone_is_told_at_its_line(workshop: Make, server: Server):
    made = workshop(story("port", "2025-05-08", section="World", source=f"{{name: W, url: '{server.url}404'}}"))
    _, (problem,) = asked(made, here())
    assert str(problem.place) == f"{STORY}:6"


@pytest.mark.parametrize(("status", "age", "fresh"), [(200, 6 * DAY, True), (200, 8 * DAY, False), (404, DAY, False)])
def test_an_answer_is_fresh_for_a_while(status: int, age: float, fresh):
    assert LinkVisit(0.0, HttpResponse(status, "x")).fresh(age) is fresh
