"""Page → output: Markdown, theme, feeds, pictures, the cache, the files.

In: a plan of pages and what makes their views. Out: files below output/, whole, and problems with their places.
"""

from broadsheet.cache.store import Drawn, Store
from broadsheet.render.bodies import READ, Bodies
from broadsheet.render.draw import Drawing
from broadsheet.render.images.assets import pictures
from broadsheet.render.images.cards import share_cards
from broadsheet.render.output import Output
from broadsheet.render.render import Marks, Printed, print_pages
from broadsheet.render.search.search_index import Indexed, Search
from broadsheet.render.theme.theme import Theme
from broadsheet.render.theme.titles import titles

__all__ = [
    "READ",
    "Bodies",
    "Drawing",
    "Drawn",
    "Indexed",
    "Marks",
    "Output",
    "Printed",
    "Search",
    "Store",
    "Theme",
    "pictures",
    "print_pages",
    "share_cards",
    "titles",
]
