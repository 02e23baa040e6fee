"""Broadsheet beside other generators, on the same stories, in the same run.

python -m benchmarks.peers --n 10000 --peers hugo[,hugo-related-pagefind,zola,…] [--cases cold,newest-body] [--runs 3]

"newest" is a story of the latest day, "old" one of three years before: a sentence is added, the headline is another, or
a new story stands beside it. "out" is when the last page was written, before an index is.
Each round runs each generator once, in turn; the medians go to benchmarks/RESULTS.md, the ratios are to the first peer.
With --peers "" nothing else is measured: --n 1000000 --own broadsheet --cases cold --runs 1 shows a million stories.
"broadsheet" prints the same site as the peers do; "default" is Broadsheet's own theme with all that it has.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import os
import shutil
import statistics
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks import corpus
from benchmarks.peers.generators import GENERATORS, HERE, Generator, install
from benchmarks.peers.measure import Figures, run

EDITS = ("body", "headline", "new")
CASES = ("cold", "unchanged", *(f"{age}-{edit}" for age in ("newest", "old") for edit in EDITS), "template")
THREE_YEARS = dt.timedelta(days=3 * 365)
RESULTS = HERE.parent / "RESULTS.md"
SETTINGS = {
    "broadsheet": (HERE / "broadsheet" / "pyproject.toml").read_text(),
    "default": '[tool.broadsheet]\ntitle = "The Daily Digest"\nurl = "https://digest.example/"\n'
    'sections = ["Politics", "World", "Business", "Technology", "Science", "Health", "Culture", "Sport"]\n',
}


class Bench:
    """The sites of one measurement, each in its folder."""

    def __init__(self, lab: Path, sites: Path, count: int) -> None:
        self.lab = lab
        self.sites = sites
        self.count = count
        self.edits = 0
        self.titles: dict[tuple[str, int], str] = {}  # what edited stories are called by now, by generator
        self.words: dict[tuple[str, int], str] = {}  # and what was written below them

    def folder(self, name: str) -> Path:
        """A generator's site, made on first use."""
        kind = self.kind(name)
        folder = self.sites / f"{name}-{self.count}"
        if not (folder / ".ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(HERE / (kind.site or kind.name), folder)
            if name in SETTINGS:
                (folder / "pyproject.toml").write_text(SETTINGS[name])
            (folder / kind.style).mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / "style.css", folder / kind.style)
            dialect = corpus.DIALECTS[kind.site or kind.name]
            for number in range(self.count):
                corpus.write(str(folder), *dialect(corpus.article(number)))
            for path, text in corpus.extra_files(kind.site or kind.name):
                corpus.write(str(folder), path, text)
            (folder / ".ready").touch()
        return folder

    @staticmethod
    def kind(name: str) -> Generator:
        """What is known of a generator; "default" is Broadsheet with its own theme."""
        return GENERATORS["broadsheet" if name == "default" else name]

    def measure(self, name: str, case: str) -> Figures:
        """Bring a site into the state that a case wants, and build it."""
        kind, folder = self.kind(name), self.folder(name)
        if case == "cold":
            for old in (kind.public, *kind.cache):
                path = folder / old
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        elif case.partition("-")[2] in EDITS:
            self._edit(name, *case.split("-"))
        elif case == "template":
            self.edits += 1
            base = folder / (kind.base if name != "default" else "themes/broadsheet/templates/partials/end.html")
            if name == "default":
                base = folder / "themes/broadsheet/templates/base.html"
                base.parent.mkdir(parents=True, exist_ok=True)
                shipped = HERE.parents[1] / "themes/broadsheet/templates/base.html"
                base.write_text(shipped.read_text().replace("</body>", f"<!-- {self.edits} -->\n</body>"))
            else:
                base.write_text(base.read_text().replace("</body>", f"<!-- {self.edits} -->\n</body>"))
        return run(kind.command(self.lab), folder, folder / "build.log", folder / kind.public)

    def _edit(self, name: str, age: str, edit: str) -> None:
        """Edit a story, or add one of its day."""
        kind, number = self.kind(name), self.numbers[age]
        article = corpus.article(number)
        self.edits += 1
        if edit == "new":
            new = corpus.article(self.count + self.edits) | {"date": article["date"]}
            corpus.write(str(self.folder(name)), *corpus.DIALECTS[kind.site or kind.name](new))
            return
        title = str(article["title"])
        if edit == "headline":
            self.titles[name, number] = f"{title} {self.edits}"
        else:
            self.words[name, number] = f"{self.words.get((name, number), '')}\nEdited {self.edits} times.\n"
        file, text = corpus.DIALECTS[kind.site or kind.name](article)
        text = text.replace(title, self.titles.get((name, number), title), 1)
        (self.folder(name) / file).write_text(text + self.words.get((name, number), ""))

    @functools.cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers of the stories that are edited."""
        dates = [corpus.article(number)["date"] for number in range(self.count)]
        newest = max(dates)
        old = min(dates, key=lambda date: abs(newest - THREE_YEARS - date))
        return {"newest": dates.index(newest), "old": dates.index(old)}

    def printed(self, name: str) -> tuple[int, int]:
        """How many files a site has, and their bytes."""
        public = self.folder(name) / self.kind(name).public
        sizes = [os.path.getsize(os.path.join(root, file)) for root, _, files in os.walk(public) for file in files]
        return len(sizes), sum(sizes)


def main() -> None:
    """Measure, print the table, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default="hugo")
    parser.add_argument("--own", default="broadsheet,default", help="which of Broadsheet's two themes")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--lab", type=Path, default=Path(tempfile.gettempdir()) / "broadsheet-peers")
    parser.add_argument("--sites", type=Path, help="where the sites are built; a RAM disk takes the disk out")
    arguments = parser.parse_args()
    arguments.lab.mkdir(parents=True, exist_ok=True)
    peers = list(filter(None, arguments.peers.split(",")))
    bench = Bench(arguments.lab, arguments.sites or arguments.lab / "sites", arguments.n)
    for name in peers:
        install(name, arguments.lab)
    names = [*arguments.own.split(","), *peers]
    found: dict[tuple[str, str], list[Figures]] = defaultdict(list)
    cases = arguments.cases.split(",")
    for _ in range(arguments.runs):
        for case in cases:
            for name in names:
                found[name, case].append(bench.measure(name, case))
    table = _table(bench, names, cases, found, (peers or names)[0])
    print(table)
    _keep(arguments.n, table)


def _table(
    bench: Bench, names: list[str], cases: list[str], found: dict[tuple[str, str], list[Figures]], first: str
) -> str:
    heads = f"wall / {first} | CPU / {first} | memory / {first}"
    lines = [
        f"| case | generator | wall s | out s | CPU s | peak MiB | drawn | {heads} | others |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for case in cases:
        for name in names:
            figures = found[name, case]
            base = found[first, case]
            wall, out, cpu, memory, drawn, others = (
                statistics.median(getattr(one, key) for one in figures)
                for key in ("wall", "out", "cpu", "memory", "drawn", "others")
            )
            ratios = [
                statistics.median(getattr(a, key) / getattr(b, key) for a, b in zip(figures, base, strict=True))
                for key in ("wall", "cpu", "memory")
            ]
            cells = " | ".join(f"{ratio:.2f}" for ratio in ratios)
            lines.append(
                f"| {case} | {name} | {wall:.2f} | {out:.2f} | {cpu:.2f} | {memory:.0f} | {drawn:,.0f} "
                f"| {cells} | {others:.1f} |"
            )
    sizes = (f"{name} {files:,} files, {size / 1e6:.1f} MB" for name in names for files, size in [bench.printed(name)])
    return "\n".join([*lines, "", "Printed: " + "; ".join(sizes) + "."])


def _keep(count: int, table: str) -> None:
    """Put a table into the file of results, in the place of the one for the same number of stories."""
    head = "# Results\n\nWritten by `python -m benchmarks.peers`. Quote ratios of one run.\n"
    text = RESULTS.read_text() if RESULTS.exists() else head
    title = f"## {count:,} stories"
    parts = text.split("\n## ")
    kept = [parts[0].rstrip(), *(f"## {part.rstrip()}" for part in parts[1:] if f"## {part}".split("\n")[0] != title)]
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    kept.append(f"{title}\n\n{os.cpu_count()} processors, revision {revision.stdout.strip()}.\n\n{table}")
    RESULTS.write_text("\n\n".join(kept) + "\n")


if __name__ == "__main__":
    main()
