"""Share cards: what other people's sites show of a story without a picture, drawn as a PNG of 1200 × 630.

In: what each card is to say. Out: an ``Asset`` for each story whose headline some font of this machine can show. What
was drawn lies in .broadsheet/cards, under the digest of its words and of the font's file, and is not drawn again as
long as it is what was drawn, which is verified when it is printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet.cache import Files
from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.errors import Place
from broadsheet.model import Asset
from broadsheet.render.bodies import changed
from broadsheet.render.images.card_drawing import HEIGHT, WIDTH, CardText, drawn, printable, showing
from broadsheet.render.images.variants import pillow
from broadsheet.syndication import Headline
from broadsheet.text import slug
from broadsheet.workers import Workers, spread

DESIGN = "1"  # raise it where the same words are drawn otherwise
FOLDER = "cards"
SLICE = 8  # cards that a process draws before it tells of them
ALONE = 16  # cards that one process has drawn before a second could have begun
_MEMORY = "cards"


class StoredCard(NamedTuple):
    """A card: the digest of its bytes, their number, the files of its fonts with their sizes and times of change."""

    digest: bytes
    size: int
    fonts: tuple[tuple[str, int, int], ...]


DateFormatter = Callable[[dt.date, str], str]
Memory = dict[str, StoredCard | None]  # by the digest of a card's words; None where no font can show them


def share_cards(
    site: Site,
    headlines: Mapping[str, Headline],
    written: DateFormatter,
    store: Store,
    workers: Workers,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    *,
    others: bool = False,
) -> dict[str, Asset]:
    """The cards of stories, by id; none for a headline that no font here can show. Raises BroadsheetError.

    ``written`` gives a day as it is written in a language. With ``others``, stories have cards that are not asked for.
    """
    table = _Table(site, written)
    keys = {id_: _key(headline) for id_, headline in headlines.items()}
    known = _recalled(store)
    kept: Memory = {key: known[key] for key in keys.values() if table.holds(key, known.get(key))}
    work = [(keys[id_], headline) for id_, headline in headlines.items() if keys[id_] not in kept]
    if all(key in known and known[key] is None for key, _ in work):  # no font is likely to have come since
        kept |= {key: None for key, _ in work}
        work = []
    workers = 1 if len(work) < ALONE else workers  # they do not travel: the fonts are those of this machine
    done = 0
    for slice_ in spread(table.draw, work, slice_size=SLICE, workers=workers):
        kept.update(zip((key for key, _ in work[done:]), slice_, strict=False))
        done += len(slice_)
        tell(done, len(work))
    if others:
        kept = known | kept
    if kept != known:
        store.keep_value(_MEMORY, msgspec.msgpack.encode((_design(), kept)))
        table.files.keep_only(FOLDER, {_file(key) for key in kept})
    return {id_: table.asset(key, headlines[id_], one) for id_, key in keys.items() if (one := kept[key])}


def remade(site: Site, asset: Asset) -> bytes:
    """A card drawn anew, where what the cache has of it is not what was drawn.

    Raises BroadsheetError: ``changed`` where it comes out otherwise, ``unwritable``.
    """
    headline, day = msgspec.msgpack.decode(asset.recipe, type=tuple[Headline, str])
    table, key = _Table(site, lambda _day, _language: day), _key(headline)
    drawing = table.draw([(key, headline)])[0]
    data = table.files.get(f"{FOLDER}/{_file(key)}")
    if drawing is None or data is None or drawing.digest != asset.digest:
        table.files.remove(f"{FOLDER}/{_file(key)}")  # the next build sees that it has to look again
        raise changed(Place(asset.name))
    return data


def _recalled(store: Store) -> Memory:
    try:
        design, known = msgspec.msgpack.decode(store.value(_MEMORY) or b"", type=tuple[str, Memory])
    except msgspec.DecodeError:
        return {}
    return known if design == _design() else {}


def _design() -> str:
    """What tells how cards are drawn here."""
    return f"{DESIGN}:{pillow()}"


def _key(headline: Headline) -> str:
    return blake2b(msgspec.msgpack.encode((_design(), headline)), digest_size=16).hexdigest()


def _file(key: str) -> str:
    return f"{key}.png"


class _Table:
    """Draws cards; ``files`` are those that were drawn."""

    def __init__(self, site: Site, written: DateFormatter) -> None:
        self.files = Files(site.shared)
        self.written = written

    def holds(self, key: str, made: StoredCard | None) -> bool:
        """Whether a card is there, and its fonts are as they were."""
        there = made is not None and self.files.lists(f"{FOLDER}/{_file(key)}")
        return there and all(_stat(font[0]) == font for font in (made.fonts if made else ()))

    def draw(self, work: Sequence[tuple[str, Headline]]) -> list[StoredCard | None]:
        """Draw cards; what one process of several does. Raises BroadsheetError where one cannot be written."""
        return [self._draw(key, headline) for key, headline in work]

    def _draw(self, key: str, headline: Headline) -> StoredCard | None:
        day = self.written(headline.day, headline.own)
        words = CardText(
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
        self.files.put(f"{FOLDER}/{_file(key)}", data)
        files = sorted({font.path for font in fonts.values()})
        return StoredCard(blake2b(data, digest_size=16).digest(), len(data), tuple(map(_stat, files)))

    def asset(self, key: str, headline: Headline, made: StoredCard) -> Asset:
        """A card as it is to be printed."""
        path = f"pictures/card-{slug(headline.title)}.{made.digest.hex()[:8]}.png"
        recipe = msgspec.msgpack.encode((headline, self.written(headline.day, headline.own)))
        file = f"{self.files.folder}/{FOLDER}/{_file(key)}"
        return Asset(headline.title, file, path, made.digest, made.size, WIDTH, HEIGHT, recipe=recipe)


def _stat(file: str) -> tuple[str, int, int]:
    try:
        stat = Path(file).stat()
    except OSError:
        return file, 0, 0
    return file, stat.st_size, stat.st_mtime_ns
