"""Prose as a flat sequence of events, to compare the intended meaning with a parser's reading."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from markdown_it.tree import SyntaxTreeNode

from docweave.markdown import COMMONMARK
from docweave.tree import Block, Box, Directive, Fence, Figure, Heading, List, Paragraph, Span, Table


class Event(NamedTuple):
    """A text, or the beginning (`strong`) or end (`/strong`) of a part of a page."""

    kind: str
    value: object = None


Link = Callable[[str, int], str]


def as_it_is(target: str, line: int) -> str:
    """Return the target of a link, whatever its line."""
    return target


def said(blocks: Iterable[Block], link: Link = as_it_is) -> list[Event]:
    """Return the events of blocks.

    Args:
        blocks: the blocks.
        link: returns the address for a link, given its target on the page and the line of its block.
    """
    return joined(event for block in blocks for event in _block(block, link))


def said_by_commonmark(text: str) -> list[Event]:
    """Return the events of Markdown as Jupyter, Colab and GitHub read it."""
    return joined(_node(SyntaxTreeNode(COMMONMARK.parse(text))))


def joined(events: Iterable[Event]) -> list[Event]:
    """Merge neighbouring texts, and neighbouring blocks, since a cell may have one for code and one for output."""
    found: list[Event] = []
    for kind, run in groupby((event for event in events if event != ("text", "")), lambda event: event.kind):
        match kind:
            case "text":
                # Continuation lines may be indented, as in a list.
                found.append(Event("text", re.sub("\n *", "\n", "".join(str(event.value) for event in run))))
            case "block":
                found.append(Event("block"))
            case _:
                found += run
    return found


def around(kind: str, inner: Iterable[Event], value: object = None) -> Iterator[Event]:
    """Yield the beginning of a part, the events inside it, and its end."""
    yield Event(kind, value)
    yield from inner
    yield Event(f"/{kind}")


def _block(block: Block, link: Link) -> Iterator[Event]:
    match block:
        case Heading():
            yield from around(f"h{block.level}", _spans(block.title, block.line, link))
        case Paragraph():
            yield from around("paragraph", _spans(block.words, block.line, link))
        case List():
            items = (event for item in block.items for event in around("item", said(item, link)))
            yield from around("list", items, block.first)
        case Table():
            rows = (event for row in block.rows for event in around("row", _cells(row, block.line, link)))
            yield from around("table", rows, block.alignment)
        case Box():
            title = around("title", _spans(block.title, block.line, link))
            yield from around("box", [*title, *said(block.content, link)], (block.kind, block.folded))
        case Directive() | Figure() | Fence():
            yield Event("block")


def _cells(row: tuple[tuple[Span, ...], ...], line: int, link: Link) -> Iterator[Event]:
    for cell in row:
        yield from around("cell", _spans(cell, line, link))


def _spans(spans: tuple[Span, ...], line: int, link: Link) -> Iterator[Event]:
    for span in spans:
        if span.kind == "break":
            yield Event("text", "\n")
        elif span.kind in ("text", "code"):
            yield Event(span.kind, span.text)
        else:
            address = link(span.target, line) if span.kind == "link" else None
            yield from around(span.kind, _spans(span.parts, line, link), address)


# The marks of strong text where `**` would not be read.
TAGS = {"<strong>": "strong", "</strong>": "/strong"}


def _node(node: SyntaxTreeNode) -> Iterator[Event]:
    inner = (event for child in node.children for event in _node(child))
    match node.type:
        case "root" | "inline" | "thead" | "tbody":
            yield from inner
        case "heading":
            yield from around(node.tag, inner)
        case "bullet_list":
            yield from around("list", inner)
        case "ordered_list":
            yield from around("list", inner, node.attrs.get("start", 1))
        case "list_item":
            yield from around("item", inner)
        case "table":
            styles = [str(cell.attrs.get("style", "")) for cell in node.children[0].children[0].children]
            yield from around("table", inner, tuple(style.removeprefix("text-align:") for style in styles))
        case "tr":
            yield from around("row", inner)
        case "th" | "td":
            yield from around("cell", inner)
        case "link":
            yield from around("link", inner, node.attrs["href"])
        case "paragraph" | "strong" | "em":
            yield from around(node.type, inner)
        case "code_inline":
            yield Event("code", node.content)
        case "softbreak":
            yield Event("text", "\n")
        case "text":
            yield Event("text", node.content)
        case "html_inline" if node.content in TAGS:
            yield Event(TAGS[node.content])
        case other:
            yield Event(other)
