"""Use by keyboard alone: every control is reachable, in view, and has a visible focus."""

import pytest
from playwright.sync_api import expect

from tests.site.eyes import look
from tests.site.pages import KINDS, every_language, path_of


@pytest.fixture
def page(page):
    page.emulate_media(reduced_motion="reduce")
    return page


def go_round(page) -> int:
    """Press Tab until the focus has been everywhere, and return the number of stops.

    Each stop must be in view, with a visible focus.
    """
    usable = look(page, "watchFocus")
    for _ in range(usable + 10):
        page.keyboard.press("Tab")
        if page.evaluate("eyes.focused.round"):
            break
    stops = page.evaluate("eyes.focused.stops")
    assert page.evaluate("eyes.focused.round"), f"the focus is trapped after {stops[-1]['name']}"
    assert page.evaluate("eyes.focused.missed()") == []
    assert [stop["name"] for stop in stops if not stop["inSight"]] == []
    assert [(stop["name"], stop["ring"]) for stop in stops if stop["ring"] < 3] == []
    return len(stops)


@every_language
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tab_reaches_every_control_and_each_stop_is_visible(name, scheme, locale, page, served):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 900} if scheme == "light" else {"width": 390, "height": 844})
    page.goto(served + path_of(locale, name))
    assert go_round(page) > 20


@every_language
def test_tab_reaches_everything_in_the_drawer_of_a_phone(locale, page, served):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served + path_of(locale, KINDS[1]))
    page.locator("header [for=__drawer]").press("Enter")
    expect(page.locator(".md-sidebar--primary a:focus")).to_be_in_viewport()
    assert go_round(page) > 15
    page.locator(".md-sidebar--primary button[for=__toc]").first.press("Enter")
    expect(page.locator(".md-sidebar--primary .md-nav--secondary a").first).to_be_in_viewport()
    assert go_round(page) > 5
    page.locator(".md-sidebar--primary .md-nav--secondary button").press("Enter")
    expect(page.locator(".md-sidebar--primary .md-nav__item--active button").first).to_be_focused()


@every_language
def test_the_first_stop_skips_the_header(locale, page, served):
    page.goto(served + path_of(locale, KINDS[1]))
    page.keyboard.press("Tab")
    skip = page.locator("a:focus")
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")
