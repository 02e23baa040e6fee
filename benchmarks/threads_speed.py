"""How fast threads and related stories are found, in seconds of one core's time.

python -m benchmarks.threads_speed --n 10000

The stories are made up: 55 a day, a title and a first paragraph of 45 words drawn from 30,000 as a language's are (few
of them very often), a third of them in running clusters of 12 words of their own that last up to a month.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import random
import resource
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from broadsheet.model import Story
from broadsheet.newsroom.clustering import ClusteringPass
from broadsheet.newsroom.clusters import STORIES, State, StoryFeatures
from broadsheet.newsroom.related import compared, relatives
from broadsheet.newsroom.terms import read
from broadsheet.newsroom.threads import SavedThreads, find

T = TypeVar("T")

SECTIONS = ("World", "Politics", "Business", "Technology", "Science", "Health", "Culture", "Sport")
A_DAY = 55
FIRST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def made_up(number: int, seed: int = 1) -> list[Story]:
    """So many stories, oldest first."""
    draw = random.Random(seed)
    syllables = [a + b for a in ("th", "sh", *"bcdfgklmnprstvz") for b in ("ai", "or", "en", *"aeiou")]
    words = list(dict.fromkeys("".join(draw.choices(syllables, k=draw.choice((2, 2, 3, 3, 4)))) for _ in range(60_000)))
    words = words[:30_000]
    often = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(words))))
    running: list[tuple[list[str], int, str]] = []  # a cluster's words, the number of its last story, its section
    stories = []
    for i in range(number):
        running = [cluster for cluster in running if cluster[1] > i]
        if running and draw.random() < 0.35:
            own, _, section = draw.choice(running)
        else:
            own, section = draw.choices(words, k=12), draw.choice(SECTIONS)
            if draw.random() < 0.15:
                running.append((own, i + A_DAY * draw.randint(2, 30), section))
        title = [*draw.sample(own, 3), *draw.choices(words, cum_weights=often, k=5)]
        lead = [*draw.sample(own, 6), *draw.choices(words, cum_weights=often, k=39)]
        draw.shuffle(title)
        draw.shuffle(lead)
        date = FIRST + dt.timedelta(days=i / A_DAY)
        name = f"story-{i}"
        story = Story(name, f"{name}.md", name, " ".join(title), date, timed=True, body="", section=section)
        stories.append(msgspec.structs.replace(story, lead=" ".join(lead), digest=name.encode()))
    return stories


def timed(label: str, what: Callable[[], T]) -> T:
    started = time.process_time()
    result = what()
    print(f"{label:<52}{time.process_time() - started:>9.3f} s", flush=True)
    return result


def joining(kept: SavedThreads, stories: list[Story]) -> None:
    """A new story joined from what is cached: the last state decoded, the story read and put in, the state encoded."""
    spent = []
    for story in stories:
        started = time.process_time()
        run = ClusteringPass(STORIES, msgspec.msgpack.decode(kept.track.marks[-1].state, type=State))
        run.add(StoryFeatures(read(story, "en"), story.date.timestamp() / 86_400, story.section))
        msgspec.msgpack.encode(run.state())
        spent.append((time.process_time() - started) * 1000)
    print(
        f"a new story joined, from bytes to bytes: median {statistics.median(spent):.1f} ms, worst {max(spent):.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--n", type=int, default=10_000)
    number = parser.parse_args().n
    stories = made_up(number + 20)
    found = timed(f"threads of {number} stories, nothing kept", lambda: find(stories[:number], "en"))
    data = timed("what is kept → bytes", lambda: msgspec.msgpack.encode(found.saved))
    kept = timed("bytes → what is kept", lambda: msgspec.msgpack.decode(data, type=SavedThreads))
    again = timed("threads with one story more, all else kept", lambda: find(stories[: number + 1], "en", kept=kept))
    joining(kept, stories[number:])
    timed(
        f"related stories of {number} stories",
        lambda: relatives(stories[:number], found.threads, compared(stories[:number], "en")),
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(again.threads)} threads; {len(data) / 1e6:.1f} MB kept; peak memory {peak:.0f} MB, stories included")


if __name__ == "__main__":
    main()
