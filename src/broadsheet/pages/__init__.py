"""Edition → page: what is to be printed, drawn by nobody yet.

In: a newspaper and what stands beside it. Out: a plan of pages with their inputs; and, for one page, its views.
"""

from broadsheet.pages.compose import Composer
from broadsheet.pages.digests import digest
from broadsheet.pages.inputs import AssetInputs, FeedInputs
from broadsheet.pages.masthead import site_view, with_share
from broadsheet.pages.plan import Stock, plan

__all__ = ["AssetInputs", "Composer", "FeedInputs", "Stock", "digest", "plan", "site_view", "with_share"]
