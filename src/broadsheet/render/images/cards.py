"""Share cards: what other people's sites show of a story without a picture, drawn as a PNG of 1200 × 630.

In: what each card is to say. Out: an ``Asset`` for each story whose headline some font of this machine can show. What
was drawn lies in .broadsheet/cards, under the digest of its words and of the font's file, and is not drawn again.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet import disk
from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.model import Asset, Headline
from broadsheet.render.images.card_drawing import HEIGHT, WIDTH, Words, drawn, printable
from broadsheet.render.images.fonts import showing
from broadsheet.text import slug
from broadsheet.workers import spread

DESIGN = "1"  # raise it where the same words are drawn otherwise
SLICE = 8  # cards that a process draws before it tells of them
ALONE = 16  # cards that one process has drawn before a second could have begun
_MEMORY = "cards"
_FOLDER = "cards"


class Drawn(NamedTuple):
    """A card: the digest of its bytes, their number, the files of its fonts with their sizes and times of change."""

    digest: bytes
    size: int
    fonts: tuple[tuple[str, int, int], ...]


Written = Callable[[dt.date, str], str]
Memory = dict[str, Drawn | None]  # by the digest of a card's words; None where no font can show them


def share_cards(
    site: Site,
    headlines: Mapping[str, Headline],
    written: Written,
    store: Store,
    workers: int,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    *,
    others: bool = False,
) -> dict[str, Asset]:
    """The cards of stories, by id; none for a headline that no font here can show. Raises BroadsheetError.

    ``written`` gives a day as it is written in a language. With ``others``, stories have cards that are not asked for.
    """
    table = _Table(site.shared / _FOLDER, written)
    keys = {id_: _key(headline) for id_, headline in headlines.items()}
    known = _recalled(store)
    kept: Memory = {key: known[key] for key in keys.values() if table.holds(key, known.get(key))}
    work = [(keys[id_], headline) for id_, headline in headlines.items() if keys[id_] not in kept]
    if all(key in known and known[key] is None for key, _ in work):  # no font is likely to have come since
        kept |= {key: None for key, _ in work}
        work = []
    workers = 1 if len(work) < ALONE else workers
    done = 0
    for slice_ in spread(table.draw, work, slice_size=SLICE, workers=workers):
        kept.update(zip((key for key, _ in work[done:]), slice_, strict=False))
        done += len(slice_)
        tell(done, len(work))
    if others:
        kept = known | kept
    if kept != known:
        store.keep_value(_MEMORY, msgspec.msgpack.encode((DESIGN, kept)))
        table.keep_only(kept)
    return {id_: table.asset(key, headlines[id_], one) for id_, key in keys.items() if (one := kept[key])}


def _recalled(store: Store) -> Memory:
    try:
        design, known = msgspec.msgpack.decode(store.value(_MEMORY) or b"", type=tuple[str, Memory])
    except msgspec.DecodeError:
        return {}
    return known if design == DESIGN else {}


def _key(headline: Headline) -> str:
    return blake2b(msgspec.msgpack.encode((DESIGN, headline)), digest_size=16).hexdigest()


class _Table:
    """Draws cards into a folder."""

    def __init__(self, folder: Path, written: Written) -> None:
        self.folder = folder
        self.written = written

    def holds(self, key: str, made: Drawn | None) -> bool:
        """Whether a card is there, and its fonts are as they were."""
        there = made is not None and (self.folder / f"{key}.png").exists()
        return there and all(_stat(font[0]) == font for font in (made.fonts if made else ()))

    def draw(self, work: Sequence[tuple[str, Headline]]) -> list[Drawn | None]:
        """Draw cards; what one process of several does. Raises BroadsheetError where one cannot be written."""
        return [self._draw(key, headline) for key, headline in work]

    def _draw(self, key: str, headline: Headline) -> Drawn | None:
        day = self.written(headline.day, headline.own)
        words = Words(
            nameplate=printable(headline.nameplate),
            section=printable(headline.section),
            title=printable(headline.title),
            day=printable(day),
            rtl=headline.rtl,
        )
        fonts = {
            text: font
            for text, language in (*((text, headline.own) for text in words.around), (words.title, headline.language))
            if text and (font := showing(f"{text}…", language))
        }
        if words.title not in fonts:
            return None
        data = drawn(words, fonts)
        disk.replace(self.folder / f"{key}.png", data)
        files = sorted({font.path for font in fonts.values()})
        return Drawn(blake2b(data, digest_size=16).digest(), len(data), tuple(map(_stat, files)))

    def keep_only(self, keys: Iterable[str]) -> None:
        """Remove the cards of stories that have none any more."""
        wanted = {f"{key}.png" for key in keys}
        for entry in os.scandir(self.folder) if self.folder.is_dir() else ():
            if entry.name not in wanted:
                Path(entry.path).unlink(missing_ok=True)

    def asset(self, key: str, headline: Headline, made: Drawn) -> Asset:
        """A card as it is to be printed."""
        path = f"pictures/card-{slug(headline.title)}.{made.digest.hex()[:8]}.png"
        return Asset(headline.title, str(self.folder / f"{key}.png"), path, made.digest, made.size, WIDTH, HEIGHT)


def _stat(file: str) -> tuple[str, int, int]:
    try:
        stat = Path(file).stat()
    except OSError:
        return file, 0, 0
    return file, stat.st_size, stat.st_mtime_ns
