"""The site opened as files, without a server."""

import pytest
from playwright.sync_api import expect

from tests.site.pages import PROJECT, path_of


@pytest.fixture
def disk(built, page):
    """Opens a page of the built site from the disk, with the same checks as for any page."""

    def disk(path):
        page.goto((built / path / "index.html").as_uri())
        return page

    yield disk
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_looks_the_same_as_on_a_server(scheme, disk, page, served):
    of_each = "(each) => getComputedStyle(each).color + each.offsetHeight"
    look = f"JSON.stringify([...document.querySelectorAll('body *')].map({of_each}))"
    page.emulate_media(color_scheme=scheme)
    page.goto(served + path_of("ru", "multi-input"))
    expected = page.evaluate(look)
    assert disk(path_of("ru", "multi-input")).evaluate(look) == expected


def test_links_lead_to_pages_and_not_to_folders(disk):
    page = disk("multi-input")
    page.locator(".md-footer__link--next").click()
    expect(page.locator("h1#multi-output")).to_be_visible()
    page.wait_for_load_state()
    page.locator(".md-sidebar--primary a[href$='glossary/index.html']").click()
    expect(page.locator("h1#glossary")).to_be_visible()
    page.wait_for_load_state()
    page.locator("header .md-logo").click()
    expect(page.locator("[data-cell='index.first_model']")).to_be_visible()


def test_the_language_switcher_works(disk):
    page = disk("functional-api")
    page.evaluate("document.getElementById('train').scrollIntoView({behavior: 'instant'})")
    page.hover("header .md-select")
    page.click("header .md-select a[hreflang=ru]")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert page.url.endswith("/ru/functional-api/index.html#train")


def test_code_can_be_copied(disk):
    page = disk("")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-cell='index.first_model'] button").click()
    expect(page.locator(".md-dialog")).not_to_have_text("")
    assert page.evaluate("navigator.clipboard.readText()") == PROJECT.chapters["index"]["first_model"].source
