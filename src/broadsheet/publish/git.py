"""A branch of a git repository as a target: what GitHub, GitLab and Codeberg serve as pages.

In: a bundle. Out: one commit on top of whatever is there, pushed without force: where somebody else was quicker the
push is refused, and the next publication begins from theirs. No work tree is needed: blobs, index and tree are made in
a bare repository below .broadsheet/ that may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from broadsheet import disk, iri
from broadsheet.config.targets import GitTarget
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.publish import program
from broadsheet.publish.bundle import LINK, Bundle, Changes, DigestKind, Progress, TargetState, steps
from broadsheet.publish.releases import Release, ReleaseFiles

_FILE = "100644"
_NOTHING = "0" * 40
_HERE = "refs/broadsheet/tip"
_KEPT = 20  # commits of a branch that are looked at for what can be brought back
_TRAILER = "Broadsheet-Release"  # in the message of a commit that brought another back: the name of that one
_OURS = re.compile(r"Publish: |Roll back to ")  # how the messages of our own commits begin
_LOOKED_AT = 20  # settings of sites that are looked for in a branch
# Names as they are, no housekeeping of git's own, and an end where a server has not taken a byte for a minute.
_SETTINGS = (
    "-c", "core.quotePath=false", "-c", "gc.auto=0", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60",
)  # fmt: skip
_AUTHOR = ("Broadsheet", "broadsheet@localhost")  # where git knows of nobody, as on a machine that only publishes


class Git:
    """A branch that a host serves. ``extras`` are the files that such hosts ask for."""

    digest: DigestKind = "git"

    def __init__(self, settings: GitTarget, root: Path, work: Path) -> None:
        """``root`` is the site's folder, ``work`` where the bare repository may lie."""
        self.extras = {".nojekyll": b""}  # else GitHub leaves out what begins with an underscore
        if settings.domain:
            self.extras["CNAME"] = f"{iri.host(settings.domain)}\n".encode()
        self._branch = settings.branch
        self._root = root
        self._store = work
        self._repository = self._address(settings.repository)
        self._tip = ""
        self._brought: Release | None = None

    def there(self, _bundle: Bundle) -> TargetState:
        """The files of the branch as it is now."""
        self._look()
        if not self._tip:
            return TargetState({})
        if not self._has(self._tip):
            self._fetch(1)
        files = self._tree(self._tip)
        self._refuse_sources(files)
        return TargetState(files)

    def releases(self) -> list[Release]:
        """Our own commits among the newest of the branch, the oldest first."""
        self._look()
        if not self._tip:
            return []
        self._fetch(_KEPT)
        found = [Release(name, moment, said, of=of) for name, moment, said, of, ours in self._log(self._tip) if ours]
        return [msgspec.structs.replace(one, current=one is found[0]) for one in reversed(found)]

    def bring(self, release: Release) -> ReleaseFiles:
        """The files of a commit, laid out beside the repository; what is sent next is this release.

        What somebody else has deleted since is none of it.
        """
        tree = self._store / "release"
        shutil.rmtree(tree, ignore_errors=True)
        with self._index() as index:
            self._git("read-tree", release.name, index=index)
            tree.mkdir()
            self._git(f"--work-tree={tree}", "-c", "core.autocrlf=false", "checkout-index", "--all", index=index)
        files = self._tree(release.name)
        for name, *_, ours in self._log(f"{release.name}..{self._tip}"):
            if not ours:
                words = ("diff-tree", "-r", "-z", "--no-renames", "--diff-filter=D", "--name-only", f"{name}^", name)
                for path in self._git(*words).decode("utf-8", "surrogateescape").split("\0"):
                    files.pop(path, None)
        files = {path: digest for path, digest in files.items() if digest != LINK}
        self._brought = release
        return ReleaseFiles(tree, files, "git")

    def _log(self, commits: str) -> Iterator[tuple[str, dt.datetime, str, str, bool]]:
        """Of the newest of these commits: name, moment, what it says, what it brought back, whether it is ours."""
        form = f"--format=%H%x1f%cI%x1f%s%x1f%(trailers:key={_TRAILER},valueonly,separator=)"
        said = self._git("log", "--first-parent", f"--max-count={_KEPT}", form, commits).decode("utf-8", "replace")
        for line in said.splitlines():
            name, moment, subject, of = line.split("\x1f", 3)
            begins = _OURS.match(subject)
            about = subject.removeprefix("Publish: ") if begins else subject
            yield name, dt.datetime.fromisoformat(moment), about, of.strip(), begins is not None

    def _look(self) -> None:
        """Ask what the branch is at."""
        if not (self._store / "HEAD").exists():
            made = self._store.with_name(f".{self._store.name}{disk.SCRAP}")  # whole, or not there
            shutil.rmtree(made, ignore_errors=True)
            made.parent.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--bare", str(made), store=made)
            shutil.rmtree(self._store, ignore_errors=True)
            made.rename(self._store)
        for left in (*self._store.glob("*.lock"), *self._store.glob("refs/**/*.lock")):
            left.unlink(missing_ok=True)  # of a git that was killed: the site's lock is ours
        for old in self._store.glob("index-*"):
            shutil.rmtree(old, ignore_errors=True)
        wanted = f"refs/heads/{self._branch}"
        said = self._git("ls-remote", self._repository, wanted, seconds=program.QUESTION).split()
        self._tip = said[0].decode() if said else ""

    def _tree(self, commit: str) -> dict[str, str]:
        """The files of a commit, by path; what is no plain file has the digest of a link."""
        lines = self._git("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")
        files = {}
        for line in filter(None, lines):
            about, _, path = line.partition(b"\t")
            mode, _, name = about.decode().split(" ")
            files[path.decode("utf-8", "surrogateescape")] = name if mode == _FILE else LINK
        return files

    def _refuse_sources(self, files: Collection[str]) -> None:
        """Raise BroadsheetError (``target-harmful``) for a branch that holds the sources of a site, whichever."""
        settings = sorted(path for path in files if path.rpartition("/")[2] == "pyproject.toml")[:_LOOKED_AT]
        if any(b"[tool.broadsheet" in self._git("cat-file", "blob", f"{self._tip}:{path}") for path in settings):
            message = f"the branch {self._branch!r} holds the sources of a site: pages would stand among them"
            hint = 'Set \'branch\' to one for pages alone, such as "pages" or "gh-pages".'
            raise fail("target-harmful", message, Place(program.quiet(self._repository)), hint)

    def send(self, bundle: Bundle, changes: Changes, tell: Progress) -> None:
        """Commit what changes and push it. Raises BroadsheetError (``target-git``); the branch is then as it was."""
        paths = [path for step in steps(changes) for path in step]
        tell("publishing", 0, len(paths))
        lines = [f"0 {_NOTHING}\t{path}\0" for path in changes.gone]
        lines += [f"{_FILE} {name}\t{path}\0" for path, name in zip(paths, self._blobs(bundle, paths), strict=True)]
        given = "".join(lines).encode("utf-8", "surrogateescape")
        with self._index() as index:
            self._git("read-tree", *([self._tip] if self._tip else ["--empty"]), index=index)
            self._git("update-index", "-z", "--index-info", given=given, index=index)
            tree = self._git("write-tree", index=index).decode().strip()
        parent = ["-p", self._tip] if self._tip else []
        commit = self._git("commit-tree", tree, *parent, given=self._message(changes).encode(), author=True)
        name = commit.decode().strip()
        self._git(
            "push", "--quiet", self._repository, f"{name}:refs/heads/{self._branch}",
            hint="If somebody pushed in between, publish again: it continues from what is there now.",
        )  # fmt: skip
        self._git("update-ref", _HERE, name)
        tell("publishing", len(paths), len(paths))

    def _message(self, changes: Changes) -> str:
        """What the commit says of itself, and by what a rollback is known as one."""
        count = f"{len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone"
        if not (back := self._brought):
            return f"Publish: {count}\n"
        day = back.moment.astimezone(dt.UTC)
        return f"Roll back to {day:%Y-%m-%d %H:%M} UTC: {count}\n\n{_TRAILER}: {back.of or back.name}\n"

    @contextlib.contextmanager
    def _index(self) -> Iterator[str]:
        """The path of an index that nothing else uses, also none that was left by a killed git, locked."""
        with tempfile.TemporaryDirectory(prefix="index-", dir=self._store) as folder:
            yield f"{folder}/index"

    def _blobs(self, bundle: Bundle, paths: Iterable[str]) -> list[str]:
        """The names of these files as objects of the repository, which are made."""
        own, extra = [], {}
        for path in paths:
            if path in bundle.extras:
                extra[path] = self._git("hash-object", "-w", "--stdin", given=bundle.extras[path]).decode().strip()
            else:
                own.append(path)
        given = "".join(f"{bundle.root}/{path}\n" for path in own).encode("utf-8", "surrogateescape")
        made = self._git("hash-object", "-w", "--no-filters", "--stdin-paths", given=given).decode().split()
        names = dict(zip(own, made, strict=True)) | extra
        return [names[path] for path in paths]

    def _fetch(self, commits: int) -> None:
        refs = f"+refs/heads/{self._branch}:{_HERE}"
        self._git("fetch", "--quiet", "--no-tags", f"--depth={commits}", self._repository, refs)

    def _has(self, commit: str) -> bool:
        try:
            self._git("cat-file", "-e", f"{commit}^{{tree}}")
        except BroadsheetError:
            return False
        return True

    def _address(self, repository: str) -> str:
        """Where a remote of the site's own repository leads; anything else is an address or a path already."""
        if not re.fullmatch(r"[\w.-]+", repository) or (self._root / repository).exists():
            return repository
        words = ["git", "-C", str(self._root), "remote", "get-url", "--push", repository]
        hint = "Set 'repository' to the address, or to the name of a remote of this site's own repository."
        said = program.run(words, code="target-git", place=repository, hint=hint, seconds=program.QUESTION)
        return said.decode().strip()

    def _git(
        self,
        *words: str,
        given: bytes = b"",
        index: str = "",
        author: bool = False,
        hint: str = "",
        seconds: float = program.WORK,
        store: Path | None = None,
    ) -> bytes:
        environment = {"GIT_DIR": str(store or self._store), **self._ssh} | ({"GIT_INDEX_FILE": index} if index else {})
        if author and not self._known():
            name, mail = _AUTHOR
            environment |= {f"GIT_{who}_NAME": name for who in ("AUTHOR", "COMMITTER")}
            environment |= {f"GIT_{who}_EMAIL": mail for who in ("AUTHOR", "COMMITTER")}
        arguments: Sequence[str] = ("git", "-C", str(self._root), *_SETTINGS, *words)
        return program.run(
            arguments,
            code="target-git",
            place=program.quiet(self._repository),
            hint=hint or "Check the address, and that git can reach it from here without asking for a password.",
            given=given,
            environment=environment,
            seconds=seconds,
        )

    @functools.cached_property
    def _ssh(self) -> dict[str, str]:
        """How git is to start ssh, unless somebody has said that already."""
        own = os.environ.get("GIT_SSH_COMMAND") or os.environ.get("GIT_SSH") or self._setting("core.sshCommand")
        return {} if own else {"GIT_SSH_COMMAND": shlex.join(("ssh", *program.BATCH, *program.PATIENCE))}

    def _known(self) -> bool:
        """Whether git knows who commits here."""
        return bool(self._setting("user.email"))

    def _setting(self, name: str) -> str:
        """One of git's own settings; empty where it has none."""
        words = ["git", "-C", str(self._root), "config", "--get", name]
        said = program.run(words, code="target-git", place="git", right=(0, 1), seconds=program.QUESTION)
        return said.decode("utf-8", "replace").strip()
