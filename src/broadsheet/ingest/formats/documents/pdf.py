"""A PDF → its stories, read as it is printed: columns in order, words whole, without running heads and page numbers.

In: a ``Source`` that holds a PDF. Out: drafts. The library pdfminer.six (the extra ``office``) says where each letter
stands; ``page_layout`` makes paragraphs of that. A PDF that holds only pictures of pages, or is locked, is refused with
a reason.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, warning
from broadsheet.ingest.extract.blocks import Span, clean
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import documents
from broadsheet.ingest.formats.documents import page_layout, pieces
from broadsheet.ingest.formats.documents.page_layout import PrintedBlock, PrintedLine, PrintedPage

MOST = 80  # pages that are read
_LETTERS = 20  # of a page that has a text
_UNKNOWN = re.compile(r"\(cid:\d+\)")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BROWSER = re.compile(r"mozilla|chrom|webkit|skia|wkhtml|firefox|safari", re.IGNORECASE)
_PICTURE = 100  # points of a picture's side at least; what is smaller is a logo or a sign
_STRONG = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_SLANTED = re.compile(r"italic|oblique|kursiv", re.IGNORECASE)
_AGAIN = "Save it again, or save its text as .txt or .docx."


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a PDF.

    Raises BroadsheetError: ``needs-extra`` where pdfminer.six is not installed, ``encrypted``, ``damaged``,
    ``no-text-layer`` for pictures of pages, ``no-story``.
    """
    try:
        import pdfminer  # noqa: F401, whether it is there
    except ImportError as cause:
        hint = "Install it: pip install 'broadsheet[office]'"
        raise fail("needs-extra", "reading a PDF needs the extra `office`", Place(source.name), hint) from cause
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    reader = _Reader(source)
    try:
        pages = reader.pages()
    except BroadsheetError:
        raise
    except Exception as cause:  # the library raises what its parser trips over
        message = f"the PDF is damaged: {str(cause)[:100] or type(cause).__name__}"
        raise fail("damaged", message, Place(source.name), _AGAIN) from cause
    _refuse(pages, source.name)
    found = list(reader.parts(page_layout.read(pages), page_layout.vocabulary(pages)))
    return documents.drafts(source, hints, found, reader.about, reader.pictures.held, reader.problems)


def _refuse(pages: Sequence[PrintedPage], name: str) -> None:
    """Raises BroadsheetError where the pages have no text that can be read."""
    text = "".join(line.text for page in pages for line in page.lines)
    letters = sum(map(str.isalpha, _UNKNOWN.sub("", text)))
    if letters < _LETTERS or len(_UNKNOWN.findall(text)) * 3 > letters:
        what = "holds scanned pages and no text" if letters < _LETTERS else "does not say which letters its pages show"
        hint = "Have its text recognised (the program ocrmypdf does), or save the original as .docx or .txt."
        raise fail("no-text-layer", f"the PDF {what}", Place(name), hint)


class _Reader:
    """One pass over the pages of a PDF."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.about = pieces.Properties()
        self.pictures = pieces.DocumentPictures(source.name)
        self.problems: list[Problem] = []
        self._lost: list[str] = []
        self._across = ""  # what is printed from the bottom up
        self._browser = False

    def pages(self) -> list[PrintedPage]:
        """The lines of every page."""
        from pdfminer.converter import PDFPageAggregator
        from pdfminer.layout import LAParams
        from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
        from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
        from pdfminer.pdfpage import PDFPage
        from pdfminer.pdfparser import PDFParser

        try:
            printed = PDFDocument(PDFParser(io.BytesIO(self._source.data)))
        except (PDFPasswordIncorrect, PDFEncryptionError) as cause:
            hint = "Save it without a password."
            raise fail("encrypted", "the PDF is locked with a password", Place(self._source.name), hint) from cause
        self._describe(printed)
        resources = PDFResourceManager()
        device = PDFPageAggregator(resources, laparams=LAParams(boxes_flow=None, all_texts=True))
        interpreter = PDFPageInterpreter(resources, device)
        found: list[PrintedPage] = []
        count = 0
        for page in PDFPage.create_pages(printed):
            count += 1
            if count > MOST:
                continue
            try:
                interpreter.process_page(page)
                layout = device.get_result()
            except Exception as cause:  # noqa: BLE001, the library raises what it trips over; other pages can be read
                message = f"its page {count} cannot be read: {type(cause).__name__}: {str(cause)[:100]}"
                self.problems.append(warning("damaged", message, Place(self._source.name), _AGAIN))
                continue
            links = list(_links(page))
            found.append(PrintedPage(list(self._lines(layout, links)), layout.width, layout.height))
        if count > MOST:
            message = f"its last {count - MOST:,} pages are not read: a PDF is read up to its {MOST}th page"
            self.problems.append(error("too-large", message, Place(self._source.name), "Split it."))
        self.problems += self.pictures.problems()
        return found

    def parts(self, found: Sequence[PrintedBlock], words: Counter[str]) -> Iterator[pieces.DocumentPiece]:
        """What is printed, as the pieces of a document."""
        ranks = [one.rank for one in found if one.kind == "heading"]
        top = min(ranks, default=0)
        titled = False
        for one in found:
            made: pieces.DocumentPiece | None = None
            if one.kind == "aside":
                made = pieces.dropped(one.lines[0].text, "a running head, page number or the like")
            elif one.kind == "picture":
                made = pieces.picture(one.lines[0].picture, "")
            elif one.kind == "row":
                made = pieces.row([page_layout.joined(cell, words) for cell in one.cells])
            else:
                spans = page_layout.joined(one.lines, words)
                if one.kind == "heading":
                    title = not titled and one.rank == top < _BOLD
                    titled = titled or title
                    made = pieces.piece(
                        "h", [Span(s.text, s.href) for s in spans], level=one.rank - top + 1, title=title
                    )
                elif one.kind == "item":
                    made = pieces.piece("li", _bare(spans), level=1, ordered=_number(spans))
                else:
                    made = pieces.piece("p", spans)
            if made:
                yield made
        if clean(self._across):
            yield pieces.dropped(self._across, "printed across the page")
        for what in self._lost:
            yield pieces.dropped(what, "a picture, which cannot be taken along")

    def _describe(self, printed: Any) -> None:
        """What the PDF says of itself. One that a browser printed was made on the day of the printing."""
        from pdfminer.pdftypes import resolve1

        said: dict[str, str] = {}
        for info in printed.info[:4]:
            for key, value in info.items():
                data = resolve1(value)
                said.setdefault(str(key), _decoded(data) if isinstance(data, bytes) else "")
        made, changed = (_moment(said.get(key, "")) for key in ("CreationDate", "ModDate"))
        self._browser = _BROWSER.search(said.get("Creator", "") + said.get("Producer", "")) is not None
        self.about = pieces.Properties(
            said.get("Title", ""), said.get("Author", ""), made, None if self._browser else changed
        )

    def _lines(self, layout: Any, links: Sequence[tuple[tuple[float, ...], str]]) -> Iterator[PrintedLine]:
        """The lines and pictures of a page."""
        from pdfminer.layout import LTContainer, LTFigure, LTImage, LTTextLine

        stack = [layout]
        while stack:
            item = stack.pop()
            for child in item:
                if isinstance(child, LTTextLine):
                    if made := _line(child, links):
                        yield made
                    else:
                        self._across += child.get_text()
                elif isinstance(child, LTImage):
                    if name := self._image(child):
                        x0, y0, x1, y1 = child.bbox
                        yield PrintedLine([], (x0, y0, x1, y1), 0.0, picture=name)
                elif isinstance(child, LTFigure | LTContainer):
                    stack.append(child)

    def _image(self, image: Any) -> str:
        """The name of a picture that is taken along; nothing for signs and for what browsers do not show."""
        if min(image.width, image.height) < _PICTURE:
            return ""
        data = bytes(image.stream.get_rawdata() or b"")
        filters = [str(getattr(name, "name", name)) for name, _ in image.stream.get_filters()]
        if filters != ["DCTDecode"] or not data.startswith(b"\xff\xd8\xff"):
            self._lost.append(f"a picture of {image.width:.0f} by {image.height:.0f} points")
            return ""
        name = f"picture-{len(self.pictures.held) + 1}.jpg"
        return "" if self.pictures.add(name, data) else name


_BOLD = 9  # the rank of headings that are no larger than the text: none is the title


def _line(line: Any, links: Sequence[tuple[tuple[float, ...], str]]) -> PrintedLine | None:
    """A line with its styles and links; None for one of blanks, or that is printed from the bottom up."""
    from pdfminer.layout import LTChar, LTTextLineVertical

    if isinstance(line, LTTextLineVertical) and len(line) > 2:
        return None
    spans: list[Span] = []
    sizes: list[float] = []
    for char in line:
        letter = char.get_text().translate(_LIGATURES)
        if isinstance(char, LTChar):
            if not char.upright:
                return None
            if letter == "\u00ad" and char is not list(line)[-1]:
                continue
            style = (_href(char.bbox, links), bool(_STRONG.search(char.fontname)), bool(_SLANTED.search(char.fontname)))
            sizes.append(char.size)
        else:
            last = spans[-1] if spans else Span("")
            letter, style = " ", (last.href, last.strong, last.emphasis)
        if spans and (spans[-1].href, spans[-1].strong, spans[-1].emphasis) == style:
            spans[-1] = Span(spans[-1].text + letter, *style)
        else:
            spans.append(Span(letter, *style))
    if not sizes or not clean("".join(span.text for span in spans)):
        return None
    bold = all(span.strong for span in spans if span.text.strip())
    return PrintedLine(spans, tuple(line.bbox), sorted(sizes)[len(sizes) // 2], bold)


def _href(box: tuple[float, ...], links: Sequence[tuple[tuple[float, ...], str]]) -> str:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return next((uri for area, uri in links if area[0] <= x <= area[2] and area[1] <= y <= area[3]), "")


def _links(page: Any) -> Iterator[tuple[tuple[float, ...], str]]:
    """The areas of a page that lead to an address."""
    from pdfminer.pdftypes import resolve1

    annotations = resolve1(page.annots)
    for one in (annotations if isinstance(annotations, list) else [])[:2_000]:
        note = resolve1(one)
        action = resolve1(note.get("A")) if isinstance(note, dict) else None
        uri = resolve1(action.get("URI")) if isinstance(action, dict) else None
        area = resolve1(note.get("Rect")) if uri else None
        if isinstance(uri, bytes) and isinstance(area, list) and len(area) == 4:
            x0, y0, x1, y1 = (float(resolve1(value)) for value in area)
            yield (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), uri.decode("utf-8", "replace")


def _bare(spans: Sequence[Span]) -> list[Span]:
    """An item without its mark."""
    text = spans[0].text.lstrip() if spans else ""
    rest = re.sub(r"^(?:[•·▪◦‣●■►▶–*-]|\d{1,2}[.)])\s*", "", text)
    return [Span(rest, spans[0].href, spans[0].strong, spans[0].emphasis), *spans[1:]] if spans else []


def _number(spans: Sequence[Span]) -> int:
    found = re.match(r"\s*(\d{1,2})[.)]", spans[0].text if spans else "")
    return int(found[1]) if found else 0


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    return data.decode("cp1252", "replace")


def _moment(text: str) -> dt.datetime | None:
    """A moment as PDF writes it: D:20261130023751+00'00'."""
    found = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?)?", text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        offset = dt.timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0)) * (-1 if found[7] == "-" else 1)
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.timezone(offset))
    except ValueError:
        return None
