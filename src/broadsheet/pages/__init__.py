"""Edition → page: what is to be printed, drawn by nobody yet.

In: a newspaper and what stands beside it. Out: a plan of pages with their inputs; and, for one page, its views.
A kind of page is a module: its inputs, its plan, its view, its structured data. ``kinds`` is the table of them.
"""

from broadsheet.pages.bodies import mediated, pictured
from broadsheet.pages.feed import FeedInputs
from broadsheet.pages.gone import GoneInputs, things
from broadsheet.pages.inputs import Body, Item, Name, Packed, Packer, StoryRef, Unpacker
from broadsheet.pages.kind import Kind, headlines, template, written
from broadsheet.pages.kinds import INPUTS, Composer, inputs, plan
from broadsheet.pages.navigation import base, site_view, with_share, with_titles
from broadsheet.pages.plain import entries, searched
from broadsheet.pages.plan import Stock
from broadsheet.pages.site_files import AssetInputs
from broadsheet.pages.sitemap import NEWS_DAYS, fades
from broadsheet.pages.story import StoryInputs, page_of
from broadsheet.pages.views import SiteView

__all__ = [
    "INPUTS",
    "NEWS_DAYS",
    "AssetInputs",
    "Body",
    "Composer",
    "FeedInputs",
    "GoneInputs",
    "Item",
    "Kind",
    "Name",
    "Packed",
    "Packer",
    "SiteView",
    "Stock",
    "StoryInputs",
    "StoryRef",
    "Unpacker",
    "base",
    "entries",
    "fades",
    "headlines",
    "inputs",
    "mediated",
    "page_of",
    "pictured",
    "plan",
    "searched",
    "site_view",
    "template",
    "things",
    "with_share",
    "with_titles",
    "written",
]
