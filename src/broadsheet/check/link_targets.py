"""Ground: where an address in a page leads, inside the site or out of it.

In: addresses as they stand in pages. Out: targets. One inside is "/" and the path below the site's root as a file
system has it, with "#" and an anchor where it has one ("/2025/05/08/harbour/#crew"); one outside is a full address; an
empty one is nothing that could be looked for.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

from broadsheet import iri
from broadsheet.pages.urls import Addresses, answered

UNREADABLE = "?"  # begins the target of what is no address at all


class LinkResolver:
    """The ground of one site, which begins at its address; a path in that is honoured."""

    def __init__(self, url: str) -> None:
        self.at = at = Addresses(url)
        self.base = at.base
        self.root = at.root
        self._host = urlsplit(at.root).netloc.lower()
        self.known: dict[str, str] = {}  # addresses that lead to the same from every page
        # What most addresses look like, told in a tenth of the time that taking them apart would need.
        inside = f"(?:{re.escape(at.origin)})?{re.escape(at.base)}"
        self._plain = re.compile(
            rf"{inside}((?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*/)*(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)?)"
        ).fullmatch

    def target(self, href: str, page: str) -> str:
        """Where an address leads from the page at ``page``, an address below the root."""
        known = self.known.get(href)
        if known is not None:
            return known
        written, href = href, href.strip()
        if href.startswith("#"):
            anchor = unquote(href[1:])
            return f"/{page}#{anchor}" if anchor and anchor.lower() != "top" else ""
        rooted = href.startswith(("/", "http:", "https:"))
        if rooted and (plain := self._plain(href)):
            found = f"/{answered(plain[1])}"
        else:
            found = self._target(href, "" if rooted else page)
        if rooted or not found:
            self.known[written] = found
        return found

    def in_text(self, href: str, page: str) -> str:
        """The same for an address as an editor writes it in a text, where / is the root of the site."""
        rooted = href.startswith("/") and not href.startswith("//")
        return self.target(self.base + href[1:] if rooted else href, page)

    def _target(self, href: str, page: str) -> str:
        try:
            parts = urlsplit(urljoin(self.at.absolute(page), href))
            own = iri.host(parts.netloc).lower() == self._host
        except ValueError:
            return UNREADABLE + href
        if parts.scheme not in ("http", "https"):
            return ""
        path = parts.path or "/"
        if not own or not f"{iri.once(path)}/".startswith(self.base):
            return quote(parts._replace(fragment="").geturl(), safe="%/:?[]@!$&'()*+,;=~-._")
        inside = answered(unquote(path)[len(unquote(self.base)) :].removeprefix("/"))
        anchor = unquote(parts.fragment).partition(":~:")[0]  # what follows is a text for the browser to find
        return f"/{inside}#{anchor}" if anchor and anchor.lower() != "top" else f"/{inside}"
