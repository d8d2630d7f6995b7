"""The site's own script: colour scheme, drawer, table of contents, folded boxes."""

import pytest
from playwright.sync_api import expect

from tests.site.pages import PROJECT, every_language, path_of

SCHEME = "document.body.dataset.mdColorScheme"
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(("system", "scheme"), [("light", "default"), ("dark", "slate")])
def test_the_palette_initially_follows_the_system(system, scheme, page, served):
    page.emulate_media(color_scheme=system)
    page.goto(served)
    assert page.evaluate(SCHEME) == scheme
    page.emulate_media(color_scheme="dark" if system == "light" else "light")
    expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", scheme)


def test_the_palette_cycles_by_keyboard_and_is_remembered(page, served):
    page.emulate_media(color_scheme="dark")
    page.goto(served)
    seen = []
    page.locator("[data-palettes] button:visible").focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append((page.evaluate(SCHEME), page.evaluate("document.activeElement.ariaLabel")))
        page.goto(f"{served}glossary/")
        assert page.evaluate(SCHEME) == seen[-1][0]
        expect(page.locator("[data-palettes] button:visible")).to_have_attribute("aria-label", seen[-1][1])
        page.locator("[data-palettes] button:visible").focus()
    assert [scheme for scheme, _ in seen] == ["default", "slate", "slate"]
    assert len({label for _, label in seen}) == 3


def test_the_remembered_palette_is_painted_without_a_flash(page, served):
    page.goto(served)
    page.locator("[data-palettes] button:visible").click()
    page.locator("[data-palettes] button:visible").click()
    page.emulate_media(color_scheme="light")
    # A script that never loads must not delay the first paint.
    page.route("**/*.js", lambda route: route.abort())
    page.goto(served, wait_until="commit")
    page.wait_for_selector("h1")
    assert page.evaluate(SCHEME) == "slate"


def test_the_page_works_without_local_storage(page, served):
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(served)
    page.locator("[data-palettes] button:visible").click()
    assert page.evaluate(SCHEME) == "default"
    assert errors == []


@every_language
def test_copying_is_announced_in_the_language_of_the_page(locale, page, served):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install()
    page.goto(served + path_of(locale))
    page.clock.pause_at("2100-01-01")
    button = page.locator("[data-cell] button").first
    button.click()
    message = page.get_by_role("status")
    expect(message).to_have_text(button.get_attribute("data-done"))
    page.clock.run_for(1900)  # milliseconds
    expect(message).not_to_have_text("")
    page.clock.run_for(100)
    expect(message).to_have_text("")


def test_the_copy_button_has_a_different_name_in_each_language(html):
    names = [html(locale, "index").find(id="copy-button").button["title"] for locale in PROJECT.languages]
    assert len(set(names)) == len(names)


def test_without_the_clipboard_api_copying_uses_the_older_way(page, served):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(served)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    page.locator("[data-cell='index.first_model'] button").click()
    expect(page.locator(".md-dialog")).not_to_have_text("")
    assert page.evaluate("navigator.clipboard.readText()") == PROJECT.chapters["index"]["first_model"].source


def test_on_a_phone_the_drawer_works_by_keyboard(page, served):
    page.set_viewport_size(PHONE)
    page.goto(served)
    opener = page.locator("header [for=__drawer]")
    drawer = page.locator(".md-sidebar--primary")
    expect(drawer).to_be_hidden()
    expect(opener).to_have_attribute("aria-expanded", "false")
    assert opener.get_attribute("aria-label")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(drawer).to_be_visible()
    assert page.evaluate("!!document.activeElement.closest('.md-sidebar--primary')")
    # The page behind the drawer cannot be reached.
    for _ in range(40):
        page.keyboard.press("Tab")
        assert not page.evaluate("!!document.activeElement.closest('.md-header, .md-content, .md-footer')")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_drawer_lists_sections_and_closes_on_choice(page, served):
    page.set_viewport_size(PHONE)
    page.goto(f"{served}multi-input/")
    page.click("header [for=__drawer]")
    page.locator(".md-nav__link[for=__toc]").press(" ")
    page.click(".md-sidebar--primary a[href='#padding']")
    expect(page.locator(".md-sidebar--primary")).to_be_hidden()
    expect(page.locator("#padding")).to_be_in_viewport()


def test_the_table_of_contents_marks_the_current_section(page, served):
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{served}errata/")
    marked = page.locator(".md-sidebar--secondary [aria-current=location]")
    expect(marked).to_have_count(0)
    headings = page.evaluate("[...document.querySelectorAll('.md-content :is(h2, h3)[id]')].map(({id}) => id)")
    for heading in (headings[1], headings[len(headings) // 2], headings[-1], headings[0]):
        page.evaluate("id => document.getElementById(id).scrollIntoView({behavior: 'instant'})", heading)
        expect(marked).to_have_attribute("href", f"#{heading}")
        expect(marked).to_be_in_viewport()
        expect(marked).to_have_class("md-nav__link md-nav__link--active")
        passed = page.locator(".md-sidebar--secondary .md-nav__link--passed")
        expect(passed).to_have_count(headings.index(heading))


def test_the_header_shows_the_page_title_once_it_is_scrolled_away(page, served):
    page.goto(f"{served}multi-input/")
    title = page.locator(".md-header__title")
    expect(title).not_to_have_class("md-header__title md-header__title--active")
    page.evaluate("scrollTo({top: 2000, behavior: 'instant'})")
    expect(title).to_have_class("md-header__title md-header__title--active")


@pytest.mark.parametrize("height", [900, 400])
def test_the_sidebars_scroll_independently_and_end_with_the_page(height, page, served):
    page.set_viewport_size({"width": 1280, "height": height})
    page.goto(f"{served}errata/")
    page.evaluate("scrollTo({top: 3000, behavior: 'instant'})")
    for side in ("primary", "secondary"):
        edges = page.evaluate(f"document.querySelector('.md-sidebar--{side} .md-sidebar__scrollwrap').getBoundingClientRect()")
        assert edges["top"] >= page.evaluate("document.querySelector('.md-header').offsetHeight")
        assert edges["bottom"] <= height
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    assert page.evaluate(
        "document.querySelector('.md-sidebar--secondary').getBoundingClientRect().bottom"
        " <= document.querySelector('.md-footer').getBoundingClientRect().top"
    )


def test_a_folded_box_opens_when_a_link_points_into_it(page, served):
    folded = "details:has([data-cell])"
    page.goto(f"{served}multi-input/")
    page.evaluate(f"document.querySelector('{folded} p, {folded} div').id = 'inside'")
    page.evaluate("location.hash = 'inside'")
    expect(page.locator("#inside")).to_be_in_viewport()
    page.locator(f"{folded} summary").first.click()
    expect(page.locator("#inside")).to_be_hidden()
    # The same address again, for which there is no hashchange event.
    page.evaluate("document.querySelector('.md-skip').href = '#inside'")
    page.evaluate("document.querySelector('.md-skip').click()")
    expect(page.locator("#inside")).to_be_in_viewport()


@every_language
def test_a_table_wider_than_a_phone_scrolls_in_its_box(locale, page, served):
    page.set_viewport_size(PHONE)
    page.goto(served + path_of(locale, "glossary"))
    boxes = page.locator(".md-typeset__scrollwrap:has(> .md-typeset__table > table)")
    expect(boxes).to_have_count(page.locator("article table").count())
    assert page.evaluate("[...document.querySelectorAll('.md-typeset__scrollwrap')].some((box) => box.tabIndex === 0)")


@pytest.mark.parametrize("keys", [["Enter"], [" "]])
def test_the_list_of_languages_opens_and_closes_by_keyboard(keys, page, served):
    page.goto(served)
    button = page.locator("header .md-select button")
    link = page.locator("header .md-select a[hreflang=ru]")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    expect(link).to_be_hidden()
    for key in keys:
        page.keyboard.press(key)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(link).to_be_hidden()


def test_the_list_of_languages_opens_by_mouse_and_by_touch(browser, served):
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(served)
    link = page.locator("header .md-select a[hreflang=ru]")
    page.tap("header .md-select button")
    expect(link).to_be_visible()
    page.tap("header .md-select button")
    expect(link).to_be_hidden()
    page.hover("header .md-select")
    expect(link).to_be_visible()
    page.click("header .md-select button")
    expect(link).to_be_visible()
    page.hover("h1")
    expect(link).to_be_hidden()
    context.close()


def test_printing_is_light_opens_answers_and_restores_the_page(page, served):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{served}multi-input/")
    folded = page.locator("details:not([open])").count()
    assert folded
    page.evaluate(
        f"""addEventListener("beforeprint", () => {{
            window.printed = [{SCHEME}, document.querySelectorAll("details:not([open])").length];
        }})"""
    )
    page.pdf()
    assert page.evaluate("printed") == ["default", 0]
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.locator("details:not([open])").count() == folded
