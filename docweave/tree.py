"""What a page is made of: blocks, and the spans of their prose."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A part of a line of prose.

    Attributes:
        kind: `text`, `code`, `break` (where a line of the file ends), `strong`, `em` or `link`.
        text: of text and code.
        target: where a link leads.
        parts: what strong, em and link hold.
        lang: the language that it is in, if not the page's: `*A book*{lang=en}`.
    """

    kind: str
    text: str = ""
    target: str = ""
    parts: tuple["Span", ...] = ()
    lang: str = ""


# Pieces of prose, each with its first line.
Prose = tuple[tuple[int, tuple[Span, ...]], ...]


@dataclass(frozen=True)
class Block:
    """A part of a page.

    Attributes:
        line: where it begins in the file, from 1.
        end: its last line.
    """

    line: int
    end: int

    @property
    def blocks(self) -> tuple["Block", ...]:
        """The blocks in it, in order."""
        return ()

    @property
    def prose(self) -> Prose:
        """The pieces of prose in it that are in no block of its own."""
        return ()

    @property
    def element(self) -> str:
        """What a translated page must have in its place, an empty string if it is free to have something else."""
        return ""


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
        first: the number of its first item; None if its items have bullets.
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
        alignment: of each column: `left`, `center`, `right` or an empty string.
        rows: the cells of each row, the heads first.
    """

    alignment: tuple[str, ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]

    @property
    def prose(self) -> Prose:
        # Between the heads and the other rows is the line of dashes.
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
        kind: such as `exercise` or `tip`.
        folded: whether a reader opens it; None if it does not fold.
        title: its title.
        content: what is in it.
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
        chapter, cell: what it shows.
        highlight: the lines of code to highlight, as Pygments wants them.
        show_output: whether the recorded output is shown too.
        collapsed: whether the code is folded away.
        alt: alternative text of the plots that the cell drew.
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
    """Yield blocks, those in a block after it."""
    for block in blocks:
        yield block
        yield from walk(block.blocks)


def words(spans: tuple[Span, ...]) -> str:
    """Return what a reader hears of a piece of prose."""
    return "".join(" " if span.kind == "break" else span.text + words(span.parts) for span in spans)


def texts(line: int, spans: tuple[Span, ...]) -> Iterator[tuple[int, Span]]:
    """Yield the spans of a piece of prose that hold text or code, each with its line.

    Args:
        line: where the piece begins.
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
