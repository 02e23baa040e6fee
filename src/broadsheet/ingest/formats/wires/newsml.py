"""NewsML-G2, NewsML 1 and NITF → their stories: the agencies' XML; one draft an item with a text.

In: a ``Source`` that holds XML. Out: drafts, of which those that their publisher took back or holds are held. Entities
are neither fetched nor unfolded. Source of the names: iptc.org/standards (NewsML-G2, NITF).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from broadsheet.errors import Place, Problem, fail, warning
from broadsheet.ingest.extract import author_fields
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Found, Hints, Piece, Role, Source
from broadsheet.ingest.extract.subjects import settle
from broadsheet.ingest.formats import embedded, feed, wires, xml_text
from broadsheet.ingest.formats import status_fields as marks
from broadsheet.ingest.formats.feed import entry_body, entry_media
from broadsheet.ingest.formats.feed.entry import Made
from broadsheet.ingest.formats.feed.entry_body import EntryBody
from broadsheet.ingest.formats.feed.entry_media import Media
from broadsheet.ingest.formats.status_fields import PublisherMarks
from broadsheet.ingest.formats.wires import as_html, role_of
from broadsheet.ingest.formats.xml_text import last_line, line, local
from broadsheet.model import Picture
from broadsheet.text import clip

MOST = 2000  # items of one file
_TOPICS = 8
_ITEMS = ("newsitem", "nitf")
_CONTENT = ("body.content", "body", "inlinedata", "datacontent")
_CLOSING = ("tagline", "bibliography")  # of NITF's body.end: a correction, who reported, what to read


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a file.

    Raises BroadsheetError: ``xml-entities``, ``not-xml`` with the line, ``no-story`` where no item has a text.
    """
    parsed = xml_text.parse(source, _ITEMS)
    items = _items(parsed.root)
    made = [_Item(item, hints, source.name, parsed).made() for item in items[:MOST]]
    problems = [*parsed.problems, *_left_out(made, items, source)]
    if not any(one.draft for one in made):
        raise fail("no-story", "it has no item with text", Place(source.name), "Pictures and packages are not read.")
    return feed.with_fates(parsed.text, made, problems)


def _left_out(made: list[Made], items: list[Any], source: Source) -> Iterator[Problem]:
    none = [one for one in made if one.draft is None]
    if none:
        names = ", ".join(repr(one.name) for one in none[:5]) + (f" and {len(none) - 5} more" if len(none) > 5 else "")
        at = min((piece.first for one in none for piece in one.pieces), default=0)
        message = f"{len(none)} of {len(made)} items have no text, such as pictures: {names}: left out"
        yield warning("entries-left", message, Place(source.name, at))
    if len(items) > MOST:
        message = f"the file holds {len(items)} items: the first {MOST} are read, {len(items) - MOST} are left out"
        yield warning("entries-left", message, Place(source.name, line(items[MOST])), "Split the file.")


def _items(root: Any) -> list[Any]:
    """The items of a message, or the root alone; an item within an item is a part of it."""
    found = [e for e in root.iter() if local(e) in _ITEMS]
    return [e for e in found if not any(local(a) in _ITEMS for a in e.iterancestors())] or [root]


class _Item:
    """One item on its way to a draft; its elements are known by their names in lower case, whatever their namespace."""

    def __init__(self, item: Any, hints: Hints, file: str, parsed: xml_text.ParsedXml) -> None:
        self.item, self.hints, self.file = item, hints, file
        self.damaged, self.guessed = item in parsed.damaged, parsed.guessed
        self.elements: dict[str, list[Any]] = {}
        for element in item.iter():
            self.elements.setdefault(local(element), []).append(element)
        self.content = self._content()
        self.files = list(self._files())
        self.inside = set(self.content.iter()) if self.content is not None else set()
        self.first, self.last = line(item), last_line(item)

    def all(self, *names: str) -> Iterator[Any]:
        """The elements outside the text by their names, in the order of the names."""
        for name in names:
            yield from (e for e in self.elements.get(name, ()) if e not in self.inside)

    def text(self, *names: str) -> str:
        """The first of some elements that has a text."""
        return next((text for e in self.all(*names) if (text := _words(e))), "")

    def attribute(self, name: str, *attributes: str) -> str:
        """The first of some attributes of an element."""
        return next((v for e in self.all(name) for a in attributes if (v := (e.get(a) or "").strip())), "")

    def made(self) -> Made:
        """The draft of the item, or why there is none; the fate of each of its elements."""
        held, problems = self._marks(), list[Problem]()
        headline = self.text("headline", "hl1", "title", "newsline", "slugline")
        name = clip(headline or self._id() or "without a title", 80)
        tongue = self.attribute("language", "tag", "formalname") or _lang(self.item)
        pieces = self._pieces()
        body = self._body(tongue, headline)
        if not body.paragraphs:
            if not held.held:
                pieces = [msgspec.structs.replace(p, role="dropped", why="the item has no text") for p in pieces]
                return Made(None, tuple(pieces), (), "it has no text", name)
            body = entry_body.from_text(held.notice(name), entry_body.BodyContext())
        for left in body.left:
            at = self._content_line() + left.line
            pieces.append(Piece(at, at, left.text, "dropped", left.why, left.confidence))
        lang = Found(tongue, "language", 0.95) if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", tongue) else None
        title = embedded.headline(headline, "headline", body.paragraphs)
        if self.guessed:
            title = msgspec.structs.replace(title, confidence=min(title.confidence, 0.7))
        about = embedded.about(title.value, body.paragraphs, lang, self.hints)
        provider = self._provider()
        authors, agency = self._signed(provider)
        date, updated, wrong = wires.read_dates(self, self.hints, tongue, name, self.file)
        problems += wrong
        subjects = list(dict.fromkeys(self._subjects()))
        section = embedded.one_of(subjects, self.hints)
        topics = tuple(subject for subject in subjects if subject != section)[:_TOPICS]
        summary = self._summary()
        licence = self.text("usageterms", "copyrightnotice", "copyrightline") or self.attribute("doc.rights", "owner")
        image, keys, said = self._media(body, name, pieces)
        problems += said
        draft = Draft(
            title=title,
            body=body.markdown,
            fates=(),
            date=date,
            updated=held.after(updated),
            authors=authors,
            section=settle(section, self.hints, "subject", 0, 0.85) if section else None,
            summary=Found(summary, "abstract", 0.9)
            if wires.LEAST_SUMMARY <= len(summary) <= wires.MOST_SUMMARY
            else about.summary,
            topics=Found(topics, "subjects", 0.85) if topics else about.topics,
            lang=about.lang,
            image=image,
            agency=Found(agency, "provider", 0.9) if agency else None,
            licence=Found(licence, "rights", 0.9) if licence else None,
            guid=self._id(),
            body_confidence=0.3 if self.damaged else 0.6 if body.cut or self.guessed else 0.95,
            held=held.held,
            embargo=held.embargo,
            expires=held.expires,
            keys=keys,
        )
        return Made(draft, wires.summed(pieces, summary), tuple(problems), name=clip(title.value, 80))

    def _id(self) -> str:
        return (
            self.item.get("guid")
            or self.attribute("doc-id", "id-string")
            or self.text("publicidentifier", "newsitemid")
        )

    def _content(self) -> Any:
        """The element that holds the text: NITF's body.content, an XHTML body, or plain inline data."""
        for name in _CONTENT:
            for element in self.elements.get(name, ()):
                head = any(local(inner) == "body.head" for inner in element)  # NITF's, whose text is in body.content
                if not head and "".join(element.itertext()).strip():
                    return element
        return None

    def _content_line(self) -> int:
        return line(self.content) if self.content is not None else self.first

    def _body(self, lang: str, headline: str) -> EntryBody:
        if self.content is None:
            return EntryBody()
        place = entry_body.BodyContext("", headline, "", "", "", lang, self.hints)
        if local(self.content) in ("inlinedata", "datacontent") and not len(self.content):
            text = self.content.text or ""
            type_ = (self.content.get("contenttype") or "").lower()
            markup = "html" in type_ or ("plain" not in type_ and entry_body.is_html(entry_body.unfolded(text)))
            return (entry_body.from_html if markup else entry_body.from_text)(text, place)
        body = entry_body.from_tree(as_html(self.content), place)
        closing = entry_body.from_text("\n\n".join(_words(e) for e in self.all(*_CLOSING)), place)
        return msgspec.structs.replace(
            body,
            markdown=f"{body.markdown.rstrip()}\n\n{closing.markdown}" if closing.markdown else body.markdown,
            paragraphs=body.paragraphs + closing.paragraphs if body.paragraphs else (),
        )

    def _pieces(self) -> list[Piece]:
        """The fate of each element outside the text that says something, and the text as one piece."""
        found: list[Piece] = []
        if self.content is not None:
            text = _words(self.content)
            found.append(Piece(line(self.content), last_line(self.content), text, "body"))
            found += [
                Piece(line(media), last_line(media), said, "caption", "said of a file of the item")
                for media in self.content.iter()
                if local(media) == "media" and (said := clean(" ".join(media.itertext())))
            ]
        for element in self.item.iter():
            if element in self.inside or not isinstance(element.tag, str):
                continue
            name = local(element)
            own = clean(" ".join(filter(None, [element.text, *(e.tail for e in element)])))
            shown = own or " ".join(f'{k.rpartition("}")[2]}="{v}"' for k, v in element.attrib.items())
            if not shown or (not own and not role_of(name)):
                continue
            role: Role = role_of(name) or "dropped"
            why = "" if role_of(name) else f"<{name}> is an element that no story has a place for"
            if role == "topics" and not own:
                role, why = "markup", "a code"
            end = line(element) + (element.text or "").count("\n")
            found.append(Piece(line(element), end, own or f"{name}: {shown}", role, why))
        return found

    def _marks(self) -> PublisherMarks:
        """Whatever says that the item is not for readers: its status, an embargo, an expiry, notes to editors."""
        hints = self.hints
        found = PublisherMarks()
        releases = [(e, e.get("norm") or _words(e)) for e in self.all("date.release", "embargoed", "releasedate")]
        states = [(e, e.get("management-status") or "") for e in self.all("docdata")]
        states += [(e, e.get("qcode") or e.get("literal") or e.get("uri") or _words(e)) for e in self.all("pubstatus")]
        states += [(e, e.get("formalname") or e.get("FormalName") or "") for e in self.all("status")]
        future = self.attribute("futurestatus", "FormalName", "formalname")
        changes = self.text("dateandtime") if future else ""
        for element, text in releases:
            found |= marks.embargo(text, local(element), hints, line(element))
            if local(element) == "embargoed" and not text:  # NewsML-G2: with no end that is known
                found |= PublisherMarks(("its publisher says embargoed, and not until when",))
        if future.strip().lower() in ("usable", "") and changes:
            found |= marks.embargo(changes, "StatusWillChange", hints)
        elif changes:
            found |= marks.expiry(changes, f"StatusWillChange to {future}", hints)
        for _, word in states:
            found |= marks.state(word, "status", lifted=found.embargo is not None)
        for element in self.all("date.expire", "expires", "expirydate", "validto"):
            found |= marks.expiry(element.get("norm") or _words(element), local(element), hints, line(element))
        notes = [e.get("info") or _words(e) for e in self.all("ed-msg", "ednote", "instruction", "editorialnote")]
        signals = [e.get("qcode") or e.get("literal") or e.get("uri") or _words(e) for e in self.all("signal")]
        for word in signals:
            found |= marks.signal(word)
        notes += signals
        return found | marks.words(notes) | marks.headline(self.text("headline", "hl1", "newsline"))

    def _signed(self, provider: str) -> tuple[Found[tuple[str, ...]] | None, str]:
        """The authors and the agency; a job title stands in an element of its own."""
        people = [_without(e, "byttl") for e in self.all("byline", "by") if _without(e, "byttl")]
        people = people or [_words(next(iter(_named(e)), e)) for e in self.all("creator")]
        read = author_fields.read(dict.fromkeys(people), provider)
        lines = [line(e) for e in self.all("byline", "by", "creator")]
        return read.found("byline", next(iter(lines), 0)), read.agency or provider

    def _provider(self) -> str:
        name = next((n for e in self.all("provider") if (n := _label(e))), "")
        name = name or self.attribute("doc.copyright", "holder") or self.text("distributor")
        return (
            name
            or next((n for e in self.all("party") if (n := e.get("FormalName") or "")), "")
            or self.text("creditline")
        )

    def _subjects(self) -> Iterator[str]:
        """The subjects by name; a code alone tells a reader nothing."""
        for element in self.all("subject"):
            if 1 < len(name := _label(element)) < 60:
                yield name
        for element in self.all("tobject.subject"):
            for attribute in ("tobject.subject.type", "tobject.subject.matter", "tobject.subject.detail"):
                if name := (element.get(attribute) or "").strip():
                    yield name
        for element in self.all("keyword"):
            if name := (element.get("key") or _words(element))[:60]:
                yield name

    def _summary(self) -> str:
        standfirst = next((e for e in self.all("hl2") if any(local(a) == "hedline" for a in e.iterancestors())), None)
        return _words(standfirst) if standfirst is not None else self.text("abstract", "description", "deck")

    def _media(
        self, body: EntryBody, name: str, pieces: list[Piece]
    ) -> tuple[Found[Picture] | None, dict[str, Any], list[Problem]]:
        """The main picture, the sound; a problem that names all other files."""
        files = entry_media.carried([*self.files, *body.media], body.picture)
        for one in ([Media("picture", body.picture.src)] if body.picture else []) + [*self.files, *body.media]:
            left = one in files.rest
            why = "a file that stays where it is; named to the editor" if left else "carried over with the story"
            pieces.append(Piece(self.first, self.first, one.named(), "dropped" if left else "credit", why))
        image = Found(files.picture, "picture of the item", 0.85) if files.picture else None
        return image, files.keys, entry_media.left(name, files.rest, Place(self.file, self.first))

    def _files(self) -> Iterator[Media]:
        for element in self.elements.get("media", ()):
            for reference in (e for e in element.iter() if local(e) == "media-reference"):
                src = (reference.get("source") or reference.get("data-location") or "").strip()
                if (src and "://" not in src) or entry_media.absolute(src, ""):
                    words = {local(e): _words(e) for e in element.iter()}
                    type_ = reference.get("mime-type") or ""
                    kind = entry_media.media_kind(src, type_, element.get("media-type") or "")
                    yield Media(kind, src, type_, alt=reference.get("alternate-text") or "",
                                caption=words.get("media-caption", ""),
                                credit=words.get("media-producer", ""))  # fmt: skip
                    break
        for element in (*self.elements.get("remotecontent", ()), *self.elements.get("icon", ())):
            src = (element.get("href") or "").strip()
            if entry_media.absolute(src, ""):
                type_ = element.get("contenttype") or ""
                yield Media(
                    entry_media.media_kind(src, type_),
                    src,
                    type_,
                    element.get("size") or "",
                    element.get("duration") or "",
                )


def _words(element: Any) -> str:
    """The text of an element on one line, with a space where an element ends a line of print."""
    return clean(" ".join("".join(element.itertext()).split()))


def _without(element: Any, name: str) -> str:
    """The text of an element without that of one within it."""
    parts = [element.text or ""]
    for inner in element:
        said = " " if local(inner) == name else " | " if local(inner) == "br" else _words(inner)
        parts += [said, inner.tail or ""]
    return clean("".join(parts)).strip(" ,;–-")


def _named(element: Any) -> list[Any]:
    return [e for e in element.iter() if local(e) == "name" and _words(e)]


def _label(element: Any) -> str:
    """What an element of NewsML-G2 names: a name, or a literal."""
    return (
        next((_words(e) for e in _named(element)), "")
        or (element.get("literal") or "")
        or ("" if len(element) else _words(element))
    )


def _lang(item: Any) -> str:
    return next((v for k, v in item.attrib.items() if k.endswith("lang")), "")
