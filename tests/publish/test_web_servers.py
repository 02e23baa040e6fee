"""The recipes of docs/guides/publish-own-server.md for servers of one's own, tried on these: what moved is a 301, what is gone a 410."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest

from broadsheet.errors import Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, TO_A_FOLDER, Workshop, story

pytestmark = [pytest.mark.slow, pytest.mark.server]

Make = Callable[..., Workshop]
PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
DOCS = Path(__file__).parents[2] / "docs/guides/publish-own-server.md"
NGINX = """
daemon off; master_process off; pid {work}/pid; error_log {work}/log; {user}
events {{ }}
http {{
  access_log off; types {{ text/html html; }}
  client_body_temp_path {work}/1; proxy_temp_path {work}/2; fastcgi_temp_path {work}/3; uwsgi_temp_path {work}/4;
  scgi_temp_path {work}/5;
  server {{ listen 127.0.0.1:{port}; root {root}; error_page 404 /404.html; include {work}/redirects.conf; }}
}}
"""
APACHE = """
ServerRoot {work}
ServerName localhost
PidFile {work}/pid
ErrorLog {work}/log
DefaultRuntimeDir {work}
Listen 127.0.0.1:{port}
{modules}
{user}
TypesConfig /dev/null
AddType text/html .html
DocumentRoot {root}
<Directory {root}>
Require all granted
</Directory>
DirectoryIndex index.html
ErrorDocument 404 /404.html
Include {work}/redirects.conf
"""
MODULES = ("mpm_event", "authz_core", "dir", "mime", "alias")


def recipe(name: str) -> str:
    """A program of the docs, by its name."""
    found = re.search(rf"^```python {re.escape(name)}\n(.*?)^```", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def program(*names: str) -> str:
    """One of these programs; the test is skipped where there is none."""
    found = next((path for name in names if (path := shutil.which(name, path=PATH))), None)
    if found is None:
        pytest.skip(f"there is no {names[0]} here")
    return found


@pytest.fixture
def site(workshop: Make) -> Workshop:
    """A site of which something has moved and something is gone, with addresses that are not in ASCII."""
    made = workshop(
        story("ferry", "2025-05-07", section="Harbour"),
        story("порт і ко", "2025-05-07", section="Ö Café"),
        story(
            "crane", "2025-05-08", aliases="['/old/a+b(c)[1].html', '/старе/місце/', \"/o'clock/\", '/a%20b/$x{1};/']"
        ),
        settings=f'freeze = "never"{TO_A_FOLDER}',
    )
    for lost in ("ferry", "порт і ко"):
        publish(made)
        next((made.root / "content/stories").rglob(f"{lost}.md")).unlink()
    crane = next((made.root / "content/stories").rglob("crane.md"))
    crane.rename(crane.with_name("кран.md"))
    publish(made)
    return made


def publish(made: Workshop) -> None:
    request = PublishRequest(anyway=True, accept=("*",))
    assert publish_site(made.site, Options(NOW), request, Report(), silent, lambda _: None).sent


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    """A server, from when it answers until it is ended."""
    with log.open("ab") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
    try:
        for _ in range(200):
            assert process.poll() is None, log.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("kind", ["nginx", "apache"])
def test_what_moved_answers_301_and_what_is_gone_410_with_its_page(site: Workshop, tmp_path: Path, kind: str):
    server = program("nginx") if kind == "nginx" else program("apache2", "httpd")
    work, root = tmp_path / "work", (site.root / "output").resolve()
    work.mkdir(mode=0o755)
    (site.root / "recipe.py").write_text(recipe(f"{kind}.py"), "utf-8")
    done = subprocess.run([sys.executable, "recipe.py"], cwd=site.root, capture_output=True, check=True)
    (work / "redirects.conf").write_bytes(done.stdout)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = {"work": work, "root": root, "port": port}
    if kind == "nginx":
        settings = NGINX.format(user="user root;" if _root() else "", **values)
        command = [server, "-c", f"{work}/conf"]
    else:
        folder = next((path for path in map(Path, _MODULES) if path.is_dir()), None)
        if folder is None:
            pytest.skip("nobody knows where the modules of Apache are")
        modules = "\n".join(f"LoadModule {name}_module {folder}/mod_{name}.so" for name in MODULES)
        if _root():  # whose own folders no other user may read
            _open(tmp_path)
        settings = APACHE.format(modules=modules, user="User nobody" if _root() else "", **values)
        command = [server, "-X", "-f", f"{work}/conf"]
    (work / "conf").write_text(settings)
    lines = [line.split() for line in site.page("_redirects").splitlines()]
    assert {status for *_, status in lines} == {"301", "410!"}
    assert len(lines) > 10
    with running(command, port, work / "log"):

        def ask(path: str) -> tuple[int, str, str]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path)
            with closing(connection), connection.getresponse() as answer:
                return answer.status, answer.getheader("Location") or "", answer.read().decode()

        for old, new, status in lines:
            for asked in (old, f"{old}?utm_source=mail"):
                code, where, text = ask(asked)
                assert code == int(status.removesuffix("!")), (asked, text, (work / "log").read_text())
                if code == 301:
                    assert unquote(where.partition("?")[0]) == unquote(f"http://127.0.0.1:{port}{new}")
                else:
                    assert "is there no more" in text or "withdrawn" in text
        assert ask("/")[0] == 200
        assert ask("/2025/05/08/%D0%BA%D1%80%D0%B0%D0%BD/")[0] == 200
        assert ask("/2025/05/08/crane/more/")[0] == 404


_MODULES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2", "/usr/lib/httpd/modules")


def _root() -> bool:
    return os.geteuid() == 0


def _open(folder: Path) -> None:
    """Let every user read what is in the folders of a test."""
    for path in (folder, *folder.parents[:3]):
        if path != Path("/tmp"):
            path.chmod(0o755)
