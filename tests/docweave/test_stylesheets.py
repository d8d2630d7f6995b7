import pytest

from docweave.site.stylesheets import join, names_in_page, names_in_script, trim

PAGE = (
    '<html lang="en"><body dir="ltr"><p class="note big" id="first" title="a > b">1 &lt; 2</p>'
    "<input type=checkbox></body></html>"
)


def trimmed(css, page=PAGE, script=""):
    return trim(css, names_in_page(page) | names_in_script(script)).removeprefix('@charset "utf-8";').strip()


@pytest.mark.parametrize(
    "selector",
    [
        "p",
        "P",
        ".note.big",
        "#first",
        "[dir=ltr] p",
        '[title="a > b"]',
        "[title^=a]",
        "[type=checkbox]:checked",
        "body>p::before",
        "*",
        ":root",
        "p:not(.absent)",
        ":is(.absent,.note)",
        "p:has(+input)",
        "p:nth-child(2n + 1)",
    ],
)
def test_a_rule_that_may_match_something_is_kept(selector):
    assert trimmed(selector + " { color : red; }") == selector + "{color : red}"


@pytest.mark.parametrize(
    "selector",
    [
        "table",
        ".absent",
        ".note .absent",
        "#note",
        "[dir=rtl] p",
        "[data-open]",
        ":is(.absent,.missing) p",
        "p:has(.absent)",
        "p:where(table)",
    ],
)
def test_a_rule_that_matches_nothing_is_dropped(selector):
    assert trimmed(selector + "{color:red}") == ""


def test_selectors_that_match_nothing_are_dropped_from_a_list():
    assert trimmed("p,table,.note, .absent{color:red}") == "p,.note{color:red}"


def test_an_empty_rule_is_dropped():
    assert trimmed("p{}") == ""


def test_a_rule_for_names_in_a_script_is_kept():
    css = ".open{a:b}[data-far-away]{a:b}[aria-expanded=true]{a:b}mark{a:b}"
    script = 'box.className = "open"; box.dataset.farAway = 1; box.ariaExpanded = true; document.createElement("mark")'
    assert trimmed(css, script=script) == css
    assert trimmed(css, PAGE + f"<script>{script}</script>") == css
    assert trimmed(css) == ""


def test_rules_in_media_queries_are_trimmed_too():
    css = "@media print{p{a:b}table{a:b}}@supports (a:b){table{a:b}}@page{margin:1in}@keyframes turn{to{a:b}}"
    assert trimmed(css) == "@media print{p{a:b}}@page{margin:1in}@keyframes turn{to{a:b}}"


def test_custom_properties_used_only_by_unused_ones_are_dropped():
    root = ":root{--a:var(--b);--b:1px;--c:url('data:image/svg+xml;utf8,<svg/>');--d:2px}"
    css = root + "p{margin:var( --d, 1px)}table{margin:var(--c)}"
    assert trimmed(css) == ":root{--d:2px}p{margin:var( --d, 1px)}"


def test_custom_properties_of_a_drawing_and_of_a_script_are_kept():
    css = ":root{--ink:red;--step:1}"
    assert (
        trimmed(css, '<html><path fill="var(--ink)"></html>', "style.getPropertyValue('--step')") == ":root{--ink:red;--step:1}"
    )


def test_comments_and_space_are_dropped_except_in_strings():
    assert trimmed('/* why */ p::before {\n  /* what */\n  content: "/*  */";\n}') == 'p::before{content: "/*  */"}'


def test_sheets_are_joined_in_order_with_the_native_focus_pseudo_class():
    assert join(["a.focus-visible{}", "b:not(.focus-visible){}"]) == "a:focus-visible{}\nb:not(:focus-visible){}"
