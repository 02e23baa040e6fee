"""The fields of a page by the best evidence it gives: what agrees wins, what is only guessed goes into review."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from broadsheet.ingest.extract import (
    author_fields,
    machine_dates,
    page_dates,
    page_fields,
    page_metadata,
    page_pictures,
)
from broadsheet.ingest.extract.draft import SURE, Hints
from broadsheet.ingest.extract.page_blocks import read_blocks

HINTS = Hints(sections=("World", "Business"), aliases={"economy": "Business"}, today=dt.date(2026, 1, 2))
URL = "https://gull.example/economy/2025/05/08/port-shut"


def evidence(inner: str) -> page_metadata.PageHead:
    return page_metadata.read(lxml_html.document_fromstring(f"<html><head>{inner}</head><body><p>x</p></body></html>"))


def told(**node: object) -> str:
    import json

    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | node)}</script>'


@pytest.mark.parametrize(
    ("script", "headline"),
    [
        ('{"@type": "NewsArticle", "headline": "A"}', "A"),
        ('[{"@type": "WebSite", "headline": "no"}, {"@type": ["Article"], "headline": "A"}]', "A"),
        (
            '{"@graph": [{"@type": "WebPage", "headline": "no"}, {"@type": "http://schema.org/NewsArticle", "headline": "A"}]}',
            "A",
        ),
        ('{"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "A"}}', "A"),
        ('<!-- {"@type": "Article", "headline": "A",} -->', "A"),
        ('{"@type": "Article", "headline": "A\tb\n"}', "A b"),
        ('{"@type": "Article", "headline": "A", "author": {"name": "x" "y"}}', "A"),
        ('{"@type": "Recipe", "headline": "no"}', ""),
        ("", ""),
        ("[" * 5000, ""),
    ],
)
def test_the_article_is_found_in_any_json_ld(script, headline):
    assert page_fields.text(page_metadata.json_ld_articles([script])[0].get("headline")) == headline


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "@id",
                        "@graph",
                        "headline",
                        "author",
                        "name",
                        "image",
                        "articleSection",
                        "datePublished",
                        "publisher",
                        "description",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_ld_brings_a_page_down(value):
    import json

    about = evidence(
        f'<script type="application/ld+json">{json.dumps({"@type": "Article", "x": value, "headline": value, "author": value, "image": value, "articleSection": value, "datePublished": value, "description": value}).replace("<", " ")}</script>'
    )
    page_fields.title(about, URL)
    page_fields.section(about, URL, "x", page_fields.PrintedLabels(), HINTS)
    page_pictures.lead(about, (), (), URL)
    page_fields.topics(about)
    page_fields.summary(about)
    author_fields.of_page(about, URL, [])
    page_dates.published(about, "", None, HINTS) if machine_dates.parse(str(about.node.get("datePublished"))) else None


@pytest.mark.parametrize(
    ("headline", "house", "bare"),
    [
        ("Port shut | The Gull", "The Gull", "Port shut"),
        ("Port shut - Business - The Gull", "The Gull", "Port shut - Business"),
        ("Port shut – gull.example", "gull.example", "Port shut"),
        ("One - two - three", "The Gull", "One - two - three"),
        ("Port shut: The Gull", "The Gull", "Port shut"),
        ("The Gull: port shut", "The Gull", "port shut"),
        ("The Gull", "The Gull", "The Gull"),
    ],
)
def test_a_headline_is_without_the_publication_s_name(headline, house, bare):
    assert page_fields.bare(headline, house) == bare


def headed(head: str, body: str) -> tuple[str, bool]:
    tree = lxml_html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    found = page_fields.title(page_metadata.read(tree), URL)
    assert found
    return found.value, found.confidence >= SURE


@pytest.mark.parametrize(
    ("head", "body", "headline", "sure"),
    [
        ("<title>Port shut - Gull Post - All of the coast</title>", "<h2>Port shut</h2>", "Port shut", True),
        ("<title>The port of Orm is shut | Gull Post | All of the coast</title>", "", "The port of Orm is shut", False),
        (told(headline="Port shut") + "<title>Port shut</title>", "<h1>Port shut</h1>", "Port shut", True),
        (
            '<meta property="og:title" content="All that is new on the coast"><title>Port shut</title>',
            "<h1>Port shut</h1>", "Port shut", True,
        ),
        ('<meta property="og:title" content="Port shut">', "<h1>Every ferry in one list</h1>", "Port shut", False),
    ],
)  # fmt: skip
def test_a_headline_that_the_page_contradicts_does_not_win(head, body, headline, sure):
    assert headed(head, body) == (headline, sure)


OWN = {"@type": "NewsArticle", "headline": "Port of Orm shut", "author": {"name": "Ada Orr"}}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Herring come back",
    "author": {"name": "Bo Aas"},
    "datePublished": "2024-01-02",
}


@pytest.mark.parametrize("nodes", [[OTHER, OWN], [OWN, OTHER], [OTHER]])
def test_json_ld_of_another_article_is_not_believed(nodes):
    import json

    script = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    about = evidence(f"<title>Port of Orm shut for weeks</title>{script}")
    assert page_fields.text(about.node.get("author")) == ("Ada Orr" if OWN in nodes else "")
    assert about.others == ("Herring come back",)


def test_json_ld_of_the_page_s_own_address_is_believed_whatever_its_headline():
    node = told(headline="Herring come back", url="https://gull.example/port/")
    about = evidence(f'<title>Port shut</title><link rel="canonical" href="https://www.gull.example/port">{node}')
    assert about.node.get("headline") == "Herring come back"


def test_the_section_is_the_site_s_own_where_any_label_is():
    about = evidence('<meta property="article:section" content="Harbours">')
    found = page_fields.section(about, URL, "Port shut", page_fields.PrintedLabels(), HINTS)
    assert found
    assert (found.value, found.rule) == ("Business", "address, by the site's alias")


def test_a_name_under_which_everything_is_filed_is_no_section():
    assert (
        page_fields.section(
            evidence('<meta property="article:section" content="News">'), "", "x", page_fields.PrintedLabels(), HINTS
        )
        is None
    )


def test_days_that_agree_outvote_one_that_does_not():
    about = evidence(
        told(datePublished="2025-05-05T10:00:00Z")
        + '<meta property="article:published_time" content="2025-05-08T09:00:00+02:00">'
    )
    found = page_dates.published(about, URL, None, HINTS)
    assert found
    assert found.value == dt.datetime(2025, 5, 8, 9, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def test_a_day_that_has_not_come_is_no_date():
    about = evidence(told(datePublished="2031-05-05") + '<meta name="date" content="2025-05-08">')
    found = page_dates.published(about, "", None, HINTS)
    assert found
    assert found.value == dt.date(2025, 5, 8)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-05-08", dt.date(2025, 5, 8)),
        ("2025-5-8 22:17:36", dt.date(2025, 5, 8)),
        ("20250508T1000Z", dt.datetime(2025, 5, 8, 10, tzinfo=dt.UTC)),
        (
            "2025-05-08T10:00:00.123-0330",
            dt.datetime(2025, 5, 8, 10, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30))),
        ),
        ("Thu, 08 May 2025 10:00:00 GMT", dt.datetime(2025, 5, 8, 10, tzinfo=dt.UTC)),
        ("1746698400", dt.datetime(2025, 5, 8, 10, tzinfo=dt.UTC)),
        ("2025-13-40", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_as_machines_write_them(written, moment):
    assert machine_dates.parse(written) == moment


@given(st.text(max_size=40))
def test_no_text_is_too_odd_to_be_asked_for_a_date(text):
    machine_dates.parse(text)


@pytest.mark.parametrize(
    ("node", "names", "agency"),
    [
        (
            {"author": [{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "John Doe"}]},
            ("Jane Roe", "John Doe"),
            "",
        ),
        ({"author": "By Jane Roe and John Doe, dpa"}, ("Jane Roe", "John Doe"), "DPA"),
        ({"author": {"@type": "Organization", "name": "The Gull"}}, (), ""),
        ({"author": {"@type": "Person", "name": "Gull"}, "publisher": {"name": "Gull"}}, (), ""),
        ({"author": {"name": "Jane Roe (jr), Chief Reporter"}}, ("Jane Roe",), ""),
        ({"author": "Jane Roe, Harbour Correspondent"}, ("Jane Roe",), ""),
        ({"author": {"name": "https://example.org/jane"}}, (), ""),
        ({"author": {"name": "gull_desk"}}, (), ""),
        ({"author": {"name": "newsroom2"}}, (), ""),
        ({"author": "Staff Writer"}, (), ""),
        ({"author": {"@type": "Person", "name": "Harbour Desk"}}, (), ""),
        ({"author": {"@type": "Organization", "name": "Reuters"}}, ("Reuters",), "Reuters"),
    ],
)
def test_the_authors_that_a_page_s_data_names(node, names, agency):
    people, wire = author_fields.of_page(evidence(told(**node)), URL, [])
    assert (people.value if people else ()) == names
    assert (wire.value if wire else "") == agency


@pytest.mark.parametrize(("name", "sure"), [("Ada Gull", True), ("AG", False), ("Nachtredaktion", False)])
def test_a_name_that_nobody_may_be_called_is_to_be_looked_at(name, sure):
    found, _ = author_fields.of_page(evidence(told(author={"@type": "Person", "name": name})), URL, [])
    assert found
    assert found.value == (name,)
    assert (found.confidence >= SURE) is sure


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ('<div>By <a href="/authors/jane-roe">Jane Roe</a>, 8 May 2025</div>', ("Jane Roe",)),
        ("<div>Von Jane Roe und John Doe</div>", ("Jane Roe", "John Doe")),
        ('<span class="c-byline__author">Jane Roe</span>', ("Jane Roe",)),
        ("<div>8 May 2025</div>", ()),
        ('<p class="author"><span>Jane Roe</span><span>Deputy Sports Editor</span></p>', ("Jane Roe",)),
        ('<p>By <a href="/author/jane">Jane Roe</a><span>, Chief Transport Correspondent</span></p>', ("Jane Roe",)),
    ],
)
def test_the_byline_that_a_page_prints(inner, names):
    near = read_blocks(lxml_html.document_fromstring(f"<body>{inner}</body>"))
    people, _ = author_fields.of_page(evidence(""), URL, near)
    assert (people.value if people else ()) == names


def test_a_byline_that_the_page_prints_outweighs_another_name_in_its_metadata():
    near = read_blocks(lxml_html.document_fromstring("<body><p>By Jane Roe</p></body>"))
    found, _ = author_fields.of_page(evidence(told(author={"@type": "Person", "name": "Bo Aas"})), URL, near)
    assert found
    assert found.value == ("Jane Roe",)
    assert found.confidence < SURE


@pytest.mark.parametrize(
    ("inner", "given", "names"),
    [
        (
            '<p class="byline">By <a>Claire Dumont</a> and Tom Reed</p>',
            ["Claire Dumont"],
            ("Claire Dumont", "Tom Reed"),
        ),
        ("<p>By Jane Roe, Tom Reed and Ann Lee</p>", ["Tom Reed"], ("Jane Roe", "Tom Reed", "Ann Lee")),
        ("<p>Von Jane Roe und Tom Reed</p>", ["Jane Roe"], ("Jane Roe", "Tom Reed")),
        ('<p class="byline">Jane Roe and Tom Reed</p>', ["Tom Reed"], ("Jane Roe", "Tom Reed")),
        ("<p>By Jane Roe</p>", ["Jane Roe", "Tom Reed"], ("Jane Roe", "Tom Reed")),
        ("<p>By Jane Roe, Harbour Correspondent</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>By Jane Roe in Stockholm</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>By Jane Roe and Reuters</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>By Jane Roe | NJ Coastal Media</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>By Jane Roe, Fjord Area Wire Group</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>By Jane Roe, FJR NORDLAND</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>By Jane Roe, FJORD Sund</p>", ["Jane Roe"], ("Jane Roe",)),
        ("<p>Jane Roe and Tom Reed were freed from the ship on Monday</p>", ["Jane Roe"], ("Jane Roe",)),
    ],
)
@pytest.mark.parametrize("way", ["meta", "json-ld"])
def test_all_whom_the_byline_names_are_authors_where_metadata_names_some_of_them(inner, given, names, way):
    near = read_blocks(lxml_html.document_fromstring(f"<body>{inner}</body>"))
    metas = "".join(f'<meta name="author" content="{name}">' for name in given)
    data = told(author=[{"@type": "Person", "name": name} for name in given])
    found, _ = author_fields.of_page(evidence(metas if way == "meta" else data), URL, near)
    assert found
    assert found.value == names
    assert found.confidence >= SURE


def test_all_whom_a_byline_names_are_authors_where_one_is_linked_and_no_metadata_is_there():
    row = '<p>By <a href="/authors/jane-roe">Jane Roe</a>, Tom Reed and Ann Lee</p>'
    near = read_blocks(lxml_html.document_fromstring(f"<body>{row}</body>"))
    found, _ = author_fields.of_page(evidence(""), URL, near)
    assert found
    assert found.value == ("Jane Roe", "Tom Reed", "Ann Lee")


def test_a_byline_and_metadata_that_each_name_somebody_else_are_to_be_looked_at():
    near = read_blocks(lxml_html.document_fromstring("<body><p>By Jane Roe and Tom Reed</p></body>"))
    data = told(author=[{"@type": "Person", "name": name} for name in ("Jane Roe", "Bo Aas")])
    found, _ = author_fields.of_page(evidence(data), URL, near)
    assert found
    assert found.value == ("Jane Roe", "Tom Reed")
    assert found.confidence < SURE
