"""Page → output: Markdown, theme, feeds, pictures, the cache, the files.

In: a plan of pages and what makes their views. Out: files below output/, whole, and problems with their places.
"""

from broadsheet.press.bodies import READ, Bodies
from broadsheet.press.draw import Drawing, reach
from broadsheet.press.files import OTHERS, Output
from broadsheet.press.pictures import pictures
from broadsheet.press.printing import Printed, print_pages
from broadsheet.press.search import Indexed, Search, parts
from broadsheet.press.sharecards import share_cards
from broadsheet.press.theme import Theme
from broadsheet.press.titles import titles

__all__ = [
    "OTHERS",
    "READ",
    "Bodies",
    "Drawing",
    "Indexed",
    "Output",
    "Printed",
    "Search",
    "Theme",
    "parts",
    "pictures",
    "print_pages",
    "reach",
    "share_cards",
    "titles",
]
