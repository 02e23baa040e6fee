"""Site → browser: the preview, which shows drafts and follows every save.

In: a site's folder. Out: its pages over HTTP, to this machine alone unless asked, until Ctrl-C.
"""

from broadsheet.preview.builder import SiteExtensions
from broadsheet.preview.session import serve

__all__ = ["SiteExtensions", "serve"]
