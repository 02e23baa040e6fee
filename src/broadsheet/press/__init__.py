"""Page → output: Markdown, theme, feeds, pictures, the cache, the files.

In: a plan of pages and what makes their views. Out: files below output/, whole, and problems with their places.
"""

from broadsheet.press.bodies import READ, Bodies
from broadsheet.press.draw import Drawing
from broadsheet.press.files import Output
from broadsheet.press.pictures import pictures
from broadsheet.press.printing import Marks, Printed, print_pages
from broadsheet.press.search import Indexed, Search
from broadsheet.press.sharecards import share_cards
from broadsheet.press.store import Drawn, Store
from broadsheet.press.theme import Theme
from broadsheet.press.titles import titles

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
