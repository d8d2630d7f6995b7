import re
from pathlib import Path

import pytest

from docweave.cells import read_chapter, read_chapters, syntax
from docweave.errors import WeaveError


@pytest.fixture
def chapter(tmp_path):
    """Reads a text as a snippet file `first_steps.py`."""

    def read(text):
        path = tmp_path / "first_steps.py"
        path.write_text(text, "utf-8")
        return read_chapter(path)

    return read


def test_a_chapter_is_its_named_cells_in_order(chapter):
    read = chapter("# %% imports\nimport math\n\n# %% area\nradius = 2\n\nprint(math.pi * radius**2)\n")
    assert read.name == "first_steps"
    assert [(cell.id, cell.line) for cell in read.cells] == [("first_steps.imports", 2), ("first_steps.area", 5)]
    assert read["area"].source == "radius = 2\n\nprint(math.pi * radius**2)"


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_blank_lines_between_cells_belong_to_no_cell(chapter, gap):
    read = chapter(f"# %% one\nx = 1\n{gap}# %% two\ny = 2\n{gap}")
    assert [cell.source for cell in read.cells] == ["x = 1", "y = 2"]


def test_a_cell_knows_its_tags_and_the_backends_that_run_it(chapter):
    cell = chapter('# %% fit tags=["slow"] backends=["tensorflow", "torch"] because="JAX raises here"\nx = 1\n')["fit"]
    assert cell.slow and not cell.raises
    assert [cell.runs_on(backend) for backend in ("tensorflow", "jax", "torch")] == [True, False, True]
    assert cell.because == "JAX raises here"


def test_a_cell_without_tags_runs_everywhere(chapter):
    cell = chapter("# %% plain\nx = 1\n")["plain"]
    assert not (cell.slow or cell.raises)
    assert all(map(cell.runs_on, ("tensorflow", "jax", "torch")))


def test_a_cell_that_must_raise_is_read_without_its_comment_marks(chapter):
    text = '# %% fail tags=["raises-exception"] active="ipynb"\n# # no number\n# int("x")\n#\n# y = 1\n\n# %% next\nz = 1\n'
    cell = chapter(text)["fail"]
    assert cell.raises
    assert cell.source == '# no number\nint("x")\n\ny = 1'


def test_a_cell_that_must_raise_may_have_a_syntax_error(chapter):
    text = '# %% fail tags=["raises-exception"] active="ipynb"\n# print("hello"\n'
    assert chapter(text)["fail"].source == 'print("hello"'


def test_an_unknown_cell_of_a_chapter_raises_a_key_error(chapter):
    with pytest.raises(KeyError):
        chapter("# %% one\nx = 1\n")["two"]


def test_all_snippet_files_of_a_folder_are_read_by_name(tmp_path):
    for name in ("multi_input", "functional_api"):
        (tmp_path / f"{name}.py").write_text("# %% one\nx = 1\n")
    (tmp_path / "outputs").mkdir()
    assert list(read_chapters(tmp_path)) == ["functional_api", "multi_input"]


def test_an_error_in_a_cell_has_its_line_in_the_file(chapter):
    cell = chapter("# %% one\nx = 1\n\n# %% two\ny = 1\nz = 2\n")["two"]
    assert str(cell.error("wrong", 2)).endswith("first_steps.py:6: wrong")


def test_a_duplicate_cell_name_is_refused_with_both_lines(chapter):
    with pytest.raises(WeaveError, match=r"first_steps.py:4: the cell name “build” is used twice: first in line 1"):
        chapter("# %% build\nx = 1\n\n# %% build\ny = 2\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% one\nx = 1\n\n# %% two\ny = (\n", "5: does not parse: '(' was never closed"),
        ("# %% one\nx = 1\nif x:\n", "3: does not parse: expected an indented block"),
        ("# %% one\n%matplotlib inline\n", "2: does not parse"),
        ("# %% one\nx = 1 \n", "2: trailing spaces: a reader would copy them"),
        ("import math\n# %% one\nx = 1\n", "1: the file must begin with a cell: expected `# %% name`"),
        ("x = 1\n", "1: the file must begin with a cell"),
        ("", "1: the file must begin with a cell"),
        ("# %%\nx = 1\n", "1: “” cannot name a cell: expected `# %% name`, a Python identifier"),
        ("# %% a name\nx = 1\n", "1: “a name” cannot name a cell"),
        ("# %% class\nx = 1\n", "1: “class” cannot name a cell"),
        ("# %% fit\nx = 1\n# %% Fit\ny = 1\n", "3: the cell name “Fit” is used twice: first in line 1"),
        (
            "# %% one tags=[slow]\nx = 1\n",
            "1: unreadable options “tags=[slow]”: expected `name=value`, with text in double quotes",
        ),
        ("# %% one\nx = 1\n# %% two [markdown]\n# prose\n", "3: a snippet file holds code only"),
        ('# %% one tags=["slwo"]\nx = 1\n', "1: unknown tag “slwo”. Did you mean “slow”?"),
        ('# %% one tag=["slow"]\nx = 1\n', "1: unknown option “tag”. Did you mean “tags”?"),
        ('# %% one\nx = 1\n# %% two tags="slow"\ny = 1\n', "3: unreadable options: 'slow' is not of type 'array'"),
        ('# %% one backends=["jx"] because="why"\nx = 1\n', "1: unknown backend “jx”. Did you mean “jax”?"),
        ('# %% one backends="jax" because="why"\nx = 1\n', "1: backends is 'jax': expected a list"),
        ('# %% one backends=["jax"]\nx = 1\n', "1: a cell that some backends cannot run is marked `backends=["),
        ('# %% one because="why"\nx = 1\n', "1: a cell that some backends cannot run is marked `backends=["),
        (
            '# %% one tags=["raises-exception"]\n# x = 1\n',
            '1: a cell that must raise is marked `tags=["raises-exception"] active',
        ),
        ('# %% one active="ipynb"\n# x = 1\n', "1: a cell that must raise is marked"),
        (
            '# %% one tags=["raises-exception"] active="ipynb"\n# x = 1\nint("x")\n',
            "3: a cell that must raise is commented out in its file",
        ),
        ("# %% one\n\n# %% two\nx = 1\n", "1: the cell “one” is empty"),
        ("# %% one\nx = 1\n\n# %% two\n# only words\n", "4: the cell “two” is empty"),
        ("# %% one\nx = 1\n#%% two\ny = 1\n", "1: another cell begins inside this one: expected `# %% name`"),
        ("# %% one\nif True:\n    x = 1\n\n    # %% two\n", "1: another cell begins inside this one"),
        ('# %% one\nx = """\n# %% two\n"""\n', "2: does not parse: unterminated triple-quoted string"),
    ],
)
def test_a_malformed_snippet_file_is_refused_at_the_line_to_fix(chapter, text, message):
    with pytest.raises(WeaveError) as caught:
        chapter(text)
    assert str(caught.value).partition("first_steps.py:")[2].startswith(message)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 1  # why", "x = 1  # warum", True),
        ("# above\nx = 1", "x = 1", True),
        ("x = 1", "x = 2", False),
        ("print(", "print(  # why", False),
        ("print(", "print(", True),
    ],
)
def test_code_that_differs_only_in_comments_is_the_same(one, other, same):
    assert (syntax(one) == syntax(other)) is same


@pytest.mark.parametrize(
    ("name", "backend", "keras", "page"),
    [
        ("multi_input", "", "", "multi_input"),
        ("many_devices_jax", "jax", "", "many_devices"),
        ("many_devices_tensorflow", "tensorflow", "", "many_devices"),
        ("ajax", "", "", "ajax"),
        ("keras_3_14", "", "3.14", "keras_3_14"),
        ("keras_3_14_jax", "jax", "", "keras_3_14"),
        ("about_keras_3_14", "", "", "about_keras_3_14"),
    ],
)
def test_a_file_name_gives_the_backend_or_older_keras_of_its_chapter(name, backend, keras, page, tmp_path):
    path = tmp_path / f"{name}.py"
    path.write_text("# %% one\nx = 1\n", "utf-8")
    chapter = read_chapter(path)
    assert (chapter.backend, chapter.keras, chapter.page) == (backend, keras, page)
    assert chapter.apart == bool(backend or keras)


COMMENTS = [
    *(
        "copy",
        "cat",
        "ren",
        "ls -l",
        "mv - x",
        "copy the weights of the first model",
        "cat and dog pictures",
        "echo of the input",
    ),
    *("cp is the cost of a part", "rm duplicates", "x?", "!important: y", "? why", "%timeit f(x)", "%d is a number", "%%time"),
    *(
        "+ x",
        "@x",
        "git clone",
        "pip install keras",
        "cd up",
        "def f(x):",
        "x = 1",
        "import os",
        "[...]",
        "-> here",
        "%matplotlib inline",
    ),
]


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_comment_is_never_taken_for_code(chapter, comment):
    read = chapter(
        f"# %% one\n# {comment}\nx = 1  # {comment}\ncat = 2\nprint(x)\n# {comment}\n\n"
        f'# %% bad tags=["raises-exception"] active="ipynb"\n# # {comment}\n# y = z\n'
    )
    assert read["one"].source == f"# {comment}\nx = 1  # {comment}\ncat = 2\nprint(x)\n# {comment}"
    assert read["bad"].source == f"# {comment}\ny = z"


def test_every_comment_of_the_snippets_is_read_unchanged():
    for path in (Path(__file__).parents[2] / "snippets").glob("*.py"):
        for cell in read_chapter(path).cells:
            lines = path.read_text("utf-8").splitlines()[cell.line - 1 : cell.line + cell.source.count("\n")]
            assert cell.source.splitlines() == [re.sub("^# ?", "", line) if cell.raises else line for line in lines], cell.id
