"""Stories in several languages, which stay together: Hugo's, Jekyll's and Pelican's ways to say so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.model import Story
from tests.migrate.conftest import Move

EN = "---\ntitle: Europe lands on a comet\ndate: 2014-11-12T16:03:00Z\n---\nPhilae touched down, and bounced.\n"
DE = "---\ntitle: Europa landet auf einem Kometen\ndate: 2014-11-12T16:03:00Z\n---\nPhilae setzte auf und sprang ab.\n"
FR = "---\ntitle: L\u2019Europe se pose sur une comète\ndate: 2014-11-12T16:03:00Z\n---\nPhilae a rebondi.\n"
HUGO = """\
-- hugo.toml --
baseURL = "https://old.example/"
defaultContentLanguage = "en"
[languages.en]
weight = 1
[languages.de]
weight = 2
[languages.fr]
weight = 3
"""
THREE = f"-- content/posts/comet.md --\n{EN}-- content/posts/comet.de.md --\n{DE}-- content/posts/comet.fr.md --\n{FR}"


def keyed(text: str, *keys: str) -> str:
    """A post with more keys in its head."""
    return text.replace("date:", "\n".join((*keys, "date:")), 1)


def stories(move: Move) -> dict[str, Story]:
    """The stories of the new site by their names below the month."""
    paths = (file.relative_to(move.new.site.stories).as_posix() for file in move.new.site.stories.rglob("*.md"))
    return {path.split("/")[2]: story for path in paths if (story := move.story(path).story)}


def test_files_that_are_one_story_name_the_one_in_the_main_language(move: Move):
    move.write(HUGO + THREE)
    outcome = move.run()
    made = stories(move)
    assert set(made) == {"comet.md", "comet-de.md", "comet-fr.md"}
    original = made["comet.md"]
    assert (original.lang, original.translation_of, original.aliases) == ("", "", ("/posts/comet/",))
    german, french = made["comet-de.md"], made["comet-fr.md"]
    assert (german.lang, german.translation_of) == ("de", original.id)
    assert (german.id, german.aliases) == ("https://old.example/de/posts/comet/", ("/de/posts/comet/",))
    assert (french.lang, french.translation_of, french.aliases) == ("fr", original.id, ("/fr/posts/comet/",))
    assert not [problem for problem in outcome.problems if problem.severity != "note"]
    move.new.build()
    page = (move.new.root / "output/2014/11/12/comet-de/index.html").read_text()
    assert 'hreflang="en"' in page
    assert "/2014/11/12/comet/" in page


def test_the_main_language_and_those_that_are_taken_can_be_said(move: Move):
    move.write(HUGO + THREE + f"-- content/posts/alone.fr.md --\n{FR}")
    outcome = move.run(lang="de", only=("de", "en"))
    made = stories(move)
    assert set(made) == {"comet.md", "comet-en.md"}
    assert (made["comet.md"].lang, made["comet.md"].translation_of) == ("de", "")
    assert made["comet-en.md"].translation_of == made["comet.md"].id
    assert [p.message for p in outcome.problems if p.code == "import-language"] == [
        "2 posts in fr are not imported, as --only says"
    ]


def test_what_is_imported_later_joins_what_is_there(move: Move):
    move.write(HUGO + THREE)
    move.run(only=("de",))
    assert {name: story.translation_of for name, story in stories(move).items()} == {"comet.md": ""}
    assert {done.file: done.deed for done in move.run(only=("de", "en")).done} == {
        "content/posts/comet.md": "new",
        "content/posts/comet.de.md": "updated",
    }
    made = stories(move)
    assert made["comet.md"].translation_of == made["comet-2.md"].id


@pytest.mark.parametrize(("lang", "only"), [("es", ()), ("", ("en", "es"))])
def test_a_language_in_which_there_is_nothing_is_refused_with_those_that_there_are(
    move: Move, lang: str, only: tuple[str, ...]
):
    move.write(HUGO + THREE)
    with pytest.raises(BroadsheetError) as caught:
        move.run(lang=lang, only=only)
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("import-language", "It has posts in de, en, fr.")
    assert not stories(move)


def test_the_command_takes_both_from_its_options(move: Move):
    move.write(HUGO + THREE)
    command = [sys.executable, "-m", "broadsheet", "import", str(move.old), "--lang", "de", "--only", "de, fr"]
    done = subprocess.run(
        command, cwd=move.new.root, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"}
    )
    assert done.returncode == 0, done.stderr
    assert "1 post in en is not imported" in done.stderr
    made = stories(move)
    assert made["comet-fr.md"].translation_of == made["comet.md"].id


def test_a_key_joins_files_of_other_names_and_folders_of_languages_may_lie_anywhere(move: Move):
    move.write(
        "-- hugo.yaml --\nbaseURL: https://old.example/\ncontentDir: english\ndefaultContentLanguageInSubdir: true\n"
        "languages:\n  en: {weight: 1}\n  cn: {contentDir: chinese, languageCode: zh_cn}\n"
        f"-- english/posts/comet.md --\n{keyed(EN, 'translationKey: philae')}"
        f"-- chinese/posts/huixing.md --\n{keyed(DE, 'translationKey: philae')}"
    )
    move.run()
    made = stories(move)
    assert made["comet.md"].aliases == ("/en/posts/comet/",)
    other = made["huixing-zh-cn.md"]
    assert (other.lang, other.translation_of) == ("zh-CN", made["comet.md"].id)
    assert other.aliases == ("/cn/posts/huixing/",)


@pytest.mark.parametrize(("url", "address"), [("/komet/", "/komet/"), ("komet/", "/de/komet/")])
def test_an_address_of_its_own_counts_from_the_root_or_from_the_language(move: Move, url: str, address: str):
    german = keyed(DE, f"url: {url}")
    move.write(HUGO + f"-- content/posts/comet.md --\n{EN}-- content/posts/comet.de.md --\n{german}")
    move.run()
    assert stories(move)["comet-de.md"].aliases == (address,)


def test_bundles_hold_a_file_for_each_language(move: Move):
    move.write(HUGO + f"-- content/posts/comet/index.en.md --\n{EN}-- content/posts/comet/index.de.md --\n{DE}")
    move.run()
    made = stories(move)
    assert made["comet-de.md"].translation_of == made["comet.md"].id
    assert (made["comet.md"].aliases, made["comet-de.md"].aliases) == (("/posts/comet/",), ("/de/posts/comet/",))


def test_each_language_may_have_a_host_of_its_own(move: Move):
    """The addresses have no folder then, and ids are those of that host's feed."""
    move.write(
        HUGO.replace("weight = 2", 'baseURL = "https://alt.example/"')
        + f"-- content/posts/comet.md --\n{EN}-- content/posts/comet.de.md --\n{keyed(DE, 'slug: komet')}"
    )
    move.run()
    german = stories(move)["komet-de.md"]
    assert (german.id, german.aliases) == ("https://alt.example/posts/komet/", ("/posts/komet/",))


def test_a_language_that_is_switched_off_stays_from_readers(move: Move):
    move.write(HUGO.replace("weight = 3", "disabled = true") + THREE)
    move.run()
    assert {name: story.status for name, story in stories(move).items()} == {
        "comet.md": "published",
        "comet-de.md": "published",
        "comet-fr.md": "draft",
    }


def test_a_reference_leads_to_the_story_in_the_language_of_the_one_that_makes_it(move: Move):
    link = 'See [it]({{< ref "/posts/comet" >}}) and [English](/posts/comet/).\n'
    move.write(
        HUGO + THREE + f"-- content/posts/later.de.md --\n---\ntitle: Sp\u00e4ter\ndate: 2014-11-15\n---\n{link}"
    )
    move.run()
    text = (move.new.site.stories / "2014/11/later.md").read_text()
    assert "See [it](/2014/11/12/comet-de/) and [English](/2014/11/12/comet/)." in text


def test_the_language_of_a_site_in_one_language_is_that_of_the_new_site(move: Move):
    """What its settings say was often never looked at, as ``languageCode = "en-us"`` is."""
    move.write(f'-- hugo.toml --\ndefaultContentLanguage = "nl"\n-- content/posts/comet.md --\n{EN}')
    move.run()
    assert stories(move)["comet.md"].lang == ""


def test_pages_keep_their_language_and_addresses(move: Move):
    about = "---\ntitle: {}\n---\nx\n"
    move.write(
        HUGO + f"-- content/about.md --\n{about.format('About')}-- content/about.de.md --\n{about.format('Impressum')}"
    )
    move.run()
    assert sorted(file.name for file in (move.new.site.content / "pages").glob("about*")) == ["about-de.md", "about.md"]
    page = (move.new.site.content / "pages/about-de.md").read_text()
    assert "lang: de\n" in page
    assert "aliases:\n- /de/about/\n" in page or "aliases: [/de/about/]\n" in page


POLYGLOT = (
    "-- _config.yml --\nurl: https://old.example\nlanguages: [en, zh_cn, de]\ndefault_lang: en\npermalink: /:title/\n"
)


def test_polyglots_posts_are_joined_by_their_address_or_page_id(move: Move):
    move.write(
        POLYGLOT
        + f"-- _posts/en/2014-11-12-comet.md --\n{keyed(EN, 'lang: en')}"
        + f"-- _posts/zh/2014-11-12-comet.md --\n{keyed(FR, 'lang: zh_cn')}"
        + f"-- _posts/2014-11-13-one.md --\n{keyed(EN, 'page_id: two')}"
        + f"-- _posts/2014-11-13-eins.md --\n{keyed(DE, 'page_id: two', 'lang: de')}"
    )
    outcome = move.run()
    made = stories(move)
    assert made["comet-zh-cn.md"].translation_of == made["comet.md"].id
    assert (made["comet-zh-cn.md"].lang, made["comet-zh-cn.md"].aliases) == ("zh-CN", ("/zh_cn/comet/",))
    assert made["eins-de.md"].translation_of == made["one.md"].id
    assert made["eins-de.md"].aliases == ("/de/eins/",)
    assert not move.told(outcome, "import-key")


def test_multiple_languages_has_a_folder_of_posts_for_each(move: Move):
    move.write(
        "-- _config.yml --\nurl: https://old.example\nlanguages: [en, de]\n"
        f"-- _i18n/en/_posts/2014-11-12-comet.md --\n{EN}-- _i18n/de/_posts/2014-11-12-comet.md --\n{DE}"
    )
    move.run()
    made = stories(move)
    assert (made["comet-de.md"].lang, made["comet-de.md"].translation_of) == ("de", made["comet.md"].id)
    assert made["comet-de.md"].aliases == ("/de/2014/11/12/comet.html",)
    assert (made["comet.md"].section, made["comet.md"].aliases) == ("", ("/2014/11/12/comet.html",))


def test_without_a_plug_in_a_key_joins_them_and_addresses_are_as_written(move: Move):
    move.write(
        "-- _config.yml --\nurl: https://old.example\n"
        f"-- _posts/2014-11-12-comet.md --\n{keyed(EN, 'lang: en', 'ref: philae')}"
        f"-- de/_posts/2014-11-12-komet.md --\n{keyed(DE, 'lang: de', 'ref: philae', 'permalink: /de/komet/')}"
    )
    move.run()
    made = stories(move)
    assert made["komet-de.md"].translation_of == made["comet.md"].id
    assert made["komet-de.md"].aliases == ("/de/komet/",)


def test_pelicans_are_joined_by_their_slug(move: Move):
    move.write(
        "-- pelicanconf.py --\nSITEURL = 'https://old.example'\nDEFAULT_LANG = 'en'\n"
        "-- content/comet.md --\nTitle: Europe lands on a comet\nSlug: comet\nDate: 2014-11-12\n\nIt bounced.\n"
        "-- content/komet.md --\nTitle: Europa landet\nSlug: comet\nLang: de\nDate: 2014-11-12\n\nSie sprang ab.\n"
    )
    move.run()
    made = stories(move)
    assert (made["comet-de.md"].lang, made["comet-de.md"].translation_of) == ("de", made["comet.md"].id)
    assert made["comet-de.md"].aliases == ("/comet-de.html",)


def test_links_between_posts_lead_below_the_folder_of_a_language_of_the_new_site(move: Move):
    file = move.new.root / "pyproject.toml"
    file.write_text(f'{file.read_text()}\nlanguages = ["en", "de"]\n')
    linked = DE.replace("sprang ab", "sprang [ab](/de/posts/abprall/)")
    other = DE.replace("Europa landet auf einem Kometen", "Der Abprall")
    move.write(f"{HUGO}-- content/posts/comet.md --\n{EN}-- content/posts/comet.de.md --\n{linked}")
    move.write(f"-- content/posts/abprall.de.md --\n{other}")
    move.run()
    move.new.build()
    page = (move.new.root / "output/de/2014/11/12/comet-de/index.html").read_text()
    assert 'href="/de/2014/11/12/abprall/"' in page
    assert (
        'content="0; url=/de/2014/11/12/comet-de/"' in (move.new.root / "output/de/posts/comet/index.html").read_text()
    )
