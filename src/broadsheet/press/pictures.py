"""Pictures below content/: found, measured, named by what they hold.

In: a site. Out: an ``Asset`` for each picture, by its path below content/.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error, warning
from broadsheet.model import Asset

FOLDER = "pictures"
_KINDS = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})  # not .svg: it may hold script


def pictures(site: Site) -> tuple[dict[str, Asset], list[Problem]]:
    """The pictures of a site by their path below content/, and a problem for each that is not one."""
    found: dict[str, Asset] = {}
    problems: list[Problem] = []
    for file in sorted(_files(site.content / FOLDER)):
        name = file.relative_to(site.content).as_posix()
        place = Place(f"{site.settings.content}/{name}")
        if file.suffix.lower() not in _KINDS:
            if file.suffix.lower() == ".svg":
                hint = "An SVG can hold script. Save it as PNG or WebP."
                problems.append(warning("picture-svg", "an SVG is not printed", place, hint))
            continue
        try:
            found[name] = _asset(file, name)
        except OSError as cause:
            message = f"not a picture that can be read: {cause.strerror or cause}"
            problems.append(error("picture-broken", message, place, "Save it again as PNG, JPEG, WebP, AVIF or GIF."))
    return found, problems


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in names if not name.startswith("."))


def _asset(file: Path, name: str) -> Asset:
    from PIL import Image

    data = file.read_bytes()
    try:
        with Image.open(file) as picture:
            width, height = picture.size
    except Image.DecompressionBombError as cause:
        raise OSError("it has too many pixels") from cause
    digest = blake2b(data, digest_size=16)
    stem, _, ending = name.rpartition(".")
    path = f"{stem}.{digest.hexdigest()[:8]}.{ending.lower()}"
    return Asset(name, str(file), path, digest.digest(), len(data), width, height)
