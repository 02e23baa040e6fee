"""Stories: a page for each, with its place in its edition and in what it belongs to.

In: the stories of a newspaper. Out: their pages; of each all that its template may see, and a NewsArticle.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec
from markupsafe import Markup

from broadsheet import iri
from broadsheet.config import Site
from broadsheet.config.taxonomies import Taxonomy
from broadsheet.content import translations
from broadsheet.model import Asset, Credit, Page, Picture, Story
from broadsheet.pages import codes, enclosures, urls
from broadsheet.pages.codes import CodeView
from broadsheet.pages.enclosures import SoundView
from broadsheet.pages.inputs import Body, EditionRef, Item, Name, StoryRef, Teaser, ThreadPlace
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.navigation import Names, alternate
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing, filled, share, share_of
from broadsheet.pages.views import Card, Link, PageView, PictureView, SpotView, TeaserView, When

# An edition, the story before and the one after in its order.
Place = tuple[EditionRef, StoryRef | None, StoryRef | None]


class AlsoReported(msgspec.Struct, frozen=True, gc=False):
    """Another report of the same: a story to link to, and what its source is called."""

    link: StoryRef
    source: str


class StoryInputs(msgspec.Struct, frozen=True, gc=False):
    """A story's page. ``pictures`` are those that its body shows, ``also`` other reports.

    ``previous`` and ``next`` are its neighbours in the order of its edition; ``card`` is its share card. ``terms`` are
    those of the site's own taxonomies, by the taxonomy's name. ``translations`` are those of the story, and itself.
    ``coded`` is whether its print carries a code to scan.
    """

    item: Item
    body: Body
    pictures: tuple[Asset, ...]
    section: Name | None
    topics: tuple[Name, ...]
    authors: tuple[Name, ...]
    also: tuple[AlsoReported, ...]
    source: Name | None
    spot: ThreadPlace | None
    related: tuple[Teaser, ...]
    edition: EditionRef | None
    previous: StoryRef | None
    next: StoryRef | None
    card: Asset | None = None
    terms: tuple[tuple[str, tuple[Name, ...]], ...] = ()
    translations: tuple[StoryRef, ...] = ()
    coded: bool = False


class CorrectionView(msgspec.Struct, frozen=True):
    """A correction to print; ``retracted`` says whether it retracts the whole story."""

    date: When
    text: str
    retracted: bool = False


class SourceView(msgspec.Struct, frozen=True):
    """The source of a story; its texts are empty if they are not known. ``page`` lists all stories of that source."""

    name: str
    url: str
    licence: str
    page: str


class ReportView(msgspec.Struct, frozen=True):
    """Another report of the same news: its headline, its address on this site, its source (empty: not known).

    ``language`` is that of the headline if it is not the site's.
    """

    title: str
    url: str
    source: str
    language: str = ""


class TermsView(msgspec.Struct, frozen=True):
    """The terms of a story in one of the site's own taxonomies: the title ("Countries"), and a link for each term."""

    title: str
    terms: tuple[Link, ...]


class StoryView(msgspec.Struct, frozen=True):
    """A whole story. ``card`` has what lists show too; ``extra`` has the keys of front matter that Broadsheet
    does not know.

    ``points`` are its key points, ``sound`` its audio. ``standfirst`` is the summary, unless the body begins with the
    same words. ``also`` are other reports of the same news. ``previous`` and ``next`` are its neighbours in its
    edition. ``retracted`` is the notice of a retraction; ``body`` is then the notice too. ``code`` is a QR code of its
    address, for the printed page.
    """

    card: Card
    standfirst: str
    body: Markup
    updated: When | None
    topics: tuple[Link, ...]
    taxonomies: tuple[TermsView, ...]
    corrections: tuple[CorrectionView, ...]
    source: SourceView | None
    also: tuple[ReportView, ...]
    spot: SpotView | None
    related: tuple[TeaserView, ...]
    edition: Link | None
    previous: Link | None
    next: Link | None
    words: int
    extra: dict[str, object]
    retracted: CorrectionView | None = None
    points: tuple[str, ...] = ()
    sound: SoundView | None = None
    code: CodeView | None = None


def page_of(story: Story, site: Site) -> str:
    """The path of a story's own page."""
    return urls.file(urls.story(story, site.zone))


def _plan(context: PlanContext) -> Iterator[Page]:
    """A page a story, newest first. One that is retracted may stand in no edition."""
    items, made, threads = context.items, context.made, context.threads
    places, reports, languages = _places(context), _reports(context), _translations(context)
    sections, sources = context.names["section"], context.names["source"]
    topic, author = context.names["topic"].__getitem__, context.names["author"].__getitem__
    own = [(row, context.names[row.name]) for row in context.rows if row.title]  # the site's own taxonomies
    coded = {story.id for story in context.newspaper.stories[: context.site.settings.print_codes]}
    for story in context.newspaper.everything:
        id_ = story.id
        edition, previous, following = places.get(id_, (None, None, None))
        inputs = StoryInputs(
            item=items[id_],
            body=Body(story),
            pictures=made.pictures(story) if story.pictures or story.audio else (),
            section=sections[story.section] if story.section else None,
            topics=tuple(map(topic, story.topics)),
            authors=tuple(map(author, story.authors)),
            also=reports.get(id_, ()),
            source=sources[story.source.name] if story.source and story.source.name else None,
            spot=threads.spots.get(id_),
            related=threads.related(id_, context.teaser),
            edition=edition,
            previous=previous,
            next=following,
            card=context.stock.cards.get(id_),
            terms=_terms(story, own) if story.terms else (),
            translations=languages.get(id_, ()),
            coded=id_ in coded,
        )
        yield Page(f"{items[id_].address}index.html", "story.html", inputs, f"{made.folder}/{story.path}")


def _terms(story: Story, own: Iterable[tuple[Taxonomy, Names]]) -> tuple[tuple[str, tuple[Name, ...]], ...]:
    """What the site's own taxonomies say of a story."""
    found = ((row, tuple(map(names.__getitem__, row.values(story)))) for row, names in own)
    return tuple((row.name, names) for row, names in found if names)


def _places(context: PlanContext) -> dict[str, Place]:
    """Each story's edition and its neighbours there."""
    found: dict[str, Place] = {}
    for edition, ref in zip(context.newspaper.editions, context.refs, strict=True):
        ids = [story.id for story in edition.stories]
        links = [context.links[id_] for id_ in ids]
        found.update(zip(ids, zip([ref] * len(ids), (None, *links), (*links[1:], None), strict=False), strict=True))
    return found


def _reports(context: PlanContext) -> dict[str, tuple[AlsoReported, ...]]:
    """The other reports of each story that has any."""
    found = context.newspaper.reports
    return {id_: tuple([_report(other, context) for other in others]) for id_, others in found.items()}


def _translations(context: PlanContext) -> dict[str, tuple[StoryRef, ...]]:
    """Each story that is there in several languages with its translations and itself, the original first."""
    found = {}
    for group in translations.groups(story for own in context.languages for story in own.newspaper.stories):
        offered = translations.offered(group, context.site.settings.language) if len(group) > 1 else ()
        if len(offered) > 1:
            order = [own.home for own in context.languages]
            refs = tuple(context.links[story.id] for story in sorted(offered, key=lambda one: order.index(one.home)))
            found.update({story.id: refs for story in offered})
    return found


def _report(id_: str, context: PlanContext) -> AlsoReported:
    source = context.items[id_].story.source
    return AlsoReported(
        context.links[id_], context.names["source"][source.name].title if source and source.name else ""
    )


def _changed(made: StoryInputs) -> dt.datetime:
    return made.item.story.updated or made.item.story.date


def _view(made: StoryInputs, context: ViewContext) -> Views:
    view = _story(made, context)
    section = made.section if "section" in context.site.settings.feed_kinds else None
    feed = (section.title, urls.feed(section.address)) if section and section.address else None
    page = context.page(
        "story",
        made.item.address,
        headline(made.item.story, context),
        view.card.summary,
        language=made.item.story.lang,
        feed=feed,
        picture=_picture(made, context),
    )
    if made.translations:
        here = made.item.address
        all_ = tuple(
            alternate(
                ref.language or context.view.language, ref.address, ref.title, context.at, here=ref.address == here
            )
            for ref in made.translations
        )
        page = msgspec.structs.replace(page, alternates=all_)
    return {"page": page, "story": view}


def headline(story: Story, context: ViewContext) -> str:
    """The title of a story where it stands alone, as in a tab or a feed: a retracted one says so."""
    return f"{context.view.titles.retracted}: {story.title}" if story.retracted else story.title


def _begins(lead: str, summary: str) -> bool:
    """Whether the text begins with the summary, which may go on into its second paragraph: it is not printed twice."""
    first, said = lead.rstrip("…"), summary.rstrip("…")
    return first.startswith(said) or (bool(first) and said.startswith(first))


def _story(made: StoryInputs, context: ViewContext) -> StoryView:
    story, when = made.item.story, context.dates.when
    card, summary = context.card(made.item), story.summary or story.generated
    return StoryView(
        card=card,
        body=context.body(story, made.pictures),
        updated=card.updated,
        standfirst="" if story.retracted or _begins(story.lead, summary) else summary,
        topics=tuple(map(context.link, made.topics)),
        taxonomies=tuple(TermsView(context.own[name], tuple(map(context.link, names))) for name, names in made.terms),
        corrections=tuple(CorrectionView(when(c.date, timed=False), c.text) for c in story.corrections),
        source=_source_view(story.source, made.source, context),
        also=tuple(_report_view(context.link(one.link), one.source) for one in made.also),
        spot=context.spot(made.spot) if made.spot else None,
        related=tuple(map(context.teaser, made.related)),
        edition=context.edition(made.edition) if made.edition else None,
        previous=context.link(made.previous) if made.previous else None,
        next=context.link(made.next) if made.next else None,
        words=story.words,
        extra=dict(story.extra),
        retracted=CorrectionView(when(story.retracted.date, timed=False), story.retracted.text, retracted=True)
        if story.retracted
        else None,
        points=story.points,
        sound=enclosures.sound_view(made.item.story, made.pictures, context.at),
        code=codes.of(context.at.absolute(made.item.address)) if made.coded else None,
    )


def _report_view(link: Link, source: str) -> ReportView:
    return ReportView(link.title, link.url, source, link.language)


def _source_view(source: Credit | None, name: Name | None, context: ViewContext) -> SourceView | None:
    if source is None or not (source.name or source.url):
        return None
    page = context.at.local(name.address) if name and name.address else ""
    # Where there is no name, its address is shown as a person wrote it.
    return SourceView(source.name or source.url, iri.absolute(source.url) or source.url, source.licence, page)


def _picture(made: StoryInputs, context: ViewContext) -> PictureView | None:
    """What share cards show of a story: its picture, else the card that was drawn for it."""
    story = made.item.story
    return share_of(made.item, context.at) or (
        share(made.card, Picture("", alt=story.title), context.at) if made.card else None
    )


def _structured(made: StoryInputs, page: PageView, data: Structured) -> list[Thing]:
    """NewsArticle as Google's article page asks for it; its dates are those that the page shows.

    The part of an AI is a digital source type of the IPTC, by the property that schema.org has for any CreativeWork and
    Google documents for posts in forums (Search Central, "Discussion forum"); of articles it says nothing. A retracted
    story has the status that schema.org names for a CreativeWork, and its notice as the last correction.
    """
    story = made.item.story
    told = (*story.corrections, *((story.retracted,) if story.retracted else ()))
    section, own = made.section, dict(made.terms)
    article: Thing = {
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": page.canonical},
        "url": page.canonical,
        "headline": story.title,
        "description": page.description,
        "image": [page.picture.url] if page.picture else [],
        "datePublished": data.moment(story.date),
        "dateModified": data.moment(story.updated or story.date),
        "author": [_author(name, story.source, data) for name in made.authors] or [data.publisher],
        "publisher": data.publisher,
        "inLanguage": page.language,
        "articleSection": section.title if section else "",
        "keywords": [name.title for names in (made.topics, *own.values()) for name in names],
        "wordCount": 0 if story.retracted else story.words,
        "digitalSourceType": _SOURCE_TYPES.get(story.disclosure, ""),
        "hasPart": _generated(story),
        "creativeWorkStatus": "Retracted" if story.retracted else "",
        "license": _licence(story.source, data),
        "isBasedOn": _source(story.source),
        "audio": enclosures.audio_object(story, made.pictures, data),
        "correction": [
            {"@type": "CorrectionComment", "text": it.text, "datePublished": data.moment(it.date)} for it in told
        ],
    }
    above = ((section.title, section.address),) if section and section.address else ()
    trails = [
        data.crumbs(page, (*data.above[row], (name.title, name.address)))
        for row, names in own.items()
        for name in names
        if name.address
    ]
    return [filled(article), data.crumbs(page, above), *trails]


_SOURCE_TYPES = {
    "ai_summary": "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
    "ai_assisted": "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
    "ai_generated": "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
}


def _generated(story: Story) -> Thing:
    """The summary of a story, where that alone is the work of an AI."""
    if story.disclosure != "ai_summary":
        return {}
    return {"@type": "CreativeWork", "text": story.generated, "digitalSourceType": _SOURCE_TYPES["ai_generated"]}


def _author(name: Name, source: Credit | None, data: Structured) -> Thing:
    """A byline: an organisation where it is the publisher's own name or the source's, else a person."""
    organisations = {data.view.publisher, data.view.title, source.name if source else ""}
    kind = "Organization" if name.title in organisations else "Person"
    url = data.at.absolute(name.address) if name.address else data.at.root
    return {"@type": kind, "name": name.title, "url": url}


def _licence(source: Credit | None, data: Structured) -> str:
    """The address of the licence of a story: its source's, where that is one, else the site's for the site's own."""
    if source and source.licence:
        return iri.absolute(source.licence)
    return data.licence if source is None or not source.name else ""


def _source(source: Credit | None) -> Thing:
    if source is None:
        return {}
    said = filled({"name": source.name, "url": iri.absolute(source.url)})
    return {"@type": "CreativeWork", **said} if said else {}


STORY = Kind(
    "story",
    StoryInputs,
    _view,
    _plan,
    structured=_structured,
    newest=lambda made: made.item,
    changed=_changed,
    templates={"story.html": template("A story.", story=StoryView)},
)
