"""A chapter as a notebook and as a script: the prose and comments of one language, the tested code, the recorded outputs.

Prose becomes plain Markdown that Jupyter and Colab render alike: boxes become quotes and folded details, links lead to the
site, drawings carry their own style. What has no such form is refused, at its line.
"""

import base64
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import jupytext
import nbformat
from markdown import markdown
from nbformat import NotebookNode

from docweave import phrases
from docweave.blocks import fence
from docweave.cells import Cell, Chapter
from docweave.outputs import Output
from docweave.pages import BOX, FENCE, HEADING, Directive, Page
from docweave.project import SOURCE, Project
from docweave.weave import code, diagram_of, plots_of, stale_sections

# Where the site keeps the notebooks of a language, below its folder.
FOLDER = "notebooks"

BOX_TITLE = re.compile(r'^ *(?P<marker>!!!|\?\?\?\+?) *[\w-]+ +"(?P<title>.*)" *$')
INLINE_CODE = re.compile(r"(?P<ticks>`+).*?(?P=ticks)")
LINK = re.compile(r"(?<=\]\()(?P<target>[^)\s]+)(?=[)\s])")
STRONG = re.compile(r"(?P<before>.?)\*\*(?P<text>\S|\S.*?\S)\*\*(?P<after>.?)")
NO_FORM = {
    "raw HTML": re.compile(r"^\s*</?[a-zA-Z][\w-]*[\s/>]"),
    "attributes in braces": re.compile(r"\{:?\s*[.#][\w-][^}]*\}"),
    "a link by reference": re.compile(r"^\s*\[[^]]+\]:|\]\["),
}

# A part of a notebook, as its file holds it.
Json = dict[str, Any]

# As nbformat writes a notebook, so that no editor asks to convert it.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}

COLAB = """\
# {comment}
import sys

if "google.colab" in sys.modules:
    import subprocess

    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", {requirements}], check=True)"""


@dataclass(frozen=True)
class Piece:
    """A part of a page on its way into a notebook: some Markdown, or a cell to show.

    Attributes:
        text: the Markdown, empty if this is a cell.
        section: the id of the heading it stands under.
        directive: the cell.
        folded: of a cell, whether its box hides it until the reader opens it.
        loose: of Markdown, whether it must not be quoted: it folds by itself.
    """

    text: str
    section: str
    directive: Directive | None = None
    folded: bool = False
    loose: bool = False


def chapters_of(page: Page, project: Project) -> list[Chapter]:
    """Return the snippet files of a page: none, one, or one for each backend."""
    return [chapter for chapter in project.chapters.values() if chapter.page == page.chapter]


def file_name(chapter: Chapter) -> str:
    """Return the name of a chapter's notebook, without ending."""
    return chapter.name.replace("_", "-")


def folder_of(locale: str) -> str:
    """Return where a language lies below the site's root: English has no folder of its own."""
    return "" if locale == SOURCE else f"{locale}/"


def address_of(page: Page, site: str) -> str:
    """Return where a page is read, below the site's address."""
    return site + folder_of(page.locale) + ("" if page.name == "index" else f"{page.name}/")


def notebook(page: Page, chapter: Chapter, project: Project, site: str) -> NotebookNode:
    """Return a chapter as a notebook that was run.

    Args:
        page: the chapter's page, in any language.
        chapter: one of its snippet files. The cells of another one are shown as text.
        site: the address of the site, with a slash at its end.

    Raises:
        WeaveError: at a line of the page: what has no form in a notebook, or what cannot be woven.
    """
    writer = _NotebookWriter(page, chapter, project, site)
    record = project.records[chapter.name]
    origin = {"chapter": chapter.name, "locale": page.locale, "versions": record.versions}
    metadata = METADATA | {"docweave": origin, "colab": {"provenance": [], "toc_visible": True}}
    return _book(list(writer.cells()), metadata)


def written(book: NotebookNode) -> str:
    """Return the text of a notebook's file: the same for the same notebook.

    Raises:
        nbformat.ValidationError: a notebook that Jupyter would refuse.
    """
    nbformat.validate(book)
    return f"{nbformat.writes(book)}\n"


def script(page: Page, chapter: Chapter, project: Project, site: str) -> str:
    """Return a chapter as a script that runs from top to bottom, in the percent format of Jupytext.

    Prose and recorded outputs are comments. So are cells that must raise, with the error's name.

    Args, Raises: as for `notebook`.
    """
    cells = list(_ScriptWriter(page, chapter, project, site).cells())
    # Nothing about kernels at the top: the file is for Python.
    metadata = {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "title,active"}}
    text: str = jupytext.writes(_book(cells, metadata), fmt="py:percent")
    return text


class _Writer(ABC):
    """Turns a page into the cells of a notebook. What differs between notebook and script is in the two below."""

    def __init__(self, page: Page, chapter: Chapter, project: Project, site: str):
        self.page, self.chapter, self.project, self.site = page, chapter, project, site
        self.stale = set(stale_sections(page, project))
        self.section = ""

    @abstractmethod
    def opening(self) -> Iterator[Json]:
        """Yield what stands before the chapter's first cell."""

    @abstractmethod
    def code(self, piece: Piece) -> Iterator[Json]:
        """Yield a cell of the chapter, with what it printed and drew."""

    @abstractmethod
    def figure(self, svg: str, alt: str, caption: str) -> str:
        """Return a diagram as Markdown."""

    @abstractmethod
    def quote(self, title: str, inner: list[Piece]) -> list[Piece]:
        """Return the pieces of a box that is open."""

    @abstractmethod
    def fold(self, title: str, inner: list[Piece]) -> list[Piece]:
        """Return the pieces of a box that is closed until the reader opens it."""

    def phrase(self, text: str) -> str:
        return self.project.catalogs[self.page.locale](text)

    def cells(self) -> Iterator[Json]:
        pieces = self._pieces(list(enumerate(self.page.body, self.page.front + 1)))
        counts: dict[str, int] = {}
        first = True
        for is_cell, run in groupby(pieces, lambda piece: piece.directive is not None and self._is_own(piece.directive)):
            if not is_cell:
                for section, texts in groupby(run, lambda piece: piece.section):
                    counts[section] = counts.get(section, 0) + 1
                    yield self._prose("\n\n".join(self._text(piece) for piece in texts), section, counts[section])
                continue
            if first:
                yield from self.opening()
                first = False
            for piece in run:
                yield from self.code(piece)

    def _prose(self, text: str, section: str, number: int) -> Json:
        return _markdown_cell(text.strip("\n"), f"text-{section}-{number}")

    def _is_own(self, directive: Directive) -> bool:
        return directive.chapter == self.chapter.name

    def _text(self, piece: Piece) -> str:
        """Return a piece as Markdown; of a cell that another program runs, its code and what it printed."""
        if piece.directive is None:
            return piece.text
        cell = self.cell(piece.directive)
        parts = [fence(code(cell, self.page.locale, self.project), "python")]
        if piece.directive.show_output:
            parts += self.recorded(cell)
        return "\n\n".join(parts)

    def cell(self, directive: Directive) -> Cell:
        return self.project.cell(directive.chapter, directive.cell, self.page, directive.line)

    def output(self, cell: Cell) -> Output:
        return self.project.records[cell.chapter].output(cell)

    def recorded(self, cell: Cell) -> list[str]:
        output = self.output(cell)
        return [fence(text.rstrip("\n"), "text") for text in (output.text, output.error) if text]

    # ── Markdown ────────────────────────────────────────────────────────────

    def _pieces(self, lines: list[tuple[int, str]]) -> list[Piece]:
        """Return the pieces of some lines of the page, given with their numbers and without the indent of their box."""
        pieces: list[Piece] = []
        text: list[str] = []

        def flush() -> None:
            if any(text):
                pieces.append(Piece("\n".join(text).strip("\n"), self.section))
            text.clear()

        position = 0
        while position < len(lines):
            number, line = lines[position]
            position += 1
            if number in self.page.directives:
                flush()
                pieces.append(Piece("", self.section, self.page.directives[number]))
            elif FENCE.match(line):
                end = _end_of_fence(lines, position)
                text += [line for _, line in lines[position - 1 : end]]
                position = end
            elif box := BOX.match(line):
                if not (title := BOX_TITLE.match(line)):
                    message = f"“{box['marker']}” without a title in quotes has no form in a notebook"
                    if box["marker"].startswith("="):
                        message = "a tab box has no form in a notebook: use sections or a table"
                    raise self.page.error(message, number)
                flush()
                end = _end_of_box(lines, position)
                inner = self._pieces([(other, line[4:]) for other, line in lines[position:end]])
                boxed = self.quote if title["marker"] == "!!!" else self.fold
                pieces += boxed(self._inline(title["title"], number), inner)
                position = end
            elif heading := HEADING.match(line):
                flush()
                self.section = heading["id"]
                text.append(f"{heading['level']} {self._inline(heading['title'], number)}")
                if heading["level"] == "#":
                    text += ["", f"{self.phrase(phrases.MADE_FROM)} <{address_of(self.page, self.site)}>"]
                if self.section in self.stale:
                    english = self.project.pages[SOURCE][self.page.name]
                    link = f"[{self.phrase(phrases.READ_ENGLISH)}]({address_of(english, self.site)}#{self.section})"
                    text += ["", f"> {self.phrase(phrases.STALE)} {link}"]
            elif number in self.page.figures:
                text.append(self._figure(number))
            else:
                text.append(self._inline(line, number))
        flush()
        return pieces

    def _figure(self, number: int) -> str:
        figure = self.page.figures[number]
        if not figure.model:
            raise self.page.error("an image that is no diagram has no form in a notebook", number)
        return self.figure(diagram_of(self.page, figure, self.project, standalone=True), figure.alt, figure.caption)

    def _inline(self, line: str, number: int) -> str:
        """Return a line of prose for a notebook: its code as it is, the rest with links that lead to the site."""
        kept: list[str] = []

        def keep(found: re.Match[str]) -> str:
            kept.append(found[0])
            return f"\0{len(kept) - 1}\0"

        line = INLINE_CODE.sub(keep, line)
        for what, pattern in NO_FORM.items():
            if pattern.search(line):
                raise self.page.error(f"{what} has no form in a notebook", number)
        line = LINK.sub(lambda found: self._link(found["target"], number), line)
        line = line.replace("$", r"\$")  # Jupyter would take what stands between two of them for a formula
        line = STRONG.sub(_strong, line)
        return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], line)

    def _link(self, target: str, number: int) -> str:
        if re.match(r"[a-z]+:", target):
            return target
        if target.startswith(f"{FOLDER}/"):
            return self.site + folder_of(self.page.locale) + target
        path, _, fragment = target.partition("#")
        name = path.removesuffix(".md") or self.page.name
        page = self.project.pages[self.page.locale].get(name)
        if page is None or path == name:
            raise self.page.error(f"the link to “{target}” has no form in a notebook: expected `page.md#section`", number)
        return address_of(page, self.site) + (f"#{fragment}" if fragment else "")


class _NotebookWriter(_Writer):
    """A notebook: outputs in their cells, boxes that fold, drawings as pictures."""

    count = 0

    def opening(self) -> Iterator[Json]:
        """Yield the cell that makes Colab ready."""
        requirements = ", ".join(
            f'"{requirement}"' for requirement in self.project.requirements if requirement.startswith("keras")
        )
        yield self._code_cell(COLAB.format(comment=self.phrase(phrases.COLAB), requirements=requirements), "colab", {})

    def _code_cell(self, source: str, id: str, metadata: Json, outputs: Iterable[Json] = ()) -> Json:
        self.count += 1
        return _code_cell(source, id, metadata) | {"execution_count": self.count, "outputs": list(outputs)}

    def code(self, piece: Piece) -> Iterator[Json]:
        directive = _shown(piece)
        cell = self.cell(directive)
        metadata: Json = {"docweave": {"cell": cell.id}}
        if cell.raises:
            metadata["tags"] = ["raises-exception"]
        if piece.folded or directive.collapsed:
            # The first is Jupyter's word for it, the second Colab's.
            metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
        if piece.folded:
            metadata["jupyter"]["outputs_hidden"] = True
        source = code(cell, self.page.locale, self.project)
        yield self._code_cell(source, cell.name, metadata, self._outputs(cell, directive))

    def _outputs(self, cell: Cell, directive: Directive) -> Iterator[Json]:
        output = self.output(cell)
        if output.text:
            yield {"output_type": "stream", "name": "stdout", "text": output.text}
        for svg in plots_of(self.page, directive, self.project, standalone=True):
            # Not image/svg+xml, which Jupyter hides in a notebook that came from elsewhere.
            picture = f'<img src="{_data(svg)}" alt="{directive.alt}">'
            yield {"output_type": "display_data", "data": {"text/html": picture, "text/plain": directive.alt}, "metadata": {}}
        if output.error:
            text = output.error.rstrip("\n")
            error = {"ename": output.raises, "evalue": text.partition(": ")[2], "traceback": text.split("\n")}
            yield {"output_type": "error"} | error

    def recorded(self, cell: Cell) -> list[str]:
        """Return what a cell of another program printed, with the notebook that runs it."""
        other = file_name(self.project.chapters[cell.chapter])
        return [*super().recorded(cell), f"*{self.phrase(phrases.OTHER_NOTEBOOK)} `{other}.ipynb`*"]

    def figure(self, svg: str, alt: str, caption: str) -> str:
        return f"![{alt}]({_data(svg)})" + (f"\n\n*{caption}*" if caption else "")

    def quote(self, title: str, inner: list[Piece]) -> list[Piece]:
        pieces = [Piece(f"**{title}**", self.section), *inner]
        return [
            replace(piece, text="\n".join(f"> {line}".rstrip() for line in self._text(piece).split("\n")))
            if piece.directive is None and not piece.loose
            else piece
            for piece in _joined(pieces)
        ]

    def fold(self, title: str, inner: list[Piece]) -> list[Piece]:
        heading = markdown(title).removeprefix("<p>").removesuffix("</p>")
        pieces: list[Piece] = []
        for piece in _joined(inner):
            if piece.directive is not None:
                # A cell folds by itself; its name stands above it.
                pieces += [] if pieces else [Piece(f"**{title}** ↓", self.section, loose=True)]
                pieces.append(replace(piece, folded=True))
            else:
                summary = f"<summary>{heading}{' …' if pieces else ''}</summary>"
                pieces.append(Piece(f"<details>\n{summary}\n\n{piece.text}\n\n</details>", self.section, loose=True))
        return pieces


class _ScriptWriter(_Writer):
    """A script: outputs and drawings in words, boxes open."""

    def opening(self) -> Iterator[Json]:
        return iter(())

    def code(self, piece: Piece) -> Iterator[Json]:
        cell = self.cell(_shown(piece))
        raises = self.output(cell).raises
        metadata = {"title": f"{cell.name} ({raises})", "active": "ipynb"} if cell.raises else {"title": cell.name}
        yield _code_cell(code(cell, self.page.locale, self.project), cell.name, metadata)
        if recorded := self.recorded(cell):
            yield _markdown_cell("\n\n".join(recorded), f"output-{cell.name}")

    def figure(self, svg: str, alt: str, caption: str) -> str:
        return f"[{alt}]" + (f"\n\n{caption}" if caption else "")

    def quote(self, title: str, inner: list[Piece]) -> list[Piece]:
        return [Piece(f"**{title}**", self.section), *inner]

    fold = quote


# Not nbformat's own functions for these, which validate every cell as it is made: `written` validates the whole.
def _book(cells: list[Json], metadata: Json) -> NotebookNode:
    book: NotebookNode = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    return book


def _markdown_cell(source: str, id: str) -> Json:
    return {"cell_type": "markdown", "id": id[:64], "metadata": {}, "source": source}


def _code_cell(source: str, id: str, metadata: Json) -> Json:
    body: Json = {"source": source, "execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": id[:64], "metadata": metadata} | body


def _shown(piece: Piece) -> Directive:
    assert piece.directive, "only a cell is code"
    return piece.directive


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield pieces with neighbouring Markdown made one, so that it stands in one quote."""

    def kind(piece: Piece) -> bool:
        return piece.directive is None and not piece.loose

    for plain, neighbours in groupby(pieces, kind):
        run = list(neighbours)
        yield from [replace(run[0], text="\n\n".join(piece.text for piece in run))] if plain else run


def _end_of_fence(lines: list[tuple[int, str]], position: int) -> int:
    opening = FENCE.match(lines[position - 1][1])
    assert opening, "the line before begins the fence"
    while not (found := FENCE.match(lines[position][1])) or found["info"] or not found["ticks"].startswith(opening["ticks"]):
        position += 1
    return position + 1


def _end_of_box(lines: list[tuple[int, str]], position: int) -> int:
    while position < len(lines) and (not lines[position][1].strip() or lines[position][1].startswith("    ")):
        position += 1
    return position


def _data(svg: str) -> str:
    """Return a drawing as an address that holds it: it needs no file beside the notebook, and Colab shows it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _strong(found: re.Match[str]) -> str:
    """Keep strong text strong where CommonMark would not: between a letter and a mark, as in Chinese without blanks."""
    before, text, after = found["before"], found["text"], found["after"]
    if (_is_mark(text[-1]) and after and not _is_loose(after)) or (_is_mark(text[0]) and before and not _is_loose(before)):
        return f"{before}<strong>{text}</strong>{after}"
    return found[0]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" or character == "\0"


def _is_loose(character: str) -> bool:
    return character.isspace() or _is_mark(character)
