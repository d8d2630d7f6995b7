"""Pages copied from top to bottom run, as for a reader."""

import io
from pathlib import Path

import pytest
from pytest_codeblocks import extract_from_buffer

from docweave.cells import syntax
from docweave.outputs import Output
from docweave.project import SOURCE, Project
from docweave.running.compare import output_differences
from docweave.running.run import PACKAGES
from docweave.verified import here
from docweave.weave import weave
from tests.pasted import paste

PROJECT = Project(Path(__file__).parent.parent)
PAGES = [page for page in PROJECT.pages[SOURCE].values() if page.directives]
OWN_CHAPTERS = [(page, chapter) for page in PAGES for chapter in PROJECT.chapters_of(page)]


def blocks_of(page) -> list[str]:
    """Return the Python blocks that pytest-codeblocks finds on a woven page."""
    woven = weave(page, PROJECT).plain()
    return [block.code.rstrip("\n") for block in extract_from_buffer(io.StringIO(woven)) if block.syntax == "python"]


def cells_of(page) -> list:
    """Return the cells that a page names, in order."""
    return [PROJECT.chapters[directive.chapter][directive.cell] for directive in page.directives]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_are_exactly_the_cells_it_names(page):
    assert blocks_of(page) == [cell.source for cell in cells_of(page)]


@pytest.mark.parametrize("chapter", PROJECT.chapters.values(), ids=lambda chapter: chapter.name)
def test_a_chapter_as_a_script_is_its_cells_that_do_not_raise(chapter):
    script = chapter.path.read_text("utf-8")
    assert syntax(script) == syntax("\n\n".join(cell.source for cell in chapter.cells if not cell.raises))


@pytest.mark.parametrize(("page", "chapter"), OWN_CHAPTERS, ids=lambda value: value.name)
def test_a_page_copied_from_top_to_bottom_prints_its_outputs(page, chapter):
    copied = [
        (cell, block) for cell, block in zip(cells_of(page), blocks_of(page), strict=True) if cell.chapter == chapter.name
    ]
    blocks = [(block, cell.raises, cell.slow) for cell, block in copied]
    record = here(chapter, PROJECT.records[chapter.name], PROJECT.verified)
    for (cell, _), (printed, raised) in zip(copied, paste(blocks), strict=True):
        recorded = record.output(cell)
        assert raised == recorded.raises, cell.id
        if cell.slow:
            assert bool(printed) == bool(recorded.text), cell.id
        else:
            assert (
                list(output_differences(cell, record, Output(PACKAGES.sub("", printed), recorded.error, recorded.plots))) == []
            ), cell.id


@pytest.mark.parametrize("chapter", PROJECT.chapters)
def test_every_chapter_has_tests(chapter):
    assert (PROJECT.root / "tests" / "snippets" / f"test_{chapter}.py").exists()
