"""Leftovers: what previews that have ended left behind, each in a folder that is named by its port.

In: the folder of previews, and the port of the one that begins. Out: less on disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from pathlib import Path

from broadsheet.cache.files import Files


def prune(folder: Path, own: int) -> None:
    """Remove the folders of previews whose ports nobody listens at; that of ``own`` saves it a first build.

    What stands where a folder of a preview has to be, and is none, is removed as well.
    """
    if not folder.is_dir():
        Files(folder.parent).remove(folder.name)
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if not (name.isascii() and name.isdecimal()):
                continue
            if not entry.is_dir():
                Files(folder).remove(name)
                continue
            if entry.is_symlink():
                continue
            if int(name) != own and not _busy(int(name)):
                shutil.rmtree(entry.path, ignore_errors=True)


def _busy(port: int) -> bool:
    """Whether somebody on this machine has the port, at whatever address; in doubt somebody has."""
    for family, host in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((host, port))
        except (OSError, OverflowError):
            if family == socket.AF_INET or socket.has_dualstack_ipv6():
                return True
    return False
