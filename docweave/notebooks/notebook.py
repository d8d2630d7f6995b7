"""Write a chapter as a Jupyter notebook: outputs in their cells, boxes that fold, drawings as images."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape

import nbformat
from nbformat import NotebookNode

from docweave import phrases
from docweave.addresses import file_name
from docweave.cells import Cell, Chapter
from docweave.markdown import COMMONMARK
from docweave.notebooks import prose
from docweave.notebooks.walk import Json, Piece, Writer, book, code_cell, joined
from docweave.pages import Page
from docweave.project import Project
from docweave.tree import Directive
from docweave.weave import code, plots_of

# The metadata that Jupyter itself writes, so that no editor offers to convert the notebook.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}

MAKE_COLAB_READY = """\
# {comment}
import sys

if "google.colab" in sys.modules:
    import subprocess

    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", {requirements}], check=True)"""


def notebook(page: Page, chapter: Chapter, project: Project, site: str) -> NotebookNode:
    """Return a chapter as a notebook with outputs.

    Args:
        page: the chapter's page, in any language.
        chapter: one of the page's snippet files; cells of other files are shown as text.
        project: the project of both.
        site: the address of the site, with a trailing slash.

    Raises:
        WeaveError: a part of the page that cannot be woven, at its line.
    """
    record = project.records[chapter.name]
    origin = {"chapter": chapter.name, "locale": page.locale, "versions": record.versions}
    metadata = METADATA | {"docweave": origin, "colab": {"provenance": [], "toc_visible": True}}
    return book(list(_NotebookWriter(page, chapter, project, site).cells()), metadata)


def written(book: NotebookNode) -> str:
    """Return the text of a notebook's file, always the same for the same notebook.

    Raises:
        nbformat.ValidationError: a notebook that Jupyter would reject.
    """
    nbformat.validate(book)
    return f"{nbformat.writes(book)}\n"


class _NotebookWriter(Writer):
    count = 0

    def opening(self) -> Iterator[Json]:
        """Yield the cell that prepares Colab."""
        requirements = ", ".join(
            f'"{requirement}"' for requirement in self.project.requirements if requirement.startswith("keras")
        )
        source = MAKE_COLAB_READY.format(comment=self.phrase(phrases.COLAB), requirements=requirements)
        yield self._counted(source, "colab", {})

    def _counted(self, source: str, id: str, metadata: Json, outputs: Iterable[Json] = ()) -> Json:
        self.count += 1
        return code_cell(source, id, metadata) | {"execution_count": self.count, "outputs": list(outputs)}

    def code(self, piece: Piece, directive: Directive) -> Iterator[Json]:
        cell = self.cell(directive)
        metadata: Json = {"docweave": {"cell": cell.id}}
        if cell.raises:
            metadata["tags"] = ["raises-exception"]
        if piece.folded or directive.collapsed:
            # The first key is for Jupyter, the second for Colab.
            metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
        if piece.folded:
            metadata["jupyter"]["outputs_hidden"] = True
        source = code(cell, self.page.locale, self.project)
        yield self._counted(source, cell.name, metadata, self._outputs(cell, directive))

    def _outputs(self, cell: Cell, directive: Directive) -> Iterator[Json]:
        output = self.output(cell)
        if output.text:
            yield {"output_type": "stream", "name": "stdout", "text": output.text}
        for svg in plots_of(self.page, directive, self.project, standalone=True):
            # Not image/svg+xml, which Jupyter hides in an untrusted notebook.
            picture = f'<img src="{_data(svg)}" alt="{escape(directive.alt)}">'
            yield {"output_type": "display_data", "data": {"text/html": picture, "text/plain": directive.alt}, "metadata": {}}
        if output.error:
            text = output.error.rstrip("\n")
            error = {"ename": output.raises, "evalue": text.partition(": ")[2], "traceback": text.split("\n")}
            yield {"output_type": "error"} | error

    def recorded(self, cell: Cell) -> list[str]:
        """Return the output of a cell from another program, and the name of the notebook that runs it."""
        other = file_name(self.project.chapters[cell.chapter])
        return [*super().recorded(cell), f"*{self.phrase(phrases.OTHER_NOTEBOOK)} `{other}.ipynb`*"]

    def figure(self, svg: str, alt: str, caption: str) -> str:
        return f"![{prose.bracketed(alt)}]({_data(svg)})" + (f"\n\n*{caption}*" if caption else "")

    def quote(self, title: str, inner: list[Piece]) -> list[Piece]:
        pieces = [Piece(f"**{title}**", self.section), *inner]
        return [
            replace(piece, text="\n".join(f"> {line}".rstrip() for line in piece.text.split("\n")))
            if piece.directive is None and not piece.loose
            else piece
            for piece in joined(pieces)
        ]

    def fold(self, title: str, inner: list[Piece]) -> list[Piece]:
        heading = COMMONMARK.renderInline(title)
        pieces: list[Piece] = []
        for piece in joined(inner):
            if piece.directive is not None:
                # A cell folds by itself, with the title of the box above it.
                pieces += [] if pieces else [Piece(f"**{title}** ↓", self.section, loose=True)]
                pieces.append(replace(piece, folded=True))
            else:
                summary = f"<summary>{heading}{' …' if pieces else ''}</summary>"
                pieces.append(Piece(f"<details>\n{summary}\n\n{piece.text}\n\n</details>", self.section, loose=True))
        return pieces


def _data(svg: str) -> str:
    """Return a drawing as a data URI, which needs no file beside the notebook and works in Colab."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
