"""Security: a page may use only the site's own files, and no injected content."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tests.site.eyes import wait_until
from tests.site.pages import every_language, path_of

VIOLATIONS = """
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push([event.effectiveDirective, event.blockedURI]));
"""


@pytest.fixture(scope="session")
def documents(built):
    """Every HTML file of the site, including notebook pages and the 404 page."""
    return {
        path.relative_to(built).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in built.rglob("*.html")
    }


def policy(document) -> dict[str, list[str]]:
    (meta,) = document.select("meta[http-equiv=Content-Security-Policy]")
    return {name: values for name, *values in (part.split() for part in meta["content"].split(";"))}


def test_every_page_has_the_same_strict_policy(documents):
    assert "404.html" in documents
    for path, document in documents.items():
        found = policy(document)
        assert found.pop("default-src") == ["'none'"], path
        scripts = [value for value in found["script-src"] if not value.startswith("'sha256-")]
        assert scripts == ["'self'"], path
        assert found["img-src"] == ["'self'", "data:"], path
        others = {value for name, values in found.items() if name not in ("script-src", "img-src") for value in values}
        assert others == {"'self'", "'none'"}, path


def test_every_inline_script_is_in_the_policy(documents):
    for path, document in documents.items():
        inline = [script.string for script in document.select("script:not([src])") if script.get("type") != "application/json"]
        hashes = {f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in inline}
        assert hashes == {value for value in policy(document)["script-src"] if value.startswith("'sha256-")}, path


def test_no_page_has_styles_or_scripts_in_attributes(documents):
    for path, document in documents.items():
        assert document.find_all("style") == [], path
        for element in document.find_all(True):
            assert not [name for name in element.attrs if name == "style" or name.startswith("on")], f"{path}: {element.name}"
            assert not any(str(value).lower().startswith("javascript:") for value in element.attrs.values()), path


def test_other_sites_get_no_referrer(documents):
    for path, document in documents.items():
        assert document.select_one("meta[name=referrer]")["content"] == "same-origin", path
        for link in document.select("[target]"):
            assert "noopener" in link.get("rel", []), f"{path}: {link}"


@every_language
@pytest.mark.parametrize("name", ["index", "multi-input", "glossary"])
def test_the_policy_blocks_nothing_that_a_reader_does(locale, name, page, served):
    page.add_init_script(VIOLATIONS)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(served + path_of(locale, name))
    page.locator("[data-palettes] button:visible").click()
    page.hover("header .md-select")
    for button in page.locator("[data-cell] button:visible").all()[:1]:
        button.click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("header [for=__drawer]")
    page.keyboard.press("Escape")
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    page.keyboard.press("End")
    page.wait_for_timeout(100)  # milliseconds: a violation is reported after it was blocked
    assert page.evaluate("violations") == []


@pytest.mark.parametrize(
    ("injected", "directive"),
    [
        ("<script>window.harmed = 1</script>", "script-src-elem"),
        ("<img src='missing.png' onerror='window.harmed = 1'>", "script-src-attr"),
        ("<script src='https://example.org/harm.js'></script>", "script-src-elem"),
        ("<img src='https://example.org/seen.png'>", "img-src"),
        ("<style>body {display: none}</style>", "style-src-elem"),
        ("<p style='display: none'>", "style-src-attr"),
        ("<iframe src='/'></iframe>", "frame-src"),
        ("<object data='/'></object>", "object-src"),
        ("<base href='https://example.org/'>", "base-uri"),
    ],
)
def test_the_policy_blocks_injected_content(injected, directive, browser, served):
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(VIOLATIONS)

    def add(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub("</article>", f"{injected}</article>", answer.text(), count=1))

    page.route(served, add)
    page.goto(served)
    wait_until(page, "violations.length")
    assert {name for name, _ in page.evaluate("violations")} == {directive}
    assert page.evaluate("window.harmed") is None
    expect(page.locator("body")).to_be_visible()
    context.close()
