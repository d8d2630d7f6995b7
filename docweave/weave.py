"""A page in one language: its prose, with each directive become code, output and figures."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docweave import comments, diagrams, phrases, plots
from docweave.cells import Cell
from docweave.errors import WeaveError, nearest
from docweave.outputs import Output
from docweave.pages import Directive, Figure, Page
from docweave.project import SOURCE, Project


@dataclass(frozen=True)
class Woven:
    """A page's Markdown, ready to be rendered.

    Attributes:
        markdown: the text, without front matter. Where a figure goes stands its token, alone in a paragraph.
        figures: the HTML of each figure, by token.
    """

    markdown: str
    figures: dict[str, str]

    def plain(self) -> str:
        """Return the Markdown with its figures inside, for a tool that knows nothing of tokens."""
        text = self.markdown
        for token, figure in self.figures.items():
            text = re.sub(f"^( *){token}$", lambda found: "\n".join(_indented(figure, found[1])), text, flags=re.MULTILINE)
        return text


def weave(page: Page, project: Project, attributes: bool = True) -> Woven:
    """Weave one page.

    Args:
        page: the page to weave.
        project: where its cells, outputs and words come from.
        attributes: whether code blocks say in attributes which cell they are (`data-cell`), as MkDocs' superfences
            understand it; without, they are the plain fences that every tool knows.

    Raises:
        WeaveError: an unknown cell or model, a plot without alternative text, a translated comment that does not fit.
    """
    return _Weaver(page, project, attributes).weave()


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


def stale_sections(page: Page, project: Project) -> list[str]:
    """Return the ids of the sections of a translated page whose English has changed since they were stamped."""
    source = project.pages[SOURCE].get(page.name)
    stamps = page.meta.get("sections") or {}
    if page.locale == SOURCE or source is None:
        return []
    return [section.id for section in source.sections if stamps.get(section.id, section.hash) != section.hash]


class _Weaver:
    """One page being woven: what its lines have become so far."""

    def __init__(self, page: Page, project: Project, attributes: bool):
        self.page, self.project, self.attributes = page, project, attributes
        self.figures: dict[str, str] = {}

    def weave(self) -> Woven:
        stale = dict.fromkeys(stale_sections(self.page, self.project))
        notes = {section.line: section.id for section in self.page.sections if section.id in stale}
        lines: list[str] = []
        for number, line in enumerate(self.page.body, self.page.front + 1):
            if number in self.page.directives:
                lines += self._cell(self.page.directives[number])
            elif number in self.page.figures and self.page.figures[number].model:
                indent = line[: len(line) - len(line.lstrip())]
                lines += [indent + self._diagram(self.page.figures[number])]
            else:
                lines.append(line)
            if number in notes:
                lines += ["", self._figure(self._stale_note(notes[number])), ""]
        return Woven("\n".join(lines) + "\n", self.figures)

    def _phrase(self, text: str) -> str:
        return self.project.catalogs[self.page.locale](text)

    def _figure(self, markup: str) -> str:
        token = f"@@docweave:{len(self.figures)}@@"
        self.figures[token] = markup
        return token

    def _cell(self, directive: Directive) -> Iterator[str]:
        cell = self.project.cell(directive.chapter, directive.cell, self.page, directive.line)
        output = self.project.records[cell.chapter].output(cell)
        indent = directive.indent
        block = self._fence(
            "python",
            code(cell, self.page.locale, self.project),
            **{"data-cell": cell.id, "data-raises": output.raises, "hl_lines": directive.highlight},
        )
        if directive.collapsed:
            yield f'{indent}??? code "{self._phrase(phrases.SHOW_CODE)}"'
            yield ""
            yield from _indented(block, indent + "    ")
        else:
            yield from _indented(block, indent)
        if directive.show_output:
            for part in self._output(cell, output, directive):
                yield ""
                yield from _indented(part, indent)

    def _output(self, cell: Cell, output: Output, directive: Directive) -> Iterator[str]:
        for kind, text in (("output", output.text), ("error", output.error)):
            if text:
                yield self._fence("text", text, f"no-copy cell-{kind}", **{"data-output-of": cell.id})
        if output.plots and not directive.alt:
            raise self.page.error(
                f"the cell “{cell.id}” draws a plot: say what it shows with the option `alt=\"…\"`", directive.line
            )
        for number, plot in enumerate(output.plots, 1):
            translated = plots.translate(plot.svg, {text: self._phrase(text) for text in plot.texts})
            prefix = f"{cell.chapter}-{cell.name}-{number}"
            svg = plots.weave(translated, directive.alt, prefix)
            yield self._figure(f'<figure class="plot" data-output-of="{cell.id}">{svg}</figure>')

    def _fence(self, language: str, text: str, classes: str = "", **attributes: str) -> str:
        info = language
        if self.attributes:
            names = "".join(f" .{name}" for name in (language, *classes.split()))
            pairs = "".join(f' {name}="{value}"' for name, value in attributes.items() if value)
            info = f"{{{names}{pairs} }}"
        ticks = max(re.findall(r"`{3,}", text), default="``", key=len) + "`"
        return f"{ticks}{info}\n{text.rstrip()}\n{ticks}"

    def _diagram(self, figure: Figure) -> str:
        chapter, variable = figure.model
        if chapter not in self.project.records:
            message = f"there is no chapter “{chapter}” in snippets/.{nearest(chapter, self.project.chapters)}"
            raise self.page.error(message, figure.line)
        record = self.project.records[chapter]
        if variable in record.rebound:
            cells = ", ".join(record.rebound[variable])
            message = f"“{variable}” names several models of {chapter} (bound in {cells}): give each a name of its own"
            raise self.page.error(message, figure.line)
        if variable not in record.diagrams:
            message = f"there is no recorded model “{variable}” in {chapter}.{nearest(variable, record.diagrams)}"
            raise self.page.error(message, figure.line)
        prefix = f"{chapter}-{variable}-{len(self.figures)}"
        title, description = (figure.caption, figure.alt) if figure.caption else (figure.alt, "")
        try:
            drawing = diagrams.draw(record.diagrams[variable], title, description, prefix)
        except WeaveError as error:
            raise self.page.error(f"the diagram of “{variable}” cannot be drawn: {error.message}", figure.line) from error
        caption = f"<figcaption>{html.escape(figure.caption)}</figcaption>" if figure.caption else ""
        return f'<figure class="diagram" data-diagram-of="{chapter}.{variable}">{drawing}{caption}</figure>'

    def _stale_note(self, section: str) -> str:
        # A page lies one folder below its language's, and English has no folder of its own.
        up = "../" if self.page.name == "index" else "../../"
        english = f"{up}#{section}" if self.page.name == "index" else f"{up}{self.page.name}/#{section}"
        note, link = html.escape(self._phrase(phrases.STALE)), html.escape(self._phrase(phrases.READ_ENGLISH))
        return (
            f'<div class="admonition stale"><p>{note} <a href="{english}" hreflang="{SOURCE}">{link}</a></p></div>'
        )


def _indented(text: str, indent: str) -> Iterator[str]:
    return (f"{indent}{line}".rstrip() for line in text.split("\n"))
