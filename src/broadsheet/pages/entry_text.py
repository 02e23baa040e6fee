"""The text of a story as feeds print it: its corrections, its picture, its key points, its body.

In: a story and the files that it shows. Out: safe HTML in which every address is absolute.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from broadsheet.locales import direction
from broadsheet.model import Asset, Correction
from broadsheet.pages.bodies import for_feed
from broadsheet.pages.inputs import Item
from broadsheet.pages.kind import ViewContext


def of(item: Item, pictures: Sequence[Asset], context: ViewContext) -> str:
    """The corrections of a story, for those who read it before, then the story; of a retracted one the notice.

    What is in another language or direction than readers of feeds expect says so itself: few of them read more.
    """
    story, titles = item.story, context.view.titles
    if story.retracted:
        return _correction(story.retracted, titles.retracted, context)
    if context.site.settings.feed_text == "full":
        text = _points(story.points, titles.points)
        text += for_feed(context.bodies(story), context.at, pictures, item.address, context.setting(story))
    else:
        text = f"<p>{escape(story.abstract)}</p>"
    corrections = "".join(_correction(one, titles.corrections, context) for one in story.corrections)
    text = f"{corrections}{_picture(item, context)}{text}{_disclosure(item, context)}{_reports(item, context)}"
    language = story.lang or context.view.language
    if direction(language) == "ltr" and not context.other(story.lang):
        return text
    return f'<div lang="{escape(language)}" dir="{direction(language)}">\n{text}</div>'


def summary(item: Item, context: ViewContext) -> str:
    """The summary of a story, with what an AI had to do with it: some readers of feeds show nothing else."""
    said, told = item.story.abstract, disclosure(item, context)
    return f"{said} ({told})" if said and told else said


def disclosure(item: Item, context: ViewContext) -> str:
    """What an AI had to do with a story, in words; empty where nobody says that it had."""
    said = item.story.disclosure
    return str(getattr(context.view.titles, said)) if said else ""


def _disclosure(item: Item, context: ViewContext) -> str:
    told = disclosure(item, context)
    return f"<p><em>{escape(told, quote=False)}</em></p>\n" if told else ""


def _picture(item: Item, context: ViewContext) -> str:
    """The picture of a story, which many readers of feeds show where it stands in the text alone."""
    words, asset = item.story.image, item.picture
    if words is None or asset is None:
        return ""
    size = f' width="{asset.width}" height="{asset.height}"' if asset.width else ""
    shown = f'<img src="{escape(context.at.absolute(asset.path))}" alt="{escape(words.alt)}"{size}>'
    said = " ".join(escape(text, quote=False) for text in (words.caption, words.credit) if text)
    return f"<figure>{shown}{f'<figcaption>{said}</figcaption>' if said else ''}</figure>\n"


def _reports(item: Item, context: ViewContext) -> str:
    """The other sources that report the same news, each with the address of its story here."""
    if not item.reports:
        return ""
    at = context.at.absolute
    links = [f'<a href="{escape(at(one.address))}">{escape(one.source, quote=False)}</a>' for one in item.reports]
    return f"<p>{escape(context.view.titles.also)} {', '.join(links)}</p>\n"


def _points(points: Sequence[str], title: str) -> str:
    if not points:
        return ""
    listed = "".join(f"<li>{escape(point, quote=False)}</li>" for point in points)
    return f"<p><strong>{escape(title)}</strong></p>\n<ul>{listed}</ul>\n"


def _correction(one: Correction, title: str, context: ViewContext) -> str:
    day = context.dates.when(one.date, timed=False).text
    return f"<p><strong>{escape(title)}</strong> {escape(day)}: {escape(one.text)}</p>\n"
