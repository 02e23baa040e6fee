"""Bodies in their place: links, pictures, sounds, films and charts of a story's HTML, as a page or a feed needs them.

In: sanitised HTML whose local addresses are as the editor wrote them: pictures by their name below content/, links from
the site's root; the files with their variants; the words of the site in which a body says what something is. Out: the
same HTML with addresses that work where it is printed, and with what a browser chooses from. Pictures on other hosts
become links: a reader's browser is sent to nobody that the reader did not choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from broadsheet import locales
from broadsheet.content.dialect import ALERTS, FILMS, SOUNDS, TABLE, ending
from broadsheet.content.facts import remote
from broadsheet.locales import Locale
from broadsheet.model import Asset, Prose, Story, Text
from broadsheet.pages import data_charts
from broadsheet.pages.urls import Addresses
from broadsheet.pages.views import Titles

FOLDER = "pictures"  # below content/
WEBP, AVIF = ".webp", ".avif"
# How wide a body's picture is shown: a column of 66 characters, or all of a phone. A browser that lays out before it
# loads knows it better, and takes its own measure ("auto", HTML 4.8.4.2).
LANDSCAPE = 1.5
SHAPES = ((0.9, "tall"), (1.2, "square"), (2.0, ""))  # by width divided by height, up to but not including
SIZES = "auto, (min-width: 44rem) 38rem, calc(100vw - 2.5rem)"


def called(src: str) -> str:
    """The name below content/ that an address in content means."""
    return unquote(src.strip()).removeprefix("/").removeprefix("./")


def pictured(stories: Sequence[Story], texts: Iterable[Prose | Text]) -> set[str]:
    """The names of the pictures that these stories, pages and notes show."""
    named = {name for story in stories for name in story.pictures}
    named.update(name for text in texts for name in text.pictures)
    named.update(story.image.src for story in stories if story.image and story.image.src)
    return {called(name) for name in named if not remote(name) and ending(name) not in MEDIA}


def mediated(stories: Sequence[Story], texts: Iterable[Prose | Text]) -> set[str]:
    """The names that the sounds, films and tables of these stories, pages and notes may have."""
    found: set[str] = set()
    for story in stories:
        for name in (*story.pictures, *((story.audio.src,) if story.audio and story.audio.src else ())):
            if not remote(name) and ending(name) in MEDIA:
                found.update(places(name, story))
    for text in texts:
        found.update(place for name in text.pictures if ending(name) in MEDIA for place in places(name, text))
    return found


MEDIA = SOUNDS | FILMS | {TABLE}


def places(name: str, text: Story | Prose | Text) -> tuple[str, str]:
    """Where below content/ a file may lie that a text names: beside the text, or where the name itself says."""
    plain = called(name)
    folder = "/".join((FOLDERS[type(text)] + text.path).split("/")[:-1])
    return f"{folder}/{plain}", plain


FOLDERS: dict[type, str] = {Story: "stories/", Prose: "pages/", Text: ""}  # below content/


class Setting(NamedTuple):
    """How a body is set: the site's own words in it, how its language writes numbers, and from which side."""

    titles: Titles = Titles()
    locale: Locale = locales.of("en")
    rtl: bool = False


PLAIN = Setting()


def shape(width: int, height: int) -> str:
    """What a style sheet has to know of a picture's shape to keep it in the window: ``tall``, ``square``, ``wide``.

    Empty for the usual landscape, and where the size is not known. A style sheet cannot compute with the attributes
    ``width`` and ``height``, and a limit on the height alone would squash a picture that has them.
    """
    ratio = width / height if width and height else LANDSCAPE
    return next((name for most, name in SHAPES if ratio < most), "wide")


def focus(point: str) -> str:
    """The names of the classes by which a style sheet keeps a point of a picture: "x3 y2" of "30% 20%"."""
    tenths = (round(int(number.rstrip("%")) / 10) for number in point.split())
    return " ".join(f"{axis}{tenth}" for axis, tenth in zip("xy", tenths, strict=False))


class Choice(NamedTuple):
    """The variants of a picture with their widths, as ``srcset`` lists them: as WebP, and for browsers that know AVIF.

    The latter is in each width what is lightest, so it names WebP where AVIF saves nothing; empty without any AVIF.
    """

    webp: str
    avif: str = ""


def choice(asset: Asset, address: Callable[[str], str]) -> Choice:
    """What a browser chooses from of a picture; empty where there is nothing to choose from."""
    webp = [one for one in asset.variants if one.path.endswith(WEBP)]
    avif = [one for one in asset.variants if one.path.endswith(AVIF)]
    if avif:
        widths = {one.width for one in avif}
        avif = sorted((*avif, *(one for one in webp if one.width not in widths)), key=lambda one: one.width)
    return Choice(*(", ".join(f"{address(one.path)} {one.width}w" for one in files) for files in (webp, avif)))


def sources(of: Choice, sizes: str) -> str:
    """The <source> elements of a picture; "auto" is in the one beside the <img> alone, as the Nu checker wants it."""
    kinds = [(kind, files) for kind, files in (("image/avif", of.avif), ("image/webp", of.webp)) if files]
    plain = sizes.replace("auto, ", "")
    return "".join(
        f'<source type="{kind}" srcset="{files}" sizes="{sizes if (kind, files) == kinds[-1] else plain}">'
        for kind, files in kinds
    )


_IN_TAG = r"(?:[^>\"]|\"[^\"]*\")*"  # a quoted value may hold the mark that ends a tag
_TAG = re.compile(
    rf"<a\b{_IN_TAG}>|</a>|<p>(?:<img\b{_IN_TAG}>){{1,2}}</p>|<img\b{_IN_TAG}>"
    rf"|<figure>(?=\s*(?:<p>\s*)?(?:<a\b{_IN_TAG}>\s*)?<img\b)"
    "|</figure>"
)
_NESTED = re.compile(rf"<(/?)(?!(?:br|hr)\b)([a-z]++){_IN_TAG}>")
_ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')
_ALIGNED = re.compile(r'(<t[hd]\b[^>]*?) align="(left|center|right)"')
_HEADING = re.compile(r'<(h[2-6]) id="([^"]*)">(.*?)</\1>', re.DOTALL)
_ALERT = re.compile(rf'<aside class="alert alert-({"|".join(ALERTS)})">(?!\s*<p class="title">)')
_ASIDE = re.compile(r"<(/?)aside\b[^>]*>")
_CREDITED = re.compile(r"(.*?)\s+\|\s+(.+)", re.DOTALL)  # a caption, and whose picture it is
_IMAGES = re.compile(rf"<img\b{_IN_TAG}>")
_FROM_ROOT = re.compile(r'(<a\b[^>]*?\bhref=")/(?!/)')  # in a tag: a text may speak of one
_RELATIVE = re.compile(r'(<a\b[^>]*?\bhref=")(?!https?:|mailto:)([^"]*)')


def for_page(html: str, at: Addresses, pictures: Sequence[Asset], setting: Setting = PLAIN) -> str:
    """A body as a page of the site prints it: paths from the server's root; a theme's style aligns columns.

    A table stands in an element that scrolls where the page is narrow, by keys too: no word of it has to be broken.
    A heading has a link to itself, whose sign the theme's style draws: in the text there is nothing to read aloud.
    """
    html = _datelined(_alerted(html, setting))
    if ' id="' in html:
        html = _HEADING.sub(r'<\1 id="\2">\3 <a class="anchor" href="#\2" aria-labelledby="\2"></a></\1>', html)
    if "<table" in html:
        html = _ALIGNED.sub(r'\1 class="\2"', html)
        html = html.replace("<table", '<div class="scroll" tabindex="0"><table').replace("</table>", "</table></div>")
    return _placed(html, pictures, at.local, at.base, setting, responsive=True)


# Where a report was written: a place in capitals, perhaps with a day and an agency, and a dash.
_DATELINE = re.compile(r"\A<p>([^\s<>&,]{2,40})[^<>]{0,60}? ?[—–-]{1,2} ")


def _datelined(html: str) -> str:
    """A body whose first paragraph says so where it begins with a dateline, which no initial is to part."""
    found = _DATELINE.match(html)
    return f'<p class="dateline">{html[3:]}' if found and found[1].isupper() else html


def _alerted(html: str, setting: Setting) -> str:
    """A body whose notes and warnings begin with the word for what they are."""
    if '<aside class="alert ' not in html:
        return html
    words = {name: escape(getattr(setting.titles, name), quote=False) for name in ALERTS}
    return _ALERT.sub(lambda found: f'{found[0]}<p class="title"><b>{words[found[1]]}</b></p>', html)


def for_feed(html: str, at: Addresses, pictures: Sequence[Asset], home: str, setting: Setting = PLAIN) -> str:
    """A body as a feed prints it: every address absolute (``ContainsRelRef`` of the W3C validator).

    What stands beside the text is a quotation here: readers of feeds set nothing else apart. ``home`` is the address of
    the page that the body stands in, to which an editor's own ``#crew`` or ``../pier/`` are relative.
    """
    html = _alerted(html, setting)
    if "<aside" in html:
        html = _ASIDE.sub(r"<\1blockquote>", html)
    placed = _placed(html, pictures, at.absolute, at.root, setting, responsive=False)
    if not _RELATIVE.search(placed):
        return placed
    page = at.absolute(home)
    return _RELATIVE.sub(lambda link: link[1] + escape(_joined(page, unescape(link[2]))), placed)


def _joined(page: str, href: str) -> str:
    try:
        return urljoin(page, href)
    except ValueError:  # it is no address; it leads nowhere from the page either
        return page


def _placed(
    html: str,
    pictures: Sequence[Asset],
    address: Callable[[str], str],
    root: str,
    setting: Setting,
    *,
    responsive: bool,
) -> str:
    if "<img" not in html:
        return _FROM_ROOT.sub(lambda link: link[1] + root, html) if root != "/" and 'href="/' in html else html
    return _TAG.sub(_Placing(pictures, address, root, _loose(html), setting, responsive=responsive).tag, html)


def _loose(html: str) -> frozenset[int]:
    """Where pictures stand in no element: a paragraph is missing around what was raw HTML."""
    if html.count("<img") == html.count("<p><img"):
        return frozenset()
    found, depth = set(), 0
    for tag in _NESTED.finditer(html):
        if tag[2] != "img":
            depth += -1 if tag[1] else 1
        elif not depth:
            found.add(tag.start())
    return frozenset(found)


class _Placing:
    """Puts links and pictures in their places, from the first of a body to its last."""

    def __init__(
        self,
        pictures: Sequence[Asset],
        address: Callable[[str], str],
        root: str,
        loose: frozenset[int],
        setting: Setting,
        *,
        responsive: bool,
    ) -> None:
        self.by_name = {asset.name: asset for asset in pictures}
        for asset in pictures:  # a file beside its story is called by less than its name
            if ending(asset.name) in MEDIA:
                self.by_name.setdefault(asset.name.rpartition("/")[2], asset)
        self.setting = setting
        self.charts = 0
        self.address = address
        self.root = root
        self.responsive = responsive
        self.loose = loose
        self.linked = False  # whether this is inside a link
        self.figured = False  # or inside a figure

    def tag(self, match: re.Match[str]) -> str:
        """What stands in place of a tag, or of a paragraph that is a picture."""
        text: str = match[0]
        if text.startswith("<img"):
            return self._alone(text) if match.start() in self.loose else self._image(text)
        if text.startswith("<p>"):
            shown, *more = _IMAGES.findall(text)
            if more and not self._film(shown):
                return f"<p>{''.join(map(self._image, (shown, *more)))}</p>"
            return self._alone(shown, *more)
        if text in ("<figure>", "</figure>"):
            self.figured = text == "<figure>"
            return '<figure class="picture">' if self.figured else text
        self.linked = text != "</a>"
        return _FROM_ROOT.sub(lambda link: link[1] + self.root, text)

    def _alone(self, text: str, poster: str = "") -> str:
        """What stands in a paragraph of its own; a picture with a title, which is its caption, is a figure."""
        words = dict(_ATTRIBUTE.findall(text))
        asset = self._asset(words)
        if asset and asset.recipe:
            return self._chart(asset, words)
        if asset and ending(asset.name) in MEDIA:
            return self._player(asset, words, poster)
        shown, caption = self._image(text), words.get("title", "")
        if not caption or self.figured or not shown.startswith(("<img", "<picture")):
            return f"<p>{shown}</p>"
        return f'<figure class="picture">{shown}<figcaption>{_credited(caption)}</figcaption></figure>'

    def _asset(self, words: dict[str, str]) -> Asset | None:
        """The file that an element shows; None of one that is not there, or is another host's."""
        address = unescape(words.get("src", ""))
        if remote(address):
            return None
        name = called(address)
        return self.by_name.get(name) or self.by_name.get(name.rpartition("/")[2] if ending(name) in MEDIA else name)

    def _film(self, text: str) -> bool:
        return ending(unescape(dict(_ATTRIBUTE.findall(text)).get("src", ""))) in FILMS

    def _chart(self, asset: Asset, words: dict[str, str]) -> str:
        """A chart with its numbers; a feed has these alone, since its readers take drawings away."""
        form, caption = data_charts.asked(unescape(words.get("title", "")))
        shows, table = unescape(words.get("alt", "")), data_charts.decoded(asset.recipe)
        said = f"<b>{escape(shows, quote=False)}</b> " if shows.strip() else ""
        caption = f"<figcaption>{said}{_credited(escape(caption, quote=False))}</figcaption>"
        numbers = data_charts.table_html(table, self.setting.locale, classes=self.responsive)
        if not self.responsive:
            return f"<figure>{caption}{numbers}</figure>"
        self.charts += 1
        mark = f"chart-{asset.digest.hex()[:6]}-{self.charts}"
        drawn = data_charts.chart(table, form, shows, mark, self.setting.locale, rtl=self.setting.rtl)
        name = escape(self.setting.titles.figures, quote=False)
        scroll = f'<div class="scroll" tabindex="0">{numbers}</div>'
        return f'<figure class="data">{caption}{drawn}<details><summary>{name}</summary>{scroll}</details></figure>'

    def _player(self, asset: Asset, words: dict[str, str], poster: str) -> str:
        """A sound with the browser's own player, a film as a link with its poster; in a feed both are links."""
        titles, url = self.setting.titles, escape(self.address(asset.path))
        alt = words.get("alt", "").strip()
        if ending(asset.name) in FILMS:
            picture = self._image(poster) if poster else ""
            name = f"<cite>{alt}</cite>" if alt else f"<small>{escape(asset.name.rpartition('/')[2])}</small>"
            return f'<p class="embed"><a href="{url}">{picture}<b>{escape(titles.film, quote=False)}</b> {name}</a></p>'
        link = f'<a href="{url}">{alt or escape(titles.listen, quote=False)}</a>'
        caption = _credited(words.get("title", ""))
        if not self.responsive:
            return f"<p>{link} {caption}</p>"
        return f'<figure class="audio">{player(url)}<figcaption>{link} {caption}</figcaption></figure>'

    def _image(self, text: str) -> str:
        words: dict[str, str] = dict(_ATTRIBUTE.findall(text))
        source, alt = words.get("src", ""), words.get("alt", "")
        address = unescape(source)
        if remote(address):
            return alt if self.linked else f'<a href="{source}">{alt or source}</a>'
        asset = self._asset(words)
        if asset is None:
            return alt
        if ending(asset.name) in MEDIA:  # among words there is no room for what it shows
            name = alt or escape(asset.name.rpartition("/")[2])
            return name if self.linked else f'<a href="{escape(self.address(asset.path))}">{name}</a>'
        size = f' width="{asset.width}" height="{asset.height}"' if asset.width else ""
        kind = shape(asset.width, asset.height) if self.responsive else ""
        kind = f' class="{kind}"' if kind else ""
        plain = f'<img{kind} src="{self.address(asset.path)}" alt="{alt}"{size} loading="lazy">'
        listed = sources(choice(asset, self.address), SIZES) if self.responsive else ""
        return f"<picture>{listed}{plain}</picture>" if listed else plain


def player(url: str) -> str:
    """The browser's own player of a sound, which loads nothing before somebody plays it."""
    return f'<audio controls preload="none" src="{url}"></audio>'


def _credited(caption: str) -> str:
    """A caption in HTML; what stands behind a stroke says whose it is."""
    found = _CREDITED.fullmatch(caption)
    return f"{found[1]} <small>{found[2]}</small>" if found else caption
