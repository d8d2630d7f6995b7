from pathlib import Path

import pytest

from docweave.errors import WeaveError
from docweave.pages import parse_page, read_page
from docweave.tree import Figure, List, texts, words

FRONT = "---\ndescription: How to begin.\n---\n"
PATH = Path("docs/en/first-steps.md")


def page(body, front=FRONT):
    return parse_page(front + body, PATH)


def elements(body):
    """Return the elements, as text, that a translation of this body must have, without the title."""
    found = [block.element for block in page(f"# Title {{#title}}\n\n{body}").elements[1:]]
    return [element for element in found if element != "paragraph" and not element.endswith(" fence")]


def directive(line):
    (found,) = page(f"# Title {{#title}}\n\n{line}\n").directives
    return found


def refused(body, front=FRONT):
    """Return the error message for a page, starting with the line number."""
    with pytest.raises(WeaveError) as caught:
        page(body, front)
    return str(caught.value).removeprefix("docs/en/first-steps.md:")


def blocks(body):
    """Return the blocks of a page below its title."""
    return page(f"# Title {{#title}}\n\n{body}").sections[0].blocks


def test_a_page_knows_its_language_name_and_chapter(tmp_path):
    path = tmp_path / "docs" / "pt-BR" / "first-steps.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\ndescription: Por onde começar.\n---\n# Título {#title}\n", "utf-8")
    read = read_page(path)
    assert (read.locale, read.name, read.chapter) == ("pt-BR", "first-steps", "first_steps")
    assert read.meta == {"description": "Por onde começar."}


def test_front_matter_and_body_together_are_the_file():
    read = page("# Title {#title}\n\nWords.\n")
    assert (read.front, read.lines[read.front :]) == (3, ("# Title {#title}", "", "Words."))


def test_an_error_on_a_page_has_its_line_in_the_file():
    assert str(page("# Title {#title}\n").error("wrong", 4)) == "docs/en/first-steps.md:4: wrong"


# --- elements that a translation must have too ---


def test_headings_are_compared_by_level_and_id_not_by_text():
    assert elements("## Build it {#build}\n### Do { #do }\n") == ["heading ## {#build}", "heading ### {#do}"]


def test_cells_are_compared_by_id_and_options_except_alternative_text():
    lines = ["::: a.b", '::: a.c hl="2" alt="words"', "::: a.d collapsed", '!!! note "A box"', "    ::: a.e output=false"]
    shown = ["cell a.b", 'cell a.c hl="2"', "cell a.d collapsed", "note box", "cell a.e output=false"]
    assert elements("\n\n".join(lines)) == shown


def test_figures_are_compared_by_model():
    assert elements('![Words](diagram:a.model "More")\n\n![b](diagram:a.other)\n') == ["figure a.model", "figure a.other"]


def test_boxes_are_compared_by_kind():
    body = '!!! exercise "One"\n    ??? tip "Hint"\n        X.\n\n???+ success "Two"\n    X.\n\n!!! stop-here "Three"\n    X.\n'
    assert elements(body) == ["exercise box", "tip box", "success box", "stop-here box"]


def test_the_content_of_a_fence_is_only_text():
    body = "````text\n## No heading\n```\n::: no.cell\n![](no-image.png)\n````\n\n::: a.b\n"
    assert elements(body) == ["cell a.b"]


def test_an_element_knows_its_line():
    (_, cell) = page("# Title {#title}\n\n::: a.b\n").elements
    assert cell.line == 6


# --- directives ---


def test_a_directive_names_a_cell_and_shows_its_output():
    found = directive("::: first_steps.build")
    assert (found.id, found.line, found.end) == ("first_steps.build", 6, 6)
    assert found.show_output and not found.collapsed
    assert (found.highlight, found.alt) == ("", "")


def test_a_directive_has_options_on_its_line():
    found = directive('::: a.b hl="3-4 6" output=false collapsed alt="Two curves: one falls, one = stays."')
    assert (found.highlight, found.alt) == ("3-4 6", "Two curves: one falls, one = stays.")
    assert found.collapsed and not found.show_output


def test_an_option_without_value_is_switched_on():
    found = directive("::: a.b output collapsed")
    assert found.show_output and found.collapsed


@pytest.mark.parametrize("option", ["alt", 'alt=""'])
def test_an_empty_alternative_text_is_none(option):
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
def test_a_malformed_directive_is_refused(line, message):
    assert refused(f"# Title {{#title}}\n\n{line}\n").startswith(f"6: {message}")


# --- figures ---


@pytest.mark.parametrize("caption", ['"The model\'s branches"', "'The model’s \"branches\"'"])
def test_a_figure_has_alternative_text_and_a_caption(caption):
    (figure,) = page(f"# Title {{#title}}\n\n![Two branches meet](diagram:a.model {caption})\n").figures
    assert figure == Figure(6, 6, "a", "model", "Two branches meet", caption[1:-1])


@pytest.mark.parametrize("alt", ["A batch [32, 10] goes in", "One box leads\nto another", "`x` leads to *y*"])
def test_alternative_text_may_contain_brackets_code_and_line_breaks(alt):
    (figure,) = page(f"# Title {{#title}}\n\n![{alt}](<diagram:a.model> (A caption))\n\n## More {{#more}}\n").figures
    heard = alt.replace("\n", " ").replace("`", "").replace("*", "")
    assert (figure.alt, figure.caption, figure.end) == (heard, "A caption", 6 + alt.count("\n"))


@pytest.mark.parametrize("image", ["![](diagram:a.b)", "![ ](diagram:a.b)", '![]( diagram:a.b "caption" )'])
def test_an_image_without_alternative_text_is_refused(image):
    assert refused(f"# Title {{#title}}\n\n{image}\n") == "6: the image has no alternative text: say what it shows"


@pytest.mark.parametrize(
    "line", ["See ![A model](diagram:a.b).", "- ![A model](diagram:a.b)", "![A](diagram:a.b)\n![B](diagram:a.c)"]
)
def test_a_figure_among_words_is_refused(line):
    assert (
        refused(f"# Title {{#title}}\n\n{line}\n")
        == "6: a page cannot hold an image among words: put it into its own paragraph"
    )


@pytest.mark.parametrize("target", ["branches.svg", "https://example.org/x.png", "diagram:drawings"])
def test_an_image_that_is_not_a_model_drawing_is_refused(target):
    message = f"6: “{target}” is not a drawing of a model: expected `diagram:chapter.model`"
    assert refused(f"# Title {{#title}}\n\n![A model]({target})\n") == message


def test_a_figure_by_reference_is_refused():
    body = "# Title {#title}\n\n![A model][d]\n\n[d]: diagram:a.b\n"
    assert refused(body) == "8: a page cannot hold a link by reference: write `[words](page.md#section)`"


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
        "- ```python",
        "1. ```py",
    ],
)
def test_a_python_fence_written_by_hand_is_refused(fence):
    message = "a Python block written by hand: move it to a cell in snippets/ and show it with `::: chapter.cell`"
    assert refused(f'# Title {{#title}}\n\n!!! note "A box"\n\n{fence}\n    x = 1\n') == f"8: {message}"


@pytest.mark.parametrize("info", ["text", "sh", "json", "pyramid", "c++"])
def test_a_fence_in_another_language_is_allowed(info):
    (fence,) = blocks(f"``` {info}\nx\n```\n")
    assert (fence.language, fence.text, fence.line, fence.end) == (info, "x", 6, 8)


@pytest.mark.parametrize("info", ["", 'text title="a.py"', "{ .text }"])
def test_a_fence_without_a_plain_language_name_is_refused(info):
    assert (
        refused(f"# Title {{#title}}\n\n```{info}\nx\n```\n") == "6: the fence names no language: write ```text for plain text"
    )


def test_a_fence_that_is_never_closed_is_refused_where_it_opens():
    assert refused("# Title {#title}\n\n```text\nx\n``\n") == "6: the fence ``` is never closed"


@pytest.mark.parametrize("closing", ["```", "`````", "  ```"])
def test_a_fence_is_closed_by_at_least_as_many_ticks(closing):
    assert elements(f"```text\nx\n{closing}\n\n::: a.b\n") == ["cell a.b"]


# --- headings, sections, front matter ---


@pytest.mark.parametrize("heading", ["## Build", "## Ошибки {#ошибки}", "### Build {.big}", "## Build {#a.b}"])
def test_a_heading_without_an_id_is_refused(heading):
    assert refused(f"# Title {{#title}}\n\n{heading}\n").startswith("6: the heading has no id: write `{#the-id}` after it")


def test_a_duplicate_id_is_refused_with_both_lines():
    assert refused("# Title {#title}\n\n## One {#one}\n\n## Two {#one}\n") == "8: the id “one” is used twice: first in line 6"


@pytest.mark.parametrize("body", ["", "Words first.\n\n# Title {#title}\n", "\n::: a.b\n\n# Title {#title}\n"])
def test_a_page_must_begin_with_its_heading(body):
    assert refused(body) == "4: the page must begin with its heading: expected `# Title {#id}`"


def test_the_first_section_includes_the_description():
    first, second = page("\n# Title {#title}\n\nLead.\n\n## Build {#build}\n\n::: a.b\n").sections
    assert (first.id, first.line, first.text) == ("title", 5, "How to begin.\n# Title {#title}\n\nLead.\n")
    assert (second.id, second.line, second.text) == ("build", 9, "## Build {#build}\n\n::: a.b\n")


def test_the_hash_of_a_section_depends_only_on_its_text():
    before = page("# Title {#title}\n\nLead.\n\n## Build {#build}\n\nWords.\n").sections
    after = page("# Title {#title}\n\nLead, with more words.\n\n\n## Build {#build}\n\nWords.\n\n").sections
    assert before[0].hash != after[0].hash
    assert before[1].hash == after[1].hash


def test_the_hash_of_the_first_section_depends_on_the_description():
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
        ("---\ndescription: &a x\nother: *a\n---\n", "3: the front matter does not parse: an alias, which it must not have"),
        ("---\ndescription: x\nsame: title\n---\n", "3: `same:` in the front matter must be a list of ids of sections"),
        ("---\ndescription: x\nsections: [title]\n---\n", "3: `sections:` in the front matter must be the stamps of sections"),
        ("---\ndescription: x\nrejected:\n  - word\n---\n", "3: `rejected:` in the front matter must be expressions"),
        ("---\ndescription: x\nrejected:\n  '(a': b\n---\n", "3: “(a” in `rejected:` is no regular expression"),
        ("---\ndescription: x\nrejected:\n  a: [b]\n---\n", "3: “a” in `rejected:` needs the right word"),
    ],
)
def test_a_page_with_unusable_front_matter_is_refused(front, message):
    assert refused("# Title {#title}\n", front).startswith(message)


@pytest.mark.parametrize("line", ["- ::: steps.one", "1. ::: steps.one", "Words\n::: steps.one", "::: steps.one\nwords"])
def test_a_directive_inside_a_paragraph_is_refused(line):
    message = "a page cannot hold a directive: put an empty line before it and after it"
    assert refused(f"# Title {{#title}}\n\n{line}\n").partition(": ")[2] == message


def test_a_second_first_level_heading_is_refused():
    message = "6: a page has one first-level heading, at its beginning"
    assert refused("# Title {#title}\n\n# Another {#another}\n") == message
    assert refused("## Low {#low}\n") == message.replace("6:", "4:")


# --- prose ---


def said(spans):
    """Return spans as short text: `strong(a) code(b)`."""
    return " ".join(f"{span.kind}({said(span.parts) or span.target or span.text})" for span in spans)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("one `x*y*` two", "text(one ) code(x*y*) text( two)"),
        ("*one* and **two `x`**", "em(text(one)) text( and ) strong(text(two ) code(x))"),
        ("**詞：**字", "strong(text(詞：)) text(字)"),
        ("2 * 3 * 4 and a_b_c", "text(2 * 3 * 4 and a_b_c)"),
        ("one\ntwo", "text(one) break() text(two)"),
        ("[a *b*](c.md#d)", "link(text(a ) em(text(b)))"),
    ],
)
def test_prose_is_read_into_its_parts(line, expected):
    (paragraph,) = blocks(line + "\n")
    assert said(paragraph.words) == expected


@pytest.mark.parametrize("target", ["c.md#d", "https://example.org/страница?a=b", "notebooks/a%20b/"])
def test_the_target_of_a_link_stays_unchanged(target):
    (paragraph,) = blocks(f"[words]({target})\n")
    assert paragraph.words[0].target == target


def test_a_span_in_another_language_has_its_lang():
    (paragraph,) = blocks("*Deep Learning*{lang=en}, [здесь](a.md){lang=ru}\n")
    assert [(span.lang, words((span,))) for span in paragraph.words] == [("en", "Deep Learning"), ("", ", "), ("ru", "здесь")]


def test_lists_may_be_nested_and_know_their_numbering():
    bullets, numbers = blocks("- one\n    - two\n\nwords\n\n3. three\n4. four\n")[::2]
    assert bullets.first is None and isinstance(bullets.items[0][1], List)
    assert numbers.first == 3 and len(numbers.items) == 2


def test_a_table_knows_its_alignment_and_the_lines_of_its_cells():
    (table,) = blocks("| a | b |\n|:--|--:|\n| 1 | `2` |\n")
    assert table.alignment == ("left", "right")
    assert [(line, words(cell)) for line, cell in table.prose] == [(6, "a"), (6, "b"), (8, "1"), (8, "2")]


def test_a_box_contains_its_blocks():
    (box,) = blocks('??? tip "The `title`"\n    One.\n\n    ::: a.b\n')
    assert (box.kind, box.folded, words(box.title), box.line, box.end) == ("tip", True, "The title", 6, 9)
    assert [type(block).__name__ for block in box.content] == ["Paragraph", "Directive"]


def test_texts_know_their_lines():
    (paragraph,) = blocks("one *two\nthree* `four`\nfive\n")
    assert [(line, span.text.strip()) for line, span in texts(6, paragraph.words)] == [
        (6, "one"),
        (6, "two"),
        (7, "three"),
        (7, ""),
        (7, "four"),
        (8, "five"),
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("<b>bold</b>", "raw HTML"),
        ("<div>\nx\n</div>", "raw HTML"),
        ("text <script>alert(1)</script>", "raw HTML"),
        ("<!-- hidden -->", "raw HTML"),
        ("> words", "a quote"),
        ("    x = 1", "code by indentation"),
        ("one  \ntwo", "a line break"),
        ("one\\\ntwo", "a line break"),
        ("---", "a rule"),
        ("Title\n=====", "such a heading"),
        ("- ## Title {#x}", "such a heading"),
        ("##Title", "a heading without a space"),
        ('=== "Tab"', "a tab box"),
        ("!!! note", "such a box"),
        ("!!! note 'T'", "such a box"),
        ('- !!! note "T"', "such a box"),
        ("- [x] done", "a task"),
        ("[!NOTE] words", "an alert"),
        ("term\n:   its definition", "a definition"),
        ("--8<-- 'file'", "an inclusion"),
        ("words[^1]", "a footnote"),
        ("for $x$", "a formula"),
        ("~~words~~", "struck text"),
        ("words {.big}", "attributes in braces"),
        ("words {: #x }", "attributes in braces"),
        ("words {width=3}", "attributes in braces"),
        ("{% include 'x' %}", "a template"),
        ("a :rocket: b", "an icon"),
        ("[words](javascript:alert(1))", "a link that cannot be read"),
        ("[words][label]", "a link that cannot be read"),
        ('[words](a.md "title")', "a link with a title"),
        ("- one\n\n    ```text\n    x\n    ```", "a fence in a list"),
    ],
)
def test_markdown_that_notebooks_would_show_differently_is_refused(line, what):
    number, _, message = refused(f"# Title {{#title}}\n\nWords.\n\n{line}\n").partition(": ")
    assert message.startswith(f"a page cannot hold {what}: ")
    assert int(number) in range(8, 8 + len(line.split("\n")))
