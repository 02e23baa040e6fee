"""What was published stays true: whatever an editor does, readers, subscribers and auditors get nothing else.

``python -m benchmarks.publication_law`` takes 300 steps by each of the four targets and by a host that builds for itself.
"""

from pathlib import Path

import pytest

from benchmarks import publication_law
from benchmarks.publication_law import walked

pytestmark = pytest.mark.slow
pytest.importorskip("reader", reason="needs the library reader: pip install reader")


@pytest.mark.parametrize(("way", "seed"), [("folder", 11), ("host", 12)])
def test_a_site_that_is_edited_and_published_at_random_keeps_what_it_promised(tmp_path: Path, way: str, seed: int):
    walk = walked(way, tmp_path, seed, steps=8)
    assert walk.faults == []
    assert walk.done["publication"] > 4


def test_each_of_those_who_look_would_notice(tmp_path: Path):
    walk = walked("folder", tmp_path, 1, steps=2)
    live = walk.outlet.live
    for path in ("feed.xml", "atom.xml", "feed.json"):
        file = live / path
        file.write_text(file.read_text().replace("id-1", "id-99").replace(" people", "9 people"))
    page = next(live.glob("editions/2*/index.html"))
    page.write_text(page.read_text().replace("No. ", "No. 9"))
    next(live.glob("2025/**/index.html")).unlink()
    walk.look()
    assert {sign for sign, _ in walk.faults} >= {"resent", "dead", "numbers", "facts"}
    assert set(publication_law.SIGNS) >= {sign for sign, _ in walk.faults}
