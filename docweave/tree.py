"""The parts of a page: blocks, and the spans of their prose."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A part of a line of prose.

    Attributes:
        kind: `text`, `code`, `break` (the end of a line in the file), `strong`, `em` or `link`.
        text: the content of text and code.
        target: the target of a link.
        parts: the content of strong, em and link.
        lang: the span's language if it is not the page's: `*A book*{lang=en}`.
    """

    kind: str
    text: str = ""
    target: str = ""
    parts: tuple["Span", ...] = ()
    lang: str = ""


# Pieces of prose, each with its first line.
Prose = tuple[tuple[int, tuple[Span, ...]], ...]


@dataclass(frozen=True)
class Block(ABC):
    """A part of a page.

    Attributes:
        line: the first line in the file, from 1.
        end: the last line.
    """

    line: int
    end: int

    @property
    def blocks(self) -> tuple["Block", ...]:
        """The blocks inside this one, in order."""
        return ()

    @property
    def prose(self) -> Prose:
        """The pieces of prose in this block that are not in a block inside it."""
        return ()

    @property
    @abstractmethod
    def element(self) -> str:
        """The element that a translated page must have in the same place."""


@dataclass(frozen=True)
class Heading(Block):
    """A heading, which begins a section."""

    level: int
    id: str
    title: tuple[Span, ...]

    @property
    def prose(self) -> Prose:
        return ((self.line, self.title),)

    @property
    def element(self) -> str:
        return f"heading {'#' * self.level} {{#{self.id}}}"


@dataclass(frozen=True)
class Paragraph(Block):
    """Lines of prose."""

    words: tuple[Span, ...]

    @property
    def prose(self) -> Prose:
        return ((self.line, self.words),)

    @property
    def element(self) -> str:
        return "paragraph"


@dataclass(frozen=True)
class List(Block):
    """A list.

    Attributes:
        first: the number of the first item; None for bullets.
        items: the blocks of each item.
    """

    first: int | None
    items: tuple[tuple[Block, ...], ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for item in self.items for block in item)

    @property
    def element(self) -> str:
        return f"list of {len(self.items)}"


@dataclass(frozen=True)
class Table(Block):
    """A table.

    Attributes:
        alignment: the alignment of each column: `left`, `center`, `right` or an empty string.
        rows: the cells of each row, the header row first.
    """

    alignment: tuple[str, ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]

    @property
    def prose(self) -> Prose:
        # A line of dashes separates the header row from the others.
        return tuple((self.line + number + (number > 0), cell) for number, row in enumerate(self.rows) for cell in row)

    @property
    def element(self) -> str:
        return f"table of {len(self.rows)} rows"


@dataclass(frozen=True)
class Fence(Block):
    """A text shown as it is, in a language that is not Python."""

    language: str
    text: str

    @property
    def element(self) -> str:
        return f"{self.language} fence"


@dataclass(frozen=True)
class Box(Block):
    """A box with a title.

    Attributes:
        kind: the kind, such as `exercise` or `tip`.
        folded: whether the box starts closed; None if it does not fold.
        title: the title.
        content: the blocks inside it.
    """

    kind: str
    folded: bool | None
    title: tuple[Span, ...]
    content: tuple[Block, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self.content

    @property
    def prose(self) -> Prose:
        return ((self.line, self.title),)

    @property
    def element(self) -> str:
        return f"{self.kind} box"


@dataclass(frozen=True)
class Directive(Block):
    """A line `::: chapter.cell`, which shows a cell.

    Attributes:
        chapter, cell: the names of the chapter and the cell.
        highlight: the lines of code to highlight, such as `3-4 6`.
        show_output: whether the recorded output is shown, too.
        collapsed: whether the code is folded.
        alt: the alternative text of the plots that the cell drew.
    """

    chapter: str
    cell: str
    highlight: str = ""
    show_output: bool = True
    collapsed: bool = False
    alt: str = ""

    @property
    def id(self) -> str:
        return f"{self.chapter}.{self.cell}"

    @property
    def element(self) -> str:
        collapsed = " collapsed" if self.collapsed else ""
        output = "" if self.show_output else " output=false"
        return f"cell {self.id}{collapsed}{output}" + (f' hl="{self.highlight}"' if self.highlight else "")


@dataclass(frozen=True)
class Figure(Block):
    """The drawing of a model, `![what it shows](diagram:chapter.model "caption")`."""

    chapter: str
    model: str
    alt: str
    caption: str

    @property
    def id(self) -> str:
        return f"{self.chapter}.{self.model}"

    @property
    def element(self) -> str:
        return f"figure {self.id}"


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield blocks, each followed by the blocks inside it."""
    for block in blocks:
        yield block
        yield from walk(block.blocks)


def words(spans: tuple[Span, ...]) -> str:
    """Return the plain text of a piece of prose, as a screen reader would read it."""
    return "".join(" " if span.kind == "break" else span.text + words(span.parts) for span in spans)


def texts(line: int, spans: tuple[Span, ...]) -> Iterator[tuple[int, Span]]:
    """Yield the spans of a piece of prose that hold text or code, each with its line.

    Args:
        line: the first line of the piece.
        spans: its parts.
    """
    for span in _flat(spans):
        if span.kind == "break":
            line += 1
        elif span.text:
            yield line, span


def _flat(spans: tuple[Span, ...]) -> Iterator[Span]:
    for span in spans:
        yield span
        yield from _flat(span.parts)
