"""Subtitles (.srt, .vtt, .sbv) → what was said, as a story: cues joined to paragraphs, speakers kept, times left out.

In: a ``Source`` that holds cues. Out: one ``Draft`` with the fate of every row. Nobody writes a headline into
subtitles, so one is made of the lead, for an editor to look at. Source of the marks: W3C, WebVTT; SubRip has none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract import charset, to_markdown
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Source
from broadsheet.ingest.formats import embedded

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*(?:-->|,)\s*{_TIME}")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>]{1,80})>", re.IGNORECASE)
_TAGS = re.compile(r"</?[a-z0-9:.][^<>\n]{0,120}>|\{\\[^{}\n]{0,60}\}", re.IGNORECASE)
_SPEAKER = re.compile(r"(?:>>+\s*)?((?:[^\W\d_][\w.'’-]*\s?){1,4}):\s+(?=\S)")
_TURN = re.compile(r"(?:>>+|[-–—])\s*")
_SOUND = re.compile(r"[\[(（【♪♫#*][^\])）】]*[\])）】♪♫#*]?\s*")
_ENDS = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_PAUSE = 2.0  # seconds between two cues after which a new paragraph begins, below a sentence's end
_LONG_PAUSE = 6.0  # and within a sentence
_PARAGRAPH = 420  # characters of a paragraph that ends at the next sentence's end
_HEADERS = re.compile(r"(?:STYLE|REGION|NOTE)\b")


class _Cue(msgspec.Struct):
    """What is said from one time to another: its rows by their numbers."""

    start: float
    end: float
    rows: list[tuple[int, str]]


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The text of subtitles. Raises BroadsheetError (``no-story``) where nothing is said in them."""
    rows = charset.text(source.data, source.name).split("\n")
    fates = {n: Fate(n, "blank" if not row.strip() else "markup") for n, row in enumerate(rows, 1)}
    cues = list(_cues(rows, fates))
    paragraphs = list(_paragraphs(cues, fates))
    if not paragraphs:
        raise fail("no-story", "the subtitles have no text", Place(source.name), "Save the text as .txt.")
    text = [to_markdown.escape(paragraph) for paragraph in paragraphs]
    header = next((row for row in rows[:12] if row.lower().startswith("language:")), "")
    code = re.search(r":\s*([a-z]{2,3})\b", header)
    lang = Found(code[1], "the file's language", 0.9) if code else None
    headed = re.match(r"WEBVTT\s+-?\s*(?!Kind:|Language:)(\S.*)", rows[0].lstrip("\ufeff"))
    name = clean(headed[1]) if headed else ""
    made = embedded.about(name, paragraphs, lang, hints)
    title = Found(name, "the header of the subtitles", 0.7, 1) if name else embedded.headline("", "", paragraphs)
    body = "\n\n".join(text) + "\n"
    return (Draft(title, body, tuple(fates.values()), summary=made.summary, topics=made.topics, lang=made.lang),)


def _cues(rows: Sequence[str], fates: dict[int, Fate]) -> Iterator[_Cue]:
    """The cues in their order; what stands around them is given its fate."""
    cue: _Cue | None = None
    aside = ""
    for number, row in enumerate(rows, 1):
        times = _TIMES.match(row)
        if times:
            if (
                cue
                and cue.rows
                and cue.rows[-1][1].strip().isdecimal()
                and cue.rows[-1][0] == number - 1
                and not _gap(rows, number - 1)
            ):
                cue.rows.pop()  # cues that no blank row parts: the row above is this one's number
            if cue:
                yield cue
            cue, aside = _Cue(_seconds(times.groups()[:4]), _seconds(times.groups()[4:]), []), ""
            fates[number] = Fate(number, "markup", "when it was said")
        elif not row.strip():
            aside = ""
            if cue and cue.rows and not _said_below(rows, number):
                yield cue
                cue = None
        elif cue is None or (_HEADERS.match(row) and not rows[number - 2].strip()):
            aside = aside or ("a note in the subtitles" if row.startswith("NOTE") else "")
            fates[number] = Fate(number, "dropped" if aside else "markup", aside or _what(row))
        else:
            cue.rows.append((number, row))
    if cue:
        yield cue


def _gap(rows: Sequence[str], number: int) -> bool:
    return number < 2 or not rows[number - 2].strip()


def _said_below(rows: Sequence[str], number: int) -> bool:
    """Whether below a blank row the text of the same cue goes on: no number and no time comes next."""
    below = [row for row in rows[number : number + 4] if row.strip()][:2]
    if not below or _HEADERS.match(below[0]) or _TIMES.match(below[0]):
        return False
    return not any(_TIMES.match(row) for row in below)


def _what(row: str) -> str:
    return "the number of a cue" if row.strip().isdecimal() else "of the format"


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")


def _paragraphs(cues: Sequence[_Cue], fates: dict[int, Fate]) -> Iterator[str]:
    """What is said, in paragraphs: a new one for a new speaker, after a pause, or when one is long enough."""
    said: list[str] = []
    speaker, before, last = "", "", 0.0
    for cue in cues:
        pause = cue.start - last
        last = max(last, cue.end)
        for number, row in cue.rows:
            voice = _VOICE.search(row)
            text = clean(html.unescape(_TAGS.sub("", row)).replace("\\N", " "))
            if not text or _SOUND.fullmatch(text):
                fates[number] = Fate(
                    number, "dropped" if text else "markup", "a sound that is described" if text else ""
                )
                continue
            if text == before:
                fates[number] = Fate(number, "dropped", "said in the cue before")
                continue
            before = text
            fates[number] = Fate(number, "body")
            turn = _TURN.match(text)
            text = text[turn.end() :] if turn else text
            named = _SPEAKER.match(text)
            who = clean(voice[1]) if voice else named[1].strip() if named else speaker if not turn else ""
            so_far = " ".join(said)
            whole = _ENDS.search(so_far) is not None
            broken = whole and (pause > _PAUSE or len(so_far) > _PARAGRAPH)
            if said and (turn or named or who != speaker or broken or pause > _LONG_PAUSE):
                yield so_far
                said = []
            if not said and voice and not named and who:
                text = f"{who}: {text}" if who != speaker else text
            speaker, pause = who, 0.0
            said.append(text)
    if said:
        yield " ".join(said)
