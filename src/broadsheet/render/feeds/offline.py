"""The offline edition as browsers read it: a manifest (W3C, Web Application Manifest) and a service worker.

In: values. Out: bytes. The worker asks the network first for what changes, so that nobody reads an old page while
there is a new one; what has a digest in its name is taken from what is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec


def manifest(site: Any, icons: Sequence[tuple[str, str]]) -> bytes:
    """The manifest of a site; an icon that is no drawing is 512 pixels wide."""
    made: dict[str, Any] = {
        "name": site.title,
        "short_name": site.title,
        "description": site.description,
        "lang": site.language,
        "dir": site.direction,
        "id": site.home,
        "start_url": site.home,
        "scope": site.home,
        "display": "minimal-ui",
        "icons": [
            {"src": path, "type": kind, "sizes": "512x512" if kind == "image/png" else "any"} for path, kind in icons
        ],
    }
    return msgspec.json.format(msgspec.json.encode({key: value for key, value in made.items() if value}), indent=2)


_WORKER = """\
// Keeps the newest edition, so that it opens without a network. The build writes this file anew with each edition.
const home = HOME, name = `edition ${home} MARK`;
const pages = PAGES;
const files = FILES;
const pictures = PICTURES;
const bare = (path) => path.replace(/(?:-\\d+)?(\\.[0-9a-f]{8})\\.\\w+$/, "$1");  // a picture, whatever its width
const kept = Object.fromEntries(pictures.map((it) => [bare(it), it]));

async function install() {
  const cache = await caches.open(name);
  await cache.addAll([...pages, ...files].map((it) => new Request(it, { cache: "no-cache" })));
  await Promise.allSettled(pictures.map((it) => cache.add(it)));
  await skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((it) => it.startsWith(`edition ${home} `) && it !== name);
  await Promise.all(old.map((it) => caches.delete(it)));
  await clients.claim();
}

async function answer(request, { pathname }) {
  const cache = await caches.open(name), own = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (own && files.includes(pathname)) return own;
  try {
    return await fetch(request);
  } catch (cause) {
    const picture = kept[bare(pathname)];
    const other = picture ?? (request.mode === "navigate" ? home : "");
    const instead = own ?? (other && await cache.match(other));
    if (instead) return instead;
    throw cause;
  }
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === location.origin && url.pathname.startsWith(home)) {
    event.respondWith(answer(event.request, url));
  }
});
"""


_ENDED = """\
// This site keeps no edition any more: what was kept is deleted, and no worker is left.
const home = HOME;

async function leave() {
  const kept = (await caches.keys()).filter((it) => it.startsWith(`edition ${home} `));
  await Promise.all(kept.map((it) => caches.delete(it)));
  await registration.unregister();
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(leave()));
"""


def worker(mark: str, home: str, pages: Sequence[str], files: Sequence[str], pictures: Sequence[str]) -> bytes:
    """The service worker of a site below ``home``; ``mark`` changes when a page does that is kept.

    Without a mark it is the last one: it deletes what was kept, and itself.
    """
    script = _WORKER.replace("MARK", mark) if mark else _ENDED
    for word, value in (("HOME", home), ("PAGES", pages), ("FILES", files), ("PICTURES", pictures)):
        script = script.replace(f" = {word}", f" = {msgspec.json.encode(value).decode()}", 1)
    return script.encode()
