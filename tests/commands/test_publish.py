"""``publish`` says what a person should know before readers do: whose publication is there, and which address feeds name."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call
from tests.conftest import TO_A_FOLDER as SETTINGS
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
NO_RECORD = "a publication of which this site has no record"


def said(made: Workshop, *words: str) -> str:
    done = CliRunner().invoke(program, ["--site", str(made.root), "publish", *words], obj=Call(made.root))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_publication_that_the_site_has_no_record_of_is_reported_before_it_is_replaced(workshop: Make):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    assert NO_RECORD not in said(made)
    (made.root / "content/stories/2025/05/quay.md").rename(made.root / "content/stories/2025/05/pier.md")
    assert NO_RECORD not in said(made, "--dry-run")
    shutil.rmtree(made.root / "content/published")
    assert NO_RECORD in said(made, "--dry-run")


def test_the_address_of_a_new_site_s_settings_is_reported_until_it_is_set(workshop: Make):
    made = workshop(story("quay", "2025-05-07"), settings=SETTINGS)
    settings = made.root / "pyproject.toml"
    kept = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("url =")]
    at = kept.index("[tool.broadsheet]") + 1
    for url, named in (("https://example.org/", True), ("https://quay.example/news/", False)):
        settings.write_text("\n".join([*kept[:at], f'url = "{url}"', *kept[at:]]), "utf-8")
        assert (f"Feeds and links name {url}: set url" in said(made, "--dry-run")) == named
