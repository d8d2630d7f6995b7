"""Reading the built site in a real browser."""

import pytest
from playwright.sync_api import expect

from docweave.cells import syntax
from docweave.project import SOURCE
from tests.pasted import paste
from tests.site.pages import PROJECT, every_page, path_of

# Presses every copy button and reads the clipboard after each; a page has up to a hundred.
COPY_ALL = """async () => {
    const copied = [];
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    for (const block of document.querySelectorAll("[data-cell]")) {
        await navigator.clipboard.writeText("");
        block.querySelector("button[data-md-type=copy]").click();
        let text = "";
        for (let tries = 0; !text && tries < 100; tries++) {
            await new Promise((wait) => setTimeout(wait, 5));
            text = await navigator.clipboard.readText();
        }
        copied.push([block.dataset.cell, text]);
    }
    return copied;
}"""


@every_page
def test_copying_a_cell_gives_exactly_its_code(locale, name, page, served):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(served + path_of(locale, name))
    cells = page.locator("[data-cell]").count()
    expect(page.locator("[data-cell] button[data-md-type=copy]")).to_have_count(cells)
    copied = page.evaluate(COPY_ALL)
    assert len(copied) == cells
    for id, text in copied:
        cell = PROJECT.chapters[id.partition(".")[0]][id.partition(".")[2]]
        assert syntax(text) == syntax(cell.source), id
        assert [line for line in text.split("\n") if line != line.rstrip()] == [], id
        assert text.strip("\n") == text, id
        assert text == cell.source or locale != SOURCE, id


def test_a_chapter_copied_cell_by_cell_in_the_browser_runs(page, served):
    """One chapter is enough: cells are copied exactly, as tested above, and tests/test_reader.py runs every chapter."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(served + path_of(SOURCE, "functional-api"))
    errors = {f"functional_api.{name}": output.raises for name, output in PROJECT.records["functional_api"].cells.items()}
    # Cells of an older Keras are not part of the chapter's program.
    copied = [(text, errors.get(id, "")) for id, text in page.evaluate(COPY_ALL) if id.startswith("functional_api.")]
    assert any(raises for _, raises in copied)
    raised = [raised for _, raised in paste([(*block, False) for block in copied])]
    assert raised == [raises for _, raises in copied]


def test_a_cell_can_be_copied_with_the_mouse(page, served):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(served)
    block = page.locator("[data-cell='index.first_model']")
    block.hover()
    block.locator("button[data-md-type=copy]").click()
    expect(page.locator(".md-dialog")).not_to_have_text("")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == PROJECT.chapters["index"]["first_model"].source


def test_an_output_has_no_copy_button(page, served):
    page.goto(served)
    page.wait_for_selector("[data-cell] button[data-md-type=copy]", state="attached")
    assert page.query_selector_all("[data-output-of] button[data-md-type=copy]") == []


@pytest.mark.parametrize("missing", ["ru/nothing/here/", "nothing/"])
def test_the_404_page_shows_the_readers_language_first(missing, browser, served):
    context = browser.new_context(locale="pt-BR")
    page = context.new_page()
    assert page.goto(served + missing).status == 404
    wanted = "ru" if missing.startswith("ru/") else "pt-BR"
    assert page.locator("section[lang]").first.get_attribute("lang") == wanted
    assert page.locator("section[lang]").count() == len(PROJECT.languages)
    assert page.locator("html").get_attribute("lang") == wanted
    page.locator(f"section[lang={wanted}] a").click()
    page.wait_for_url(served + path_of(wanted))
    context.close()


# A wide drawing keeps its size and scrolls inside its figure.
WIDEST = """() => {
    const edges = [...document.querySelectorAll("figure")].map((box) => box.getBoundingClientRect().right);
    return Math.max(document.documentElement.scrollWidth, ...edges);
}"""


@every_page
def test_nothing_overflows_and_drawings_follow_the_scheme(locale, name, page, served):
    page.goto(served + path_of(locale, name))
    figures = page.locator(".md-content figure text").count()
    for scheme, palette in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", palette)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDEST) <= width, (scheme, width)
        lightness = page.evaluate(
            """() => [...document.querySelectorAll(".md-content figure text")].map((text) => {
                const [red, green, blue] = getComputedStyle(text).fill.match(/[\\d.]+/g).map(Number);
                return (red + green + blue) / 3;
            })"""
        )
        assert len(lightness) == figures
        assert all((value > 128) == (scheme == "dark") for value in lightness), scheme
