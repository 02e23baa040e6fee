"""A Word document becomes a story with all that its text has; what is left out of it is named, and hostile ones are cut."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.render import markdown as press

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
HINTS = Hints(sections=("World", "Culture"), today=dt.date(2026, 3, 9))
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="a" xmlns:wp="wp" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="v" xmlns:wps="wps"'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LEAD = "The glassworks of Vellamo will light its furnace again in May, after nine years, the owners said on Monday."
MORE = "Forty people will work there, most of them from the town, and the first bottles are sold already."


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(text: str, style: str = "", more: str = "") -> str:
    inner = text if text.startswith("<") else run(text)
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}{more}</w:pPr>{inner}</w:p>"


def packed(body: str, parts: dict[str, str | bytes] | None = None, links: str = "") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        own: dict[str, str | bytes] = {
            "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": f"<Relationships>{links}</Relationships>",
        }
        for name, part in (own | (parts or {})).items():
            made.writestr(name, part)
    return data.getvalue()


def related(known: str, kind: str, target: str, mode: str = "Internal") -> str:
    return f'<Relationship Id="{known}" Type="x/{kind}" Target="{target}" TargetMode="{mode}"/>'


def read(body: str, parts: dict[str, str | bytes] | None = None, links: str = "") -> Draft:
    [draft] = stories(packed(body, parts, links))
    return draft


def stories(data: bytes, name: str = "a.docx") -> tuple[Draft, ...]:
    return formats.read(Source(name, data, NOW), HINTS)


def left_out(draft: Draft) -> dict[str, str]:
    return {fate.text: fate.why for fate in draft.fates if fate.role == "dropped"}


def value(found: Any) -> Any:
    return found.value if found else None


HEAD = para("Furnace to burn again", "Title") + para("By Liv Aune") + para("2 March 2026")


def test_the_head_gives_the_fields_and_the_rest_is_the_story():
    draft = read(para("Culture") + HEAD + para(LEAD) + para("What it makes", "Heading2") + para(MORE))
    assert (draft.title.value, value(draft.date), value(draft.authors), value(draft.section)) == (
        "Furnace to burn again", dt.date(2026, 3, 2), ("Liv Aune",), "Culture",
    )  # fmt: skip
    assert draft.body == f"{LEAD}\n\n## What it makes\n\n{MORE}\n"
    assert [(fate.line, fate.role) for fate in draft.fates] == [
        (1, "section"), (2, "title"), (3, "byline"), (4, "date"), (5, "body"), (6, "subhead"), (7, "body"),
    ]  # fmt: skip


def test_emphasis_links_breaks_and_fields_are_as_they_are_seen():
    body = para(
        run("The ", "") + run("old", "<w:b/>") + run(" furnace", '<w:b w:val="0"/>') + run(" burns", "<w:i/>")
        + f'<w:hyperlink r:id="l1">{run("here")}</w:hyperlink>'
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("77") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://example.org/b"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("there") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>' + run(", and no longer smokes.")
    )  # fmt: skip
    draft = read(HEAD + body + para(MORE), links=related("l1", "hyperlink", "https://example.org/a", "External"))
    assert draft.body.splitlines()[0] == (
        "The **old** furnace *burns*[here](https://example.org/a)[there](https://example.org/b), and no longer smokes."
    )


def test_lists_and_tables_keep_their_shape():
    numbering = f'<w:numbering {WORD}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'

    def item(text: str, of: int) -> str:
        return para(text, more=f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{of}"/></w:numPr>')

    def rows(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{para(cell)}</w:tc>" for cell in cells) + "</w:tr>"

    body = HEAD + para(LEAD) + item("first", 1) + item("second", 1) + item("sand", 2)
    body += f"<w:tbl>{rows('Year', 'Bottles')}{rows('2024', '11')}</w:tbl>"
    draft = read(body, {"word/numbering.xml": numbering}, related("n", "numbering", "numbering.xml"))
    assert "1. first\n2. second\n- sand" in draft.body
    assert "| Year | Bottles |\n| --- | --- |\n| 2024 | 11 |" in draft.body
    assert [fate.text for fate in draft.fates][-2:] == ["Year | Bottles", "2024 | 11"]


def test_insertions_are_read_and_deletions_comments_heads_and_hidden_text_are_named():
    body = para(
        run("Forty people will ") + f'<w:ins w:author="Ed">{run("soon ")}</w:ins>'
        + '<w:del w:author="Ed"><w:r><w:delText>never </w:delText></w:r></w:del>'
        + run("work there, ") + run("secretly ", "<w:vanish/>") + run("the owners of the works said.")
    )  # fmt: skip
    parts: dict[str, str | bytes] = {
        "word/comments.xml": f'<w:comments {WORD}><w:comment w:author="Ann">{para("Who says so?")}</w:comment></w:comments>',
        "word/header1.xml": f"<w:hdr {WORD}>{para('Vellamo Press Office')}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {WORD}>{para('page foot')}</w:ftr>",
    }
    links = (
        related("c", "comments", "comments.xml")
        + related("h", "header", "header1.xml")
        + related("f", "footer", "footer1.xml")
    )
    draft = read(HEAD + para(LEAD) + body, parts, links)
    assert draft.body.endswith("Forty people will soon work there, the owners of the works said.\n")
    assert left_out(draft) == {
        "never": "deleted in a tracked change by Ed", "secretly": "hidden text", "Who says so?": "a comment by Ann",
        "Vellamo Press Office": "the head of the page", "page foot": "the foot of the page",
    }  # fmt: skip


def test_notes_stand_below_the_text_under_their_marks():
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = f'<w:footnotes {WORD}><w:footnote w:id="-1"><w:p/></w:footnote><w:footnote w:id="2">{para("In 2017.")}</w:footnote></w:footnotes>'
    draft = read(
        HEAD + para(run("It went out long ago,") + mark + run(" and all left.")) + para(MORE),
        {"word/footnotes.xml": notes},
        related("x", "footnotes", "footnotes.xml"),
    )
    assert draft.body.splitlines()[0] == "It went out long ago,[^1] and all left."
    assert draft.body.endswith("[^1]: In 2017.\n")


def noted(text: str, *notes: str) -> Draft:
    """A document whose text has a mark for every note, in order, where it has a "^"."""
    first, *others = text.split("^")
    marks = [f'<w:r><w:footnoteReference w:id="{n}"/></w:r>{run(more)}' for n, more in enumerate(others, 1)]
    made = "".join(f'<w:footnote w:id="{n}">{para(one)}</w:footnote>' for n, one in enumerate(notes, 1))
    parts: dict[str, str | bytes] = {"word/footnotes.xml": f"<w:footnotes {WORD}>{made}</w:footnotes>"}
    return read(
        HEAD + para(run(first) + "".join(marks)) + para(MORE), parts, related("x", "footnotes", "footnotes.xml")
    )


def test_every_note_is_printed_as_a_footnote_and_gives_no_topic():
    draft = noted("It went out,^ came back,^ and stayed.^", "In Quarnby.", "In 2019.", "Says Quarnby.")
    assert press.render(draft.body).count('<sup><a id="fnref-') == 3
    assert draft.body.startswith("It went out,[^1] came back,[^2] and stayed.[^3]\n")
    assert draft.body.endswith("[^1]: In Quarnby.\n\n[^2]: In 2019.\n\n[^3]: Says Quarnby.\n")
    assert "Quarnby" not in (draft.topics.value if draft.topics else ())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("It went out,^ as said in [1] above.", "In 2017."),  # which of the two is the mark cannot be known
        ("It went out,^ and all left.", "# 17 of the report."),  # would be a heading in the note
    ],
)
def test_a_note_whose_mark_is_doubtful_keeps_its_number_in_brackets(text: str, note: str):
    draft = noted(text, note)
    assert "[^1]" not in draft.body
    assert f"\\[1\\] {note}\n" in draft.body


def test_pictures_come_along_and_those_that_cannot_are_named():
    def drawn(known: str, alt: str) -> str:
        return para(f'<w:r><w:drawing><wp:docPr descr="{alt}"/><a:blip r:embed="{known}"/></w:drawing></w:r>')

    body = HEAD + para(LEAD) + drawn("p1", "The furnace") + drawn("p2", "A chart") + para(MORE)
    links = related("p1", "image", "media/image1.png") + related("p2", "image", "media/image2.emf")
    draft = read(body, {"word/media/image1.png": PNG, "word/media/image2.emf": b"EMF"}, links)
    assert dict(draft.pictures) == {"image1.png": PNG}
    assert "![The furnace](image1.png)" in draft.body
    assert left_out(draft) == {"A chart": "a picture of a kind that browsers do not show"}


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{para('Glass has been blown in Vellamo since 1790.')}</w:txbxContent>"
    shape = f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    draft = read(HEAD + para(LEAD) + para(run(MORE) + shape))
    assert draft.body.count("since 1790") == 1


def test_several_articles_with_head_lines_are_several_stories():
    second = para("Old kiln sold", "Title") + para("By Per Holt") + para("3 March 2026") + para(MORE * 2)
    found = stories(packed(HEAD + para(LEAD * 2) + second))
    assert [draft.title.value for draft in found] == ["Furnace to burn again", "Old kiln sold"]
    assert [value(draft.authors) for draft in found] == [("Liv Aune",), ("Per Holt",)]
    assert [problem.code for problem in found[0].problems] == ["several-stories"]


def test_what_a_document_says_of_itself_is_never_sure():
    core = '<c:x xmlns:c="c"><c:title>Furnace note</c:title><c:creator>Liv Aune</c:creator><c:created>2020-01-05T08:00:00Z</c:created><c:modified>2026-03-02T08:00:00Z</c:modified></c:x>'
    draft = read(para(LEAD + " " + MORE) + para(MORE), {"docProps/core.xml": core})
    assert draft.title.value == "Furnace note"
    assert value(draft.date) == dt.date(2020, 1, 5)
    found = (draft.title, draft.date, draft.authors)
    assert all(one and one.confidence < 0.8 for one in found)
    assert draft.date
    assert draft.date.confidence < 0.5


@pytest.mark.parametrize("creator", ["Microsoft Office User", "admin", "Owner", "PC 12"])
def test_the_owner_of_a_computer_is_no_author(creator):
    core = f'<c:x xmlns:c="c"><c:creator>{creator}</c:creator></c:x>'
    assert read(para("A title") + para(LEAD) + para(MORE), {"docProps/core.xml": core}).authors is None


@pytest.mark.parametrize("label", ["PRESS RELEASE", "Pressemitteilung", "For immediate release"])
def test_a_label_of_a_release_is_not_its_headline(label):
    draft = read(
        para(label, "Heading1") + para("Furnace to burn again", "Heading1") + para("2 March 2026") + para(LEAD)
    )
    assert draft.title.value == "Furnace to burn again"
    assert label not in draft.body


def test_an_embargo_in_the_head_holds_the_story():
    assert read(para("EMBARGOED until 4 March 2026, 10:00") + HEAD + para(LEAD)).held


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed("<w:p><w:r>"), "damaged"),
        (packed("<w:p/>"), "no-story"),
        (packed(para("x"), {"word/document.xml": '<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'}), "xml-entities"),
        (packed("<w:tbl><w:tr><w:tc>" * 3000 + para(LEAD) + "</w:tc></w:tr></w:tbl>" * 3000), "damaged"),
        (packed(f"{para(LEAD)}<!--{'x' * 40_000_000}-->"), "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_or_hostile_document_is_refused(data, code):
    with pytest.raises(BroadsheetError) as caught:
        stories(data)
    assert caught.value.problem.code == code


def test_tables_within_tables_lose_no_text():
    body = para("Deep inside the text stands.")
    for _ in range(45):
        body = f"<w:tbl><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"
    draft = read(HEAD + para(LEAD) + body)
    assert "Deep inside" in draft.body or any("Deep inside" in text for text in left_out(draft))


def test_more_paragraphs_than_are_read_are_counted(monkeypatch):
    from broadsheet.ingest.formats import documents

    monkeypatch.setattr(documents, "MOST", 6)
    draft = read(HEAD + para(LEAD) * 10)
    assert ["the last 7 of its paragraphs" in problem.message for problem in draft.problems] == [True]
