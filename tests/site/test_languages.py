"""The language switcher: it keeps page and section, remembers the reader's choice, and never redirects."""

import pytest
from playwright.sync_api import expect

from docweave.project import SOURCE
from tests.site.pages import PROJECT, every_language, path_of


@pytest.mark.parametrize(("here", "there"), [(SOURCE, "ru"), ("ru", "zh-Hant"), ("zh-Hant", "pt-BR"), ("pt-BR", SOURCE)])
def test_the_language_switcher_keeps_the_page_and_the_section(here, there, page, served):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{served}{path_of(here, 'functional-api')}#disconnected")
    page.hover("header .md-select")
    page.click(f"header .md-select a[hreflang={there}]")
    page.wait_for_url(f"{served}{path_of(there, 'functional-api')}#disconnected")


def test_without_a_fragment_the_switcher_keeps_the_section_in_view(page, served):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{served}functional-api/")
    page.evaluate("document.getElementById('train').scrollIntoView({behavior: 'instant'})")
    page.hover("header .md-select")
    page.click("header .md-select a[hreflang=ru]")
    page.wait_for_url(f"{served}ru/functional-api/#train")


@pytest.fixture
def visit(browser, served):
    """Opens a page as a reader with preferred languages; later visits are by the same reader."""
    contexts = []

    def visit(path, *languages, **options):
        if languages or options:
            contexts.append(browser.new_context(locale=languages[0], **options))
            listed = ", ".join(f"'{language}'" for language in languages)
            contexts[-1].add_init_script(f"Object.defineProperty(navigator, 'languages', {{get: () => [{listed}]}})")
        page = contexts[-1].new_page()
        page.goto(served + path)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("languages", "offered"),
    [
        (["ru-RU"], "ru"),
        (["pt"], "pt-BR"),
        (["pt-PT", "en"], "pt-BR"),
        (["zh-TW"], "zh-Hant"),
        (["fi", "ru", "en"], "ru"),
    ],
)
def test_a_first_visit_offers_the_language_of_the_browser(languages, offered, visit, served):
    page = visit("multi-input/", *languages)
    offer = page.locator(".language-offer")
    expect(offer).to_have_attribute("lang", offered)
    expect(offer).to_contain_text(PROJECT.catalogs[offered]("This page is also in your language:"))
    assert page.url == f"{served}multi-input/"  # no redirect
    expect(offer.locator("button")).to_have_accessible_name(PROJECT.catalogs[offered]("Close"))
    offer.locator("a").click()
    expect(page.locator("html")).to_have_attribute("lang", offered)
    assert page.url.startswith(served + path_of(offered, "multi-input"))
    expect(page.locator(".language-offer")).to_have_count(0)


@pytest.mark.parametrize("languages", [["en-GB"], ["en", "ru"], ["fi", "en-US", "ru"], ["fi", "sv"]])
def test_nothing_is_offered_if_the_language_fits_or_none_does(languages, visit):
    expect(visit("", *languages).locator(".language-offer")).to_have_count(0)


def test_a_declined_offer_is_not_repeated(visit):
    page = visit("", "ru-RU")
    page.locator(".language-offer button").click()
    expect(page.locator(".language-offer")).to_have_count(0)
    expect(visit("glossary/").locator(".language-offer")).to_have_count(0)


def test_a_chosen_language_takes_precedence_over_that_of_the_browser(visit):
    page = visit("", "ru-RU")
    page.hover("header .md-select")
    page.click("header .md-select a[hreflang=zh-Hant]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator(".language-offer")).to_have_count(0)
    expect(visit("glossary/").locator(".language-offer")).to_have_attribute("lang", "zh-Hant")
    lost = visit("nothing/")
    expect(lost.locator("section").first).to_have_attribute("lang", "zh-Hant")


def test_the_offer_causes_no_layout_shift(visit):
    page = visit("multi-input/", "ru-RU", viewport={"width": 390, "height": 844})
    expect(page.locator(".language-offer")).to_be_in_viewport()
    assert (
        page.evaluate(
            "() => new Promise((tell) => new PerformanceObserver((list) => tell(list.getEntries().length))"
            ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => tell(0), 500))"
        )
        == 0
    )


@every_language
def test_every_language_is_reachable_without_javascript(locale, visit, served):
    here = "ru" if locale == SOURCE else SOURCE
    page = visit(path_of(here, "residual"), "fi", java_script_enabled=False)
    page.hover("header .md-select")
    page.click(f"header .md-select a[hreflang={locale}]")
    page.wait_for_url(served + path_of(locale, "residual"))
    page.locator("header .md-select button").focus()
    expect(page.locator(f"header .md-select a[hreflang={here}]")).to_be_visible()
