"""The blocks that directives become: code, printed output, figures and notes, as Markdown and as HTML.

The HTML is written here rather than by a Markdown extension, so that a cell is highlighted once for all languages.
"""

import re
from dataclasses import dataclass
from functools import cache
from html import escape

import pygments
from pygments import token
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# The style of a token: the first matching kind wins. Names, spaces, brackets and operators stay unmarked, and so do the parts
# of a string: marking them would double the size of a page with much code. Python's own functions look like those of Keras.
LOOKS = {
    token.Keyword.Constant: token.Text,
    token.Keyword: token.Keyword,
    token.Operator.Word: token.Keyword,
    token.Name.Class: token.Name.Class,
    token.Name.Decorator: token.Name.Decorator,
    token.Name.Exception: token.Name.Exception,
    token.Name.Function: token.Name.Function,
    token.Name.Namespace: token.Name.Namespace,
    token.Number: token.Number,
    token.String.Doc: token.String.Doc,
    token.String.Escape: token.String.Escape,
    token.String: token.String,
    token.Comment: token.Comment,
}


@dataclass(frozen=True)
class Block:
    """A part of a page that replaces a directive.

    Attributes:
        markdown: its form for any Markdown tool.
        html: its form on the site.
    """

    markdown: str
    html: str


def code(source: str, cell: str, raises: str = "", highlighted: str = "") -> Block:
    """Return the block of a cell's code.

    Args:
        source: the code.
        cell: the cell's id, `chapter.cell`.
        raises: the type of the error that it must raise, if it must.
        highlighted: the lines to highlight, such as `3-4 6`.
    """
    attributes = {"data-cell": cell, "data-raises": raises}
    return _pre(source, _highlight(source, "python", highlighted), "python", "", attributes)


def fenced(text: str, language: str) -> Block:
    """Return the block of a fence written on a page.

    Raises:
        ValueError: a language unknown to Pygments.
    """
    return _pre(text, _highlight(text, language), language, "", {"data-language": language})


def printed(text: str, cell: str, kind: str) -> Block:
    """Return the block of a cell's printed output or of its error.

    Args:
        text: the recorded text.
        cell: the cell's id, `chapter.cell`.
        kind: `output` or `error`.
    """
    text = text.rstrip("\n")
    # The box-drawing rules of a summary() must join from line to line; other text reads better with space between lines.
    table = " cell-table" if "│" in text else ""
    return _pre(text, escape(text, quote=False), "text", f" no-copy cell-{kind}{table}", {"data-output-of": cell})


def figure(svg: str, kind: str, attributes: dict[str, str], caption: str = "") -> Block:
    """Return the block of a drawing.

    Args:
        svg: the drawing, ready for a page.
        kind: `plot` or `diagram`.
        attributes: HTML attributes that name the source of the figure.
        caption: the text below it.
    """
    below = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
    html = f'<figure class="{kind}"{_attributes(attributes)}>{svg}{below}</figure>'
    return Block(html, html)


def note(text: str, kind: str, link_text: str, address: str, language: str) -> Block:
    """Return the block of a note to the reader that ends in a link to another language."""
    link = f'<a href="{address}" hreflang="{language}">{escape(link_text, quote=False)}</a>'
    html = f'<div class="admonition {kind}"><p>{escape(text, quote=False)} {link}</p></div>'
    return Block(html, html)


def fence(text: str, language: str) -> str:
    """Return a text in a Markdown fence that is longer than any fence within it."""
    ticks = "`" + max(re.findall("`{3,}", text), default="``", key=len)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _pre(text: str, inner: str, language: str, classes: str, attributes: dict[str, str]) -> Block:
    # Material's copy buttons and styles look for these classes.
    opening = f'<div class="highlight{classes}"{_attributes(attributes)}>'
    lang = ' lang="en"' if language == "text" else ""  # what Keras and Python print is English on every page
    html = f'{opening}<pre{lang}><code translate="no">{inner}</code></pre></div>'
    return Block(fence(text, language), html)


def _attributes(values: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value)


@cache
def _highlight(source: str, language: str, lines: str = "") -> str:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        raise ValueError(f"the fence names an unknown language “{language}”: write ```text for plain text") from None
    numbers: list[int] = []
    for span in lines.split():
        first, _, last = span.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    formatter = HtmlFormatter(nowrap=True, hl_lines=numbers)
    looks = (
        (next((LOOKS[look] for look in LOOKS if token.is_token_subtype(kind, look)), token.Text), text)
        for kind, text in lexer.get_tokens(source)
    )
    html = pygments.format(looks, formatter)
    # Pygments adds a last line break, and puts it inside the mark of a highlighted last line.
    return re.sub(r"\n((?:</span>)?)\n?$", r"\1", html)
