"""Pelican's sites: heads of lines and fields, settings that are not run, reStructuredText."""

from tests.migrate.conftest import Move

CONFIG = """\
-- pelicanconf.py --
import os
BASE = 'https://'
SITEURL = BASE + 'old.example'
TIMEZONE = 'Europe/Paris'
os.makedirs('ran')
ARTICLE_URL = 'posts/{date:%Y}/{slug}/'
"""


def test_a_head_of_lines_is_read(move: Move):
    move.write(
        CONFIG
        + """\
-- content/science/one.md --
Title: One thing: more
Date: 2010-12-03 10:20
Modified: 2010-12-05 19:30
Tags: harbour, ships
Authors: Alexis Example, Conan Example
Summary: Short version
    goes on
Heroimg: x

Body.
"""
    )
    outcome = move.run()
    story = move.story("2010/12/one-thing-more.md").story
    assert story
    assert (story.title, story.section) == ("One thing: more", "Science")
    assert story.topics == ("harbour", "ships")
    assert story.authors == ("Alexis Example", "Conan Example")
    assert story.summary == "Short version goes on"
    assert story.date.isoformat() == "2010-12-03T10:20:00+01:00"
    assert story.updated
    assert story.updated.isoformat() == "2010-12-05T19:30:00+01:00"
    assert story.aliases == ("/posts/2010/one-thing-more/",)
    assert story.id == "tag:old.example,2010-12-03:/posts/2010/one-thing-more//"  # as Pelican's feeds have it
    assert move.told(outcome, "import-key") == [("content/science/one.md", 8)]
    assert move.told(outcome, "import-settings") == []


def test_settings_in_python_are_never_run(move: Move):
    move.write(CONFIG + "-- content/one.md --\nTitle: One\nDate: 2010-12-03\n\nx\n")
    move.run()
    assert not (move.old / "ran").exists()


def test_save_as_slug_status_and_language_count(move: Move):
    move.write(
        CONFIG
        + "-- content/a.md --\nTitle: A\nDate: 2010-12-03\nsave_as: old/a/index.html\nStatus: draft\n\nx\n"
        + "-- content/b.md --\nTitle: B\nSlug: bee\nDate: 2010-12-03\nLang: fr\n\nx\n"
        + "-- content/c.md --\nTitle: C\nDate: 2010-12-03\nStatus: skip\n\nx\n"
    )
    outcome = move.run()
    first, second = move.story("2010/12/a.md").story, move.story("2010/12/bee.md").story
    assert first
    assert second
    assert (first.aliases, first.status) == (("/old/a/",), "draft")
    assert (second.aliases, second.lang) == (("/bee-fr.html",), "fr")
    assert move.told(outcome, "import-skipped") == [("content/c.md", 1)]


def test_links_by_file_name_lead_to_the_new_addresses(move: Move):
    move.write(
        CONFIG
        + """\
-- content/science/one.md --
Title: One
Date: 2010-12-03

[two]({filename}two.rst) [again]({filename}/science/two.rst#part) [gone]({filename}/three.md) [tag]({tag}Ships)
![dot]({static}/images/dot.png) ![old](|filename|/images/dot.png)
-- content/science/two.rst --
Two things
##########

:date: 2010-10-03 10:20
:slug: two

x
""",
        "content/images/dot.png",
    )
    outcome = move.run()
    body = move.story("2010/12/one.md").body
    assert "[two](/2010/10/03/two/) [again](/2010/10/03/two/#part) [gone](/three.md) [tag](/topics/ships/)" in body
    assert body.count("(pictures/dot-") == 2
    assert move.told(outcome, "import-link") == [("content/science/one.md", 4)] * 2


def test_restructured_text_becomes_markdown(move: Move):
    move.write(
        CONFIG
        + """\
-- content/two.rst --
==========
Two things
==========

:date: 2010-10-03
:category: Culture

Head
====

A `link <https://example.org/>`_, ``co*de``, one_ and *stress*.

Below
-----

.. _one: https://example.org/one

.. code-block:: python

    if x:
        print(1)

Shown::

    as it is

.. image:: {static}/dot.png
   :alt: A dot

.. weird:: x

   y
""",
        "content/dot.png",
    )
    outcome = move.run()
    reading = move.story("2010/10/two-things.md")
    assert reading.story
    assert reading.story.title == "Two things"
    assert "## Head\n" in reading.body
    assert "### Below\n" in reading.body
    assert "A [link](https://example.org/), `co*de`, [one](https://example.org/one) and *stress*." in reading.body
    assert "```python\nif x:\n    print(1)\n```" in reading.body
    assert "Shown:\n\n```\nas it is\n```" in reading.body
    assert "![A dot](pictures/dot-" in reading.body
    assert "```rst\n.. weird:: x" in reading.body
    assert move.told(outcome, "import-tag") == [("content/two.rst", 30)]
