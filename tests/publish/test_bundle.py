"""What the files of a bundle are, what they change, in which order: the law that no reader meets anything half-done."""

import datetime as dt
import posixpath
import random
import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.publish.bundle import Changes, TargetState, caching, compare, kind, media_type, refuse_sources, steps
from tests.conftest import NOW, Workshop, story
from tests.publish.conftest import STORIES, wanted

_LINK = re.compile(rb'(?:href|src)="(/[^"#]*)')
_PATHS = st.sampled_from(
    ["index.html", "a/index.html", "b/index.html", "feed.xml", "a/feed.xml", "sitemap.xml", "static/x.12345678.css"]
)
_TREES = st.dictionaries(_PATHS, st.sampled_from("123"))


_CALLING = ("feed.xml", "atom.xml", "feed.json", "sitemap.xml")
_CALLED = re.compile(rb"https://example\.org/([^\"<>?#]*)")


def reachable(site: Mapping[str, bytes]) -> set[str]:
    """What a reader of the front page, or of a feed that is there, comes to, whether it is there or not."""
    seen, waiting = set[str](), ["index.html"]
    for name in _CALLING:
        for found in _CALLED.findall(site.get(name, b"")):
            address = found.decode()
            waiting.append(f"{address}index.html" if not address or address.endswith("/") else address)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.endswith(".html"):
            for link in _LINK.findall(site.get(path, b"")):
                address = link.decode().lstrip("/")
                waiting.append(
                    posixpath.join(address, "index.html") if not address or address.endswith("/") else address
                )
    return seen


def test_no_reader_meets_a_dead_link_at_any_moment_of_a_publication(workshop: Callable[..., Workshop]):
    made = workshop(*STORIES)
    made.build()
    before = wanted(made)
    made.write("-- themes/broadsheet/static/style.css --\nbody { margin: 1px }\n")
    made.write(story("four", "2025-05-10", section="Business", topics="[Rome, Vote]", authors="[Ada Reed]"))
    made.write(story("five", "2025-05-10", section="Business", topics="[Vote]", authors="[Ada Reed]"))
    made.write(story("two", "2025-05-08", section="World", aliases="[/old/]"))
    (made.root / "content/stories/2025/05/three.md").unlink()
    made.build()
    after = wanted(made)
    names = {path: str(hash(data)) for path, data in after.items()}
    there = TargetState({path: str(hash(data)) for path, data in before.items()})
    changes = compare(names, there, before.keys(), leaving={}, now=NOW)
    assert changes.new
    assert changes.changed
    assert changes.gone
    now = dict(before)
    assert reachable(now) <= now.keys()
    shuffle = random.Random(7).shuffle
    for step in steps(changes):
        paths = list(step)
        shuffle(paths)  # files of one step may be sent at once
        for path in paths:
            now[path] = after[path]
            assert reachable(now) <= now.keys()
    for path in changes.gone:
        del now[path]
        assert reachable(now) <= now.keys()
    assert {path: data for path, data in now.items() if path not in changes.leaving} == after


@given(_TREES, _TREES, st.sets(_PATHS))
def test_what_is_sent_and_deleted_makes_the_target_what_it_should_be(
    here: dict[str, str], there: dict[str, str], ours: set[str]
):
    changes = compare(here, TargetState(there), ours, leaving={}, now=NOW)
    now = dict(there)
    sent = [path for step in steps(changes) for path in step]
    assert len(sent) == len(set(sent))
    now.update((path, here[path]) for path in sent)
    for path in changes.gone:
        del now[path]
    assert {path: now[path] for path in here} == here
    assert now.keys() - here.keys() == {*changes.leaving, *changes.others}
    assert set(changes.others) == there.keys() - here.keys() - ours
    assert not {*changes.blocked} & ours
    assert changes.same + len(sent) == len(here)


def test_a_new_feed_comes_after_the_pages_to_which_it_leads_and_before_those_that_lead_to_it():
    new = ("feed.xml", "index.html", "static/x.12345678.css", "topics/rome/feed.xml", "topics/rome/index.html")
    assert steps(Changes(new=new, changed=("2025/05/07/one/index.html", "sitemap.xml"), gone=("a",))) == [
        ("static/x.12345678.css",),
        ("topics/rome/index.html",),
        ("feed.xml", "topics/rome/feed.xml"),
        ("2025/05/07/one/index.html",),
        ("index.html",),
        ("sitemap.xml",),
    ]


@pytest.mark.parametrize("root", ["", "site/"])
def test_a_place_that_holds_the_sources_of_a_site_is_refused(root: str):
    sources = [f"{root}pyproject.toml", f"{root}content/stories/2025/05/one.md"]
    with pytest.raises(BroadsheetError) as caught:
        refuse_sources(sources, "s3://news/")
    assert caught.value.problem.code == "target-harmful"
    assert f"({root}pyproject.toml)" in caught.value.problem.message
    refuse_sources(sources[:1], "s3://news/")
    refuse_sources(["pyproject.toml", "old/content/stories/2025/05/one.md"], "s3://news/")


def test_a_superseded_digested_file_goes_a_day_after_it_was_last_named():
    name = "static/x.12345678.css"
    first = compare({}, TargetState({name: "1"}), {name}, leaving={}, now=NOW)
    assert first.gone == ()
    soon, late = NOW + dt.timedelta(hours=23), NOW + dt.timedelta(hours=25)
    assert compare({}, TargetState({name: "1"}), {name}, leaving=first.leaving, now=soon).leaving == first.leaving
    assert compare({}, TargetState({name: "1"}), {name}, leaving=first.leaving, now=late).gone == (name,)


def test_only_a_name_that_holds_a_digest_is_kept_for_a_year():
    assert kind("static/style.12ab34cd.css") == "digested"
    assert kind("pictures/2025/boat.12ab34cd.jpg") == "digested"
    assert kind("pagefind/fragment/en_12ab34c.pf_fragment") == "digested"
    assert "immutable" in caching("static/style.12ab34cd.css")
    for path in ("index.html", "2025/05/07/x.deadbeef/index.html", "pagefind/pagefind.js", "feed.xml", "static/a.css"):
        assert caching(path) == "public, max-age=600"


def test_media_types_are_named_with_their_charset_where_text_has_one():
    assert media_type("a/index.html") == "text/html; charset=utf-8"
    assert media_type("pictures/a.12345678.webp") == "image/webp"
    assert media_type("_redirects") == "text/plain; charset=utf-8"
    assert media_type("unknown.thing-without-type") == "application/octet-stream"
