"""What was published stays true: a site is edited and published at random, and nobody outside may notice but by news.

python -m benchmarks.publication_law --steps 300 --seed 1 --outlet folder --outlet host

Each step edits the site as an editor would: a story is added, redated, renamed, retitled, moved to another section,
corrected, deleted, brought back, given another id, changed in silence; an edition is frozen; all that may be deleted is
deleted. Then the site goes out, by ``publish`` to a target or the way of a host that builds for itself, or a release is
brought back. After each of these four people look at what readers have: a subscriber with the library ``reader``, a
crawler that keeps every address it ever saw, an auditor of the numbers of editions, and one of facts.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from click.testing import CliRunner

from benchmarks.publish_kills import s3_server, ssh_server
from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.config import open_site
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, build, silent
from broadsheet.publication import PublishRequest, deployment, publish_site, rollback

FIRST = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
EVERY = 10  # steps between two words of progress
DAYS = 9  # on which stories are dated
SECTIONS = ("World", "Science", "Culture")
WORDS = "amber brisk calm dusty early faint green hushed icy jolly keen late misty narrow old pale quiet rusty".split()
FEEDS = ("feed.xml", "atom.xml", "feed.json", "editions/feed.xml", "editions/atom.xml", "editions/feed.json")
SETTINGS = """
[tool.broadsheet]
title = "Daily"
url = "https://example.net/"
search = false
share_cards = 0
feed_items = 60
topic_minimum = 1
per_page = 5
"""
SIGNS = ("resent", "dead", "numbers", "facts", "stopped", "let through")


@dataclass
class Serial:
    """A story as its editor has it. ``people`` is the fact that it states; ``number`` stands in all of its texts."""

    number: int
    id: str
    day: int
    file: str
    title: str
    section: str
    people: int
    corrections: int = 0
    out: bool = True


class Outlet(Protocol):
    """A way out: ``live`` is what readers have."""

    live: Path

    def send(self, root: Path, moment: dt.datetime, **answers: Any) -> list[str]:
        """Publish the site; the errors that stopped it."""

    def back(self, root: Path, moment: dt.datetime) -> bool:
        """Bring an earlier release back; whether there was one."""


class Target:
    """One of the four targets; ``copy`` brings what readers have there into ``live``."""

    def __init__(self, live: Path, copy: Callable[[Path], None]) -> None:
        self.live, self._copy = live, copy

    def send(self, root: Path, moment: dt.datetime, **answers: Any) -> list[str]:
        """Publish the site; the errors that stopped it."""
        report = Report()
        request = PublishRequest(**answers)
        done = publish_site(open_site(root), Options(moment), request, report, silent, lambda _: None)
        if done.sent:
            self._copy(self.live)
            return []
        return [f"{one}" for one in report if one.severity == "error"]

    def back(self, root: Path, moment: dt.datetime) -> bool:
        """Bring an earlier release back; whether there was one."""
        site, options, report = open_site(root), Options(moment), Report()
        try:
            done = rollback.roll_back(site, options, rollback.RollbackRequest(), report, silent, lambda _: None)
        except BroadsheetError as cause:
            if cause.problem.code in ("no-release", "release-lost"):
                return False
            raise
        self._copy(self.live)
        return done.sent


class Host:
    """A host that builds for itself, each time in a fresh copy of what is committed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.live = folder, folder / "live"

    def send(self, root: Path, moment: dt.datetime, **answers: Any) -> list[str]:
        """Deploy the site; the errors that stopped it."""
        if answers:  # on the editor's machine, whose copy of the record is then committed
            request = deployment.DeploymentRequest(check=True, **answers)
            deployment.release_site(open_site(root), Options(moment), request, Report(), silent, lambda _: None)
        clone = self.folder / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        shutil.copytree(root, clone, ignore=shutil.ignore_patterns(".broadsheet", "output"))
        site, report = open_site(clone), Report()
        request = deployment.DeploymentRequest(check=True)
        deployment.release_site(site, Options(moment), request, report, silent, lambda _: None)
        if report.exit_code():
            return [f"{one}" for one in report if one.severity == "error"]
        build(site, Options(moment), Report())
        shutil.rmtree(self.live, ignore_errors=True)
        shutil.copytree(site.output, self.live)
        deployment.release_site(site, Options(moment), deployment.DeploymentRequest(), Report(), silent, lambda _: None)
        shutil.rmtree(root / "content/published", ignore_errors=True)
        for name in ("published", "editions"):
            if (clone / "content" / name).exists():
                shutil.copytree(clone / "content" / name, root / "content" / name, dirs_exist_ok=True)
        return []

    def back(self, root: Path, moment: dt.datetime) -> bool:  # noqa: ARG002, a host's own affair
        """A host keeps its own deployments."""
        return False


@dataclass
class Walk:
    """A site, the way it goes out, and those who look at it. ``faults`` are what they found, ``done`` what was done."""

    root: Path
    outlet: Outlet
    seed: int
    faults: list[tuple[str, str]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.stories: list[Serial] = []
        self.moment = FIRST
        self.reader = Subscriber(self.outlet)
        self.addresses: set[str] = set()
        self.numbers: dict[str, str] = {}
        self.facts: dict[int, tuple[str, int]] = {}
        self.harmless: set[tuple[int, str]] = set()
        for _ in range(4):
            self.add()

    def step(self) -> None:
        """One to three edits, then the site goes out, or an earlier release is brought back."""
        self.moment += dt.timedelta(hours=1)
        for _ in range(self.random.randint(1, 3)):
            edit = self.random.choice(EDITS)
            edit(self)
            self.done[edit.__name__] += 1
        if self.random.random() < 0.08 and self.outlet.back(self.root, self.moment):
            self.done["rollback"] += 1
            self.look(back=True)
            return
        self.publish()

    def publish(self, **answers: Any) -> None:
        """The site goes out as it is."""
        if said := self.outlet.send(self.root, self.moment, **answers):
            self.faults.append(("stopped", "\n".join(said)))
            return
        self.done["publication"] += 1
        self.look()

    def refused(self, code: str) -> None:
        """What must not go out does not."""
        said = self.outlet.send(self.root, self.moment)
        if not any(f"[{code}]" in line for line in said):
            self.faults.append(("let through", f"{code}: {said}"))

    def look(self, *, back: bool = False) -> None:
        """All four look at what readers have."""
        live = self.outlet.live
        for said in self.reader.news():
            self.faults.append(("resent", said))
        pages = {
            file.relative_to(live).as_posix() for file in live.rglob("*") if file.suffix in (".html", ".xml", ".json")
        }
        here = {path.removesuffix("index.html") for path in pages if "/_" not in f"/{path}"}
        rules = (live / "_redirects").read_text().splitlines() if (live / "_redirects").exists() else []
        led = {rule.split()[0].strip("/") for rule in rules if rule.strip() and not rule.startswith("#")}
        for address in sorted(self.addresses - here):
            if address.strip("/") not in led:
                self.faults.append(("dead", f"/{address}"))
        self.addresses = self.addresses | here
        for item in json.loads((live / "editions/feed.json").read_text())["items"]:
            page = (live / item["url"].removeprefix("https://example.net/") / "index.html").read_text()
            found = re.search(r"No\.\s*(\d+)", page)
            number = found[1] if found else "none"
            if self.numbers.setdefault(item["id"], number) != number:
                self.faults.append(("numbers", f"{item['id']}: {self.numbers[item['id']]} became {number}"))
        for item in json.loads((live / "feed.json").read_text())["items"]:
            text = item["content_html"]
            serial, people = re.search(r"Serial (\d+)\. The ferry carried (\d+) people", text).groups()  # type: ignore[union-attr]  # all have it
            told = text.count("<strong>")
            last = self.facts.get(int(serial))
            silent = last and last[0] != people and told <= last[1] and (int(serial), people) not in self.harmless
            if silent and not back:
                self.faults.append(("facts", f"serial {serial}: {last[0] if last else ''} became {people} in silence"))
            self.facts[int(serial)] = (people, told)

    def file(self, story: Serial) -> Path:
        """The file of a story."""
        return self.root / f"content/stories/{story.file}.md"

    def write(self, story: Serial) -> None:
        """The story's file, as it is to be."""
        lines = "".join(
            f"- date: 2025-06-01T{n % 11:02}:{n:02}:00Z\n  text: Number {n} was wrong.\n"
            for n in range(story.corrections)
        )
        corrections = f"corrections:\n{lines}" if lines else ""
        self.file(story).parent.mkdir(parents=True, exist_ok=True)
        self.file(story).write_text(
            f'---\nid: {story.id}\ntitle: "{story.title}"\ndate: 2025-05-{story.day:02}\nsection: {story.section}\n'
            f"{corrections}---\n\nSerial {story.number}. The ferry carried {story.people} people.\n"
        )

    def any(self) -> Serial | None:
        """One of the stories that are out."""
        out = [story for story in self.stories if story.out]
        return self.random.choice(out) if out else None

    def add(self) -> None:
        """A new story."""
        number = len(self.stories) + 1
        pick = self.random.choice
        day = self.random.randint(1, DAYS)
        title = f"The {pick(WORDS)} ferry, report {number}"
        story = Serial(
            number, f"id-{number}", day, f"s{number}", title, pick(SECTIONS), 100 + self.random.randrange(800)
        )
        self.stories.append(story)
        self.write(story)


def add(walk: Walk) -> None:
    walk.add()


def redate(walk: Walk) -> None:
    if story := walk.any():
        story.day = walk.random.randint(1, DAYS)
        walk.write(story)


def retitle(walk: Walk) -> None:
    if story := walk.any():
        story.title = f"The {walk.random.choice(WORDS)} ferry, report {story.number}"
        walk.write(story)


def rename(walk: Walk) -> None:
    if story := walk.any():
        walk.file(story).unlink()
        story.file = f"s{story.number}-{walk.random.choice(WORDS)}"
        walk.write(story)


def move(walk: Walk) -> None:
    if story := walk.any():
        story.section = walk.random.choice(SECTIONS)
        walk.write(story)


def correct(walk: Walk) -> None:
    if story := walk.any():
        story.people += 1
        story.corrections += 1
        walk.write(story)


def delete(walk: Walk) -> None:
    if (story := walk.any()) and sum(one.out for one in walk.stories) > 3:
        walk.file(story).unlink()
        story.out = False


def bring_back(walk: Walk) -> None:
    gone = [story for story in walk.stories if not story.out]
    if gone:
        story = walk.random.choice(gone)
        story.out = True
        walk.write(story)


def change_in_silence(walk: Walk) -> None:
    """A fact changes without a word: it is stopped, then answered."""
    story = walk.any()
    if story is None or walk.facts.get(story.number) != (str(story.people), story.corrections):
        return  # it is not out as it is, so there is something to be told anyway
    story.people += 1
    walk.write(story)
    walk.refused("fact-changed")
    answer = walk.random.choice(("back", "corrected", "no fact"))
    if answer == "back":
        story.people -= 1
        walk.write(story)
    elif answer == "corrected":
        story.corrections += 1
        walk.write(story)
    else:
        walk.harmless.add((story.number, str(story.people)))
        walk.publish(no_facts=(story.id,))


def change_id(walk: Walk) -> None:
    """A story that subscribers have gets another id: it is stopped, then put right."""
    story = walk.any()
    if story is None or story.number not in walk.facts:
        return
    right, story.id = story.id, f"{story.id}-x"
    walk.write(story)
    walk.refused("sent-again")
    story.id = right
    walk.write(story)


def freeze(walk: Walk) -> None:
    """An edition is frozen."""
    words = ["edition", "freeze", "--now", f"{walk.moment:%Y-%m-%dT%H:%M:%S}"]
    CliRunner().invoke(program, ["--site", str(walk.root), *words], obj=Call(walk.root))


def lose(walk: Walk) -> None:
    """All that may be deleted is deleted, as in a fresh copy of what is in version control."""
    for name in (".broadsheet", "output"):
        shutil.rmtree(walk.root / name, ignore_errors=True)


EDITS: tuple[Callable[[Walk], None], ...] = (
    add, add, redate, redate, redate, retitle, rename, rename, move, correct, correct, delete, bring_back,
    change_in_silence, change_id, freeze, lose,
)  # fmt: skip


class Subscriber:
    """Somebody who takes the site's feeds in the library ``reader``."""

    def __init__(self, outlet: Outlet) -> None:
        import reader

        self.outlet = outlet
        self.program = reader.make_reader(":memory:", feed_root="")
        self.known: dict[tuple[str, str], str] = {}
        self.there: dict[str, dict[str, str]] = {}

    def news(self) -> Iterator[str]:
        """What arrives as new though it was there already."""
        for form in FEEDS:
            feed = str(self.outlet.live / form)
            with contextlib.suppress(Exception):
                self.program.add_feed(feed)
            self.program.update_feed(feed)
            there = {}
            for entry in self.program.get_entries(feed=feed):
                text = " ".join([one.value for one in entry.content] or [entry.summary or ""])
                serial = re.search(r"Serial (\d+)\.", text)
                if serial and "editions/" not in form:
                    name = f"serial {serial[1]}"
                    first = self.known.setdefault((form, name), entry.id)
                    if first != entry.id:
                        yield f"{form}: {name} as {entry.id} after {first}"
                there[entry.id] = entry.link or ""
            self.there[form] = there


@contextlib.contextmanager
def outlet(name: str, folder: Path) -> Iterator[tuple[Outlet, str]]:
    """A way out by its name, and the settings that a site needs for it."""
    table = "[tool.broadsheet.targets.live]\n"
    live = folder / "live"
    if name == "host":
        yield Host(folder), ""
    elif name == "folder":
        yield Target(folder / "www/current", lambda _: None), f'{table}kind = "folder"\npath = "../www"\nkeep = 4\n'
    elif name == "git":
        subprocess.run(["git", "init", "-q", "--bare", str(folder / "pages.git")], check=True)

        def checked_out(there: Path) -> None:
            shutil.rmtree(there, ignore_errors=True)
            there.mkdir()
            where = ["git", f"--git-dir={folder / 'pages.git'}", f"--work-tree={there}"]
            subprocess.run([*where, "checkout", "-q", "-f", "pages", "--", "."], check=True)

        yield Target(live, checked_out), f'{table}kind = "git"\nrepository = "{folder / "pages.git"}"\n'
    elif name == "rsync":
        (folder / "ssh").mkdir()
        with ssh_server(folder / "ssh") as options:
            settings = f'kind = "rsync"\ndestination = "127.0.0.1:{live}"\nssh = {json.dumps(options)}\n'
            yield Target(live, lambda _: None), table + settings
    else:
        import boto3

        with s3_server() as endpoint:
            client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
            client.create_bucket(Bucket="bench")

            def fetched(there: Path) -> None:
                shutil.rmtree(there, ignore_errors=True)
                for page in client.get_paginator("list_objects_v2").paginate(Bucket="bench"):
                    for found in page.get("Contents", ()):
                        file = there / found["Key"]
                        file.parent.mkdir(parents=True, exist_ok=True)
                        file.write_bytes(client.get_object(Bucket="bench", Key=found["Key"])["Body"].read())

            settings = f'kind = "s3"\nbucket = "bench"\nendpoint = "{endpoint}"\nregion = "us-east-1"\n'
            yield Target(live, fetched), table + settings


OUTLETS = ("folder", "git", "s3", "rsync", "host")


def walked(name: str, folder: Path, seed: int, steps: int, tell: Callable[[str], None] = lambda _: None) -> Walk:
    """A site that went through so many steps by one way out."""
    with outlet(name, folder) as (way, settings):
        root = folder / "site"
        root.mkdir()
        (root / "pyproject.toml").write_text(SETTINGS + settings)
        walk = Walk(root, way, seed)
        for number in range(steps):
            before = len(walk.faults)
            walk.step()
            for sign, said in walk.faults[before:]:
                tell(f"{name} step {number}: {sign}: {said}")
            if number % EVERY == EVERY - 1:
                tell(f"{name}: {number + 1} steps, {len(walk.faults)} faults")
    return walk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outlet", action="append", choices=OUTLETS)
    given = parser.parse_args()
    faults = 0
    for name in given.outlet or OUTLETS:
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            walk = walked(name, Path(folder), given.seed, given.steps, lambda said: print(said, flush=True))
            counts = Counter(sign for sign, _ in walk.faults)
            faults += len(walk.faults)
            said = ", ".join(f"{counts[sign]} {sign}" for sign in SIGNS)
            print(f"{name}: {given.steps} steps, {said}; {time.monotonic() - started:.0f} s", flush=True)
            print(f"  {', '.join(f'{count} {what}' for what, count in sorted(walk.done.items()))}", flush=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
