"""Publications and rollbacks that are killed: no reader meets a dead link, and the next one ends right."""

import pytest

from benchmarks import publish_kills

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.mark.parametrize("kind", ["folder", "git", "rsync", "s3"])
def test_a_publication_that_is_killed_does_no_harm(kind: str, monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.setenv(name, "reed")
    trial = publish_kills.run(kind, 5, seed=7)
    assert trial.counts["kills"] == 5
    assert trial.reader.fetched
    assert not trial.reader.dead
    assert not trial.wrong
