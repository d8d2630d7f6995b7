"""Write prose as CommonMark that Jupyter, Colab and GitHub read like the page."""

import re
from collections.abc import Callable

from docweave.blocks import fence
from docweave.saying import said, said_by_commonmark
from docweave.tree import Block, Fence, Heading, List, Paragraph, Span, Table

# Characters that may have a meaning in CommonMark.
SPECIAL = re.compile(r"[\\`*_\[\]<>&#!|~+\-.()]")

BRACKETS = re.compile(r"[\\\[\]]")

# The marks around strong text, and whether to escape special characters; the first way that is read correctly wins.
# CommonMark does not read `**` between a letter and punctuation, which is common in Chinese, as it has no spaces.
WAYS = (("**", "**", False), ("<strong>", "</strong>", False), ("<strong>", "</strong>", True))
DASHES = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}


def written(block: Block, link: Callable[[str, int], str]) -> str:
    """Return a block of prose as CommonMark.

    Args:
        block: a heading, paragraph, list, table or fence.
        link: returns the address for a link, given its target on the page and the line of its block.
    """
    if isinstance(block, Fence):
        return fence(block.text, block.language)
    meant = said((block,), link)
    for strong, end, escape in WAYS:
        text = _Writer(link, strong, end, escape).block(block)
        if said_by_commonmark(text) == meant:
            return text
    raise ValueError(f"the prose of line {block.line} cannot be written so that CommonMark reads it as intended")


def inline(spans: tuple[Span, ...], line: int, link: Callable[[str, int], str]) -> str:
    """Return a piece of prose as a CommonMark paragraph."""
    return written(Paragraph(line, line, spans), link)


def bracketed(text: str) -> str:
    """Return text escaped for the brackets of an image or a link."""
    return BRACKETS.sub(r"\\\g<0>", text)


class _Writer:
    """Writes prose in one of the `WAYS`."""

    def __init__(self, link: Callable[[str, int], str], strong: str, end: str, escape: bool):
        self.link, self.strong, self.end, self.escape = link, strong, end, escape

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return f"{'#' * block.level} {self.spans(block.title, block.line)}"
            case Paragraph():
                return self.spans(block.words, block.line)
            case List():
                return "\n".join(self.item(block, number, item) for number, item in enumerate(block.items, block.first or 0))
            case Table():
                head, *rows = ([self.spans(cell, block.line).replace("|", r"\|") for cell in row] for row in block.rows)
                dashes = [DASHES[side] for side in block.alignment]
                return "\n".join(f"| {' | '.join(row)} |" for row in (head, dashes, *rows))
            case _:
                raise TypeError(f"{block} is not prose")

    def item(self, block: List, number: int, item: tuple[Block, ...]) -> str:
        mark = "- " if block.first is None else f"{number}. "
        # An empty line before a nested list would turn each item into a paragraph.
        parts = [("\n" if isinstance(inner, List) else "\n\n") + self.block(inner) for inner in item]
        lines = "".join(parts).strip("\n").split("\n")
        return "\n".join(((" " * len(mark) if place else mark) + line).rstrip() for place, line in enumerate(lines))

    def spans(self, spans: tuple[Span, ...], line: int) -> str:
        return "".join(self.span(span, line) for span in spans)

    def span(self, span: Span, line: int) -> str:
        match span.kind:
            case "text":
                text = SPECIAL.sub(r"\\\g<0>", span.text) if self.escape else span.text
                return text.replace("$", r"\$")  # Jupyter would read the text between two of them as a formula
            case "code":
                return _code(span.text)
            case "break":
                return "\n"
            case "strong":
                return f"{self.strong}{self.spans(span.parts, line)}{self.end}"
            case "em":
                return f"*{self.spans(span.parts, line)}*"
            case "link":
                return f"[{self.spans(span.parts, line)}]({self.link(span.target, line)})"
            case kind:
                raise TypeError(f"cannot write a span of kind {kind}")


def _code(text: str) -> str:
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"
