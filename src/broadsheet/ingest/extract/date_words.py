"""The words of days in the languages of the web, as dates.toml has them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("dates.toml").read_text(encoding="utf-8"))
