import pytest
from bs4 import BeautifulSoup

from docweave import blocks


def soup(block):
    return BeautifulSoup(block.html, "html.parser")


def test_code_names_its_cell_and_copies_unchanged():
    source = 'if x < 1:\n\n    print("a & b")  # why'
    block = blocks.code(source, "first_steps.build")
    div = soup(block).div
    assert div["data-cell"] == "first_steps.build"
    assert "data-raises" not in div.attrs
    assert "highlight" in div["class"]
    assert "no-copy" not in div["class"]
    assert div.get_text() == source
    assert block.markdown == f"```python\n{source}\n```"


def test_code_that_must_raise_names_the_error():
    assert soup(blocks.code("int('x')", "a.fail", "ValueError")).div["data-raises"] == "ValueError"


@pytest.mark.parametrize(("lines", "highlighted"), [("", []), ("2", ["b = 2\n"]), ("1-2 4", ["a = 1\n", "b = 2\n", "d = 4"])])
def test_chosen_lines_of_code_are_highlighted(lines, highlighted):
    html = soup(blocks.code("a = 1\nb = 2\nc = 3\nd = 4", "a.b", highlighted=lines))
    assert [span.get_text().rstrip("\n") for span in html.select(".hll")] == [line.rstrip("\n") for line in highlighted]


def test_code_that_does_not_parse_is_shown_unchanged():
    assert soup(blocks.code('print("a"', "a.b")).get_text() == 'print("a"'


@pytest.mark.parametrize("kind", ["output", "error"])
def test_output_names_its_cell_and_has_no_copy_button(kind):
    block = blocks.printed("<1> & 2\n\n  3\n", "first_steps.build", kind)
    div = soup(block).div
    assert div["data-output-of"] == "first_steps.build"
    assert {f"cell-{kind}", "no-copy"} <= set(div["class"])
    assert div.get_text() == "<1> & 2\n\n  3"
    assert block.markdown == "```text\n<1> & 2\n\n  3\n```"
    assert "cell-table" not in div["class"]


def test_an_output_with_box_drawing_rules_is_marked_as_a_table():
    assert "cell-table" in soup(blocks.printed("│ 1 │", "first_steps.build", "output")).div["class"]


def test_a_fence_is_longer_than_any_ticks_inside_it():
    assert blocks.printed("a\n```\n````\n", "a.b", "output").markdown == "`````text\na\n```\n````\n`````"


def test_a_figure_names_its_source():
    block = blocks.figure("<svg>…</svg>", "diagram", {"data-diagram-of": "a.model"}, "The model: a < b")
    figure = soup(block).figure
    assert (figure["class"], figure["data-diagram-of"]) == (["diagram"], "a.model")
    assert figure.svg.get_text() == "…"
    assert figure.figcaption.get_text() == "The model: a < b"
    assert block.markdown == block.html


def test_a_figure_without_a_caption_has_none():
    block = blocks.figure("<svg></svg>", "plot", {"data-output-of": "a.b"})
    assert soup(block).figcaption is None


def test_an_attribute_may_contain_any_character():
    block = blocks.figure("<svg></svg>", "plot", {"data-output-of": 'a"<b>&'}, "A line")
    assert soup(block).figure["data-output-of"] == 'a"<b>&'


def test_a_note_ends_with_a_link_to_the_other_language():
    block = blocks.note("Text <old>.", "stale", "Read it", "../#start", "en")
    div = soup(block).div
    assert "stale" in div["class"]
    assert (div.a["href"], div.a["hreflang"], div.a.get_text()) == ("../#start", "en", "Read it")
    assert div.get_text() == "Text <old>. Read it"


@pytest.mark.parametrize("lines", ["", "1", "2", "1-2"])
def test_code_copies_without_a_final_line_break_whatever_is_highlighted(lines):
    assert soup(blocks.code("a = 1\nb = (2)", "a.b", highlighted=lines)).get_text() == "a = 1\nb = (2)"


def test_plain_tokens_are_not_marked():
    html = blocks.code("def two():\n    return one + (1)", "chapter.cell").html
    assert 'return</span> one + (<span class="m">1</span>)' in html
    assert [name for name in ("n", "w", "p", "o") if f'<span class="{name}">' in html] == []


def test_a_fence_is_highlighted_in_its_language_and_copies_unchanged():
    div = soup(blocks.fenced('export A="b"\n\n# why', "sh")).div
    assert div.get_text() == 'export A="b"\n\n# why'
    assert [span.get_text() for span in div.select("span")] == ['"b"', "# why"]


def test_a_fence_in_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="the fence names an unknown language “klingon”"):
        blocks.fenced("x", "klingon")
