import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from docweave.cells import syntax
from docweave.drawings.graphs import Box, Diagram, Layout, Node
from docweave.errors import WeaveError
from docweave.outputs import read_record, write_record
from docweave.weave import code, stale_sections, weave


def woven(tiny, name):
    locale, page = name.split("/")
    project = tiny.project
    return weave(project.pages[locale][page], project)


def plain(tiny, name):
    return woven(tiny, name).plain()


def blocks(tiny, name, selector):
    """Return the parts of a page's blocks that match a selector, as shown on the site."""
    html = "".join(block.html for block in woven(tiny, name).blocks.values())
    return BeautifulSoup(html, "html.parser").select(selector)


def refused(tiny, name):
    with pytest.raises(WeaveError) as caught:
        woven(tiny, name)
    return str(tiny.project.relative(caught.value))


def rerecord(tiny, chapter, **changes):
    folder = tiny.project.outputs / chapter
    write_record(folder, replace(read_record(folder), **changes))


def test_prose_is_kept_and_front_matter_removed(tiny):
    text = plain(tiny, "ru/greetings")
    assert text.startswith("\n# Приветствия {#greetings}\n\nПрограмма может поздороваться.\n")
    assert "description" not in text and "sections" not in text


def test_a_directive_becomes_the_code_and_its_output(tiny):
    assert """
```python
# say hello first,
# then go on
name = "reader"
print(f"Hello, {name}!")
```

```text
Hello, reader!
```

## Mistakes {#mistakes}
""" in plain(tiny, "en/greetings")
    assert ":::" not in plain(tiny, "en/greetings")


def test_comments_are_translated_and_the_code_stays_the_same(tiny):
    assert "# сначала здороваемся,\n# потом остальное\nname" in plain(tiny, "ru/greetings")
    assert "# 先打招呼，\n# 再繼續\nname" in plain(tiny, "zh-Hant/greetings")
    for locale in tiny.project.languages:
        for cell in tiny.project.chapters["greetings"].cells:
            assert syntax(code(cell, locale, tiny.project)) == syntax(cell.source)


def test_a_failing_cell_shows_its_error(tiny):
    (cell,) = blocks(tiny, "ru/greetings", "[data-raises]")
    assert (cell["data-cell"], cell["data-raises"]) == ("greetings.fail", "ValueError")
    assert cell.get_text() == "# имя не число\nint(name)"
    (error,) = blocks(tiny, "ru/greetings", ".cell-error")
    assert error["data-output-of"] == "greetings.fail"
    assert error.get_text() == "ValueError: invalid literal for int() with base 10: 'reader'"


def test_every_cell_and_output_of_a_page_is_marked_with_its_name(tiny):
    cells = ["greetings.greet", "greetings.fail", "greetings.count"]
    assert [tag["data-cell"] for tag in blocks(tiny, "en/greetings", "[data-cell]")] == cells
    assert [tag["data-output-of"] for tag in blocks(tiny, "en/greetings", "[data-output-of]")] == cells


def test_chosen_lines_are_highlighted(tiny):
    assert [line.get_text().strip() for line in blocks(tiny, "en/greetings", ".hll")] == [
        'name = "reader"',
        'print(f"Hello, {name}!")',
    ]


def test_folded_code_is_in_a_box_with_a_translated_title(tiny):
    assert """
        ??? code "Показать код"
            ```python
            hands = 1 + 1  # по одной с каждой стороны
            print(hands)
            ```

        ```text
        2
        ```
""" in re.sub(" +$", "", plain(tiny, "ru/greetings"), flags=re.MULTILINE)


def test_a_suppressed_output_is_left_out(tiny):
    tiny.replace("docs/en/greetings.md", 'greet hl="3-4"', "greet output=false")
    assert "Hello, reader!" not in plain(tiny, "en/greetings")
    assert "name = " in plain(tiny, "en/greetings")


def test_each_block_has_a_token_alone_on_its_line(tiny):
    page = woven(tiny, "en/greetings")
    lines = [line.strip() for line in page.markdown.splitlines()]
    assert len(page.blocks) == 6
    assert all(lines.count(token) == 1 for token in page.blocks)
    assert "@@docweave" not in page.plain()


# --- figures ---


def test_a_plot_has_translated_texts_and_alternative_text(tiny):
    (figure,) = blocks(tiny, "ru/index", "figure.plot")
    assert figure["data-output-of"] == "drawings.plot"
    assert figure.find("text").get_text() == "шаг"
    assert figure.title.get_text() == "Прямая идёт вверх"


def test_a_model_is_drawn_with_caption_and_alternative_text(tiny):
    (figure,) = blocks(tiny, "zh-Hant/index", "figure.diagram")
    assert figure["data-diagram-of"] == "drawings.model"
    assert figure.figcaption.get_text() == figure.title.get_text() == "最小的模型"
    assert figure.desc.get_text() == "一個方塊通往另一個"
    assert "Dense" in figure.get_text()


def test_a_model_without_a_caption_has_its_alternative_text_as_title(tiny):
    tiny.replace("docs/en/index.md", ' "The smallest model"', "")
    (figure,) = blocks(tiny, "en/index", "figure.diagram")
    assert figure.title.get_text() == "One box leads to another"
    assert figure.figcaption is None and figure.desc is None


def test_two_drawings_of_one_model_have_different_ids(tiny):
    tiny.replace("docs/en/index.md", "## Curves", "![Again](diagram:drawings.model)\n\n## Curves")
    ids = [tag["id"] for tag in blocks(tiny, "en/index", "[id]")]
    assert len(ids) == len(set(ids)) >= 4


def test_a_figure_in_a_box_stays_in_it(tiny):
    diagram = "![One box](diagram:drawings.model)"
    tiny.replace("docs/en/greetings.md", "    Count your hands.", f"    {diagram}\n\n    Count your hands.")
    inside = plain(tiny, "en/greetings").partition("!!! exercise")[2].partition("Count your hands.")[0]
    assert "<svg" in inside and "</figure>" in inside
    assert all(line.startswith("    ") for line in inside.splitlines()[1:] if line.strip())


# --- what cannot be woven ---


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("::: drawings.plot", "::: drawing.plot", "13: there is no chapter “drawing” in snippets/. Did you mean “drawings”?"),
        (
            "::: drawings.plot",
            "::: drawings.plott",
            "13: there is no cell “plott” in snippets/drawings.py. Did you mean “plot”?",
        ),
        (
            ' alt="A line that rises"',
            "",
            '13: the cell “drawings.plot” draws a plot: say what it shows with the option `alt="…"`',
        ),
        ("diagram:drawings", "diagram:drawigns", "9: there is no chapter “drawigns” in snippets/. Did you mean “drawings”?"),
        ("drawings.model", "drawings.modle", "9: there is no recorded model “modle” in drawings. Did you mean “model”?"),
        ("Welcome.", "```klingon\nx\n```", "7: the fence names an unknown language “klingon”: write ```text for plain text"),
    ],
)
def test_an_unknown_cell_or_model_is_refused_with_the_nearest_name(tiny, old, new, message):
    tiny.replace("docs/en/index.md", old, new)
    assert refused(tiny, "en/index") == f"docs/en/index.md:{message}"


def test_a_variable_for_several_models_is_refused_with_their_cells(tiny):
    rerecord(tiny, "drawings", rebound={"model": ["first", "second"]})
    message = "“model” names several models of drawings (bound in first, second): give each its own name"
    assert refused(tiny, "en/index") == f"docs/en/index.md:9: {message}"


def test_a_diagram_that_cannot_be_drawn_is_reported_at_its_figure(tiny):
    name = "a" * 9_000
    large = Diagram((Node(name, "layer", "Dense", name, "(None, 1)"),), (), Layout(10, 10, (Box(name, 0, 0, 10, 10),), ()))
    rerecord(tiny, "drawings", diagrams={"model": large})
    assert refused(tiny, "ru/index").startswith("docs/ru/index.md:12: ")
    assert "8,000" in refused(tiny, "ru/index")


def test_a_translated_comment_that_does_not_fit_is_refused_with_its_catalogue(tiny):
    tiny.replace("docs/ru/comments.po", "сначала здороваемся,\\nпотом остальное", "здороваемся")
    message = refused(tiny, "ru/greetings")
    assert message.startswith("snippets/greetings.py:2: the translation of the comment “say hello first,\nthen go on”")
    assert message.endswith("must keep its number of lines (in docs/ru/comments.po)")


# --- staleness ---


def stale(tiny, name):
    locale, page = name.split("/")
    return stale_sections(tiny.project.pages[locale][page], tiny.project)


def test_a_translation_of_the_present_english_is_not_stale(tiny):
    assert [stale(tiny, name) for name in ("en/index", "ru/index", "ru/greetings")] == [[], [], []]
    assert blocks(tiny, "ru/index", ".stale") == []


def test_only_the_section_whose_english_has_changed_is_stale(tiny):
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    assert stale(tiny, "ru/greetings") == stale(tiny, "zh-Hant/greetings") == ["mistakes"]
    assert stale(tiny, "ru/index") == stale(tiny, "en/greetings") == []


def test_a_section_that_was_never_stamped_is_not_stale(tiny):
    tiny.write("docs/ru/index.md", tiny.read("docs/ru/index.md").replace("sections:", "other:"))
    tiny.replace("docs/en/index.md", "Welcome.", "Welcome, reader.")
    assert stale(tiny, "ru/index") == []


def test_a_page_without_english_original_is_not_stale(tiny):
    tiny.write("docs/ru/more.md", tiny.read("docs/ru/index.md"))
    assert stale(tiny, "ru/more") == []


@pytest.mark.parametrize(
    ("name", "section", "old", "address"),
    [("index", "curves", "## Curves", "../#curves"), ("greetings", "mistakes", "## Mistakes", "../../greetings/#mistakes")],
)
def test_a_stale_section_has_a_translated_note_with_a_link(tiny, name, section, old, address):
    tiny.replace(f"docs/en/{name}.md", old, f"{old} and more")
    (note,) = blocks(tiny, f"ru/{name}", ".stale")
    assert note.get_text() == "Английский текст раздела изменился. Читать по-английски"
    assert (note.a["href"], note.a["hreflang"]) == (address, "en")
    text = woven(tiny, f"ru/{name}").markdown
    heading, token = text.index(f"{{#{section}}}"), text.index("@@docweave", text.index(f"{{#{section}}}"))
    assert text[heading:token] == f"{{#{section}}}\n\n"
