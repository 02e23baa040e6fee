"""Page → output: Markdown, theme, feeds, pictures, the cache, the files.

In: a plan of pages and what makes their views. Out: files below output/, whole, and problems with their places.
"""

from broadsheet.render.bodies import READ, Bodies
from broadsheet.render.images.assets import pictures
from broadsheet.render.images.cards import share_cards
from broadsheet.render.media import media
from broadsheet.render.output import OTHERS, Output
from broadsheet.render.render import Drawing, Renderer, RenderResult, reach, render_pages
from broadsheet.render.search import Indexed, Search, parts
from broadsheet.render.theme import Theme, titles

__all__ = [
    "OTHERS",
    "READ",
    "Bodies",
    "Drawing",
    "Indexed",
    "Output",
    "RenderResult",
    "Renderer",
    "Search",
    "Theme",
    "media",
    "parts",
    "pictures",
    "reach",
    "render_pages",
    "share_cards",
    "titles",
]
