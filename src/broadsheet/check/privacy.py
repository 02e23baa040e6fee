"""Privacy: the metadata in pictures that are published unchanged, such as where one was taken.

In: the plan. Out: a warning for each static file, of the theme or of the site's own, that holds metadata. Of the
pictures of stories nothing but the picture is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from broadsheet import disk
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Page
from broadsheet.pages import AssetInputs
from broadsheet.render.images.metadata import found

_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"})
_STATIC = "static/"
_MADE = "pictures/"  # what is made of pictures holds nothing else


def problems(site: Site, plan: Sequence[Page]) -> Iterator[Problem]:
    """The static files that hold more than a picture."""
    for page in plan:
        inputs = page.inputs
        if not isinstance(inputs, AssetInputs) or page.path.startswith(_MADE):
            continue
        if Path(page.path).suffix.lower() not in _ENDINGS:
            continue
        try:
            private = found(disk.read(inputs.asset.file))
        except OSError:  # the build has told of it
            continue
        if private:
            hint = "Save it without metadata: static files are copied unchanged."
            file = Path(inputs.asset.file)
            own = file.is_relative_to(site.root)
            place = Place(file.relative_to(site.root).as_posix() if own else f"{_STATIC}{inputs.asset.name}")
            yield warning("picture-private", f"holds {_joined(private)}", place, hint)


def _joined(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
