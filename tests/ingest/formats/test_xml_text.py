"""XML as it comes can be read: with junk around it, entities of characters, items that are broken, an end that lacks."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Source
from broadsheet.ingest.formats import xml_text
from broadsheet.ingest.formats.xml_text import ParsedXml, local
from tests.conftest import examples

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HEAD = '<?xml version="1.0"?>\n<rss><channel><title>Net</title>\n'
END = "</channel></rss>"


def parse(text: str) -> ParsedXml:
    return xml_text.parse(Source("a.xml", text.encode(), NOW), ("item", "entry"))


def items(parsed: ParsedXml) -> list[tuple[str, int, bool]]:
    """The texts of the items, the lines that they begin on, and whether they are whole."""
    found = [e for e in parsed.root.iter() if local(e) == "item"]
    return [("|".join(e.itertext()), xml_text.line(e), e not in parsed.damaged) for e in found]


def item(n: int) -> str:
    return f"<item><title>Cod {n}</title><description>Words {n}</description></item>"


def test_what_a_server_puts_around_the_xml_is_left_out_and_named():
    parsed = parse(f"Notice: no index in /srv/a.php\n<br />\n{HEAD}{item(1)}{END}\n<script>x</script>")
    assert items(parsed) == [("Cod 1|Words 1", 5, True)]
    assert "no index in /srv/a.php" in parsed.problems[0].message
    assert [problem.code for problem in parsed.problems] == ["feed-damaged", "feed-damaged"]


def test_a_comment_behind_the_xml_is_nothing_to_tell_of():
    assert parse(f"{HEAD}{item(1)}{END}\n<!-- cached 12:01 -->\n").problems == ()


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("Ma&nbsp;&mdash;&eacute;", "Ma\u00a0—é"),
        ("cod & chips &c", "cod & chips &c"),
        ("a &#8211; b &#x2013; c", "a – b – c"),
        ("old quotes &#147;x&#148;", "old quotes “x”"),
        ("nothing &#0; of &#27; these", "nothing  of  these"),
        ("&nosuch;", "&nosuch;"),
        ("<![CDATA[&nbsp; & <b>]]>", "&nbsp; & <b>"),
    ],
)
def test_references_are_read_as_browsers_read_them(written, right):
    parsed = parse(f"{HEAD}<item><title>{written}</title></item>{END}")
    assert items(parsed)[0][0] == right


def test_entities_that_name_characters_and_short_words_are_read():
    doctype = '<!DOCTYPE rss PUBLIC "-//Nets//DTD" "http://example.org/a.dtd" [<!ENTITY dash "&#8212;"><!ENTITY net "Net Co">]>'
    parsed = parse(f"{doctype}<rss><channel><item><title>A &dash; &net;</title></item></channel></rss>")
    assert items(parsed)[0][0] == "A — Net Co"


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a "b"><!ENTITY c "&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/hosts">',
        '<!ENTITY % a SYSTEM "http://example.org/x"> %a;',
        '<!ENTITY a "<b>x</b>">',
        f'<!ENTITY a "{"x" * 500}">',
        "<!ENTITY a 'unended>",
    ],
)
def test_entities_that_unfold_or_fetch_are_refused(entity):
    with pytest.raises(BroadsheetError) as caught:
        parse(f"<!DOCTYPE rss [{entity}]><rss><channel><item><title>&a;</title></item></channel></rss>")
    assert caught.value.problem.code == "xml-entities"


def test_many_uses_of_one_word_cannot_fill_the_memory():
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 190}">]>'
    with pytest.raises(BroadsheetError) as caught:
        parse(f"{doctype}<rss><channel><item><title>{'&a;' * 6000}</title></item></channel></rss>")
    assert caught.value.problem.code == "xml-entities"


def test_an_article_about_entities_is_none():
    parsed = parse(f'{HEAD}<item><title><![CDATA[Write <!ENTITY a "b">]]></title></item>{END}')
    assert items(parsed)[0][0] == 'Write <!ENTITY a "b">'


def test_of_a_feed_that_ends_in_the_middle_all_whole_items_are_read_and_the_loss_is_counted():
    parsed = parse(f"{HEAD}{item(1)}\n{item(2)}\n<item><title>Cod 3</title><description>Words th")
    assert items(parsed) == [("Cod 1|Words 1", 3, True), ("Cod 2|Words 2", 4, True), ("Cod 3|Words th", 5, False)]
    assert parsed.cut
    assert "in the middle of its last of 3 items" in parsed.problems[0].message


def test_one_broken_item_does_not_take_the_others_with_it():
    broken = "<item><title>Cod 2</titel><description>Words 2</item>"
    parsed = parse(f"{HEAD}{item(1)}\n{broken}\n{item(3)}\n{END}")
    found = items(parsed)
    assert [found[0], found[2]] == [("Cod 1|Words 1", 3, True), ("Cod 3|Words 3", 5, True)]
    assert not found[1][2]
    assert "1 of 3 items are damaged" in parsed.problems[0].message


def test_html_that_nobody_escaped_is_a_text():
    parsed = parse(f"{HEAD}<item><title>Cod</title><description>One<br>two <b>three</description></item>{END}")
    assert items(parsed) == [("Cod|One<br>two <b>three", 3, True)]


def test_a_prefix_that_nothing_declares_is_nothing_to_tell_of():
    parsed = parse(f"{HEAD}<item><title>Cod</title><dc:creator>Ines Okafor</dc:creator></item>{END}")
    assert items(parsed) == [("Cod|Ines Okafor", 3, True)]
    assert parsed.problems == ()


@settings(max_examples=examples(60))
@given(st.integers(0, 400))
def test_wherever_a_feed_is_cut_no_whole_item_is_lost(end):
    text = HEAD + "\n".join(map(item, range(1, 6))) + END
    cut = text[:end]
    whole = cut.count("</item>")
    try:
        found = items(parse(cut))
    except BroadsheetError:
        found = []
    assert [words for words, _, _ in found][:whole] == [f"Cod {n}|Words {n}" for n in range(1, whole + 1)]
