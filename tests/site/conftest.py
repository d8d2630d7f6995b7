"""The built site, and a browser to read it with."""

import fcntl
import functools
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from docweave.project import Project
from tests.programs import require
from tests.site.pages import KINDS, path_of

expect.set_options(timeout=20_000)  # milliseconds: enough for any result that will come, even on a busy machine


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="of the site's pages, test one of each kind")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--quick"):
        left_out = [
            item for item in items if hasattr(item, "callspec") and item.callspec.params.get("name", KINDS[0]) not in KINDS
        ]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def project(pytestconfig):
    return Project(pytestconfig.rootpath)


@pytest.fixture(scope="session")
def address(project):
    """The address of the site, which is the default in mkdocs.yml."""
    return read_config(project.root)["site_url"]


def read_config(root: Path) -> dict:
    class Loader(yaml.SafeLoader):
        pass

    # `!ENV [NAME, default]` is read as the default; other tags do not matter here.
    Loader.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node)[-1])
    Loader.add_multi_constructor("", lambda loader, suffix, node: None)
    return yaml.load((root / "mkdocs.yml").read_text("utf-8"), Loader)


@pytest.fixture(scope="session")
def built(project, tmp_path_factory, worker_id):
    """The site, built strictly in all languages, once for all test processes."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "site").exists():
            build(project, shared / "unfinished").rename(shared / "site")
    return shared / "site"


def build(project, folder: Path) -> Path:
    environment = {name: value for name, value in os.environ.items() if name not in ("SITE_URL", "REPO_URL", "DOCS_LOCALE")}
    done = subprocess.run(
        [Path(sys.executable).parent / "mkdocs", "--quiet", "build", "--strict", "--site-dir", folder],
        cwd=project.root,
        env=environment | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def html(built):
    """Returns the parsed HTML of a page, by language and name."""

    @functools.cache
    def read(locale: str, name: str) -> BeautifulSoup:
        return BeautifulSoup((built / path_of(locale, name) / "index.html").read_text("utf-8"), "html.parser")

    return read


@pytest.fixture(scope="session")
def served(built, address):
    """The address of the site, served locally under the same path as in public."""
    prefix = urlsplit(address).path.rstrip("/")

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix(prefix) if path.startswith(prefix) else "/not/there")

        def send_error(self, code, message=None, explain=None):
            if code != 404:
                super().send_error(code, message, explain)
                return
            body = (built / "404.html").read_bytes()  # as GitHub Pages does
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            pass  # a browser that leaves a page aborts its pending requests

    with Server(("127.0.0.1", 0), functools.partial(Handler, directory=built)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}/"
        server.shutdown()


@pytest.fixture(scope="session")
def java():
    """The program that runs the HTML checker."""
    return require("Java")


@pytest.fixture(scope="session")
def fonts():
    """Fonts for every language: a missing glyph is a box of another width and height."""
    for name in ("a Chinese font", "a Cyrillic font"):
        require(name)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium.

    No browser is downloaded; this one contacts no host but ours, and does not emulate a graphics card.
    """
    require("libatomic")  # Playwright's own program needs it
    path = require("Chromium")
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    ]
    plain = ["--disable-gpu", "--disable-software-rasterizer"]
    return browser_type_launch_args | {"executable_path": path, "args": ["--no-sandbox", *quiet, *plain]}


@pytest.fixture
def page(page):
    """A page that must load without script errors, failed requests and violations of its policy."""
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}") if request.failure != LEFT else None)
    page.on(
        "response", lambda response: problems.append(f"{response.status}: {response.url}") if response.status >= 400 else None
    )
    page.on("console", lambda message: problems.append(message.text) if REFUSED in message.text else None)
    page.problems = problems
    yield page
    assert [problem for problem in problems if REFUSED in problem] == []


# The message of every violation of the policy.
REFUSED = "Content Security Policy"
# Requests aborted when the reader went to another page, mostly for the icon.
LEFT = "net::ERR_ABORTED"
