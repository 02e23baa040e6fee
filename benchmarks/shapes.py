"""Made-up pages in the shapes that people paste: what the labelled pages of the web lack, and a speed test needs.

In: how many. Out: ``Page`` values, each a text with what is true of it. Always the same ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

_WHO = ("The city council", "The harbour authority", "A court in the capital", "The finance minister", "The museum",
        "Farmers in the north", "The national weather service", "A team of researchers", "The football federation",
        "The central bank", "Health officials", "The education board", "A group of engineers", "President Alvarez",
        "Prime Minister Lindqvist", "Police in Eastport", "The space agency", "Two airlines", "The trade union",
        "Residents of Hillview")  # fmt: skip
_DID = ("approved", "rejected", "postponed", "announced", "presented", "criticised", "welcomed", "opened", "closed",
        "extended", "agreed on", "warned of", "called for", "began", "delayed")  # fmt: skip
_WHAT = ("a plan to rebuild the old bridge", "new rules for rented flats", "a tax on sugary drinks",
         "the budget for next year", "a survey of the river", "talks with the neighbouring country",
         "the second phase of the vaccination drive", "a study on sleep and memory", "cuts to the rail network",
         "a ban on night flights", "an inquiry into the fire", "the sale of the old mill",
         "a record number of visitors", "a strike over pay", "an upgrade of the power grid")  # fmt: skip
_HOW = ("after months of debate", "despite protests from shop owners", "as costs continue to rise",
        "in a vote late on Tuesday", "following a report by auditors", "while ministers met abroad",
        "for the first time since 2009", "because of heavy rain", "with support from both parties",
        "before the summer break", "amid concern over jobs", "ahead of elections in May")  # fmt: skip
_MORE = ("Officials said the decision would take effect within weeks.",
         "Critics pointed to a similar case that ended in court.",
         "“We have waited long enough,” said Maria Olsen, who leads the campaign.",
         "The measure costs 4.2 million and will be paid from reserves.",
         "Opposition parties asked for more time to read the documents.",
         "No one was injured, a spokesman said.",
         "It was the third such case this year, according to official figures.",
         "Work is expected to start in September and to last about two years.",
         "Analysts had expected a smaller rise.", "A final ruling is due next month.")  # fmt: skip
_SUBHEADS = ("What happens next", "Costs and benefits", "A long history", "Reaction abroad", "How the vote went",
             "Background", "Who pays", "Next steps for the region", "The legal question")  # fmt: skip
_NAMES = ("Helena Marsh", "Tomas Lind", "Aditya R. Menon", "Priya Nair", "Jonas Weber", "Claire Dubois", "Luis Ortega",
          "Sara Okafor", "J. P. Mills", "Anna-Lena Fischer", "Omar El Sayed")  # fmt: skip
_SECTIONS = ("World", "Politics", "Business", "Science", "Sport", "Health", "Europe", "Culture", "Technology", "Local")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FURNITURE = ("0 Views", "news-image", "Share", "thumbnail", "12 Comments", "3 min read", "Advertisement", "Facebook",
              "Twitter", "Listen to this article")  # fmt: skip
_ENDINGS = ("Disclaimer: This image is taken from Reuters.", "© 2025 All rights reserved.", "Related stories",
            "Leave a comment", "Sign up for our newsletter")  # fmt: skip

_BRIEF = ("Nobody was at home.", "It opens on Friday.", "The road is closed.", "Talks go on.", "A trial is to follow.",
          "Police are looking for witnesses.", "More is to be known in the morning.", "Trains are late.")  # fmt: skip


class Page(msgspec.Struct, frozen=True):
    """A made-up page; fields that the text does not show are empty."""

    text: str = ""
    title: str = ""
    date: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    body: tuple[str, ...] = ()
    subheads: tuple[str, ...] = ()


def pages(count: int) -> list[Page]:
    """That many pages: over half as a news site prints them, the others pasted with little or nothing around."""
    chance = random.Random(7)
    return [_page(chance) for _ in range(count)]


def notes(count: int) -> list[Page]:
    """That many notes: a few words that head a paragraph or none and short sentences, nothing or a byline between."""
    chance = random.Random(11)
    found = []
    for _ in range(count):
        what = chance.choice(_WHAT).partition(" ")[2]
        title = " ".join(what.split()[: chance.randint(2, 5)]).capitalize()
        names, byline = _byline(chance) if chance.random() < 0.4 else ((), "")
        brief = f"{chance.choice(_WHO)} {chance.choice(_DID)} {what}."
        first = chance.choice((brief, chance.choice(_BRIEF), _paragraph(chance, 1), _paragraph(chance, 2)))
        body = [first, *chance.sample(_BRIEF, chance.randint(1, 2))]
        found.append(Page("\n\n".join((f"{title}\n{byline}".strip(), *body)), title, "", names, "", tuple(body)))
    return found


def _sentence(chance: random.Random) -> str:
    return f"{chance.choice(_WHO)} {chance.choice(_DID)} {chance.choice(_WHAT)} {chance.choice(_HOW)}."


def _paragraph(chance: random.Random, sentences: int) -> str:
    return " ".join(
        [_sentence(chance)]
        + [chance.choice(_MORE) if chance.random() < 0.6 else _sentence(chance) for _ in range(sentences - 1)]
    )


def _page(chance: random.Random) -> Page:
    who, did, what = chance.choice(_WHO), chance.choice(_DID), chance.choice(_WHAT)
    title = f"{who} {did} {what}" + (f" {chance.choice(_HOW)}" if chance.random() < 0.5 else "")
    if chance.random() < 0.3:
        title = f"{what[0].upper()}{what[1:]}: {who.lower()} {chance.choice(_HOW)}"
    lead = f"{who} {did} {what} {chance.choice(_HOW)}, according to a statement. "
    lead += _paragraph(chance, chance.randint(1, 3))
    paragraphs = [lead, *(_paragraph(chance, chance.randint(1, 4)) for _ in range(chance.randint(2, 7)))]
    rows, shown = _top(chance, title)
    body, subheads = [], []
    for kind, row in _middle(chance, paragraphs, title):
        rows.append(row)
        if kind == "body":
            body.append(row.removeprefix("- "))
        elif kind == "subhead":
            subheads.append(row)
    if chance.random() < 0.4:
        rows.append(chance.choice(_ENDINGS))
    return msgspec.structs.replace(shown, text="\n".join(rows), body=tuple(body), subheads=tuple(subheads))


def _top(chance: random.Random, title: str) -> tuple[list[str], Page]:
    """The rows above the prose, and a page with the fields that they show."""
    date, printed = _date(chance)
    names, byline = _byline(chance)
    shape = chance.random()
    if shape >= 0.8:
        return [], Page()
    rows: list[str] = []
    if shape < 0.55:
        section = chance.choice(_SECTIONS) if chance.random() < 0.8 else ""
        rows += [section, ""] if section else []
        rows += [title + ("." if chance.random() < 0.4 else ""), ""]
        dated, signed = chance.choice(((True, True), (True, True), (True, True), (True, False), (False, True)))
        head = [row for row, is_shown in ((printed, dated), (byline, signed)) if is_shown]
        if chance.random() < 0.3:
            head.reverse()
        furniture = [row for row in _FURNITURE if chance.random() < 0.4]
        chance.shuffle(furniture)
        rows += [*head, *furniture, ""]
        return rows, Page(title=title, section=section, date=date if dated else "", authors=names if signed else ())
    dated, signed = chance.random() < 0.6, chance.random() < 0.6
    rows += [title, ""] if chance.random() < 0.7 else [title]
    rows += [byline] if signed else []
    rows += [printed] if dated else []
    return [*rows, ""], Page(title=title, date=date if dated else "", authors=names if signed else ())


def _date(chance: random.Random) -> tuple[str, str]:
    year, month, day = chance.randint(2021, 2025), chance.randint(1, 12), chance.randint(1, 28)
    name = _MONTHS[month - 1]
    printed = chance.choice((
        f"Published On {chance.choice(_DAYS)}, {day:02} {name[:3]} {year}", f"{name} {day}, {year}",
        f"Published: {day} {name} {year}", f"{day} {name} {year}", f"{year}-{month:02}-{day:02}",
        f"Posted on {name} {day}, {year} at 10:{day:02} am", f"{day:02}.{month:02}.{year}, {chance.randint(10, 20)}:15",
        f"Updated {name[:3]}. {day}, {year}",
    ))  # fmt: skip
    return f"{year}-{month:02}-{day:02}", printed


def _byline(chance: random.Random) -> tuple[tuple[str, ...], str]:
    name = chance.choice(_NAMES)
    if chance.random() < 0.15:
        other = chance.choice([n for n in _NAMES if n != name])
        return (name, other), f"By {name} and {other}"
    return (name,), chance.choice((name, f"By {name}", f"By {name}, Staff Writer", name))


def _middle(chance: random.Random, paragraphs: list[str], title: str) -> Iterator[tuple[str, str]]:
    """The rows of the prose with their kinds: paragraphs, subheads, lists, and now and then furniture."""
    headed = chance.random() < 0.5
    left = list(_SUBHEADS)
    for k, paragraph in enumerate(paragraphs):
        if k and headed and left and chance.random() < 0.5:
            yield "subhead", left.pop(chance.randrange(len(left)))
            yield "", ""
        if k > 1 and chance.random() < 0.12:
            yield "", chance.choice(("Advertisement", "Read more", f"Also read: {title}", "Share this article"))
            yield "", ""
        if k and chance.random() < 0.12:
            yield "body", "The plan has three parts:"
            yield "", ""
            yield from (("body", f"- {item}") for item in chance.sample(_WHAT, 3))
            yield "", ""
        yield "body", paragraph
        yield "", ""
