"""What hosts read beside the pages: redirects, headers; and the page that redirects where a host reads nothing.

In: addresses. Out: bytes of a page, of ``_redirects`` and of ``_headers``, as Netlify and Cloudflare Pages read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

CSP = (  # a page needs nothing from elsewhere; the search index is WebAssembly
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
YEAR = 31_536_000  # seconds that a file may be kept whose name changes with its bytes
MINUTES = 600  # seconds for what keeps its name: pages and feeds
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def redirect(target: str, canonical: str, title: str, language: str) -> bytes:
    """A page that leads to ``target``: by itself, by a link, and for crawlers by its canonical address."""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={escape(target)}">\n'
        f'<meta name="viewport" content="width=device-width">\n<link rel="canonical" href="{escape(canonical)}">\n'
        f'<p><a href="{escape(target)}">{escape(title)}</a></p>\n</html>\n'
    ).encode()


def redirects(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The file of redirects: an old path, a new one, for good."""
    return "".join(f"{old} {new} 301\n" for old, new in pairs).encode()


def headers(base: str, feeds: Sequence[tuple[str, str]], digested: Sequence[str]) -> bytes:
    """The file of headers of a site below ``base``.

    ``feeds`` are patterns of paths with the media type that a host would not guess (``NonSpecificMediaType``),
    ``digested`` the folders of files whose names change with their bytes. No path is told to be kept twice: hosts
    join what several rules say into one header.
    """
    rules = [(f"{base}*", _ALWAYS)]
    rules += [(f"{base}{folder}*", {"Cache-Control": f"public, max-age={YEAR}, immutable"}) for folder in digested]
    rules += [
        (base + path, {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": f"public, max-age={MINUTES}"})
        for path, kind in feeds
    ]
    lines = [line for path, said in rules for line in (path, *(f"  {name}: {value}" for name, value in said.items()))]
    return "\n".join([*lines, ""]).encode()
