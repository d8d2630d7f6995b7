"""Write a chapter as a script in Jupytext's percent format: outputs and drawings as text, boxes open."""

from collections.abc import Iterator

import jupytext

from docweave.cells import PERCENT, Chapter
from docweave.notebooks.walk import Json, Piece, Writer, book, code_cell, markdown_cell
from docweave.pages import Page
from docweave.project import Project
from docweave.tree import Directive
from docweave.weave import code


def script(page: Page, chapter: Chapter, project: Project, site: str) -> str:
    """Return a chapter as a script that runs from top to bottom.

    Prose and recorded outputs are comments, and so are cells that must raise, with the error's name.

    Args, Raises: as for `notebook`.
    """
    cells = list(_ScriptWriter(page, chapter, project, site).cells())
    # No header about kernels: the file is a plain Python script.
    metadata = {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "title,active"}}
    return str(jupytext.writes(book(cells, metadata), fmt=PERCENT))


class _ScriptWriter(Writer):
    def opening(self) -> Iterator[Json]:
        return iter(())

    def code(self, piece: Piece, directive: Directive) -> Iterator[Json]:
        cell = self.cell(directive)
        raises = self.output(cell).raises
        metadata = {"title": f"{cell.name} ({raises})", "active": "ipynb"} if cell.raises else {"title": cell.name}
        yield code_cell(code(cell, self.page.locale, self.project), cell.name, metadata)
        if recorded := self.recorded(cell):
            yield markdown_cell("\n\n".join(recorded), f"output-{cell.name}")

    def figure(self, svg: str, alt: str, caption: str) -> str:
        return f"[{alt}]" + (f"\n\n{caption}" if caption else "")

    def quote(self, title: str, inner: list[Piece]) -> list[Piece]:
        return [Piece(f"**{title}**", self.section), *inner]

    fold = quote
