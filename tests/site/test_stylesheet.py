"""The trimmed style sheet against the complete sheets of Material and ours.

No element of any kind of page may look different in any state.
"""

from pathlib import Path

import material
import pytest

from docweave.site.stylesheets import join
from tests.site.conftest import read_config
from tests.site.pages import KINDS, PROJECT, path_of

# The states of a page set by scripts and readers, on a phone or beside two sidebars.
PHONE_STATES = {
    "drawer": "document.getElementById('__drawer').checked = true",
    "sections": "document.getElementById('__drawer').checked = document.getElementById('__toc').checked = true",
}
STATES = {
    "search": "document.querySelector('dialog.search').showModal()",
    "languages": "document.querySelector('.md-select button').ariaExpanded = 'true'",
    "unfolded": "for (const box of document.querySelectorAll('details')) box.open = true",
    "scrolled": "scrollTo({top: 1500, behavior: 'instant'})",
    "copied": "document.querySelector('.md-dialog').classList.add('md-dialog--active')",
    "without a script": "document.documentElement.className = 'no-js'",
    "skipped": "document.querySelector('.md-skip').focus()",
    "a button has the keyboard": (
        "[...document.querySelectorAll('[data-palettes] button')].find((each) => each.offsetParent).focus({focusVisible: true})"
    ),
}

# Every computed value of every element and of its ::before and ::after. Of elements with the same name, classes, previous
# sibling and ancestors, only the first is listed.
LOOK = """() => {
    for (const moving of document.getAnimations()) moving.finish();
    const name = (element) => element ? `${element.tagName}.${element.getAttribute("class")}` : "";
    const properties = [...getComputedStyle(document.body)].filter((each) => !each.startsWith("--"));
    const looks = {}, paths = new Map();
    for (const element of document.querySelectorAll("body, body *")) {
        const place = `${paths.get(element.parentElement) ?? ""} > ${name(element.previousElementSibling)} + ${name(element)}`;
        paths.set(element, place);
        if (place in looks) continue;
        const marked = getComputedStyle(element).display === "list-item";
        looks[place] = ["", "::before", "::after", ...(marked ? ["::marker"] : [])].map((pseudo) => {
            const style = getComputedStyle(element, pseudo);
            if (pseudo && style.content === "none") return "";
            return pseudo + properties.map((each) => `${each}: ${style.getPropertyValue(each)}`).join("; ");
        }).join("; ");
    }
    return looks;
}"""

SWAP = """async (css) => {
    const whole = document.createElement("style");
    whole.textContent = css;
    document.querySelector("link[rel=stylesheet]").replaceWith(whole);
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
}"""


@pytest.fixture(scope="session")
def whole():
    """All style sheets, untrimmed."""
    theme = Path(material.__file__).parent / "templates/assets/stylesheets"
    ours = [PROJECT.root / "docs" / path for path in read_config(PROJECT.root)["extra_css"]]
    return join(path.read_text("utf-8") for path in [*sorted(theme.glob("*.css")), *ours])


@pytest.fixture
def unguarded(browser):
    """A page without a policy, since this test injects a style."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def differences(page, whole):
    """Return the first differing value of each element that looks different with the complete style sheets."""
    trimmed = page.evaluate(LOOK)
    page.evaluate(SWAP, whole)
    untrimmed = page.evaluate(LOOK)
    assert trimmed.keys() == untrimmed.keys()
    assert len(trimmed) > 100 and all("; color: rgb" in look for look in trimmed.values())
    pairs = {place: zip(trimmed[place].split("; "), untrimmed[place].split("; "), strict=True) for place in trimmed}
    return {place: other for place in trimmed if (other := next((pair for pair in pairs[place] if pair[0] != pair[1]), None))}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1000, "dark"), (390, "light")])
@pytest.mark.parametrize("name", KINDS)
def test_trimming_changes_no_element(name, width, scheme, unguarded, served, whole):
    unguarded.set_viewport_size({"width": width, "height": 900})
    unguarded.emulate_media(color_scheme=scheme)
    unguarded.goto(served + path_of("ru", name))
    assert differences(unguarded, whole) == {}


@pytest.mark.parametrize(("width", "path"), [(1280, "notebooks/multi-input/"), (390, "ru/notebooks/multi-input/")])
def test_trimming_changes_no_notebook_page(width, path, unguarded, served, whole):
    unguarded.set_viewport_size({"width": width, "height": 900})
    unguarded.goto(served + path)
    assert differences(unguarded, whole) == {}


@pytest.mark.parametrize("state", PHONE_STATES | STATES)
def test_trimming_changes_no_state_of_a_page(state, unguarded, served, whole):
    width = 390 if state in PHONE_STATES else 1280
    unguarded.set_viewport_size({"width": width, "height": 900})
    unguarded.goto(f"{served}multi-input/")
    unguarded.mouse.move(width - 1, 899)  # away from elements with hover styles
    unguarded.evaluate((PHONE_STATES | STATES)[state])
    unguarded.wait_for_timeout(100)
    assert differences(unguarded, whole) == {}


def test_trimming_changes_nothing_in_print(unguarded, served, whole):
    unguarded.emulate_media(media="print")
    unguarded.goto(f"{served}multi-input/")
    assert differences(unguarded, whole) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_unmarked_tokens_look_the_same_with_marks(scheme, unguarded, served, whole):
    """docweave.blocks omits these marks."""
    unguarded.emulate_media(color_scheme=scheme)
    unguarded.goto(served)
    unguarded.evaluate(SWAP, whole)
    colors = unguarded.evaluate(
        """() => {
            const code = document.querySelector("[data-cell] code");
            const marks = ["n", "w"].map((className) => Object.assign(document.createElement("span"), { className }));
            code.append(...marks);
            return [code, ...marks].map((element) => getComputedStyle(element).color);
        }"""
    )
    assert len(set(colors)) == 1
