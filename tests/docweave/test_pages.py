from pathlib import Path

import pytest

from docweave.errors import WeaveError
from docweave.pages import Figure, parse_page, read_page

FRONT = "---\ndescription: How to begin.\n---\n"
PATH = Path("docs/en/first-steps.md")


def page(body, front=FRONT):
    return parse_page(front + body, PATH)


def elements(body):
    """What a translation of `# Title` and this body must have, as text; without the title."""
    return [str(element) for element in page(f"# Title {{#title}}\n\n{body}").elements[1:]]


def directive(line):
    (found,) = page(f"# Title {{#title}}\n\n{line}\n").directives.values()
    return found


def refused(body, front=FRONT):
    """The message of a page that is refused, from the line on."""
    with pytest.raises(WeaveError) as caught:
        page(body, front)
    return str(caught.value).removeprefix("docs/en/first-steps.md:")


def test_a_page_knows_its_language_its_name_and_its_chapter(tmp_path):
    path = tmp_path / "docs" / "pt-BR" / "first-steps.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\ndescription: Por onde começar.\n---\n# Título {#title}\n", "utf-8")
    read = read_page(path)
    assert (read.locale, read.name, read.chapter) == ("pt-BR", "first-steps", "first_steps")
    assert read.meta == {"description": "Por onde começar."}


def test_front_matter_and_body_together_are_the_file():
    read = page("# Title {#title}\n\nWords.\n")
    assert (read.front, read.body) == (3, ("# Title {#title}", "", "Words."))


def test_an_error_on_a_page_is_placed_in_its_file():
    assert str(page("# Title {#title}\n").error("wrong", 4)) == "docs/en/first-steps.md:4: wrong"


# --- what a translation must have too ---


def test_headings_are_told_by_level_and_id_not_by_their_words():
    assert elements("## Build it {#build}\n### Do { #do }\n") == ["heading ## {#build}", "heading ### {#do}"]


def test_cells_are_told_by_what_they_show_and_how_but_not_by_their_alternative_text():
    lines = ["::: a.b", '::: a.c hl="2" alt="words"', "::: a.d collapsed", "    ::: a.e output=false"]
    shown = ["cell a.b", 'cell a.c hl="2"', "cell a.d collapsed", "cell a.e output=false"]
    assert elements("\n\n".join(lines)) == shown


def test_figures_are_told_by_their_targets():
    assert elements('![Words](diagram:a.model "More")\n\nText ![a](x.svg) and ![b](y.png "b")\n') == [
        "figure diagram:a.model",
        "figure x.svg",
        "figure y.png",
    ]


def test_boxes_are_told_by_their_kind():
    body = '!!! exercise "One"\n    ??? tip "Hint"\n    ???+ success\n=== "Tab"\n!!! stop-here\n'
    assert elements(body) == ["exercise box", "tip box", "success box", "tab box", "stop-here box"]


def test_what_stands_in_a_fence_is_only_text():
    body = "````text\n## No heading\n```\n::: no.cell\n![](no-image.png)\n````\n\n::: a.b\n"
    assert elements(body) == ["cell a.b"]


def test_an_element_knows_its_line():
    (_, cell) = page("# Title {#title}\n\n::: a.b\n").elements
    assert cell.line == 6


# --- directives ---


def test_a_directive_names_a_cell_and_shows_its_output():
    found = directive("::: first_steps.build")
    assert (found.id, found.line, found.indent) == ("first_steps.build", 6, "")
    assert found.show_output and not found.collapsed
    assert (found.highlight, found.alt) == ("", "")


def test_a_directive_has_options_on_its_line():
    found = directive('    ::: a.b hl="3-4 6" output=false collapsed alt="Two curves: one falls, one = stays."')
    assert (found.indent, found.highlight, found.alt) == ("    ", "3-4 6", "Two curves: one falls, one = stays.")
    assert found.collapsed and not found.show_output


def test_an_option_without_value_is_switched_on():
    found = directive("::: a.b output collapsed")
    assert found.show_output and found.collapsed


@pytest.mark.parametrize("option", ["alt", 'alt=""'])
def test_an_alternative_text_that_says_nothing_is_none(option):
    assert directive(f"::: a.b {option}").alt == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("::: build", "“build” names no cell: expected `::: chapter.cell`"),
        ("::: first-steps.build", "“first-steps.build” names no cell"),
        ("::: a.b.c", "“a.b.c” names no cell"),
        ("::: a.b higlight=3", "unknown option “higlight”."),
        ("::: a.b colapsed", "unknown option “colapsed”. Did you mean “collapsed”?"),
        ('::: a.b alt="never closed', 'unreadable options “alt="never closed”: expected `name=value`'),
        ("::: a.b output=no", "output is no: expected true or false"),
        ("::: a.b collapsed=maybe", "collapsed is maybe: expected true or false"),
        ("::: a.b hl=two", "hl is “two”: expected lines such as “2” or “3-4 6”"),
        ("::: a.b hl", "hl is “true”: expected lines"),
    ],
)
def test_a_directive_that_cannot_be_read_is_refused(line, message):
    assert refused(f"# Title {{#title}}\n\n{line}\n").startswith(f"6: {message}")


# --- figures ---


def test_a_diagram_names_a_chapter_and_a_variable():
    figure = Figure("Two branches", "diagram:first_steps.qa_model", "", 1)
    assert figure.model == ("first_steps", "qa_model")


def test_a_file_draws_no_model():
    assert Figure("Two branches", "branches.svg", "", 1).model is None


@pytest.mark.parametrize("caption", ['"The model\'s branches"', "'The model’s \"branches\"'"])
def test_a_figure_has_alternative_text_and_a_caption(caption):
    (figure,) = page(f"# Title {{#title}}\n\n![Two branches meet](diagram:a.model {caption})\n").figures.values()
    assert figure == Figure("Two branches meet", "diagram:a.model", caption[1:-1], 6)


@pytest.mark.parametrize(
    "image", ["![](x.png)", "![ ](x.png)", "words ![](x.png 'caption') more", "![]( x.png )", "    ![](diagram:a.b)"]
)
def test_an_image_without_alternative_text_is_refused(image):
    assert refused(f"# Title {{#title}}\n\n{image}\n") == "6: the image has no alternative text: say what it shows"


@pytest.mark.parametrize("line", ["See ![A model](diagram:a.b).", "- ![A model](diagram:a.b)"])
def test_a_diagram_in_the_midst_of_text_is_refused(line):
    assert refused(f"# Title {{#title}}\n\n{line}\n") == "6: a diagram stands on a line of its own"


# --- fences ---


@pytest.mark.parametrize(
    "fence",
    [
        "```python",
        "```py",
        "```py3",
        "```Python3",
        "```python3.11",
        "```pycon",
        "```ipython",
        "``` python",
        "~~~python",
        "~~~~ py",
        '```python title="a.py"',
        "```python hl_lines='1'",
        "```{.python}",
        "``` { .python }",
        "``` { .python .annotate }",
        "``` { #listing .python }",
        "``` {python}",
        "    ```python",
        "\t```python",
        "        ~~~ { .py }",
        "> ```python",
        "- ```python",
        "1. ```py",
    ],
)
def test_a_python_fence_written_by_hand_is_refused(fence):
    message = "a Python block written by hand: put it into a cell of snippets/ and show it with `::: chapter.cell`"
    assert refused(f"# Title {{#title}}\n\n!!! note\n\n{fence}\n    x = 1\n") == f"8: {message}"


@pytest.mark.parametrize(
    "info", ["text", "sh", "json", 'text title="a.py"', '{ .text title="a .py" }', "pyramid", "typescript"]
)
def test_a_fence_in_another_language_is_allowed(info):
    assert elements(f"``` {info}\nx\n```\n\n::: a.b\n") == ["cell a.b"]


def test_a_fence_without_a_language_is_refused():
    assert refused("# Title {#title}\n\n```\nx\n```\n") == "6: the fence names no language: write ```text for plain text"


def test_a_fence_that_is_never_closed_is_refused_where_it_opens():
    assert refused("# Title {#title}\n\n```text\nx\n``\n") == "6: the fence ``` is never closed"


@pytest.mark.parametrize("closing", ["```", "`````", "    ```"])
def test_a_fence_is_closed_by_as_many_ticks_or_more(closing):
    assert elements(f"```text\nx\n{closing}\n\n::: a.b\n") == ["cell a.b"]


# --- headings, sections, front matter ---


@pytest.mark.parametrize("heading", ["## Build", "##Build", "### Build {.big}"])
def test_a_heading_without_an_id_is_refused(heading):
    assert refused(f"# Title {{#title}}\n\n{heading}\n").startswith("6: the heading has no id: write `{#the-id}` after it")


def test_an_id_used_twice_is_refused_with_both_lines():
    assert refused("# Title {#title}\n\n## One {#one}\n\n## Two {#one}\n") == "8: the id “one” is used twice: first in line 6"


@pytest.mark.parametrize("body", ["", "Words first.\n\n# Title {#title}\n", "\n::: a.b\n\n# Title {#title}\n"])
def test_a_page_begins_with_its_heading(body):
    assert refused(body) == "4: the page must begin with its heading: expected `# Title {#id}`"


def test_a_page_is_its_sections_and_the_description_belongs_to_the_first():
    first, second = page("\n# Title {#title}\n\nLead.\n\n## Build {#build}\n\n::: a.b\n").sections
    assert (first.id, first.line, first.text) == ("title", 5, "How to begin.\n# Title {#title}\n\nLead.\n")
    assert (second.id, second.line, second.text) == ("build", 9, "## Build {#build}\n\n::: a.b\n")


def test_the_hash_of_a_section_changes_with_its_text_alone():
    before = page("# Title {#title}\n\nLead.\n\n## Build {#build}\n\nWords.\n").sections
    after = page("# Title {#title}\n\nLead, with more words.\n\n\n## Build {#build}\n\nWords.\n\n").sections
    assert before[0].hash != after[0].hash
    assert before[1].hash == after[1].hash


def test_the_hash_of_the_first_section_changes_with_the_description():
    one, other = (page("# Title {#title}\n", f"---\ndescription: {words}\n---\n").sections[0] for words in "ab")
    assert one.hash != other.hash


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("", "1: the page has no description: begin it with `---`, `description: …`, `---`"),
        ("---\ntitle: x\n---\n", "1: the page has no description"),
        ("---\n- x\n---\n", "1: the page has no description"),
        ("---\ndescription: x\ntitle: 'y\n---\n", "4: the front matter does not parse: found unexpected end of stream"),
        ("---\ndescription: x: y\n---\n", "2: the front matter does not parse: mapping values are not allowed here"),
    ],
)
def test_a_page_whose_front_matter_cannot_be_used_is_refused(front, message):
    assert refused("# Title {#title}\n", front).startswith(message)


@pytest.mark.parametrize("line", ["- ::: steps.one", "1. ::: steps.one", "> ::: steps.one", "\t::: steps.one"])
def test_a_directive_in_a_list_a_quote_or_after_a_tab_is_refused(line):
    assert refused(f"# Title {{#title}}\n\n{line}\n") == "6: a directive stands on a line of its own, indented by spaces"


def test_a_second_heading_of_the_first_level_is_refused():
    message = "6: a page has one heading of the first level, at its beginning"
    assert refused("# Title {#title}\n\n# Another {#another}\n") == message
    assert refused("## Low {#low}\n") == message.replace("6:", "4:")
