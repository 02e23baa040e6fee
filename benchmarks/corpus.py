"""Deterministic corpus of news articles in the dialect of one site generator.

    python -m benchmarks.corpus --n 10000 --out DIR --dialect broadsheet|plain|hugo|zola|pelican|eleventy|nikola

Article i depends on (seed, i) only, so the corpus for a smaller n is a prefix
of the corpus for a larger one and every dialect carries the same text.
`plain` writes DIR/content/YYYY/MM/DD/slug.md with YAML front matter: title,
date, section, authors, tags, summary.  Standard library only.

``--kind sentences`` draws all words from short lists, so that every story is like every other.  ``--kind newsroom`` has
names, places and subjects that recur by a power law, and events that several stories are about over days.
"""

import argparse
import datetime as dt
import itertools
import json
import os
import random
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

SECTIONS = ["Politics", "World", "Business", "Technology", "Science", "Health", "Culture", "Sport"]
# fmt: off
FIRST = ("Amara Benedikt Clara Dmitri Elena Farid Greta Hassan Ingrid Jonas Katya Lucien Mei Nadia "
         "Oscar Priya Quentin Rosa Stefan Tomas Ursula Viktor Wanda Yusuf Zofia").split()
LAST = ("Okafor Lindqvist Marchetti Novak Petrov Rahman Sorensen Tanaka Vasquez Whitfield Abara "
        "Brandt Castellano Dubois Eriksen Fontaine Grabowski Haddad Ivanova Jansen Kowalski "
        "Laurent Mbeki Nakamura Oduya").split()
AUTHORS = [f"{a} {b}" for k in (3, 11) for a, b in zip(FIRST, LAST[k:] + LAST[:k], strict=True)]  # 50

NOUNS = ("energy rail housing water trade climate farming mining fishing shipping aviation banking "
         "insurance education childcare pensions wages migration policing courts elections budget "
         "tax tariffs inflation debt retail tourism film music theatre football cycling tennis "
         "rowing athletics robotics chips satellites vaccines hospitals nursing nutrition genetics "
         "astronomy oceans forests wildlife volcanoes archaeology").split()
KINDS = ["policy", "reform", "markets", "research", "safety"]
TAGS = NOUNS + [f"{n} {k}" for k in KINDS for n in NOUNS]  # 50 + 250 = 300
TAG_CUM = list(itertools.accumulate(1 / r for r in range(1, len(TAGS) + 1)))

DAY0, DAYS = dt.date(2021, 1, 1), 5 * 365 + 1  # 2021-01-01 .. 2025-12-31

# Word lists behind the {slots} of the sentence templates.
W = {
    "org": ["the transport ministry", "the central bank", "the regional council", "a parliamentary committee",
            "the port authority", "the national grid operator", "the health agency", "a group of researchers",
            "the teachers’ union", "the competition watchdog", "the city’s housing board", "the opposition",
            "the statistics office", "a coalition of charities", "the football federation", "the space agency",
            "the environment department", "one of the largest lenders", "the museum’s trustees", "the court of appeal"],
    "who": ["a spokesperson", "the finance minister", "the committee’s chair", "an independent analyst",
            "a senior engineer", "the lead author of the study", "the mayor", "a former regulator",
            "the chief executive", "a union representative", "the project’s director", "a local resident",
            "an official familiar with the talks", "the head coach", "a consultant physician"],
    "place": ["Lisbon", "Gdańsk", "Nairobi", "São Paulo", "Zürich", "Osaka", "Montréal", "Tallinn", "Accra",
              "Kraków", "Malmö", "Valparaíso", "Jakarta", "Thessaloniki", "Leeds", "Antwerp", "Cork", "Busan",
              "the northern provinces", "the coastal districts", "the capital", "the border region"],
    "thing": ["the new timetable", "a revised spending plan", "the long-delayed tunnel", "the pilot programme",
              "a package of emergency loans", "the draft regulation", "the vaccination campaign",
              "the broadcasting contract", "a network of sensors", "the reservoir upgrade", "the merger",
              "the restoration of the old harbour", "the rules on short-term lets", "the qualifying round",
              "a register of suppliers", "the offshore wind auction", "the retraining scheme", "the data set"],
    "verb": ["approved", "postponed", "criticised", "published details of", "opened an inquiry into", "defended",
             "withdrew support for", "set out a timetable for", "warned against", "agreed to fund", "reviewed",
             "voted to extend", "announced changes to", "halted", "raised questions about"],
    "because": ["after months of negotiation", "despite objections from smaller parties",
                "following a review of the evidence", "amid concern over rising costs",
                "as demand continued to outpace supply", "in response to last year’s floods",
                "ahead of the autumn session", "once the audit had been completed",
                "because earlier estimates had proved too low", "under pressure from local businesses"],
    "when": ["on Monday", "late on Tuesday", "on Wednesday morning", "earlier this week", "over the weekend",
             "at a hearing on Thursday", "in a statement on Friday", "at the end of the quarter"],
    "num": ["12", "18", "27", "31", "40", "46", "55", "63", "72", "84", "110", "140", "230", "350", "480", "900"],
    "unit": ["thousand people", "businesses", "households", "workers", "stations", "schools", "hectares", "patients"],
    "adj": ["significant", "modest", "unexpected", "long-term", "uneven", "early", "measurable", "temporary",
            "costly", "cautious", "broad", "practical"],
    "abs": ["progress", "disruption", "growth", "pressure", "uncertainty", "support", "interest", "savings",
            "delays", "resistance", "improvement", "risk"],
    "topic": ["staffing", "procurement", "public access", "long-term funding", "safety checks", "ticket prices",
              "data sharing", "land use", "cross-border cooperation", "maintenance", "training", "transparency"],
    "said": ["said", "told reporters", "explained", "argued", "noted", "added"],
    "year": ["2014", "2016", "2017", "2018", "2019", "2020"],
}
TITLES = ["{org} {verb} {thing}", "{org} {verb} {thing} {because}", "{place}: {org} {verb} {thing}",
          "How {place} learned to live with {adj} {abs}", "{num} {unit} affected as {org} {verb} {thing}",
          "Why {topic} matters for {place}", "‘{adj} {abs}’: {who} on {thing}",
          "{topic} and {topic}: what {org} decided {when}"]
OPENERS = ["{org} {verb} {thing} {when}, {because}, in a decision that could affect {num} {unit} in {place}.",
           "Officials in {place} are preparing for {adj} {abs} after {org} {verb} {thing} {when}.",
           "{adj} {abs} is expected in {place} this year, {who} {said} {when}, as {org} {verb} {thing}."]
SENTENCES = [
    "{who} {said} the decision would bring {adj} {abs} to {place} and to around {num} {unit} nearby.",
    "The plan, first proposed in {year}, has been revised {num} times {because}.",
    "“We expected {adj} {abs}, but not on this scale,” {who} {said} {when}.",
    "Figures released {when} show that {num} {unit} were already affected, compared with {num} a year earlier.",
    "In {place}, where {org} {verb} {thing} in {year}, the results have been mixed.",
    "{org} declined to comment on {topic}, but {who} {said} that talks would resume {when}.",
    "Critics point to {topic} and {topic}, two areas in which {adj} {abs} has been reported since {year}.",
    "Supporters of the proposal argue that {thing} would reduce {abs} by about {num} per cent.",
    "A separate report on {topic}, commissioned by {org}, is due to be published {when}.",
    "The cost — put at {num} million in {year} — has since risen {because}.",
    "{who} described {thing} as “{adj} {abs}, and no more”, while conceding that {topic} remained unresolved.",
    "Similar measures were tried in {place} and {place}, with {adj} {abs} in both cases.",
    "For residents of {place}, the more pressing question is {topic}.",
    "Until then, {org} will continue to oversee {thing}, {because}.",
    "No date has been set, although {who} {said} that {adj} {abs} could be visible within {num} weeks.",
    "At a meeting in {place}, {org} {verb} {thing} and asked for more work on {topic}.",
    "It was not clear {when} how {org} intended to pay for {thing}.",
    "The change affects {num} {unit}, most of them in {place}, according to {org}.",
]
HEADS = ["What happens next", "Questions over {topic}", "Reaction in {place}", "The cost of {thing}",
         "Background", "{adj} {abs} in {place}", "Who decides on {topic}", "The case for {abs}"]
LINKS = ["The [full report](https://example.org/reports/{num}-{year}) runs to {num} pages.",
         "Minutes of the session are [available online](https://example.com/minutes/{year}/{num}).",
         "More coverage is on our [section page](/{section}/).",
         "An [earlier analysis](https://example.net/analysis?id={num}&year={year}) reached the opposite conclusion."]
EMPH = ["That figure is *far* above the average for {place}.",
        "The committee’s advice was blunt: **do not proceed** without {topic}.",
        "Whether this amounts to _{adj} {abs}_ depends on whom one asks."]
ITEMS = ["{topic}, to be led by {org}", "a review of {topic} by {year}’s standards", "{thing}",
         "**{topic}** in {place}", "support for {num} {unit}"]
# fmt: on

SLOT = re.compile(r"\{(\w+)\}")
_parsed: dict[str, list[str]] = {}
_made: set[str] = set()
Article = dict[str, Any]


def say(rng: random.Random, template: str, **extra: str) -> str:
    """Fill the slots of a template with random words."""
    parts = _parsed.get(template)
    if parts is None:
        parts = _parsed[template] = SLOT.split(template)
    out = []
    for i, part in enumerate(parts):
        if i % 2:
            words = extra.get(part) or W[part]
            out.append(words[int(rng.random() * len(words))] if isinstance(words, list) else words)
        else:
            out.append(part)
    text = "".join(out)
    return text[0].upper() + text[1:]


def article(i: int, seed: int = 1) -> Article:  # noqa: C901, a story is written from top to bottom
    rng = random.Random(seed * 1_000_003 + i)

    def pick(some: list[str]) -> str:
        return some[int(rng.random() * len(some))]

    section = pick(SECTIONS)
    title = say(rng, pick(TITLES))
    date = DAY0 + dt.timedelta(days=int(rng.random() * DAYS))
    authors = rng.sample(AUTHORS, 2 if rng.random() < 0.3 else 1)
    want = rng.randint(3, 5)
    tags: list[str] = []
    while len(tags) < want:
        tag = rng.choices(TAGS, cum_weights=TAG_CUM)[0]
        if tag not in tags:
            tags.append(tag)
    summary = say(rng, pick(OPENERS))

    sec = section.lower()
    target, words = rng.randint(430, 545), 0
    blocks: list[str] = []

    def add(block: str) -> None:
        nonlocal words
        blocks.append(block)
        words += len(block.split())

    def para(opening: str = "") -> None:
        sents = [opening] if opening else []
        sents += [say(rng, pick(SENTENCES)) for _ in range(rng.randint(2, 4))]
        if rng.random() < 0.25:
            sents.append(say(rng, pick(EMPH)))
        add(" ".join(sents))

    heads = rng.sample(HEADS, rng.randint(2, 4))
    extras = [" ".join(say(rng, t, section=sec) for t in rng.sample(LINKS, 2))]
    if rng.random() < 0.4:
        n = rng.randint(3, 5)
        extras.append("\n".join("- " + say(rng, pick(ITEMS)) for _ in range(n)))
    if rng.random() < 0.4:
        extras.append("> " + say(rng, pick(SENTENCES)) + "\n>\n> — " + pick(AUTHORS))
    para(summary)
    step = target / (len(heads) + 1)
    for k in range(len(heads) + 1):
        if k:
            add("## " + say(rng, heads[k - 1]))
            para()
            if extras:
                add(extras.pop())
        while words < step * (k + 1):
            para()
    for extra in extras:
        add(extra)
    ascii_title = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_title).strip("-")[:60]
    return {
        "title": title,
        "date": date,
        "section": section,
        "authors": authors,
        "tags": tags,
        "summary": summary,
        "slug": f"{base.rstrip('-')}-{i}",
        "body": "\n\n".join(blocks) + "\n",
    }


# ---------------------------------------------------------------- a realistic newsroom

SYLLABLES = [a + b for a in ("th", "sh", "br", *"bcdfgklmnprstvz") for b in ("ai", "or", "en", "il", *"aeiou")]
BURST = 5  # days in which events begin together
BEGUN = 8  # events that do; the first are covered most, as 1, 1/2, 1/3 …
LONGEST = 12  # bursts that an event is covered at most
IN_EVENTS = 0.45  # share of the stories that are about an event others are about too


def _words(number: int, syllables: tuple[int, ...], seed: int) -> list[str]:
    rng = random.Random(f"words {number} {seed}")
    made = dict.fromkeys("".join(rng.choices(SYLLABLES, k=rng.choice(syllables))) for _ in range(2 * number))
    return list(made)[:number]


class Newsroom:
    """Names, places, subjects and plain words, each of which recurs by a power law, and the events of each day."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.names = [word.capitalize() for word in _words(4000, (2, 3), seed)]
        self.places = [word.capitalize() for word in _words(900, (2, 3, 4), seed + 1)]
        self.subjects = _words(1500, (2, 3, 4), seed + 2)
        self.plain = _words(6000, (1, 2, 2, 3), seed + 3)
        self._sums = {
            id(some): list(itertools.accumulate(1 / (rank + flat) for rank in range(1, len(some) + 1)))
            for some, flat in ((self.names, 5), (self.places, 2), (self.subjects, 10), (self.plain, 3))
        }
        self._popular = list(itertools.accumulate(1 / rank for rank in range(1, BEGUN + 1)))

    def some(self, rng: random.Random, words: list[str], number: int) -> list[str]:
        """So many words of a kind, drawn by its power law."""
        return rng.choices(words, cum_weights=self._sums[id(words)], k=number)

    def matter(self, rng: random.Random) -> list[str]:
        """What a story or an event is about: two people, a place, and subjects."""
        first, last = self.some(rng, self.names, 2), self.some(rng, self.names, 2)
        people = [f"{a} {b}" for a, b in zip(first, last, strict=True)]
        return [*people, *self.some(rng, self.places, 1), *self.some(rng, self.subjects, 4)]

    def event(self, rng: random.Random, day: int) -> list[str]:
        """What an event is about that is covered on a day: most are days old, and one story tells a part of it."""
        now = day // BURST
        rank = rng.choices(range(BEGUN), cum_weights=self._popular)[0]
        age = min(int(rng.paretovariate(1.3)) - 1, LONGEST)
        lasts = random.Random(f"lasts {now - age} {rank} {self.seed}").paretovariate(0.8)
        begun = now - age if age < lasts else now
        own = self.matter(random.Random(f"event {begun} {rank} {self.seed}"))
        return [*rng.sample(own[:3], 2), *rng.sample(own[3:], 3)]

    def article(self, i: int) -> Article:
        """Article i, which depends on the seed and on i only."""
        rng = random.Random(f"story {i} {self.seed}")
        made = article(i, self.seed)
        day = int(rng.random() * DAYS)
        about = self.event(rng, day) if rng.random() < IN_EVENTS else self.matter(rng)
        title = [*rng.sample(about, 3), *self.some(rng, self.plain, 4)]
        lead = [*about, *rng.sample(about, 2), *self.some(rng, self.plain, 30)]
        rng.shuffle(title)
        rng.shuffle(lead)
        summary = " ".join(lead).capitalize() + "."
        return made | {
            "title": " ".join(title),
            "date": DAY0 + dt.timedelta(days=day),
            "summary": summary,
            "slug": f"{'-'.join(title[:3]).lower().replace(' ', '-')}-{i}",
            "body": summary + "\n\n" + made["body"].partition("\n\n")[2],
        }


# ---------------------------------------------------------------- dialects


def q(value: object) -> str:
    """A JSON string is also a valid YAML and TOML string."""
    return json.dumps(value, ensure_ascii=False)


def yaml(pairs: list[tuple[str, object]]) -> str:
    return "---\n" + "".join(f"{k}: {v}\n" for k, v in pairs) + "---\n\n"


def dated(a: Article, suffix: str = ".md") -> str:
    return f"{a['date']:%Y/%m/%d}/{a['slug']}{suffix}"


def broadsheet(a: Article) -> tuple[str, str]:
    return f"content/stories/{a['date']:%Y/%m}/{a['slug']}.md", yaml(
        [
            ("id", q("corpus-" + a["slug"].rpartition("-")[2])),
            ("title", q(a["title"])),
            ("date", a["date"]),
            ("section", q(a["section"])),
            ("authors", q(a["authors"])),
            ("topics", q(a["tags"])),
            ("summary", q(a["summary"])),
        ]
    ) + a["body"]


def plain(a: Article) -> tuple[str, str]:
    return "content/" + dated(a), yaml(
        [
            ("title", q(a["title"])),
            ("date", a["date"]),
            ("section", a["section"]),
            ("authors", q(a["authors"])),
            ("tags", q(a["tags"])),
            ("summary", q(a["summary"])),
        ]
    ) + a["body"]


def hugo(a: Article) -> tuple[str, str]:
    return f"content/{a['section'].lower()}/" + dated(a), yaml(
        [
            ("title", q(a["title"])),
            ("date", a["date"]),
            ("slug", q(a["slug"])),
            ("authors", q(a["authors"])),
            ("tags", q(a["tags"])),
            ("years", q([f"{a['date']:%Y}"])),
            ("months", q([f"{a['date']:%Y-%m}"])),
            ("summary", q(a["summary"])),
        ]
    ) + a["body"]


def zola(a: Article) -> tuple[str, str]:
    return f"content/{a['section'].lower()}/{a['date']}-{a['slug']}.md", (
        f"+++\ntitle = {q(a['title'])}\ndate = {a['date']}\npath = {q(dated(a, ''))}\n"
        f"description = {q(a['summary'])}\n[taxonomies]\ntags = {q(a['tags'])}\nauthors = {q(a['authors'])}\n"
        f"years = {q([format(a['date'], '%Y')])}\nmonths = {q([format(a['date'], '%Y-%m')])}\n"
        f"[extra]\nsection = {q(a['section'])}\n+++\n\n"
    ) + a["body"]


def pelican(a: Article) -> tuple[str, str]:
    return "content/" + dated(a), (
        f"Title: {a['title']}\nDate: {a['date']}\nSlug: {a['slug']}\nCategory: {a['section']}\n"
        f"Authors: {'; '.join(a['authors'])}\nTags: {', '.join(a['tags'])}\nSummary: {a['summary']}\n\n"
    ) + a["body"]


def eleventy(a: Article) -> tuple[str, str]:
    return "src/" + plain(a)[0], plain(a)[1]


def nikola(a: Article) -> tuple[str, str]:
    return "content/" + dated(a), (
        f"<!--\n.. title: {a['title']}\n.. slug: {a['slug']}\n.. date: {a['date']} 06:00:00 UTC\n"
        f".. category: {a['section']}\n.. author: {', '.join(a['authors'])}\n.. tags: {', '.join(a['tags'])}\n"
        f".. description: {a['summary']}\n.. type: text\n-->\n\n"
    ) + a["body"]


def extra_files(dialect: str) -> Iterator[tuple[str, str]]:
    """Section index files that some generators need, as (path, text)."""
    for name in SECTIONS:
        if dialect == "hugo":
            yield f"content/{name.lower()}/_index.md", yaml([("title", q(name))])
        elif dialect == "zola":
            yield (
                f"content/{name.lower()}/_index.md",
                (
                    f'+++\ntitle = {q(name)}\nsort_by = "date"\npaginate_by = 30\ntemplate = "section.html"\n'
                    "generate_feeds = true\ntransparent = true\n+++\n"
                ),
            )
    if dialect == "zola":
        yield "content/_index.md", '+++\nsort_by = "date"\ntemplate = "index.html"\n+++\n'


DIALECTS = {f.__name__: f for f in (broadsheet, plain, hugo, zola, pelican, eleventy, nikola)}


def write(out: str, path: str, text: str) -> None:
    full = os.path.join(out, path)
    folder = os.path.dirname(full)
    if folder not in _made:
        os.makedirs(folder, exist_ok=True)
        _made.add(folder)
    with open(full, "w", encoding="utf-8", newline="\n") as f:
        f.write(text)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--n", type=int, required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--dialect", choices=DIALECTS, default="plain")
    ap.add_argument("--kind", choices=("sentences", "newsroom"), default="sentences")
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    emit = DIALECTS[args.dialect]
    newsroom = Newsroom(args.seed)
    for i in range(args.n):
        write(args.out, *emit(newsroom.article(i) if args.kind == "newsroom" else article(i, args.seed)))
    for path, text in extra_files(args.dialect):
        write(args.out, path, text)


if __name__ == "__main__":
    main()
