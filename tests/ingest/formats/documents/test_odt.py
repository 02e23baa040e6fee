"""An OpenDocument text becomes a story with all that its text has; what is left out of it is named."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
SPACES = " ".join(
    f'xmlns:{name}="urn:{name}"'
    for name in ("office", "text", "table", "draw", "xlink", "style", "fo", "dc", "meta", "svg")
)
STYLES = (
    '<style:style style:name="P1" style:parent-style-name="Title"/><style:style style:name="T1"><style:text-properties fo:font-weight="bold"/>'
    '</style:style><style:style style:name="T2"><style:text-properties fo:font-style="italic"/></style:style><style:style style:name="Title" '
    'style:display-name="Title"/><text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/></text:list-style>'
)
LEAD = "The glassworks of Vellamo will light its furnace again in May, after nine years, the owners said on Monday."
HEAD = '<text:p text:style-name="P1">Furnace to burn again</text:p><text:p>By Liv Aune</text:p><text:p>2 March 2026</text:p>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def read(body: str, parts: dict[str, str | bytes] | None = None) -> Draft:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        made.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        for name, part in (parts or {}).items():
            made.writestr(name, part)
    [draft] = formats.read(Source("a.odt", data.getvalue(), NOW), Hints(today=dt.date(2026, 3, 9)))
    return draft


def left_out(draft: Draft) -> dict[str, str]:
    return {fate.text: fate.why for fate in draft.fates if fate.role == "dropped"}


def test_the_head_gives_the_fields_and_headings_are_headings():
    draft = read(f'{HEAD}{p(LEAD)}<text:h text:outline-level="2">What it makes</text:h>{p("Bottles.")}')
    assert draft.title.value == "Furnace to burn again"
    assert draft.date
    assert draft.date.value == dt.date(2026, 3, 2)
    assert draft.authors
    assert draft.authors.value == ("Liv Aune",)
    assert draft.body == f"{LEAD}\n\n## What it makes\n\nBottles.\n"


def test_runs_lists_and_tables_keep_their_shape():
    text = 'The <text:span text:style-name="T1">old</text:span><text:s/>furnace <text:span text:style-name="T2">burns</text:span> <text:a xlink:href="https://example.org/a">here</text:a>.'
    lists = f'<text:list text:style-name="L1"><text:list-item>{p("first")}</text:list-item><text:list-item>{p("second")}</text:list-item></text:list><text:list><text:list-item>{p("sand")}</text:list-item></text:list>'
    cells = "".join(
        f"<table:table-row><table:table-cell>{p(a)}</table:table-cell><table:table-cell>{p(b)}</table:table-cell></table:table-row>"
        for a, b in (("Year", "Bottles"), ("2024", "11"))
    )
    draft = read(f"{HEAD}{p(LEAD)}{p(text)}{lists}<table:table>{cells}</table:table>")
    assert "The **old** furnace *burns* [here](https://example.org/a)." in draft.body
    assert "1. first\n2. second\n- sand" in draft.body
    assert "| Year | Bottles |\n| --- | --- |\n| 2024 | 11 |" in draft.body


def test_what_is_left_out_is_named_and_notes_are_kept():
    changes = f"<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Ed</dc:creator></office:change-info>{p('never')}</text:deletion></text:changed-region></text:tracked-changes>"
    comment = f"<office:annotation><dc:creator>Ann</dc:creator>{p('Who says so?')}</office:annotation>"
    note = f'<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>{p("In 2017.")}</text:note-body></text:note>'
    contents = (
        f"<text:table-of-content><text:index-body>{p('What it makes 1')}</text:index-body></text:table-of-content>"
    )
    styles = (
        f"<office:document-styles {SPACES}><style:header>{p('Vellamo Press')}</style:header></office:document-styles>"
    )
    draft = read(
        f"{changes}{contents}{HEAD}{p(LEAD)}{p(f'It went out{note} long ago{comment}.')}", {"styles.xml": styles}
    )
    assert draft.body.endswith("It went out[^1] long ago.\n\n[^1]: In 2017.\n")
    assert left_out(draft) == {
        "never": "deleted in a tracked change by Ed", "Who says so?": "a comment by Ann",
        "What it makes 1": "a table of contents or index", "Vellamo Press": "the head of the page",
    }  # fmt: skip


def test_pictures_and_text_boxes_come_along():
    picture = '<draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:desc>The furnace</svg:desc></draw:frame>'
    box = f"<draw:frame><draw:text-box>{p('Glass has been blown in Vellamo since 1790.')}</draw:text-box></draw:frame>"
    draft = read(f"{HEAD}{p(LEAD)}{p(picture)}{p(box)}", {"Pictures/a.png": PNG})
    assert "![The furnace](a.png)\n\nGlass has been blown in Vellamo since 1790.\n" in draft.body
    assert dict(draft.pictures) == {"a.png": PNG}


@pytest.mark.parametrize("level", ["", "x", "-1", "²", "99999999999"])
def test_a_number_that_is_none_keeps_no_text_from_being_read(level):
    heading = f'<text:h text:outline-level="{level}">What it makes</text:h>'
    assert "## What it makes" in read(f"{HEAD}{p(LEAD)}{heading}{p(LEAD)}").body


def test_a_locked_document_says_so():
    with pytest.raises(BroadsheetError) as caught:
        read(p("x"), {"META-INF/manifest.xml": "<m><e><encryption-data/></e></m>"})
    assert caught.value.problem.code == "encrypted"
