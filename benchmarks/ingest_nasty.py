"""What becomes of hostile inputs: each filed in a site of its own, and compared with what is expected of it.

    python -m benchmarks.ingest_nasty --data FOLDER

FOLDER/nasty holds ``in/``, ``expected.jsonl`` and ``check_nasty.py``, which has the checks. Inputs of one number belong
together: they go to one site. Prints a line an input and ends with 1 where one is not as expected.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

from broadsheet import config, ingest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that has nasty/")
    nasty = parser.parse_args().data / "nasty"
    checker = _checker(nasty / "check_nasty.py")
    expected = [json.loads(line) for line in (nasty / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    together: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in expected:
        together[one["file"].partition("-")[0]].append(one)
    wrong = 0
    for inputs in together.values():
        with tempfile.TemporaryDirectory() as folder:
            wrong += _file(nasty / "in", inputs, Path(folder), checker)
    print(f"\n{len(expected) - wrong} of {len(expected)} inputs as expected")
    return 1 if wrong else 0


def _checker(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_nasty", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _file(folder: Path, inputs: list[dict[str, Any]], root: Path, checker: ModuleType) -> int:
    """Files some inputs in a new site, prints what came of each, and counts those that are not as expected."""
    (root / "pyproject.toml").write_text("[tool.broadsheet]\n", encoding="utf-8")
    site = config.open_site(root)
    site.inbox.mkdir(parents=True)
    for one in inputs:
        shutil.copy(folder / one["file"], site.inbox)
    options = ingest.Options(dt.datetime.now(dt.UTC))
    outcome = ingest.run(site, (), options)
    told = {problem.place.file: f"{problem.code}: {problem.message}" for problem in outcome.problems}
    again = ingest.run(site, (), options)
    wrong = 0
    for one in inputs:
        made = [row for row in outcome.filed if row.source == one["file"] and row.deed == "new"]
        faults = [text for hard, text in checker.check(one, [site.stories / row.story for row in made]) if hard]
        if not made and one["file"] not in told:
            faults.append("refused without a word")
        if any(row.deed in ("new", "updated") for row in again.filed):
            faults.append("a second run is not idle")
        wrong += bool(faults)
        got = "; ".join(f"{row.title!r}, review: {', '.join(row.review) or 'nothing'}" for row in made) or "nothing"
        word = told.get(one["file"], "")
        print(f"{'WRONG' if faults else 'ok':<6}{one['file']}\n      expected: {one['note']}; {_outputs(one)}")
        print(f"      got: {got[:200]}" + (f" ({word[:120]})" if word else ""))
        for fault in faults:
            print(f"      {fault}")
    if len(inputs) > 1 and not any(row.deed == "new" for row in outcome.filed):
        print("      both were lost")
        wrong += 1
    return wrong


def _outputs(one: dict[str, Any]) -> str:
    least, most = one["outputs"]
    return (
        f"{least} stories"
        if least == most and least != 1
        else "1 story"
        if most == least
        else f"{least} to {most} stories"
    )


if __name__ == "__main__":
    raise SystemExit(main())
