"""Accessibility: the rules of axe, and the contrast of text where axe cannot determine the background."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from docweave.addresses import file_name
from tests.site.eyes import look, unfold, wait_until
from tests.site.pages import KINDS, every_language, every_notebook, every_page, path_of

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": TAGS, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
# The tokens of code are most of a page, and cost axe seconds: axe checks them once, `unreadable` every time.
TOKENS = [["pre code span"]]

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def page(page):
    """A page without motion, so that no colour is measured during a transition."""
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size(WIDE)
    return page


def show(page, scheme: str) -> None:
    """Show a page as on a light or a dark system, which a script may have to follow."""
    page.emulate_media(color_scheme=scheme)
    lightness = (
        "getComputedStyle(document.querySelector('h1')).color.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3"
    )
    wait_until(page, f"{lightness} {'>' if scheme == 'dark' else '<'} 128")


def faults(page, options: dict, exclude: list = TOKENS) -> list[str]:
    """Return the findings of axe on a page in its present state."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("([exclude, options]) => axe.run({exclude}, options)", [exclude, options])["violations"]
    return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def look_in_both_schemes(page) -> None:
    for scheme in ("light", "dark"):
        show(page, scheme)
        assert faults(page, EVERYTHING) == [], scheme
        assert look(page, "unreadable") == [], scheme


@every_page
def test_axe_finds_nothing_and_text_is_readable_in_both_schemes(locale, name, page, served):
    page.goto(served + path_of(locale, name))
    unfold(page)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            show(page, scheme)
            # All rules once; those not about colour do not depend on the scheme, and hardly on the width.
            asked = (EVERYTHING, []) if (size, scheme) == (WIDE, "light") else (CONTRAST,)
            assert faults(page, *asked) == [], (size, scheme)
            assert look(page, "unreadable") == [], (size, scheme)


@every_notebook
def test_axe_finds_nothing_on_a_notebook_page(locale, name, chapter, page, served):
    page.goto(f"{served}{path_of(locale)}notebooks/{file_name(chapter)}/")
    unfold(page)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            show(page, scheme)
            assert look(page, "unreadable") == [], (size, scheme)
            if (size, scheme) in ((WIDE, "light"), (PHONE, "dark")):
                assert faults(page, EVERYTHING) == [], (size, scheme)


def test_axe_finds_nothing_on_the_404_page(page, served):
    page.goto(f"{served}nothing/here/")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        look_in_both_schemes(page)


@every_language
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_while_searching(locale, size, page, served):
    page.set_viewport_size(size)
    page.goto(served + path_of(locale))
    page.locator("body").press("/")
    page.keyboard.type("Keras")
    expect(page.locator(":is([role=option], .md-search-result__item)").first).to_be_visible()
    look_in_both_schemes(page)


@every_language
def test_axe_finds_nothing_with_the_drawer_open(locale, page, served):
    page.set_viewport_size(PHONE)
    page.goto(served + path_of(locale, KINDS[1]))
    page.click("header [for=__drawer]")
    expect(page.locator(".md-sidebar--primary a.md-nav__link").first).to_be_in_viewport()
    look_in_both_schemes(page)


@every_language
def test_axe_finds_nothing_with_the_list_of_languages_open(locale, page, served):
    page.goto(served + path_of(locale))
    page.hover("header .md-select")
    expect(page.locator("header .md-select a").first).to_be_visible()
    look_in_both_schemes(page)
