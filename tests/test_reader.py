"""What a reader does: copy a page from top to bottom and run it, or run a chapter's file."""

import builtins
import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_codeblocks import extract_from_buffer

from docweave.compare import output_differences
from docweave.outputs import Output
from docweave.project import SOURCE, Project
from docweave.run import ENVIRONMENT, KNOWN_WARNINGS, prepare, shortened
from docweave.weave import weave

PROJECT = Project(Path(__file__).parent.parent)
PAGES = [page for page in PROJECT.pages[SOURCE].values() if page.directives]
OWN_CHAPTERS = [
    (page, chapter) for page in PAGES for chapter in PROJECT.chapters.values() if chapter.page == page.chapter
]
SHORT_FORM = "import runpy, sys; from docweave.run import shortened\nwith shortened(): runpy.run_path(sys.argv[1])"


def blocks_of(page) -> list[str]:
    """Return the Python blocks that pytest-codeblocks finds on the woven page."""
    woven = weave(page, PROJECT).plain()
    return [block.code.rstrip("\n") for block in extract_from_buffer(io.StringIO(woven)) if block.syntax == "python"]


def cells_of(page) -> list:
    """Return the cells that a page names, in order."""
    return [PROJECT.chapters[directive.chapter][directive.cell] for directive in page.directives.values()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_are_the_cells_it_names_and_none_is_overlooked(page):
    assert blocks_of(page) == [cell.source for cell in cells_of(page)]


@pytest.mark.parametrize(("page", "chapter"), OWN_CHAPTERS, ids=lambda value: value.name)
@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive", *(f"ignore:{known}" for known in KNOWN_WARNINGS))
def test_a_page_copied_from_top_to_bottom_runs_and_prints_what_it_shows(page, chapter, monkeypatch):
    copied = [(cell, block) for cell, block in zip(cells_of(page), blocks_of(page), strict=True) if cell.chapter == chapter.name]
    if chapter.backend:
        # Keras has one backend for life, and this process has another.
        script = "\n\n".join(block for cell, block in copied if not cell.raises)
        printed = run_script(["-c", script])
        recorded = "".join(PROJECT.records[chapter.name].output(cell).text for cell, _ in copied if not cell.raises)
        assert printed.split("\n") == recorded.split("\n")
        return
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    prepare()
    import keras

    keras.backend.clear_session()
    namespace = {"__name__": "__main__"}
    for cell, block in copied:
        recorded = PROJECT.records[chapter.name].output(cell)
        expected = pytest.raises(error_type(recorded.raises)) if cell.raises else contextlib.nullcontext()
        length = shortened() if cell.slow else contextlib.nullcontext()
        with contextlib.redirect_stdout(io.StringIO()) as printed, expected, length:
            exec(block, namespace)
        fresh = Output(printed.getvalue(), recorded.error, recorded.plots)
        if not cell.slow:
            assert list(output_differences(cell, recorded, fresh)) == [], cell.id


def error_type(name: str) -> type[Exception]:
    # An error that Python does not bring along is told by its recorded text; here any error will do.
    return getattr(builtins, name, Exception)


@pytest.mark.parametrize("chapter", PROJECT.chapters.values(), ids=lambda chapter: chapter.name)
def test_a_chapter_runs_by_itself_as_a_script(chapter):
    slow = any(cell.slow for cell in chapter.cells)
    printed = run_script(["-c", SHORT_FORM, chapter.path] if slow else [chapter.path])
    recorded = "".join(PROJECT.records[chapter.name].output(cell).text for cell in chapter.cells if not cell.raises)
    assert printed.count("\n") == recorded.count("\n")


def run_script(arguments: list) -> str:
    done = subprocess.run([sys.executable, *arguments], env=os.environ | ENVIRONMENT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("chapter", PROJECT.chapters)
def test_every_chapter_has_tests_of_what_it_shows(chapter):
    assert (PROJECT.root / "tests" / "snippets" / f"test_{chapter}.py").exists()
