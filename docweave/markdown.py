"""The grammar of pages: CommonMark with tables, boxes and directives, read by markdown-it-py.

Boxes are the admonitions of Python-Markdown, `!!! note "Title"` and `??? tip "Title"`. A directive is a line `::: …`.
"""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.admon import admon_plugin

DIRECTIVE = ":::"


def parse(text: str) -> tuple[SyntaxTreeNode, dict[str, Any]]:
    """Parse Markdown.

    Returns:
        The tree of blocks, and the link reference definitions by label.
    """
    env: dict[str, Any] = {}
    return SyntaxTreeNode(GRAMMAR.parse(text, env)), env.get("references", {})


def parse_inline(text: str) -> list[SyntaxTreeNode]:
    """Parse a line of prose into inline nodes."""
    (inline,) = SyntaxTreeNode(GRAMMAR.parseInline(text)).children
    return inline.children


def _directive(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
    if state.is_code_block(first) or not line.startswith(DIRECTIVE):
        return False
    if not silent:
        token = state.push("directive", "", 0)
        token.map = [first, first + 1]
        token.content = line.removeprefix(DIRECTIVE).strip()
        state.line = first + 1
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Read `*` as emphasis wherever no space is on its inner side.

    CommonMark also considers punctuation, so that in Chinese, which has no spaces, `**詞：**字` would stay plain text.
    """
    if silent or state.src[state.pos] != "*":
        return False
    length = state.scanDelims(state.pos, True).length
    before, after = state.src[state.pos - 1 : state.pos], state.src[state.pos + length : state.pos + length + 1]
    for _ in range(length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=length,
                token=len(state.tokens) - 1,
                end=-1,
                open=bool(after.strip()),
                close=bool(before.strip()),
            )
        )
    state.pos += length
    return True


# The grammar by which Jupyter, Colab and GitHub read notebooks.
COMMONMARK = MarkdownIt("commonmark").enable("table")

GRAMMAR = MarkdownIt("commonmark").enable("table").use(admon_plugin)
GRAMMAR.block.ruler.before("fence", "directive", _directive)
GRAMMAR.inline.ruler.at("emphasis", _emphasis)


def _as_it_is(url: str) -> str:
    return url


GRAMMAR.normalizeLink = COMMONMARK.normalizeLink = _as_it_is  # type: ignore[method-assign] # markdown-it's documented way
