"""A web server of a test's own on this machine, for as long as the test wants it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable
from typing import Any


class QuietHandler(http.server.BaseHTTPRequestHandler):
    """Answers requests and writes nothing to the terminal."""

    def log_message(self, *_: Any) -> None:
        pass


class LocalServer:
    """A server whose ``url`` is answered by a handler, in a thread of its own, until it is stopped."""

    def __init__(self, handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
