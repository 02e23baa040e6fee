"""What pictures, share cards and the search index cost: CPU milliseconds a piece, and bytes.

python -m benchmarks.press --stories 1000 --pictures 12 --cards 100

CPU time is this process's and its children's, so that it says the same on a busy machine; a build spreads all three
over the processors. The pictures are made here: colours that run into one another under a fine grain.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.build import make as make_site
from broadsheet import content
from broadsheet.render import search
from broadsheet.render.images import variants
from broadsheet.render.images.card_drawing import CardText, drawn, showing
from broadsheet.render.markdown import render
from broadsheet.render.search import pagefind

WIDTH, HEIGHT = 4000, 2667  # of a photograph as cameras give it


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds, wall seconds, and what the work gave."""
    cpu, wall = os.times(), time.perf_counter()
    made = work()
    spent = os.times()
    return sum(spent[:4]) - sum(cpu[:4]), time.perf_counter() - wall, made


def photograph(number: int) -> bytes:
    """A JPEG of some megabytes."""
    shades = [Image.linear_gradient("L").rotate(turn + number).resize((WIDTH, HEIGHT)) for turn in (0, 90, 200)]
    grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 40).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    picture = Image.blend(Image.merge("RGB", shades), Image.merge("RGB", [grain] * 3), 0.2)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def pictures(count: int) -> None:
    """Make the variants of photographs."""
    files = [photograph(number) for number in range(count)]
    cpu, _, made = timed(lambda: [variants.make(data) for data in files])
    plain, *others = made[0]
    sizes = ", ".join(f"{one.width}: {len(one.data) // 1000} kB" for one in others)
    print(f"a picture      {1000 * cpu / count:8.1f} ms   {len(files[0]) // 1000} kB → WebP {sizes};", end=" ")
    print(f"plain {plain.width}: {len(plain.data) // 1000} kB")


def cards(count: int) -> None:
    """Draw share cards."""
    words = [
        CardText("The Daily", "World", f"Ministers agree to a {n}th round of talks on fish", "7 May")
        for n in range(count)
    ]
    font = showing(words[0].title, "en")
    if font is None:
        print("a share card   no font here shows English")
        return
    fonts = {text: font for one in words for text in (*one.around, one.title)}
    drawn(words[0], fonts)
    cpu, _, made = timed(lambda: [drawn(one, fonts) for one in words])
    print(f"a share card   {1000 * cpu / count:8.1f} ms   {sum(map(len, made)) // count} bytes")


def index(count: int) -> None:
    """Index stories."""
    program = pagefind.program()
    if program is None:
        print("the index      Pagefind is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        make_site(Path(folder), count)
        files = sorted(Path(folder).rglob("content/stories/**/*.md"))
        said = [search.plain(render(content.body(file.read_bytes(), file.name))) for file in files]
    records = [{"url": str(n), "content": text, "meta": {"title": text[:60]}} for n, text in enumerate(said)]
    parts = [records[start : start + search.PART] for start in range(0, count, search.PART)]
    cpu, wall, made = timed(lambda: [pagefind.index(program, part, "en") for part in parts])
    size = sum(len(data) for part in made for data in part.values())
    print(f"a story found  {1000 * cpu / count:8.1f} ms   {size // count} bytes;", end=" ")
    print(f"{count} stories, one part after the other: {cpu:.1f} s CPU, {wall:.1f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("stories", 1000), ("pictures", 12), ("cards", 100)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    pictures(arguments.pictures)
    cards(arguments.cards)
    index(arguments.stories)


if __name__ == "__main__":
    main()
