"""Targets on this machine stay apart from the site's own folders: for every kind that writes files here.

In: where a target would write, the folder of the site and its own folders. Out: nothing, or an error.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from broadsheet.errors import Place, fail


def refuse(folder: Path, root: Path, apart: Mapping[str, Path], shown: str) -> None:
    """Raise BroadsheetError (``target-harmful``) for a folder or file in which a target would harm the site itself.

    ``root`` is the folder of the site, ``apart`` its own folders by what messages call them, ``shown`` the place of
    messages: the path as the settings have it.
    """
    there, home = Path(os.path.realpath(folder)), root.resolve()  # which knows links that lead round in a circle
    hint = "Set 'path' to a folder that holds nothing else, such as \"../public\"."
    if home.is_relative_to(there):
        what = "the folder of the site" if home == there else "a folder above the site's own"
        raise fail("target-harmful", f"is {what}: a release there would stand among its sources", Place(shown), hint)
    for above in (there, *there.parents):
        if above.name == "releases" and (above.parent / "current").is_symlink():
            what = f"lies among the releases of {above.parent}, whose next publication would sweep it away"
            raise fail("target-harmful", what, Place(shown), hint)
    for name, path in apart.items():
        one = path.resolve()
        if there.is_relative_to(one) or one.is_relative_to(there):
            where = "is" if there == one else "lies in" if there.is_relative_to(one) else "holds"
            raise fail(
                "target-harmful", f"{where} the folder of {name}: releases do not belong there", Place(shown), hint
            )
