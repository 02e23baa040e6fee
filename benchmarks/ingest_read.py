"""A page whose body nobody labelled → the body that ingest reads from its HTML: what its text versions are fitted on.

HTML tells by its elements what text no longer shows, so that most of what is read there is right.
"""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from types import ModuleType
from typing import Any

from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import html


def body(data: Path, case: dict[str, Any], score: ModuleType) -> dict[str, list[str]]:
    """The paragraphs and the subheads of a page."""
    now = dt.datetime.now(dt.UTC)
    packed = data / "html" / f"{case['id']}.html.gz"
    source = Source(packed.name, gzip.decompress(packed.read_bytes()), now, url=case["url"])
    told = html.read(source, Hints(today=now.date()))[0].body
    texts = [text for block in told.split("\n\n") if (text := score.plain(block).strip())]
    return {"body": texts, "subheads": score.headings(told)}
