"""Find the comments in code, and replace them by those of another language."""

import ast
import io
import re
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from docweave.cells import syntax

# How a comment opens: its marks, and the indent of its words.
OPENING = re.compile(r"#+\s*")

# The tokens around an f-string or a template string, in the versions of Python that have them.
F_STRING_STARTS = {getattr(tokenize, f"{kind}STRING_START", None) for kind in "FT"}
F_STRING_ENDS = {getattr(tokenize, f"{kind}STRING_END", None) for kind in "FT"}


@dataclass(frozen=True)
class Comment:
    """A comment at the end of a line of code, or a run of whole-line comments.

    Attributes:
        text: the text without `#`, one line for each line of the comment.
        line: the first line, from 1.
        column: the column of the `#`.
    """

    text: str
    line: int
    column: int


@cache
def comments(source: str) -> tuple[Comment, ...]:
    """Return the comments of `source`, in order. Code that does not parse has none."""
    found: list[Comment] = []
    whole_line = False
    for token in _tokens(source):
        if token.type != tokenize.COMMENT:
            continue
        text, (line, column) = token.string.lstrip("#").strip(), token.start
        was_whole_line, whole_line = whole_line, not token.line[:column].strip()
        last = found[-1] if found else None
        if last and was_whole_line and whole_line and _end(last) == (line - 1, column):
            found[-1] = Comment(f"{last.text}\n{text}", last.line, column)
        else:
            found.append(Comment(text, line, column))
    return tuple(found)


def _end(comment: Comment) -> tuple[int, int]:
    return comment.line + comment.text.count("\n"), comment.column


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    try:
        ast.parse(source)
    except SyntaxError:
        return []
    return list(tokenize.generate_tokens(io.StringIO(source).readline))


def translate(source: str, translation: Callable[[str], str]) -> str:
    """Return `source` with every comment replaced by its translation and the code unchanged.

    Args:
        source: Python code.
        translation: translates the text of a comment into as many lines.

    Raises:
        ValueError: a translation with another number of lines, or one that changes the code.
    """
    if not comments(source):
        return source
    lines = source.split("\n")
    for comment in comments(source):
        words = translation(comment.text).split("\n")
        if len(words) != comment.text.count("\n") + 1:
            raise ValueError(f"the translation of the comment “{comment.text}” must keep its number of lines")
        for offset, text in enumerate(words):
            number = comment.line - 1 + offset
            before, opening = lines[number][: comment.column], OPENING.match(lines[number], comment.column)
            # An empty line of a comment says nothing of how far in its words begin.
            mark = opening[0] if opening and opening.end() < len(lines[number]) else "# "
            lines[number] = f"{before}{mark}{text}".rstrip()
    translated = "\n".join(lines)
    if syntax(translated) != syntax(source):
        raise ValueError("the translated comments change the code")
    return translated


def essence(source: str) -> str:
    """Return `source` without comments, empty lines and insignificant spaces: the same text on every Python."""
    lines, parts, depth, begin = source.split("\n"), [], 0, (1, 0)
    for token in _tokens(source):
        # Since Python 3.12 an f-string is many tokens; for the same result everywhere, its source is kept whole.
        if token.type in F_STRING_STARTS:
            depth, begin = depth + 1, begin if depth else token.start
        elif token.type in F_STRING_ENDS:
            depth -= 1
            if not depth:
                parts.append(_between(lines, begin, token.end))
        elif not depth and token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER):
            parts.append(token.string.strip() or tokenize.tok_name[token.type])
    return " ".join(parts) or source


def _between(lines: list[str], begin: tuple[int, int], end: tuple[int, int]) -> str:
    text = "\n".join(lines[begin[0] - 1 : end[0]])
    return text[begin[1] : len(text) - len(lines[end[0] - 1]) + end[1]]
