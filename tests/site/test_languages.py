"""The language switcher: it keeps page and section, remembers the reader's choice, and forces nobody."""

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
    """Opens a page as a reader whose browser asks for some languages; gives the same reader's later visits too."""
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
def test_a_first_visit_offers_the_language_of_the_browser_in_that_language(languages, offered, visit, served):
    page = visit("multi-input/", *languages)
    offer = page.locator(".language-offer")
    expect(offer).to_have_attribute("lang", offered)
    expect(offer).to_contain_text(PROJECT.catalogs[offered]("This page is also in your language:"))
    assert page.url == f"{served}multi-input/"  # nobody is sent anywhere
    expect(offer.locator("button")).to_have_accessible_name(PROJECT.catalogs[offered]("Close"))
    offer.locator("a").click()
    expect(page.locator("html")).to_have_attribute("lang", offered)
    assert page.url.startswith(served + path_of(offered, "multi-input"))
    expect(page.locator(".language-offer")).to_have_count(0)


@pytest.mark.parametrize("languages", [["en-GB"], ["en", "ru"], ["fi", "en-US", "ru"], ["fi", "sv"]])
def test_nothing_is_offered_to_who_reads_the_language_of_the_page_or_none_of_the_site(languages, visit):
    expect(visit("", *languages).locator(".language-offer")).to_have_count(0)


def test_an_offer_that_was_refused_is_not_made_again(visit):
    page = visit("", "ru-RU")
    page.locator(".language-offer button").click()
    expect(page.locator(".language-offer")).to_have_count(0)
    expect(visit("glossary/").locator(".language-offer")).to_have_count(0)


def test_the_language_that_was_chosen_is_remembered_and_offered_before_that_of_the_browser(visit):
    page = visit("", "ru-RU")
    page.hover("header .md-select")
    page.click("header .md-select a[hreflang=zh-Hant]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator(".language-offer")).to_have_count(0)
    expect(visit("glossary/").locator(".language-offer")).to_have_attribute("lang", "zh-Hant")
    lost = visit("nothing/")
    expect(lost.locator("section").first).to_have_attribute("lang", "zh-Hant")


def test_the_offer_moves_nothing_on_the_page(visit):
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
def test_without_a_script_every_language_can_be_reached(locale, visit, served):
    here = "ru" if locale == SOURCE else SOURCE
    page = visit(path_of(here, "residual"), "fi", java_script_enabled=False)
    page.hover("header .md-select")
    page.click(f"header .md-select a[hreflang={locale}]")
    page.wait_for_url(served + path_of(locale, "residual"))
    page.locator("header .md-select button").focus()
    expect(page.locator(f"header .md-select a[hreflang={here}]")).to_be_visible()
