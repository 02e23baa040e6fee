"""A letter → the items in it: newsletters, digests of lists, briefings; or one story that says how many it may be.

In: a ``Letter`` without its ends, and what speaks for a newsletter. Out: an ``Issue``. An article with subheads is
no newsletter: items are known by their numbers, their links, a subject that names them, and the foot of a newsletter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from broadsheet.ingest.extract.blocks import Block, is_break, squeeze
from broadsheet.ingest.formats.mail import forwarded, letter
from broadsheet.ingest.formats.mail.letter import WORDS, Letter
from broadsheet.text import either

MOST = 100  # items of one mail
_NUMBER = re.compile(r"^(\d{1,3})[.)]\s+")
_WORDS = re.compile(r"[^\W\d_]{4,}")
_ABOUT = re.compile(rf"(?<!\w)(?:{either(WORDS['digest']['words'])})(?!\w)", re.IGNORECASE)
_MORE = re.compile(rf"^\W*(?:{either(WORDS['digest']['more'])})", re.IGNORECASE)
_BYE = tuple(WORDS["digest"]["bye"])
_LISTED = re.compile(r"[,;|+•·/]|\s[–—-]\s| & | and | und | et | y ")
_STOP = re.compile(r"[.!?…。:;,]$")
_MESSAGE = re.compile(r"(?:message|nachricht|messaggio|mensaje|bericht)\s*:?\s*\d+\s*$", re.IGNORECASE)
_MARK = re.compile(rf"{_MESSAGE.pattern}|end of .{{1,100}}(?:digest|issue \d+)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*[(<\[](https?://[^\s<>)\]]+)[)>\]]$")
_PROSE = 8  # words of running text that an item has
_LEAD = 40  # words of a paragraph above the first heading from which it is an article's lead
_LETTER = 60  # words above the items from which these are a story of their own
_HEADING = 16  # words of a heading
_BRIEF = 4  # blocks of an item above the first rule
_SURE = 3  # points from which items become stories
_NUMBERED, _RULED, _LINKED, _TIGHT = 7, 8, 9, 10  # ranks of what heads an item and is no heading of HTML


class NewsletterItem(msgspec.Struct, frozen=True):
    """One item: its title, the block that it heads, its text, the section it stands in, where the whole of it is."""

    title: str
    head: Block
    blocks: tuple[Block, ...]
    section: str = ""
    url: str = ""
    fields: dict[str, str] = {}
    rows: dict[str, int] = {}


class Issue(msgspec.Struct, frozen=True):
    """The items of a mail. ``sure`` is whether each is a story; else the mail is one, and may be several.

    ``count`` is how many these are. ``letter`` is the text without the items: the introduction where it is a story of
    its own, and what was dropped.
    """

    items: tuple[NewsletterItem, ...]
    letter: Letter
    sure: bool
    more: int = 0
    count: int = 0


def digest(text: Letter) -> Issue | None:
    """The messages of a list's digest (RFC 1153): heads of messages, parted by rules."""
    blocks = text.blocks
    heads = []
    n = 0
    while n < len(blocks):
        parted = n > 0 and (letter.is_rule(blocks[n - 1]) or _MESSAGE.match(blocks[n - 1].text))
        if parted and (found := forwarded.head(blocks, n, 3)):
            heads.append(found)
            n = found.end
        else:
            n += 1
    if len(heads) < 2:
        return None
    return _messages(text, heads, "the head of a message in a digest", "what a digest prints above its messages")


def forwards(text: Letter) -> Issue | None:
    """The messages that somebody forwarded in one mail, one below the other; None for one, or one inside another."""
    text = forwarded.by_lines(text)
    heads = forwarded.side_by_side(text.blocks)
    if not heads:
        return None
    why = "the message that was forwarded"
    return _messages(text, heads, f"the head of {why}", f"{letter.NOTE} {why}")


def _messages(text: Letter, heads: Sequence[forwarded.ForwardedHead], head: str, above: str) -> Issue:
    """An item for each head. ``head`` and ``above`` are why the heads, and what stands above them, are dropped."""
    blocks = text.blocks
    items: list[NewsletterItem] = []
    dropped = list(text.dropped)
    starts = [found.start for found in heads]
    for found, end in zip(heads, [*starts[1:], len(blocks)], strict=True):
        inner = [b for b in blocks[found.end : end] if not letter.is_rule(b) and not _MARK.match(b.text)]
        used = set(map(id, inner))
        dropped += [letter.DroppedBlock(b, head, 1.0, "markup") for b in blocks[found.start : end] if id(b) not in used]
        subject = found.fields.get("subject", "")
        own = letter.unquoted(inner)
        items.append(NewsletterItem(subject, blocks[found.start], own, "", "", found.fields, found.rows))
    dropped += [letter.DroppedBlock(b, above, 0.9) for b in blocks[: starts[0]]]
    return Issue(tuple(items), Letter((), tuple(dropped), text.by_rows), sure=True)


def items(text: Letter, subject: str, *, bulk: bool) -> Issue | None:
    """The items of a newsletter; None where the text is one story.

    ``bulk`` is whether its head or its foot says that it goes to subscribers.
    """
    blocks = text.blocks
    heads = {n: rank for n, rank in _heads(blocks).items() if squeeze(blocks[n].text) != squeeze(subject)}
    rank = _rank(blocks, heads)
    if rank is None:
        count = _run_in(blocks) if bulk else 0
        return Issue((), text, sure=False, count=count) if count else None
    starts = [
        n
        for n, r in heads.items()
        if r == rank and letter.prose(blocks[n + 1 : _next(heads, n, rank, len(blocks))]) >= 1
    ]
    score, plain = _score(blocks, heads, starts, rank, subject, bulk=bulk)
    if score <= 0:
        return None
    sections = {n: blocks[n].text for n, r in heads.items() if n not in starts and r < rank}
    found: list[NewsletterItem] = []
    dropped = list(text.dropped)
    for start in starts[:MOST]:
        end = _next(heads, start, rank, len(blocks))
        found.append(_item(blocks, start, end, sections, dropped))
    dropped += [
        letter.DroppedBlock(blocks[n], "heads a part of the newsletter", 0.9, "section")
        for n in sections
        if n > starts[0] or len(starts) > 1
    ]
    above = tuple(b for n, b in enumerate(blocks[: starts[0]]) if n not in sections)
    if letter.prose(above) < _LETTER:
        dropped += [letter.DroppedBlock(b, "the newsletter's own words above its items", 0.85) for b in above]
        above = ()
    rest = Letter(above, tuple(dropped), text.by_rows)
    return Issue(tuple(found), rest, score >= _SURE and plain, max(0, len(starts) - MOST), len(starts))


def _run_in(blocks: Sequence[Block]) -> int:
    """How many paragraphs begin with their heading in bold type, where most do; 0 for fewer than three."""
    texts = [one for one in blocks if one.kind in ("p", "li")]
    bold = [one for one in texts if one.spans[0].strong and not all(span.strong for span in one.spans)]
    found = [one for one in bold if letter.words(one.spans[0].text) <= _HEADING]
    return len(found) if len(found) > 2 and len(found) > len(texts) / 2 else 0


def _heads(blocks: Sequence[Block]) -> dict[int, int]:
    """The blocks that may head an item, each with its rank: the lower, the higher it stands."""
    found: dict[int, int] = {}
    for n, one in enumerate(blocks[:-1]):
        text, below = one.text, blocks[n + 1]
        if one.kind == "h":
            found[n] = _NUMBERED if _NUMBER.match(text) else one.level
            continue
        if one.kind not in ("p", "li") or one.quoted or letter.is_rule(one):
            continue
        size = letter.words(text)
        heads = (
            0 < size <= _HEADING
            and not _STOP.search(text)
            and (text[0].isupper() or not text[0].isalpha() or not text[0].islower())
        )
        if not heads or below.kind in ("h", "img") or letter.is_rule(below):
            continue
        if (one.kind == "li" and one.ordered and below.kind == "p") or (one.kind == "p" and _NUMBER.match(text)):
            found[n] = _NUMBERED
        elif one.kind == "p" and (letter.is_rule(blocks[n - 1]) if n else _is_first(blocks)):
            found[n] = _RULED
        elif one.kind == "p" and _is_one_link(one) and letter.words(below.text) >= _PROSE and not _MORE.match(text):
            found[n] = _LINKED
        elif one.kind == "p" and _is_tight(blocks, n) and letter.words(below.text) >= _PROSE:
            found[n] = _TIGHT
    return found


def _is_first(blocks: Sequence[Block]) -> bool:
    """Whether a text begins with an item: a heading and a paragraph or two, above the first of several rules."""
    rules = [n for n, one in enumerate(blocks) if letter.is_rule(one)]
    return len(rules) > 1 and rules[0] <= _BRIEF and letter.prose(blocks[1 : rules[0]]) >= _PROSE


def _is_one_link(one: Block) -> bool:
    spans = [span for span in one.spans if not is_break(span) and not span.text.isspace()]
    return bool(spans) and all(span.href for span in spans)


def _is_tight(blocks: Sequence[Block], n: int) -> bool:
    """Whether a line of plain text stands apart from what is above and directly above what is below."""
    if blocks[n].around is not letter.PLAIN:
        return False
    apart = n == 0 or blocks[n].lines[0] - blocks[n - 1].lines[-1] > 1
    return apart and blocks[n + 1].lines[0] - blocks[n].lines[-1] == 1


def _next(heads: dict[int, int], start: int, rank: int, end: int) -> int:
    """Where the item that begins at a heading ends: at the next heading that is as high or higher."""
    return next((n for n in sorted(heads) if n > start and heads[n] <= rank), end)


def _rank(blocks: Sequence[Block], heads: dict[int, int]) -> int | None:
    """The highest rank of which two headings at least have text directly below them."""
    for rank in sorted(set(heads.values())):
        mine = [n for n, r in heads.items() if r == rank]
        direct = 0
        for n in mine:
            following = min((k for k in heads if k > n), default=len(blocks))
            direct += letter.prose(blocks[n + 1 : following]) >= _PROSE
        if direct >= 2 and direct >= len(mine) / 2:
            return rank
    return None


def _score(
    blocks: Sequence[Block], heads: dict[int, int], starts: Sequence[int], rank: int, subject: str, *, bulk: bool
) -> tuple[int, bool]:
    """What speaks for items rather than for subheads of one article; whether more than its headings do."""
    titles = [blocks[n].text for n in starts]
    score = 0
    numbers = [blocks[n].ordered or int(found[1] if (found := _NUMBER.match(blocks[n].text)) else 0) for n in starts]
    if rank == _NUMBERED and numbers == [*range(numbers[0], numbers[0] + len(numbers))]:
        score += 2
    ends = [_next(heads, n, rank, len(blocks)) for n in starts]
    linked = sum(
        any(span.href for span in blocks[n].spans if not is_break(span))
        or any(_MORE.match(b.text) or _is_more(b) for b in blocks[n + 1 : end])
        for n, end in zip(starts, ends, strict=True)
    )
    plain = bulk or (linked >= 2 and linked * 2 >= len(starts))
    score += 2 * (linked >= 2 and linked * 2 >= len(starts))
    score += bulk
    score += _ABOUT.search(subject) is not None
    about = set(map(str.casefold, _WORDS.findall(subject)))
    named = sum(any(_alike(word, about) for word in map(str.casefold, _WORDS.findall(title))) for title in titles)
    if named >= 2 and _LISTED.search(subject):
        score += 2 if len(titles) > 2 and named == len(titles) else 1
        plain = True
    if rank == _RULED:
        score += 1
    above = [b for n, b in enumerate(blocks[: starts[0]]) if b.kind in ("p", "quote")]
    if any(letter.words(b.text) >= _LEAD for b in above):
        score -= 2
    elif letter.prose(above) < _PROSE and rank < _TIGHT:  # an article has a lead above its subheads
        score += 2
    if rank == _TIGHT and not bulk and score < _SURE:
        score -= 1
    return score, plain or _ABOUT.search(subject) is not None


def _alike(word: str, others: set[str]) -> bool:
    return word in others or any(word[:6] == other[:6] for other in others if len(word) > 6 and len(other) > 6)


def _is_more(one: Block) -> bool:
    """Whether a block is nothing but a link to the whole story."""
    return one.kind in ("p", "li") and letter.words(one.text) <= 5 and _is_one_link(one)


def _item(
    blocks: Sequence[Block], start: int, end: int, sections: dict[int, str], dropped: list[letter.DroppedBlock]
) -> NewsletterItem:
    head = blocks[start]
    kept: list[Block] = []
    url = next((span.href for span in head.spans if span.href and not is_break(span)), "")
    for one in blocks[start + 1 : end]:
        if letter.is_rule(one):
            dropped.append(letter.DroppedBlock(one, "a rule", 1.0, "markup"))
        elif _MORE.match(one.text) and letter.words(one.text) <= 12:
            url = url or next((span.href for span in one.spans if span.href and not is_break(span)), "")
            url = url or next(iter(re.findall(r"https?://[^\s<>]+", one.text)), "")
            dropped.append(letter.DroppedBlock(one, "a link to the whole story", 0.95, "markup"))
        elif one.text.casefold().replace("’", "'").startswith(_BYE) and letter.words(one.text) <= 20:
            dropped.append(letter.DroppedBlock(one, "the newsletter's own words below its items", 0.85))
        else:
            kept.append(one)
    section = next((sections[n] for n in sorted(sections, reverse=True) if n < start), "")
    title = _NUMBER.sub("", head.text).strip(" »›→>")
    if address := _ADDRESS.search(title):
        title, url = title[: address.start()], url or address[1]
    return NewsletterItem(title, head, tuple(kept), section if len(sections) > 1 else "", url)
