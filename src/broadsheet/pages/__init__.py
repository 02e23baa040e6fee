"""Edition → page: what is to be printed, drawn by nobody yet.

In: a newspaper and what stands beside it. Out: a plan of pages with their inputs; and, for one page, its views.
"""

from broadsheet.pages.compose import Composer
from broadsheet.pages.inputs import AssetInputs, StoryInputs
from broadsheet.pages.masthead import base, site_view, with_share, with_titles
from broadsheet.pages.pictures import pictured
from broadsheet.pages.plan import Stock, plan
from broadsheet.pages.saved import Packed, Packer, Unpacker
from broadsheet.pages.storyplan import page_of
from broadsheet.pages.telling import entries, headlines, searched, written
from broadsheet.pages.views import SiteView
from broadsheet.pages.wireinputs import FeedInputs

__all__ = [
    "AssetInputs",
    "Composer",
    "FeedInputs",
    "Packed",
    "Packer",
    "SiteView",
    "Stock",
    "StoryInputs",
    "Unpacker",
    "base",
    "entries",
    "headlines",
    "page_of",
    "pictured",
    "plan",
    "searched",
    "site_view",
    "with_share",
    "with_titles",
    "written",
]
