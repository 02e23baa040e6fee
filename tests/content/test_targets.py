"""Other addresses in a text change its links and pictures, and not one byte besides."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings

from broadsheet.content import parser
from broadsheet.content.targets import Instead, rewritten
from tests.conftest import examples
from tests.content.test_facts import BODIES

ADDRESS = re.compile(r'(?:href|src)="([^"]*)"')


def moved(text: str, to: str = "/new/") -> str:
    return rewritten(text, lambda _: to)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a](/x) [b]( </x y> 't') ![c](/x(1).png \"T\")", "[a](/new/) [b]( /new/ 't') ![c](/new/ \"T\")"),
        ("[`]`](/x) [a\\](b](/x) [*e*](/x\\)) [](/x) [x]()", "[`]`](/new/) [a\\](b](/new/) [*e*](/new/) [](/new/) [x](/new/)"),
        ("[![a](p.png)](/x)", "[![a](/new/)](/new/)"),
        ("[a][R  x] ![b][r X]\n\n[r x]: <p q.png>\n  'T'\n[no]: /x\n", "[a][R  x] ![b][r X]\n\n[r x]: /new/\n  'T'\n[no]: /x\n"),
        ("> [a](\n> /x\n> 'T')\n\n> [b]\n\n> [b]:\n> /x", "> [a](\n> /new/\n> 'T')\n\n> [b]\n\n> [b]:\n> /new/"),
        ("[a](/x?a&amp;b=\\*)  \n<https://a.example/>", "[a](/new/)  \n<https://a.example/>"),
        ("<a title='[x](y)' href='/x'>b</a> <IMG\n  src = p.png width=3>", "<a title='[x](y)' href='/new/'>b</a> <IMG\n  src = \"/new/\" width=3>"),
        ('<div>\n[no](/x) <img alt=x src="p.png">\n</div>', '<div>\n[no](/x) <img alt=x src="/new/">\n</div>'),
        ("A.[^1] B.[^2] C.[^3]\n\n[^1]: The note.\n[^2]: /x\n[^3]: See [this](/x) and\n    [that](/x).", "A.[^1] B.[^2] C.[^3]\n\n[^1]: The note.\n[^2]: /x\n[^3]: See [this](/new/) and\n    [that](/new/)."),
        ("A.[^n] [b]\n\n[^n]: Ibid\n[b]: /x\n\n    [c](/x)", "A.[^n] [b]\n\n[^n]: Ibid\n[b]: /x\n\n    [c](/new/)"),
        ("[^n]: [post](/x)\n\nA.[^n]", "[^n]: [post](/new/)\n\nA.[^n]"),
        ("`[a](/x)`\n\n    [b](/x)\n\n```\n[c](/x)\n[d]: /x\n```\n\n\\[e](/x)", None),
        ("[ ] task\n- [x] done\n\nTerm\n: [defined](/x)\n\n[x y](/a b)", "[ ] task\n- [x] done\n\nTerm\n: [defined](/new/)\n\n[x y](/a b)"),
        ("Tabs\tand  \nblanks  \r\n[a](/x)\r\n\u00a0\u2028\n\n\n", "Tabs\tand  \nblanks  \r\n[a](/new/)\r\n\u00a0\u2028\n\n\n"),
    ],
)  # fmt: skip
def test_only_addresses_change(text: str, told: str | None):
    assert moved(text) == (text if told is None else told)


@pytest.mark.parametrize(
    "address", ["/a b/", "x(1).png", "a)b", "<x>", "a\\*b", "x&amp;y", "", "é", "a'b\"c", "(", "a&b"]
)
@pytest.mark.parametrize("text", ["[a](/x 't')", "![a][r]\n\n[r]: /x\n", "<a href=/x>b</a>", '<img src="/x" alt="">'])
def test_any_address_can_be_written(text: str, address: str):
    html = parser.markdown().html(rewritten(text, lambda _: address))
    assert [unquote(unescape(found)) for found in ADDRESS.findall(html)] == [address]


def test_a_picture_can_give_way_to_a_text():
    text = "A ![pier *old*](p.png 'T') and ![quay][q].\n\n[q]: q.png\n"
    assert rewritten(text, lambda one: Instead(one.words or "")) == "A pier old and quay.\n\n[q]: q.png\n"


def test_attributes_of_another_dialect_go():
    text = '[a](/x){:target="_blank"} ![b](p.png){ .wide } {:.kept} `[c](/x){:.code}`'
    attributes = re.compile(rb"\{:?[^{}\n]*\}")
    assert (
        rewritten(text, lambda one: one.address, dropped=attributes) == "[a](/x) ![b](p.png) {:.kept} `[c](/x){:.code}`"
    )


@settings(max_examples=examples(500))
@given(BODIES)
def test_a_text_that_keeps_its_addresses_keeps_every_byte(text: str):
    assert rewritten(text, lambda one: one.address) == text


@settings(max_examples=examples(500))
@given(BODIES)
@example("[a](/x)\n\n[a]: /y\n")
def test_what_is_rewritten_is_rendered_as_it_was_with_other_addresses(text: str):
    before = parser.markdown().html(text)
    after = parser.markdown().html(rewritten(text, lambda one: f"/to/{one.kind}/"))
    rest = re.compile(r'((?:href|src)=)("[^"]*"|\'[^\']*\'|[^\s>]+)')
    assert rest.sub(r"\1", after) == rest.sub(r"\1", before)
