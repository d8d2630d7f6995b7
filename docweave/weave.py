"""Weave a page: replace each directive by code, output and figures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from docweave import blocks, comments, phrases
from docweave.blocks import Block
from docweave.cells import Cell
from docweave.drawings import diagram_svg, plot_svg
from docweave.errors import WeaveError, nearest
from docweave.pages import Page
from docweave.project import SOURCE, Project
from docweave.tree import Directive, Fence, Figure


@dataclass(frozen=True)
class Woven:
    """A page with its directives resolved.

    Attributes:
        markdown: the text without front matter, with a token in its own paragraph in place of each block.
        blocks: the blocks, by token.
        notes: the tokens of the notes to the reader, which are not in the page's source.
    """

    markdown: str
    blocks: dict[str, Block]
    notes: tuple[str, ...]

    def plain(self) -> str:
        """Return the page as Markdown that every tool understands: plain fences, and figures as HTML."""
        lines = []
        for line in self.markdown.split("\n"):
            token = line.strip()
            indent = line[: len(line) - len(token)]
            lines += indented(self.blocks[token].markdown, indent) if token in self.blocks else [line]
        return "\n".join(lines)


@lru_cache(maxsize=1024)
def weave(page: Page, project: Project) -> Woven:
    """Weave one page. The result is cached, since a page is woven both for checking and for showing it.

    Raises:
        WeaveError: an unknown cell or model, a plot without alternative text, a translated comment that does not fit.
    """
    return _Weaver(page, project).weave()


def code(cell: Cell, locale: str, project: Project) -> str:
    """Return a cell's code with its comments in a language.

    Raises:
        WeaveError: a translated comment that does not fit.
    """
    if locale == SOURCE:
        return cell.source
    try:
        return comments.translate(cell.source, project.catalogs[locale])
    except ValueError as error:
        raise cell.error(f"{error} (in {project.catalogs[locale].path.relative_to(project.root)})") from error


def plots_of(page: Page, directive: Directive, project: Project, standalone: bool = False) -> Iterator[str]:
    """Yield the plots that a cell drew, as SVG with the words of the page's language.

    Args:
        standalone: include the style, for use without the site's stylesheet.

    Raises:
        WeaveError: a plot without alternative text.
    """
    cell = project.cell(directive, page)
    for number, plot in enumerate(project.records[cell.chapter].output(cell).plots, 1):
        if not directive.alt:
            message = f'the cell “{cell.id}” draws a plot: say what it shows with the option `alt="…"`'
            raise page.error(message, directive.line)
        translated = plot_svg.translate(plot.svg, {text: project.catalogs[page.locale](text) for text in plot.texts})
        yield plot_svg.weave(translated, directive.alt, f"{cell.chapter}-{cell.name}-{number}", standalone)


def diagram_of(page: Page, figure: Figure, project: Project, standalone: bool = False) -> str:
    """Return the diagram of the model that a figure names, as SVG.

    Args:
        standalone: include the style, for use without the site's stylesheet.

    Raises:
        WeaveError: an unknown model, a variable that named several models, a model too large to draw.
    """
    chapter, variable = figure.chapter, figure.model
    if chapter not in project.records:
        message = f"there is no chapter “{chapter}” in snippets/.{nearest(chapter, project.chapters)}"
        raise page.error(message, figure.line)
    record = project.records[chapter]
    if variable in record.rebound:
        cells = ", ".join(record.rebound[variable])
        message = f"“{variable}” names several models of {chapter} (bound in {cells}): give each its own name"
        raise page.error(message, figure.line)
    if variable not in record.diagrams:
        message = f"there is no recorded model “{variable}” in {chapter}.{nearest(variable, record.diagrams)}"
        raise page.error(message, figure.line)
    title, description = (figure.caption, figure.alt) if figure.caption else (figure.alt, "")
    prefix = f"{chapter}-{variable}-{figure.line}"
    try:
        return diagram_svg.draw(record.diagrams[variable], title, description, prefix, standalone)
    except WeaveError as error:
        raise page.error(error.message, figure.line) from error


def stale_sections(page: Page, project: Project) -> list[str]:
    """Return the ids of the sections of a translated page whose English has changed since they were stamped."""
    source = project.pages[SOURCE].get(page.name)
    stamps = page.meta.get("sections") or {}
    if page.locale == SOURCE or source is None:
        return []
    return [section.id for section in source.sections if stamps.get(section.id, section.hash) != section.hash]


class _Weaver:
    """Weaves one page, and collects its blocks."""

    def __init__(self, page: Page, project: Project):
        self.page, self.project = page, project
        self.blocks: dict[str, Block] = {}

    def weave(self) -> Woven:
        stale = set(stale_sections(self.page, self.project))
        places = {block.line: block for block in self.page.walk() if isinstance(block, (Directive, Figure, Fence))}
        notes = {section.line: section.id for section in self.page.sections if section.id in stale}
        lines: list[str] = []
        added: list[str] = []
        number = self.page.front
        while number < len(self.page.lines):
            line = self.page.lines[number]
            number += 1
            if block := places.get(number):
                indent = line[: len(line) - len(line.lstrip())]
                number = block.end
                lines += indented("\n\n".join(self._block(block)), indent)
            else:
                lines.append(line)
            if number in notes:
                added.append(self._token(self._stale_note(notes[number])))
                lines += ["", added[-1], ""]
        return Woven("\n".join(lines) + "\n", self.blocks, tuple(added))

    def _block(self, block: Directive | Figure | Fence) -> Iterator[str]:
        match block:
            case Directive():
                yield from self._cell(block)
            case Figure():
                yield self._token(self._diagram(block))
            case Fence():
                yield self._token(self._fence(block))

    def _phrase(self, text: str) -> str:
        return self.project.catalogs[self.page.locale](text)

    def _token(self, block: Block) -> str:
        token = f"@@docweave:{len(self.blocks)}@@"
        self.blocks[token] = block
        return token

    def _cell(self, directive: Directive) -> Iterator[str]:
        cell = self.project.cell(directive, self.page)
        lines = cell.source.count("\n") + 1
        if max(map(int, re.findall(r"\d+", directive.highlight)), default=0) > lines:
            message = f'hl="{directive.highlight}" goes beyond the {lines} lines of “{cell.id}”'
            raise self.page.error(message, directive.line)
        output = self.project.records[cell.chapter].output(cell)
        source = code(cell, self.page.locale, self.project)
        block = self._token(blocks.code(source, cell.id, output.raises, directive.highlight))
        if directive.collapsed:
            yield f'??? code "{self._phrase(phrases.SHOW_CODE)}"\n    {block}'
        else:
            yield block
        if directive.show_output:
            for kind, text in (("output", output.text), ("error", output.error)):
                if text:
                    yield self._token(blocks.printed(text, cell.id, kind))
            for svg in plots_of(self.page, directive, self.project):
                yield self._token(blocks.figure(svg, "plot", {"data-output-of": cell.id}))

    def _fence(self, fence: Fence) -> Block:
        try:
            return blocks.fenced(fence.text, fence.language)
        except ValueError as error:
            raise self.page.error(str(error), fence.line) from None

    def _diagram(self, figure: Figure) -> Block:
        svg = diagram_of(self.page, figure, self.project)
        attributes = {"data-diagram-of": figure.id}
        return blocks.figure(svg, "diagram", attributes, figure.caption)

    def _stale_note(self, section: str) -> Block:
        # English is at the root of the site, every other language one folder deeper.
        english = "../" if self.page.name == "index" else f"../../{self.page.name}/"
        return blocks.note(
            self._phrase(phrases.STALE), "stale", self._phrase(phrases.READ_ENGLISH), f"{english}#{section}", SOURCE
        )


def indented(text: str, indent: str) -> list[str]:
    """Return the indented lines of a text; empty lines too, which pytest-codeblocks would otherwise drop."""
    return [f"{indent}{line}" for line in text.split("\n")]
