"""What stands around a story and at the foot of every page: where it is from, what goes with it, how to hand it on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import segno

from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
QUAY = "2025/05/08/quay/index.html"


def test_the_origin_of_a_story_stands_above_its_text(workshop: Make):
    made = workshop(
        story("quay", "2025-05-08", source="{name: Harbour Wire, url: 'https://wire.example/1', licence: CC BY 4.0}"),
        story("other", "2025-05-08", source="{name: Coast Radio}", also="[quay]"),
    )
    made.build()
    head, _, text = made.page(QUAY).partition('class="body"')
    assert re.search(r"Source: <bdi><a[^>]*>Harbour Wire</a></bdi>", head)
    assert "Licence: CC BY 4.0" in head
    assert re.search(r"Also reported by Coast Radio: <a[^>]*>Other</a>", head)
    assert "Harbour Wire</a>" not in text


def test_a_summary_with_which_the_text_begins_is_not_printed_above_it_even_if_it_goes_on_into_the_next_paragraph(
    workshop: Make,
):
    body = "Boats came home.\n\nNone was lost.\n\nMore came at night.\n"
    made = workshop(
        story("quay", "2025-05-08", summary="Boats came home. None was lost.", body=body),
        story("pier", "2025-05-08", summary="A night at sea.", body=body),
    )
    made.build()
    assert made.page(QUAY).partition("<article")[2].count("None was lost.") == 1
    assert '<p class="standfirst">A night at sea.</p>' in made.page("2025/05/08/pier/index.html")


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_a_story_has_its_whole_address_to_copy_and_a_code_that_holds_it(workshop: Make, theme: str):
    made = workshop(story("quay", "2025-05-08"), settings=f'theme = "{theme}"\n')
    made.build()
    page, address = made.page(QUAY), "https://example.org/2025/05/08/quay/"
    assert f'<a rel="bookmark" href="{address}">Link to this story</a>' in page
    svg = re.search(r'<svg[^>]*viewBox="0 0 (\d+) \1"[^>]*><path d="(M[^"]*)"/></svg>\n(?:<p>|</article>)', page)
    assert svg
    dark = {
        (int(x) + n, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg[2])
        for n in range(int(width))
    }
    code = segno.make(address, error="m", boost_error=False, micro=False, mask=0)
    assert dark == {(x + 4, y + 4) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit}
    assert int(svg[1]) == len(code.matrix) + 8


def test_only_the_newest_stories_carry_a_code(workshop: Make):
    made = workshop(story("quay", "2025-05-08"), story("old", "2025-05-07"), settings="print_codes = 1\n")
    made.build()
    drawn = '<div class="printed">\n<svg'
    assert drawn in made.page(QUAY)
    assert drawn not in made.page("2025/05/07/old/index.html")


def test_a_related_story_is_shown_with_its_section_and_day_and_not_drawn_again_for_its_text(workshop: Make):
    old = story("old", "2025-05-07", section="World", body="Before.")
    made = workshop(story("quay", "2025-05-08", related="[old]"), old)
    made.build()
    page = made.page(QUAY)
    related = re.search(r'<aside class="related".*?</aside>', page, re.DOTALL)
    assert related
    assert "World" in related[0]
    assert "7 May 2025" in related[0] or "May 7, 2025" in related[0]
    file = made.root / "output" / QUAY
    before = file.stat().st_mtime_ns
    made.write(old.replace("Before.", "Quite another text."))
    made.build()
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_where_nothing_is_a_reader_can_search_and_finds_the_latest(workshop: Make, theme: str):
    made = workshop(
        *[story(f"n{n}", f"2025-05-0{n}") for n in range(1, 8)],
        settings=f'theme = "{theme}"\n',
    )
    made.build()
    page = made.page("404.html")
    assert "<form" in page
    assert 'action="/search/"' in page
    assert re.findall(r'<a href="/2025/[^>]*>(N\d)<', page) == ["N7", "N6", "N5", "N4", "N3"]


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_the_foot_of_a_page_says_what_the_settings_say(workshop: Make, theme: str):
    made = workshop(
        story("quay", "2025-05-08"),
        settings=f'theme = "{theme}"\nlicence = "CC BY 4.0"\nlicence_url = "https://creativecommons.org/licenses/by/4.0/"\n'
        'contact = "desk@example.org"\naccessibility = "/about/"\ncolophon = "Made by two people."\n',
    )
    made.build()
    foot = made.page("index.html").partition("<footer")[2]
    for feed, title in (("feed.xml", "RSS"), ("atom.xml", "Atom"), ("feed.json", "JSON Feed"), ("feeds.opml", "OPML")):
        assert re.search(rf'<a [^>]*href="/{feed}">{title}</a>', foot)
    assert '<a href="mailto:desk@example.org">Report a mistake</a>' in foot
    assert '<a href="/about/">Accessibility</a>' in foot
    assert '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>' in foot
    assert "Made by two people." in foot


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "desk at example", "//elsewhere.example"])
def test_a_contact_that_no_link_can_lead_to_is_an_error(workshop: Make, contact: str):
    made = workshop(story("quay", "2025-05-08"), settings=f'contact = "{contact}"\n')
    with pytest.raises(Exception, match="contact"):
        made.build()
