"""Pages that are drawn on other machines: what draws them is made there anew; pages are sent, bytes come back.

In: a plan, its theme, what gives bodies. Out: the drawing as work that travels: a page is sent as it is saved, with the
stories and the bodies that it prints. What is not drawn there is drawn here: files that are printed as they are, pages
of a site's own kinds, and pages with something wrong, so that it is reported in the same words.
"""

from __future__ import annotations

import functools
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_args

import msgspec

from broadsheet import pages, render
from broadsheet.config import FILE, Site
from broadsheet.errors import BroadsheetError
from broadsheet.model import Page, Prose, Story, Text
from broadsheet.pipeline.options import Options
from broadsheet.pipeline.plan import Common
from broadsheet.workers import Task

_THEMES = "themes"  # the folder of a site's own themes on a worker


class _Slice(msgspec.Struct, array_like=True):
    """What is sent: pages as they are saved, their stories, and the Markdown of bodies with what they are known by."""

    pages: list[bytes]
    stories: list[Story]
    bodies: list[tuple[str, str, bytes]]


class _Packer(pages.Packer):
    """Packs pages, and notes the stories that they name, and whose body is printed."""

    def __init__(self) -> None:
        super().__init__()
        self.stories: dict[str, Story] = {}
        self.bodies: dict[str, Story | Prose | Text] = {}

    def _named(self, value: Any) -> Any:
        self.stories[value.story.path] = value.story
        if type(value) is pages.Body and not value.story.retracted:
            self.bodies[value.story.path] = value.story
        return super()._named(value)


def task(options: Options, common: Common, theme: render.Theme, bodies: render.Bodies) -> render.Drawing | None:
    """The drawing of pages as work that travels: the bytes of each page, and None for what is to be drawn here.

    None where templates have filters of the site's own, which are on no other machine.
    """
    if options.filters:
        return None
    settings = msgspec.structs.replace(common.settings, themes=_THEMES, sources={})
    # A worker keeps what it made of a kit by the kit's digest. The nonce makes that the digest of this build alone.
    nonce = os.urandom(8)
    kit = pickle.dumps((settings, common.views, dict(_files(theme)), bodies.again, nonce))

    def pack(wanted: Sequence[Page]) -> bytes | None:
        packer, packed = _Packer(), list[bytes]()
        for page in filter(_travels, wanted):
            packed.append(packer.pack(page).data)
            packer.bodies.update((f"{text.path}\0", text) for text in _texts(page.inputs))
        if not packed:
            return None
        texts = list[tuple[str, str, bytes]]()
        for one in packer.bodies.values():
            try:
                texts.append(bodies.source(one))
            except BroadsheetError:  # its pages cannot be drawn there, and here the problem is reported
                continue
        return msgspec.msgpack.encode(_Slice(packed, list(packer.stories.values()), texts))

    def unpack(wanted: Sequence[Page], answer: bytes) -> list[bytes | None]:
        drawn = iter(msgspec.msgpack.decode(answer, type=list[tuple[bytes, bytes] | None]))
        return [_whole(next(drawn)) if _travels(page) else None for page in wanted]

    return Task(f"{__name__}:painter", kit, pack, unpack)


def _travels(page: Page) -> bool:
    return bool(page.template) and type(page.inputs) in pages.INPUTS


def _texts(inputs: msgspec.Struct) -> Iterator[Prose | Text]:
    """The texts besides stories whose bodies a page prints: its own, or those of the editions in a feed."""
    for name in _fields(type(inputs)):
        value = getattr(inputs, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Prose | Text):
                yield one
            elif isinstance(note := getattr(one, "note", None), Text):
                yield note


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a kind of inputs that texts may stand in: most kinds have none."""
    return tuple([field.name for field in msgspec.structs.fields(kind) if _holds(field.type)])


def _holds(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind in (Prose, Text) or "note" in kind.__struct_fields__
    return any(map(_holds, get_args(kind)))


def _whole(drawn: tuple[bytes, bytes] | None) -> bytes | None:
    """The bytes of a page that came as they were sent."""
    return drawn[1] if drawn and _digest(drawn[1]) == drawn[0] else None


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _files(theme: render.Theme) -> Iterator[tuple[str, bytes]]:
    """The files of a site's own themes, by their paths below the folder of themes."""
    for layer in (layer for one in (theme, *theme.languages.values()) for layer in one.layers if layer.own):
        for file in sorted(layer.folder.rglob("*")):
            if file.is_file():
                yield f"{layer.theme}/{file.relative_to(layer.folder).as_posix()}", file.read_bytes()


def painter(kit: bytes) -> Callable[[bytes], bytes]:
    """What draws pages on another machine, in a folder that lives as long as it does."""
    settings, views, files, again, _ = pickle.loads(kit)  # noqa: S301, from the one who asks for the work
    folder = tempfile.TemporaryDirectory(prefix="broadsheet-")
    root = Path(folder.name)
    (root / FILE).write_bytes(b"")
    for name, data in files.items():
        file = root / _THEMES / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    site = Site(root, settings)
    bodies = render.Bodies(site)
    bodies.again = again
    theme = render.Theme(site, pages.base(site))
    renderer = render.Renderer(theme, pages.Composer(site, views, bodies).compose)

    def paint(data: bytes) -> bytes:
        _ = folder  # which goes when nobody paints any more
        sent = msgspec.msgpack.decode(data, type=_Slice)
        stories = {story.path: story for story in sent.stories}
        unpacker = pages.Unpacker(stories.__getitem__, site, pages.INPUTS)
        bodies.take(sent.bodies)
        return msgspec.msgpack.encode([_drawn(renderer, unpacker.page(one)) for one in sent.pages])

    return paint


def _drawn(renderer: render.Renderer, page: Page) -> tuple[bytes, bytes] | None:
    try:
        data = renderer.render(page)
    except BroadsheetError:
        return None
    return _digest(data), data
