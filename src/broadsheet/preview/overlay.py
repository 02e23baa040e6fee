"""The overlay: what the preview lays over a page, in what it serves and never in a file.

In: the HTML of a page, where that page came from, the problems of the last build. Out: the same HTML with a bar (source
file, marks, what is to be looked at), every error with its place and the lines around it, and livereload's script.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

import jinja2
import msgspec

from broadsheet.config import Site
from broadsheet.model import Page
from broadsheet.pages.plain import ProseInputs
from broadsheet.pages.story import StoryInputs
from broadsheet.preview.builder import MOST, PreviewState

AT = "/livereload"  # the address below which the preview has its own files

_HERE = Path(__file__)


class PageOrigin(msgspec.Struct, frozen=True):
    """Where a page came from: its source file as a user calls it and as the system does, marks, fields to look at."""

    shown: str
    file: str
    marks: tuple[str, ...] = ()
    review: tuple[str, ...] = ()


def origin(page: Page, site: Site) -> PageOrigin | None:
    """Where a page came from; nothing for one that many stories make."""
    made = page.inputs
    if isinstance(made, StoryInputs):
        shown = f"{site.settings.content}/stories/{made.item.story.path}"
        return PageOrigin(shown, str(site.root / shown), made.item.marks, made.item.story.review)
    if isinstance(made, ProseInputs):
        shown = f"{site.settings.content}/pages/{made.prose.path}"
        return PageOrigin(shown, str(site.root / shown))
    return None


def dress(html: bytes, page: Page | None, state: PreviewState, host: str) -> bytes:
    """A page as the preview serves it to a browser that knows the server as ``host``."""
    came = origin(page, state.site) if page else None
    own = [problem for problem in state.others if came and problem.place.file == came.shown]
    layer = _template().render(
        at=AT,
        most=MOST,
        state=state,
        origin=came,
        own=own,
        others=[problem for problem in state.others if problem not in own],
        style=_style(),
        key=hashlib.sha256(repr(state.errors).encode()).hexdigest()[:16],
    )
    html = _POLICY.sub(lambda tag: _open(tag[0], host), html)
    end = html.lower().rfind(b"</body")
    end = len(html) if end < 0 else end
    return b"".join((html[:end], layer.encode("utf-8", "replace"), html[end:]))


_POLICY = re.compile(rb"<meta\b[^>]*\bContent-Security-Policy\b[^>]*>", re.IGNORECASE)
_CONTENT = re.compile(r"""(\bcontent=)("[^"]*"|'[^']*')""", re.IGNORECASE)


def _open(tag: bytes, host: str) -> bytes:
    """A page's content security policy with room for the preview's own style, scripts and connection."""
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    room = {
        "script-src": [f"http://{host}{AT}.js", f"http://{host}{AT}/"],
        "script-src-elem": [f"http://{host}{AT}.js", f"http://{host}{AT}/"],
        "style-src": [f"'sha256-{style}'"],
        "style-src-elem": [f"'sha256-{style}'"],
        "connect-src": [f"ws://{host}", f"http://{host}{AT}/"],
    }

    def policy(match: re.Match[str]) -> str:
        found = [directive.split() for directive in match[2][1:-1].replace("&#39;", "'").split(";")]
        directives = {words[0].lower(): words[1:] for words in found if words}
        for name, sources in room.items():
            has = directives.get(name, None if name.endswith("-elem") else directives.get("default-src"))
            if has is None or ("'unsafe-inline'" in has and name.startswith("style")):
                continue  # nothing is forbidden; and a digest would take 'unsafe-inline' away from the page
            directives[name] = [*(source for source in has if source != "'none'"), *sources]
        return f'{match[1]}"{"; ".join(" ".join([name, *words]) for name, words in directives.items())}"'

    return _CONTENT.sub(policy, tag.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_HERE.with_suffix(".html").read_text("utf-8"))


@functools.cache
def _style() -> str:
    return _HERE.with_suffix(".css").read_text("utf-8")


def script() -> bytes:
    """The script of the overlay."""
    return _HERE.with_suffix(".js").read_bytes()
