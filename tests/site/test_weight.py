"""The cost of loading a page: bytes, requests, and layout shifts."""

import gzip

import pytest

from tests.site.eyes import wait_until
from tests.site.pages import KINDS, every_language, every_page, path_of

# In kB, with each file compressed separately, as by servers.
TEXT = 60
WITH_PICTURES = 105
REQUESTS = 8
WORD = 0.002  # the shift when a word arrives in two parts, and the complete word does not fit on its line
SLOW = {
    "offline": False,
    "latency": 50,
    "downloadThroughput": 100_000,
    "uploadThroughput": 100_000,
}  # milliseconds, bytes a second

# Reports every layout shift and its score. Shifts within half a second of user input do not count.
SHIFTS = """
    window.shifts = [];
    const report = ({ value, sources, hadRecentInput }) =>
        hadRecentInput || shifts.push([value, ...sources.map(({ node }) => (node?.outerHTML ?? "?").slice(0, 80))]);
    new PerformanceObserver((list) => list.getEntries().forEach(report)).observe({ type: "layout-shift", buffered: true });
"""
# Scrolls down a page as fast as a reader would.
SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo({ top: y, behavior: "instant" });
        await new Promise(requestAnimationFrame);
    }
}"""


def compressed(path) -> float:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0)) / 1000


@pytest.fixture(scope="session")
def files(built, html):
    """Returns the files that a page requests as it loads: the page itself, styles, scripts and images."""

    def files(locale, name):
        folder = built / path_of(locale, name)
        page = html(locale, name)
        asked = [link["href"] for link in page.select("link[rel=stylesheet]")]
        asked += [script["src"] for script in page.select("script[src]")]
        pictures = [image["src"] for image in page.select("img[src]") if not image["src"].startswith("data:")]
        return [folder / "index.html", *((folder / path).resolve() for path in asked)], [
            (folder / path).resolve() for path in pictures
        ]

    return files


@every_page
def test_a_page_is_light(locale, name, files):
    text, pictures = files(locale, name)
    weight = sum(map(compressed, text))
    assert weight <= TEXT
    assert weight + sum(path.stat().st_size for path in pictures) / 1000 <= WITH_PICTURES


def test_a_notebook_page_is_as_light(built, project):
    others = sum(map(compressed, [built / "assets/stylesheets/all.css", *built.glob("assets/scripts/*.js")]))
    books = list(built.rglob("notebooks/*/index.html"))
    assert len(books) == len(project.languages) * sum(not chapter.keras for chapter in project.chapters.values())
    assert [str(path) for path in books if compressed(path) + others > TEXT] == []


@every_page
def test_images_load_lazily(locale, name, html):
    for image in html(locale, name).select(".md-content img")[1:]:
        assert image.get("loading") == "lazy"
        assert image.get("width") and image.get("height"), "its space must be reserved"


@every_page
def test_a_page_loads_completely_with_few_requests_and_no_shifts(locale, name, page, served):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("worker", lambda worker: asked.append(f"worker: {worker.url}"))
    page.add_init_script(SHIFTS)
    for width in (390, 1280):
        asked.clear()
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(served + path_of(locale, name))
        page.evaluate(SCROLL)
        wait_until(page, "[...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth)")
        assert 0 < len(asked) <= REQUESTS, asked
        assert not [url for url in asked if not url.startswith(served)]
        assert page.evaluate("shifts") == [], width
    assert page.problems == []


@pytest.mark.usefixtures("fonts")
@every_language
@pytest.mark.parametrize("name", KINDS)
def test_a_slowly_loading_page_has_no_layout_shifts(locale, name, page, served):
    """The second page of a visit, on a slow connection: with the style sheet cached, the page is painted piece by piece."""
    page.add_init_script(SHIFTS)
    page.goto(served + path_of(locale, "setup"))
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.goto(served + path_of(locale, name))
    page.wait_for_timeout(100)  # milliseconds: a shift is reported after it was painted
    shifts = page.evaluate("shifts")
    assert sum(value for value, *_ in shifts) < WORD, shifts


def test_the_site_has_no_unused_assets(built, html):
    """Such as Material's own scripts and style sheets, a megabyte of them."""
    assert not [path for path in built.rglob("*") if path.name.startswith(("bundle.", "main.", "palette."))]
