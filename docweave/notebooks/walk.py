"""Walk through a page to turn it into a notebook or a script.

Prose becomes CommonMark that Jupyter and Colab render alike: boxes become quotes and folded details, links lead to the
site, and drawings contain their styles.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import nbformat
from nbformat import NotebookNode

from docweave import phrases
from docweave.addresses import NOTEBOOKS, address_of, folder_of
from docweave.blocks import fence
from docweave.cells import Cell, Chapter
from docweave.notebooks import prose
from docweave.outputs import Output
from docweave.pages import Page, Section
from docweave.project import SOURCE, Project
from docweave.tree import Block, Box, Directive, Figure, Span
from docweave.weave import code, diagram_of, stale_sections

# A part of a notebook in JSON types.
Json = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A part of a page on its way into a notebook: some Markdown, or a cell to run.

    Attributes:
        text: the Markdown, empty for a cell.
        section: the id of the section that contains it.
        directive: the cell, None for Markdown.
        folded: for a cell, whether its box hides it until the reader opens the box.
        loose: for Markdown, whether it must not be quoted because it folds by itself.
    """

    text: str
    section: str
    directive: Directive | None = None
    folded: bool = False
    loose: bool = False


class Writer(ABC):
    """Turns a page into the cells of a notebook.

    Args:
        page: the chapter's page, in any language.
        chapter: one of the page's snippet files; cells of other files are shown as text.
        project: the project of both.
        site: the address of the site, with a trailing slash.
    """

    def __init__(self, page: Page, chapter: Chapter, project: Project, site: str):
        self.page, self.chapter, self.project, self.site = page, chapter, project, site
        self.stale = set(stale_sections(page, project))
        self.section = ""

    @abstractmethod
    def opening(self) -> Iterator[Json]:
        """Yield the cells before the first cell of the chapter."""

    @abstractmethod
    def code(self, piece: Piece, directive: Directive) -> Iterator[Json]:
        """Yield the notebook cells for a cell of the chapter."""

    @abstractmethod
    def figure(self, svg: str, alt: str, caption: str) -> str:
        """Return a drawing as Markdown."""

    @abstractmethod
    def quote(self, title: str, inner: list[Piece]) -> list[Piece]:
        """Return a box that does not fold."""

    @abstractmethod
    def fold(self, title: str, inner: list[Piece]) -> list[Piece]:
        """Return a box that folds."""

    def cells(self) -> Iterator[Json]:
        """Yield the cells of the notebook, in order."""
        pieces = [piece for section in self.page.sections for piece in self.read(section)]
        counts: dict[str, int] = {}
        first = True
        for is_cell, run in groupby(pieces, lambda piece: piece.directive is not None):
            if not is_cell:
                for section, texts in groupby(run, lambda piece: piece.section):
                    counts[section] = counts.get(section, 0) + 1
                    text = "\n\n".join(piece.text for piece in texts)
                    yield markdown_cell(text.strip("\n"), f"text-{section}-{counts[section]}")
                continue
            if first:
                yield from self.opening()
                first = False
            for piece in run:
                if piece.directive:
                    yield from self.code(piece, piece.directive)

    def read(self, section: Section) -> list[Piece]:
        """Return the pieces of a section."""
        self.section = section.id
        text = [prose.written(section.heading, self.link)]
        if section.heading.level == 1:
            text.append(f"{self.phrase(phrases.MADE_FROM)} <{address_of(self.page, self.site)}>")
        if section.id in self.stale:
            english = self.project.pages[SOURCE][self.page.name]
            link = f"[{self.phrase(phrases.READ_ENGLISH)}]({address_of(english, self.site)}#{section.id})"
            text.append(f"> {self.phrase(phrases.STALE)} {link}")
        return [Piece("\n\n".join(text), section.id), *self.pieces(section.blocks)]

    def pieces(self, blocks: tuple[Block, ...]) -> list[Piece]:
        """Return the pieces of some blocks."""
        pieces: list[Piece] = []
        for block in blocks:
            match block:
                case Directive() if block.chapter == self.chapter.name:
                    pieces.append(Piece("", self.section, block))
                case Directive():
                    pieces.append(Piece(self.shown(block), self.section))
                case Figure():
                    svg = diagram_of(self.page, block, self.project, standalone=True)
                    pieces.append(Piece(self.figure(svg, block.alt, block.caption), self.section))
                case Box():
                    boxed = self.quote if block.folded is None else self.fold
                    pieces += boxed(self.inline(block.title, block.line), self.pieces(block.content))
                case _:
                    pieces.append(Piece(prose.written(block, self.link), self.section))
        return pieces

    def shown(self, directive: Directive) -> str:
        """Return a cell of another program: its code and its output."""
        cell = self.cell(directive)
        parts = [fence(code(cell, self.page.locale, self.project), "python")]
        if directive.show_output:
            parts += self.recorded(cell)
        return "\n\n".join(parts)

    def cell(self, directive: Directive) -> Cell:
        return self.project.cell(directive, self.page)

    def output(self, cell: Cell) -> Output:
        return self.project.records[cell.chapter].output(cell)

    def recorded(self, cell: Cell) -> list[str]:
        """Return the printed text and the error of a cell, as fences."""
        output = self.output(cell)
        return [fence(text.rstrip("\n"), "text") for text in (output.text, output.error) if text]

    def phrase(self, text: str) -> str:
        return self.project.catalogs[self.page.locale](text)

    def inline(self, spans: tuple[Span, ...], line: int) -> str:
        return prose.inline(spans, line, self.link)

    def link(self, target: str, line: int) -> str:
        """Return the absolute address of a link on the page.

        Raises:
            WeaveError: a link to no page, at its line.
        """
        if re.match(r"[a-z]+:", target):
            return target
        if target.startswith(f"{NOTEBOOKS}/"):
            return self.site + folder_of(self.page.locale) + target
        path, _, fragment = target.partition("#")
        name = path.removesuffix(".md") or self.page.name
        page = self.project.pages[self.page.locale].get(name)
        if page is None or path == name:
            raise self.page.error(f"the link to “{target}” leads to no page: expected `page.md#section`", line)
        return address_of(page, self.site) + (f"#{fragment}" if fragment else "")


def joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield pieces with neighbouring Markdown merged, so that it becomes one quote."""

    def is_plain(piece: Piece) -> bool:
        return piece.directive is None and not piece.loose

    for plain, run in groupby(pieces, is_plain):
        parts = list(run)
        yield from [replace(parts[0], text="\n\n".join(piece.text for piece in parts))] if plain else parts


# nbformat has functions for these, but they validate each cell on creation; `written` validates the whole once.
def book(cells: list[Json], metadata: Json) -> NotebookNode:
    book: NotebookNode = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    return book


def markdown_cell(source: str, id: str) -> Json:
    return {"cell_type": "markdown", "id": id[:64], "metadata": {}, "source": source}


def code_cell(source: str, id: str, metadata: Json) -> Json:
    body: Json = {"source": source, "execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": id[:64], "metadata": metadata} | body
