"""A bucket in memory that speaks as much of the S3 protocol as a publication needs, and answers at once.

    python -m benchmarks.object_store PORT

Its speed is why it exists: moto, which the tests use, sorts its whole bucket for every page of a listing, so that a
measurement of a large site measured moto. Buckets are made when they are first named; signatures are not looked at.
The forms of the answers are those of the Amazon S3 API reference (ListObjectsV2, PutObject, GetObject, DeleteObjects).
"""

from __future__ import annotations

import bisect
import hashlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

_MOST_KEYS = 1000  # objects in one page of a listing; the protocol's limit
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


class ObjectStore:
    """Objects by their keys, and the keys in the order of a listing."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, str]] = {}
        self._keys: list[str] = []
        self._lock = threading.Lock()

    def put(self, key: str, data: bytes) -> str:
        """Keep an object; its ETag."""
        tag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        with self._lock:
            if key not in self._objects:
                bisect.insort(self._keys, key)
            self._objects[key] = (data, tag)
        return tag

    def get(self, key: str) -> tuple[bytes, str] | None:
        """An object and its ETag, None where there is none."""
        return self._objects.get(key)

    def delete(self, key: str) -> None:
        """Forget an object; one that is not there is no error, as in the protocol."""
        with self._lock:
            if self._objects.pop(key, None):
                del self._keys[bisect.bisect_left(self._keys, key)]

    def page(self, prefix: str, after: str) -> tuple[list[tuple[str, int, str]], bool]:
        """Up to 1,000 objects after a key as (key, bytes, ETag), and whether more follow."""
        with self._lock:
            start = max(bisect.bisect_left(self._keys, prefix), bisect.bisect_right(self._keys, after))
            found = [key for key in self._keys[start : start + _MOST_KEYS + 1] if key.startswith(prefix)]
            sized = [(key, len(self._objects[key][0]), self._objects[key][1]) for key in found[:_MOST_KEYS]]
        return sized, len(found) > _MOST_KEYS


class Handler(BaseHTTPRequestHandler):
    """Answers requests of the form /BUCKET/KEY."""

    protocol_version = "HTTP/1.1"
    store = ObjectStore()
    # One packet per answer: a head that waits for the client's acknowledgement costs 40 ms (Nagle beside delayed ACK).
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """An object, or a page of the listing."""
        key, query = self._asked()
        if not key:
            self._answer(200, self._listing(query).encode(), "application/xml")
            return
        found = self.store.get(key)
        if found:
            self._answer(200, found[0], "application/octet-stream", found[1])
        else:
            self._answer(404, f"{_HEAD}<Error><Code>NoSuchKey</Code><Key>{escape(key)}</Key></Error>".encode())

    def do_HEAD(self) -> None:
        """What do_GET answers, without the bytes."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Keep an object, or make a bucket."""
        key, _ = self._asked()
        data = self._body()
        self._answer(200, tag=self.store.put(key, data) if key else "")

    def do_POST(self) -> None:
        """Delete several objects."""
        for named in ET.fromstring(self._body()).iter(f"{_NAMESPACE}Key"):
            self.store.delete(named.text or "")
        self._answer(200, f"{_HEAD}<DeleteResult></DeleteResult>".encode(), "application/xml")

    def handle_expect_100(self) -> bool:
        """Ask for the bytes at once: boto3 waits a second for it."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def log_message(self, *_args: Any, **_options: Any) -> None:
        """Say nothing: a line of log for each request would be measured too."""

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path).lstrip("/").partition("/")[2], parse_qs(parts.query)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _listing(self, query: dict[str, list[str]]) -> str:
        (prefix,) = query.get("prefix", [""])
        (after,) = query.get("continuation-token", [""])
        found, more = self.store.page(prefix, after)
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size><ETag>&quot;{tag}&quot;</ETag></Contents>"
            for key, size, tag in found
        )
        token = f"<NextContinuationToken>{escape(found[-1][0])}</NextContinuationToken>" if more else ""
        cut = "true" if more else "false"
        return f"{_HEAD}<ListBucketResult><IsTruncated>{cut}</IsTruncated>{token}{rows}</ListBucketResult>"

    def _answer(self, status: int, data: bytes = b"", kind: str = "application/xml", tag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if tag:
            self.send_header("ETag", f'"{tag}"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
