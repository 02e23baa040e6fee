"""A folder of another machine as a target: the system's rsync over ssh.

In: a bundle. Out: files sent step by step, each whole before it takes its name, and what is gone deleted by name: what
somebody else put there is never in rsync's hands. Logins are ssh's affair: its keys, its agent, its configuration.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from broadsheet.config.targets import RsyncTarget
from broadsheet.errors import Place, fail
from broadsheet.publish import program
from broadsheet.publish.bundle import LINK, Bundle, Changes, DigestKind, Progress, TargetState, refuse_sources, steps

_OLDEST = (3, 1)  # the first that deletes by name what is missing
_LINE = re.compile(rb"(.)\S{9}\s+[\d,.]+ \S+ \S+ (.*)")
_ESCAPE = re.compile(rb"\\#(\d{3})")  # how rsync prints a byte that a terminal might not
_WILD = re.compile(r"[\\*?\[]")  # what a pattern of rsync's would not take as it is
_SCRAP = re.compile(r"((?:.*/)?)\.(.+)\.[A-Za-z0-9]{6}")  # what rsync calls a file while it comes in
_NO_FOLDER = 23  # a partial transfer: here the folder that is not there yet
# A web server runs as another user, whatever the umask of whoever publishes.
_READABLE = ("--perms", "--chmod=D755,F644")


class Rsync:
    """A folder on a host that ssh reaches. Raises BroadsheetError without an rsync that is new enough."""

    digest: DigestKind = "sha256"

    def __init__(self, settings: RsyncTarget) -> None:
        self.extras: dict[str, bytes] = {}
        self._destination = settings.destination.rstrip("/") + "/"
        self._ssh = shlex.join(("ssh", *program.BATCH, *settings.ssh, *program.PATIENCE))  # of two the first holds
        self._scraps: list[str] = []  # of a transfer that broke off on the other side
        words = ["rsync", "--version"]
        said = program.run(words, code="target-rsync", place=self._destination, seconds=program.QUESTION)
        found = re.search(rb"version (\d+)\.(\d+)", said)
        if not found or (int(found[1]), int(found[2])) < _OLDEST:
            hint = "Install rsync 3.1 or newer; the one that comes with macOS is another program."
            raise fail("target-rsync", "this rsync is too old", Place(self._destination), hint)

    def there(self, bundle: Bundle) -> TargetState:
        """The files of the folder; what rsync itself would not send has the digest that it has here."""
        said = self._rsync("--recursive", "--list-only", self._destination, right=(0, _NO_FOLDER))
        listed = {}
        for line in said.splitlines():
            if (found := _LINE.fullmatch(line)) and found[1] != b"d":
                name = _ESCAPE.sub(lambda code: bytes([int(code[1], 8)]), found[2]).decode("utf-8", "surrogateescape")
                listed[name] = LINK if found[1] != b"-" else ""
        known = set(bundle.paths)
        self._scraps = [path for path in listed if (at := _SCRAP.fullmatch(path)) and at[1] + at[2] in known]
        for path in self._scraps:
            del listed[path]
        refuse_sources(listed, self._destination)
        here = bundle.digests("sha256")
        common = [path for path in bundle.paths if listed.get(path) == ""]
        if common:
            differs = self._differing(bundle, common)
            listed |= {path: here[path] for path in common if path not in differs}
        return TargetState(listed)

    def send(self, bundle: Bundle, changes: Changes, tell: Progress) -> None:
        """Send what changes, step by step, then delete what is gone. Raises BroadsheetError (``target-rsync``)."""
        total = len(changes.new) + len(changes.changed)
        sent = 0
        for step in steps(changes):
            tell("publishing", sent, total)
            self._each(bundle, step, "--ignore-times", "--links", *_READABLE)
            sent += len(step)
        if gone := [*changes.gone, *self._scraps]:
            self._delete(bundle, gone)

    def _delete(self, bundle: Bundle, gone: Sequence[str]) -> None:
        """Delete files by name, and the folders that are empty then; all else is hidden from rsync.

        The output folder, where these files are missing, is what rsync compares with; nothing is sent from it.
        """
        folders = {f"{folder}/" for path in gone for folder in _above(path)}
        patterns = (_WILD.sub(r"\\\g<0>", f"/{path}") for path in (*sorted(folders), *gone))
        given = "\0".join(patterns).encode("utf-8", "surrogateescape")
        hidden = ("--from0", "--include-from=-", "--exclude=*")  # in this order: the first holds for what follows
        nothing = ("--existing", "--ignore-existing")
        self._rsync("--recursive", "--delete", *nothing, *hidden, f"{bundle.root}/", self._destination, given=given)

    def _differing(self, bundle: Bundle, paths: Sequence[str]) -> set[str]:
        """Those of these files whose bytes rsync would send."""
        lines = self._each(bundle, paths, "--checksum", "--dry-run", "--out-format=%i %n").splitlines()
        return {line[12:].decode("utf-8", "surrogateescape") for line in lines if line[:1] == b"<"}

    def _each(self, bundle: Bundle, paths: Sequence[str], *words: str) -> bytes:
        """Have rsync look at files of a bundle: at its own where they lie, at extras in a folder made for them."""
        own = [path for path in paths if path not in bundle.extras]
        said = self._some(own, *words, f"{bundle.root}/", self._destination) if own else b""
        extras = [path for path in paths if path in bundle.extras]
        if not extras:
            return said
        with tempfile.TemporaryDirectory() as folder:
            for path in extras:
                file = Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(bundle.extras[path])
            return said + self._some(extras, *words, f"{folder}/", self._destination)

    def _some(self, paths: Iterable[str], *words: str) -> bytes:
        given = "\0".join(paths).encode("utf-8", "surrogateescape")
        return self._rsync("--files-from=-", "--from0", *words, given=given)

    def _rsync(self, *words: str, given: bytes = b"", right: Sequence[int] = (0,)) -> bytes:
        hint = f"Can you log in there? Try it: {self._ssh} {self._destination.partition(':')[0]} true"
        options = ("rsync", "--8-bit-output", "--timeout=60", "-e", self._ssh)
        return program.run(
            [*options, *words],
            code="target-rsync",
            place=self._destination,
            hint=hint,
            given=given,
            right=right,
        )


def _above(path: str) -> Iterable[str]:
    """Every folder that a file is in."""
    parts = path.split("/")[:-1]
    return ("/".join(parts[:number]) for number in range(1, len(parts) + 1))
