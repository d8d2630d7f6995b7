import ast
import base64
import re

import jupytext
import nbformat
import pytest
from markdown_it import MarkdownIt

from docweave.addresses import address_of, file_name
from docweave.cells import syntax
from docweave.errors import WeaveError
from docweave.notebooks import notebook, prose, script, written
from docweave.project import SOURCE
from docweave.saying import as_it_is, said_by_commonmark
from docweave.tree import Directive, Paragraph, Span

SITE = "https://example.org/"


def book_of(tiny, name="greetings", locale=SOURCE, make=notebook):
    project = tiny.project
    page = project.pages[locale][name]
    return make(page, project.chapters[name.replace("-", "_")], project, SITE)


def cell_of(book, id):
    return next(cell for cell in book.cells if cell.id == id)


def prose_of(book):
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


@pytest.fixture
def say(tiny):
    """Returns the prose of a chapter's notebook after lines are added to its page."""

    def prose(*lines):
        tiny.write("docs/en/greetings.md", tiny.read("docs/en/greetings.md") + "\n" + "\n".join(lines) + "\n")
        return prose_of(book_of(tiny))

    return prose


@pytest.fixture
def drawn(tiny):
    """The tiny project with a page for the chapter that draws."""
    page = tiny.read("docs/en/index.md").replace("# Start {#start}", "# Drawings {#drawings}")
    tiny.write("docs/en/drawings.md", page)
    return tiny


@pytest.mark.parametrize("locale", ["en", "ru", "zh-Hant"])
def test_the_code_cells_are_one_for_colab_and_the_chapters(tiny, locale):
    colab, *cells = [cell for cell in book_of(tiny, locale=locale).cells if cell.cell_type == "code"]
    assert colab.id == "colab"
    assert [cell.id for cell in cells] == ["greet", "fail", "count"]
    assert [cell.execution_count for cell in (colab, *cells)] == [1, 2, 3, 4]
    for cell in cells:
        assert syntax(cell.source) == syntax(tiny.project.chapters["greetings"][cell.id].source)


def test_prose_and_comments_are_in_the_language_of_the_page(tiny):
    book = book_of(tiny, locale="ru")
    assert cell_of(book, "greet").source.startswith("# сначала здороваемся,\n# потом остальное\n")
    assert cell_of(book, "text-greetings-1").source.startswith("# Приветствия\n")
    assert book.metadata.docweave.locale == "ru"


def test_a_notebook_is_reproducible_and_valid(tiny):
    first, second = written(book_of(tiny)), written(book_of(tiny))
    assert first == second
    nbformat.validate(nbformat.reads(first, as_version=4))


def test_a_notebook_that_jupyter_would_refuse_is_not_written(tiny):
    book = book_of(tiny)
    book.cells[0].id = "no id: a blank"
    with pytest.raises(nbformat.ValidationError):
        written(book)


def test_outputs_are_the_recorded_ones(tiny):
    book = book_of(tiny)
    (output,) = cell_of(book, "greet").outputs
    assert (output.output_type, output.name, output.text) == ("stream", "stdout", "Hello, reader!\n")
    (error,) = cell_of(book, "fail").outputs
    assert error.ename == "ValueError"
    assert error.evalue == "invalid literal for int() with base 10: 'reader'"
    assert error.traceback == ["ValueError: invalid literal for int() with base 10: 'reader'"]


def test_a_cell_that_must_raise_does_not_stop_run_all(tiny):
    assert cell_of(book_of(tiny), "fail").metadata.tags == ["raises-exception"]
    assert "tags" not in cell_of(book_of(tiny), "greet").metadata


def test_the_cell_for_colab_installs_keras_only_on_colab(tiny):
    cell = cell_of(book_of(tiny, locale="ru"), "colab")
    assert '"keras>=3"' in cell.source
    assert "tensorflow" not in cell.source
    assert cell.source.startswith("# [ru] On Colab")
    tree = ast.parse(cell.source)
    assert [type(statement) for statement in tree.body] == [ast.Import, ast.If]
    assert ast.unparse(tree.body[1].test) == "'google.colab' in sys.modules"


def test_a_plot_is_an_image_that_untrusted_notebooks_show(drawn):
    (output,) = cell_of(book_of(drawn, "drawings"), "plot").outputs
    assert output.data["text/plain"] == "A line that rises"
    assert set(output.data) == {"text/html", "text/plain"}
    svg = drawing_in(output.data["text/html"])
    assert "<style>" in svg
    assert ">step</text>" in svg


def test_a_diagram_is_an_image_with_alternative_text_and_caption(drawn):
    prose = prose_of(book_of(drawn, "drawings"))
    assert "![One box leads to another](data:image/svg+xml;base64," in prose
    assert "\n\n*The smallest model*" in prose
    svg = drawing_in(prose)
    assert svg.startswith("<svg xmlns=")
    assert "prefers-color-scheme:dark" in svg


def drawing_in(text):
    return base64.b64decode(re.search(r"base64,([\w+/=]*)", text)[1]).decode()


def test_a_question_folds_and_an_exercise_is_quoted(tiny):
    prose = prose_of(book_of(tiny))
    assert "<details>\n<summary>Check yourself: why?</summary>\n\nA name has letters.\n\n</details>" in prose
    assert "> **Exercise 1: hands**\n>\n> Count your hands." in prose


def test_a_solution_is_folded_with_its_output(tiny):
    book = book_of(tiny)
    cell = cell_of(book, "count")
    assert cell.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
    assert cell.metadata.cellView == "form"
    above = book.cells[book.cells.index(cell) - 1]
    assert above.source.endswith("\n\n**Solution** ↓")


def test_a_folded_cell_shows_its_output(tiny):
    tiny.replace("docs/en/greetings.md", '::: greetings.greet hl="3-4"', "::: greetings.greet collapsed")
    assert cell_of(book_of(tiny), "greet").metadata.jupyter == {"source_hidden": True}


def test_two_cells_in_a_box_share_its_title_and_both_fold(tiny):
    twice = "        ::: greetings.count collapsed\n\n        ::: greetings.greet"
    tiny.replace("docs/en/greetings.md", '::: greetings.greet hl="3-4"\n\n', "")
    tiny.replace("docs/en/greetings.md", "        ::: greetings.count collapsed", twice)
    book = book_of(tiny)
    assert prose_of(book).count("**Solution** ↓") == 1
    assert all(cell_of(book, id).metadata.jupyter.source_hidden for id in ("count", "greet"))


def test_the_prose_around_the_code_of_a_solution_folds_too(tiny):
    tiny.replace(
        "docs/en/greetings.md",
        "        ::: greetings.count collapsed",
        "        First.\n\n        ::: greetings.count\n\n        Then.",
    )
    book = book_of(tiny)
    assert "<summary>Solution</summary>\n\nFirst.\n\n</details>" in prose_of(book)
    assert "<summary>Solution …</summary>\n\nThen.\n\n</details>" in prose_of(book)
    assert cell_of(book, "count").metadata.jupyter.source_hidden


def test_code_in_the_title_of_a_box_is_code(say):
    assert "<summary>Why <code>int</code>?</summary>" in say('??? question "Why `int`?"', "", "    So.")


def test_a_box_in_a_box_keeps_its_place(say):
    prose = say('??? tip "Outer"', "", "    Before.", "", '    !!! note "Inner"', "", "        Quoted.", "", "    After.")
    assert "<summary>Outer</summary>\n\nBefore.\n\n> **Inner**\n>\n> Quoted.\n\nAfter.\n\n</details>" in prose


def test_links_point_to_the_site(say):
    prose = say("[a](index.md) [b](index.md#curves) [c](#mistakes) [d](https://example.com/x) [e](notebooks/x.zip)")
    assert "[a](https://example.org/) [b](https://example.org/#curves)" in prose
    assert "[c](https://example.org/greetings/#mistakes) [d](https://example.com/x)" in prose
    assert "[e](https://example.org/notebooks/x.zip)" in prose


def test_every_language_has_its_own_address(tiny):
    pages = tiny.project.pages
    assert address_of(pages["ru"]["index"], SITE) == "https://example.org/ru/"
    assert address_of(pages["ru"]["greetings"], SITE) == "https://example.org/ru/greetings/"


def test_code_and_fences_stay_unchanged(say):
    prose = say("`[a](index.md) $x <b>` stays", "", "```sh", "# {.x} $HOME [a](b)", "<p>", "```")
    assert "`[a](index.md) $x <b>` stays" in prose
    assert "```sh\n# {.x} $HOME [a](b)\n<p>\n```" in prose


def test_a_fence_ends_only_at_its_own_mark(say):
    fenced = "````text\n```python\n[a](index.md)\n```\n<p>\n````"
    assert fenced in say(*fenced.split("\n"), "", "after")
    assert "```sh\n```python\n```" in say("```sh", "```python", "```", "", "after")


def test_dollar_signs_are_escaped_so_that_jupyter_sees_no_formula(say):
    assert r"from \$5 to \$9" in say("from $5 to $9")


@pytest.mark.parametrize("text", ["這是**「詞」**嗎", "用**詞（word）**來說", "**plain** and **`code`**x"])
def test_strong_text_works_without_spaces_as_in_chinese(say, text):
    line = next(line for line in say(text).splitlines() if "詞" in line or "plain" in line)
    html = MarkdownIt().enable("html_inline").render(line)
    assert "**" not in html
    assert html.count("<strong>") == text.count("**") / 2


def test_a_stale_section_has_a_note_with_a_link_to_its_english(tiny):
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program will fail.")
    prose = prose_of(book_of(tiny, locale="ru"))
    assert (
        "## Ошибки\n\n> Английский текст раздела изменился. [Читать по-английски](https://example.org/greetings/#mistakes)"
        in prose
    )
    assert prose.count("Читать по-английски") == 1


def test_a_cell_of_another_program_is_shown_but_not_run(tiny):
    tiny.write(
        "docs/en/greetings.md",
        tiny.read("docs/en/greetings.md") + '\n::: drawings.plot alt="A line"\n\n::: drawings.plot output=false\n',
    )
    book = book_of(tiny)
    assert [cell.id for cell in book.cells if cell.cell_type == "code"] == ["colab", "greet", "fail", "count"]
    assert "```python\nimport matplotlib.pyplot as plt\n" in prose_of(book)
    assert prose_of(book).count("`drawings.ipynb`") == 1


def test_the_output_of_another_program_is_shown_below_its_code(tiny):
    tiny.write(
        "docs/en/drawings.md",
        tiny.read("docs/en/index.md").replace("# Start {#start}", "# Drawings {#drawings}") + "\n::: greetings.greet\n",
    )
    assert "```text\nHello, reader!\n```\n\n*" in prose_of(book_of(tiny, "drawings"))


@pytest.mark.parametrize("target", ["nowhere.md", "greetings", "image.png"])
def test_a_link_to_no_page_is_refused_at_its_line(tiny, target):
    text = tiny.read("docs/en/greetings.md")
    tiny.write("docs/en/greetings.md", f"{text}\n[a]({target})\n")
    with pytest.raises(WeaveError, match=f"the link to “{target}” leads to no page") as caught:
        book_of(tiny)
    assert (caught.value.path.name, caught.value.line) == ("greetings.md", text.count("\n") + 2)


def test_a_page_may_have_a_program_for_each_backend_or_none(tiny):
    tiny.write("snippets/greetings_jax.py", "# %% other\nprint(1)\n")
    project = tiny.project
    names = [file_name(chapter) for chapter in project.chapters_of(project.pages["en"]["greetings"])]
    assert names == ["greetings", "greetings-jax"]
    assert project.chapters_of(project.pages["en"]["index"]) == []


def test_a_script_runs_with_its_failing_cell_commented_out_and_named(tiny):
    text = book_of(tiny, make=script)
    assert '# %% fail (ValueError) active="ipynb"\n# # a name is no number\n# int(name)\n' in text
    namespace = {}
    exec(text, namespace)
    assert namespace["hands"] == 2


def test_a_script_contains_prose_and_outputs_as_comments(tiny):
    text = book_of(tiny, locale="ru", make=script)
    assert "# # Приветствия\n" in text
    assert "# ```text\n# Hello, reader!\n# ```\n" in text
    assert "<details>" not in text
    assert "colab" not in text


def test_a_script_describes_a_drawing_in_words(drawn):
    text = book_of(drawn, "drawings", make=script)
    assert "# [One box leads to another]\n#\n# The smallest model\n" in text
    assert "base64" not in text


def test_jupytext_reads_a_script_as_the_same_cells(tiny):
    book = jupytext.reads(book_of(tiny, make=script), fmt="py:percent")
    assert [cell.source for cell in book.cells if cell.cell_type == "code"] == [
        cell.source for cell in tiny.project.chapters["greetings"].cells
    ]


# --- prose ---


@pytest.mark.parametrize(
    ("block", "error", "message"),
    [
        (Directive(1, 1, "a", "b"), TypeError, "is not prose"),
        (Paragraph(1, 1, (Span("odd", "x"),)), TypeError, "a span of kind odd"),
        (Paragraph(7, 7, (Span("em", parts=(Span("text", " a "),)),)), ValueError, "the prose of line 7 cannot be written"),
    ],
)
def test_a_block_that_commonmark_cannot_express_is_an_error(block, error, message):
    with pytest.raises(error, match=message):
        prose.written(block, as_it_is)


def test_raw_html_is_an_event_of_its_own():
    assert [event.kind for event in said_by_commonmark("a<br>b")] == ["paragraph", "text", "html_inline", "text", "/paragraph"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["- one", "    - two", "- three"], "- one\n  - two\n- three"),
        (["3. three", "4. four"], "3. three\n4. four"),
        (["- one", "", "    and more", "- two"], "- one\n\n  and more\n- two"),
        (["| a | b |", "|:--|--:|", "| `1` | 2 |"], "| a | b |\n| :-- | --: |\n| `1` | 2 |"),
        ([r"2 \* 3 \* 4 is \`24\`"], r"2 \* 3 \* 4 is \`24\`"),
        ([r"1986\. It began."], r"1986\. It began\."),
        (["``a ` b`` and `` `c` ``"], "``a ` b`` and `` `c` ``"),
        (["*Deep Learning*{lang=en} by him"], "*Deep Learning* by him"),
        (["one", "two"], "one\ntwo"),
    ],
)
def test_prose_is_written_so_that_commonmark_reads_it_as_intended(say, lines, expected):
    assert expected in say(*lines)


def test_a_foreign_cell_in_a_folded_box_folds_with_its_prose(tiny):
    box = '\n??? tip "Elsewhere"\n    Before.\n\n    ::: greetings.greet\n\n    After.\n'
    tiny.write("docs/en/drawings.md", tiny.read("docs/en/index.md").replace("# Start {#start}", "# Drawings {#drawings}") + box)
    prose = prose_of(book_of(tiny, "drawings"))
    assert prose.count("<details>") == 1
    assert prose.index("Before.") < prose.index("Hello, reader!") < prose.index("After.") < prose.index("</details>")


def test_alternative_text_may_contain_brackets(drawn):
    drawn.replace("docs/en/drawings.md", "![One box leads to another]", "![A box [2, 3] leads on]")
    assert r"![A box \[2, 3\] leads on](data:image" in prose_of(book_of(drawn, "drawings"))
