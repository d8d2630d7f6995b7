"""The look of the site: its first screen, its lines, its letters."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from docweave.drawings.palette import PAGE
from docweave.project import SOURCE
from tests.site.pages import PROJECT, every_language, every_page, path_of

# The first screen of the start page: a promise, two ways in, a model as code, its output, its drawing, the languages.
FIRST = {
    "promise": ".hero h1 + p",
    "actions": ".hero__actions",
    "languages": ".hero__languages",
    "code": ".hero [data-cell]",
    "output": ".hero [data-output-of]",
    "drawing": ".hero [data-diagram-of]",
}
BOX = (
    "(element) => { const { left, right, top, bottom } = element.getBoundingClientRect(); return [left, right, top, bottom]; }"
)


@pytest.mark.usefixtures("fonts")
@every_language
def test_the_first_screen_shows_what_the_site_offers(locale, page, served):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(served + path_of(locale))
    boxes = {name: page.locator(element).evaluate(BOX) for name, element in FIRST.items()}
    assert {name: box for name, box in boxes.items() if box[0] < 0 or box[1] > 1280 or box[3] > 800} == {}
    assert boxes["drawing"][1] < boxes["code"][0], "the drawing is beside the code"
    assert boxes["output"][2] == pytest.approx(boxes["code"][3], abs=1), "the output is joined to its code"


@every_page
def test_a_shared_link_has_a_preview_in_the_language_of_the_page(locale, name, html):
    page = html(locale, name)
    properties = {meta["property"]: meta["content"] for meta in page.select("meta[property]")}
    # A heading may contain non-breaking spaces.
    assert properties["og:title"] in " ".join(page.h1.get_text().split())
    assert properties["og:description"] == page.select_one("meta[name=description]")["content"]
    assert properties["og:url"] == page.select_one("link[rel=canonical]")["href"]


def test_the_browsers_frame_has_the_colour_of_the_page(html):
    frame = [meta["content"] for meta in html(SOURCE, "index").select("meta[name=theme-color]")]
    assert frame == list(PAGE)


@every_language
def test_on_a_phone_the_start_page_stacks_in_source_order(locale, page, served):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served + path_of(locale))
    boxes = [page.locator(element).evaluate(BOX) for element in FIRST.values()]
    assert all(0 <= left and right <= 390 for left, right, _, _ in boxes)
    assert all(above[3] <= below[2] + 1 for above, below in pairwise(boxes))


@every_language
def test_the_start_page_links_everything_without_javascript(locale, browser, served):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served + path_of(locale))
        expect(page.locator(".home__chapters a")).to_have_count(len(PROJECT.pages[SOURCE]) - 1)
        for other in set(PROJECT.languages) - {locale}:
            page.locator(f".hero__languages a[lang={other}]").click()
            page.wait_for_url(served + path_of(other))
            page.go_back()
        page.locator(".hero__actions a").first.click()
        page.wait_for_url(served + path_of(locale, "functional-api"))


# The number of characters in each full line of the paragraphs.
LINES = """() => [...document.querySelectorAll(".md-content__inner > p:not([class])")].flatMap((paragraph) => {
    const range = document.createRange();
    range.selectNodeContents(paragraph);
    const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 12))).size;
    return lines > 3 ? [paragraph.textContent.length / (lines - 0.5)] : [];
})"""


@pytest.mark.usefixtures("fonts")
@every_language
def test_lines_have_a_readable_length(locale, page, served):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(served + path_of(locale, "multi-input"))
    counts = page.evaluate(LINES)
    least, most = (33, 45) if locale == "zh-Hant" else (58, 78)
    assert len(counts) >= 3
    assert least <= sum(counts) / len(counts) <= most


WIDTH = """(code) => {
    const range = document.createRange();
    range.selectNodeContents(code);
    return Math.round(range.getBoundingClientRect().width * 10);
}"""


@pytest.mark.usefixtures("fonts")
def test_code_has_the_same_width_in_every_language(page, served):
    widths = set()
    for locale in PROJECT.languages:
        page.goto(served + path_of(locale, "multi-input"))
        widths.add(page.locator("[data-cell] code").first.evaluate(WIDTH))
    assert len(widths) == 1


@pytest.mark.usefixtures("fonts")
@every_language
def test_chinese_is_set_in_traditional_forms_on_every_page(locale, page, served):
    page.goto(served + path_of(locale, "glossary"))
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    fonts = set()
    for node in session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "td, p, li, a"})["nodeIds"]:
        fonts |= {font["familyName"] for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}
    assert fonts
    assert [font for font in fonts if re.search(r"\b(SC|JP|KR|HK)\b", font)] == []
