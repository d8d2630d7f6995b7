"""Pages under a reader's settings: zoom, text spacing, reduced motion, forced colours."""

import pytest

from tests.site.eyes import look, unfold
from tests.site.pages import KINDS, every_language, every_page, path_of

# WCAG 1.4.12. Drawings are excluded, being images, though they contain text.
SPACED = """
    *:not(svg, svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }
    svg { letter-spacing: 0; word-spacing: 0 }
"""


@pytest.fixture
def page(page):
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


@every_page
def test_nothing_is_cut_off_with_zoom_or_wider_text_spacing(locale, name, page, served):
    page.goto(served + path_of(locale, name))
    unfold(page)
    # The widths of a window of 1280 pixels at a zoom of 200 % and 400 %.
    for width, height in ((640, 450), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        assert look(page, "clipped") == [], width
    # Not a style element, which the page's policy would block.
    page.evaluate("css => new CSSStyleSheet().replace(css).then((sheet) => { document.adoptedStyleSheets = [sheet] })", SPACED)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert look(page, "clipped") == [], f"spaced, {width}"


@pytest.mark.parametrize("name", KINDS)
def test_nothing_moves_with_reduced_motion(name, page, served):
    page.goto(served + path_of("en", name))
    assert look(page, "moving") == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("colours", ["none", "active"])
@every_language
def test_icons_and_texts_are_visible_in_forced_colours(locale, colours, name, page, served):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, forced_colors=colours)
        page.goto(served + path_of(locale, name))
        unfold(page)
        assert look(page, "faintIcons") == [], scheme
        assert look(page, "unreadable") == [], scheme
