"""The way of a host that builds for itself: asked before the deployment, recorded after it, and nothing in between."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from broadsheet import published
from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.config import open_site
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, build, silent
from broadsheet.publication import deployment
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
SETTINGS = "search = false\nshare_cards = 0\nthreads = false\n"
FERRY = story("ferry", "2025-05-07", body="The ferry carried 120 people at noon.")


def asked(made: Workshop, now: dt.datetime = NOW, **request: Any) -> tuple[deployment.Deployment, list[str]]:
    report = Report()
    found = deployment.release_site(
        open_site(made.root), Options(now), deployment.DeploymentRequest(**request), report, silent, lambda _: None
    )
    return found, [problem.code for problem in report if problem.severity == "error"]


def clone(made: Workshop, folder: Path) -> Workshop:
    """A fresh copy of what is in version control."""
    shutil.copytree(made.root, folder, ignore=shutil.ignore_patterns(".broadsheet", "output"))
    return Workshop(folder)


def test_before_the_deployment_nothing_is_recorded_and_after_it_all_is(workshop: Make, tmp_path: Path):
    made = workshop(FERRY, settings=SETTINGS)
    assert asked(made, check=True)[1] == []
    assert not (made.root / "content/published").exists()
    assert asked(made)[0].recorded
    made.write(FERRY.replace("120", "140"))
    copy = clone(made, tmp_path / "clone")
    assert asked(copy, check=True)[1] == ["fact-changed"]
    assert published.load(open_site(copy.root), Report()).of()["ferry"].claims == "120"


def test_an_answer_holds_for_the_host_in_whose_copy_it_is_looked_up(workshop: Make, tmp_path: Path):
    made = workshop(FERRY, settings=SETTINGS)
    made.build()
    asked(made)
    made.write(FERRY.replace("120", "140"))
    assert asked(made, check=True, no_facts=("ferry",))[1] == []
    first = clone(made, tmp_path / "first")
    assert asked(first, check=True)[1] == []
    assert published.load(open_site(first.root), Report()).of()["ferry"].claims == "120"  # nobody has seen it yet
    asked(first)
    assert published.load(open_site(first.root), Report()).of()["ferry"].claims == "140"
    first.write(FERRY.replace("id: ferry", "id: boat").replace("120", "140"))
    assert asked(first, check=True)[1] == ["sent-again"]
    assert asked(first, check=True, accept=("boat",))[1] == []
    second = clone(first, tmp_path / "second")
    assert asked(second, check=True)[1] == []
    asked(second)
    assert asked(second, check=True)[1] == []


def test_what_went_out_all_the_same_is_said_of_what_readers_have_by_now(workshop: Make):
    made = workshop(FERRY, settings=SETTINGS)
    made.build()
    asked(made)
    made.write(FERRY.replace("id: ferry", "id: boat"))
    made.build()
    done = CliRunner().invoke(program, ["--site", str(made.root), "release"], obj=Call(made.root))
    assert done.exit_code == 0
    assert "was sent again: subscribers had it as 'ferry'" in done.output
    assert "would be" not in done.output
    assert "Your host: 1 story new, 1 gone" in done.output


def test_what_became_due_after_the_build_that_was_deployed_is_not_out(workshop: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadsheet.disk.settled", lambda _changed, _now: True)
    later = NOW + dt.timedelta(minutes=5)
    made = workshop(FERRY, story("boat", later.isoformat()), settings=SETTINGS)
    build(made.site, Options(NOW), Report())
    asked(made, NOW + dt.timedelta(minutes=10))
    assert set(published.load(made.site, Report()).of()) == {"ferry"}
    asked(made, NOW + dt.timedelta(hours=2))
    assert set(published.load(made.site, Report()).of()) == {"ferry", "boat"}


def test_a_target_may_not_have_the_name_of_what_hosts_build(workshop: Make):
    made = workshop(FERRY, settings=f'{SETTINGS}[tool.broadsheet.targets.host]\nkind = "folder"\npath = "../www"\n')
    with pytest.raises(BroadsheetError, match="a target is called 'host'"):
        asked(made)


def test_what_was_never_built_cannot_be_out_and_is_not_recorded(workshop: Make):
    made = workshop(FERRY, settings=SETTINGS)
    with pytest.raises(BroadsheetError, match="nothing was built here") as found:
        asked(made)
    assert found.value.problem.code == "release-unbuilt"
    assert "broadsheet build" in found.value.problem.hint
    assert not (made.root / "content/published").exists()
    assert asked(made, check=True)[1] == []  # which builds it
    assert asked(made)[0].recorded
