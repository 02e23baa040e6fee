"""Pagefind, the program that makes a search index which browsers read piece by piece.

In: records of stories. Out: the files of an index, by path. The program is asked as its own wrappers ask it: messages
of JSON, each in base64 and ended by a comma, one answer to each; its Python wrapper waits a tenth of a second for each.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import os
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.render.search.reproducible import settled

EXTENDED = "pagefind_bin_extended"  # the one that tells the words of Chinese and Japanese apart
_KEPT = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")  # the rest is a search page, which themes have
_INDEX = 0  # the number of a program's first index

Record = dict[str, Any]  # what Pagefind calls AddRecord: url, content, meta, filters, sort


def program() -> Path | None:
    """The program: of the package that was installed, else on the PATH; None where there is none."""
    for package in (EXTENDED, "pagefind_bin"):
        with contextlib.suppress(ImportError, OSError, AttributeError):
            found = Path(importlib.import_module(package).get_executable())
            if found.is_file():
                return found
    for name in ("pagefind_extended", "pagefind"):
        if found_on_path := shutil.which(name):
            return Path(found_on_path)
    return None


def index(program: Path, records: Sequence[Record], language: str) -> dict[str, bytes]:
    """The files of the index of these records, all in one language: those that a search page needs.

    Raises BroadsheetError (``search-failed``) where the program does not do its work.
    """
    config = {"force_language": language}
    messages = [
        {"type": "NewIndex", "config": config},
        *({"type": "AddRecord", "index_id": _INDEX, "language": language, **record} for record in records),
        {"type": "GetFiles", "index_id": _INDEX},
    ]
    encoded = (
        base64.b64encode(msgspec.json.encode({"message_id": number, "payload": payload})) + b","
        for number, payload in enumerate(messages)
    )
    try:
        answers = _asked(program, b"".join(encoded), len(messages))
    except (OSError, ValueError, msgspec.DecodeError) as cause:
        raise _failed(str(cause)) from cause
    wrong = next((answer["message"] for answer in answers if answer["type"] == "Error"), "")
    if wrong or len(answers) < len(messages):
        raise _failed(wrong or "it ended before its work was done")
    files = {file["path"]: base64.b64decode(file["content"]) for file in answers[-1]["files"]}
    spoken = msgspec.json.decode(files["pagefind-entry.json"])["languages"]
    wasm = {f"wasm.{known.get('wasm') or 'unknown'}.pagefind" for known in spoken.values()}
    needed = {path: data for path, data in files.items() if path in _KEPT or path in wasm or ".pf_" in path}
    return settled(needed)


def _failed(said: str) -> Exception:
    hint = "The index is as it was before. Install pagefind-bin anew; 'search = false' in the settings does without."
    return fail("search-failed", f"Pagefind failed: {said}", Place("pagefind"), hint)


def _asked(program: Path, messages: bytes, count: int) -> list[dict[str, Any]]:
    """The answers of the program, in the order of the messages. Raises OSError, ValueError, DecodeError."""
    with subprocess.Popen([program, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
        answering = asked.stdout.fileno() if asked.stdout else -1
        writer = threading.Thread(target=_write, args=(asked, messages), daemon=True)
        writer.start()  # it answers before it has heard all, and stops where nobody listens
        answers: list[dict[str, Any]] = []
        waiting: list[bytes] = []
        while len(answers) < count and (data := os.read(answering, 1 << 20)):
            *done, rest = data.split(b",")
            for part in done:
                answer = msgspec.json.decode(base64.b64decode(b"".join((*waiting, part))))
                answers.append(answer["payload"])
                waiting = []
            waiting.append(rest)
        asked.kill()
        writer.join()
    return answers


def _write(asked: subprocess.Popen[bytes], messages: bytes) -> None:
    with contextlib.suppress(OSError):
        if asked.stdin:
            asked.stdin.write(messages)
            asked.stdin.flush()
