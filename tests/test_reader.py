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
from docweave.run import ENVIRONMENT, KNOWN_WARNING, prepare, shortened
from docweave.weave import weave

PROJECT = Project(Path(__file__).parent.parent)
SHORT_FORM = "import runpy, sys; from docweave.run import shortened\nwith shortened(): runpy.run_path(sys.argv[1])"
PAGES = [page for page in PROJECT.pages[SOURCE].values() if page.directives]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.filterwarnings(f"ignore:{KNOWN_WARNING}", "ignore:FigureCanvasAgg is non-interactive")
def test_a_page_copied_from_top_to_bottom_runs_and_prints_what_it_shows(page, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    prepare()
    import keras

    keras.backend.clear_session()
    woven = weave(page, PROJECT).plain()
    blocks = [block.code.rstrip("\n") for block in extract_from_buffer(io.StringIO(woven)) if block.syntax == "python"]
    shown = [PROJECT.chapters[directive.chapter][directive.cell] for directive in page.directives.values()]
    assert blocks == [cell.source for cell in shown]

    namespace = {"__name__": "__main__"}
    for cell, block in zip(shown, blocks, strict=True):
        recorded = PROJECT.records[cell.chapter].output(cell)
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
def test_a_chapter_runs_by_itself_as_a_script(chapter, tmp_path):
    command = [sys.executable, chapter.path]
    if any(cell.slow for cell in chapter.cells):
        command[1:] = ["-c", SHORT_FORM, chapter.path]
    environment = os.environ | ENVIRONMENT
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    printing = [cell for cell in chapter.cells if not cell.raises]
    recorded = "".join(PROJECT.records[chapter.name].output(cell).text for cell in printing)
    assert done.stdout.count("\n") == recorded.count("\n")


@pytest.mark.parametrize("chapter", PROJECT.chapters)
def test_every_chapter_has_tests_of_what_it_shows(chapter):
    assert (PROJECT.root / "tests" / "snippets" / f"test_{chapter}.py").exists()
