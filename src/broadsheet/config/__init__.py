"""pyproject.toml → a site: its settings, typed and checked, each with a default that serves.

In: the folder of a site. Out: ``Site`` with ``Settings``, or one error for every setting that is wrong, with its line.
"""

from broadsheet.config.settings import FILE, SHIPPED, WORK, PublishRules, Settings, Site, find, load, open_site

__all__ = ["FILE", "SHIPPED", "WORK", "PublishRules", "Settings", "Site", "find", "load", "open_site"]
