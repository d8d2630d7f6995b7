"""One page of prose: its headings, cells, figures and boxes, and its sections."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from docweave.errors import WeaveError, nearest

DIRECTIVE = re.compile(r"^(?P<indent>\s*)(?P<item>[-*>\d.]+\s+)?::: *(?P<target>\S+)(?P<options>.*)$")
OPTION = re.compile(r'\s*(?P<name>[a-z]+)(?:=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)))?(?=\s|$)')
OPTIONS = ("alt", "collapsed", "hl", "output")
HEADING = re.compile(r"^(?P<level>#{1,6})\s*(?P<title>.*?)(?:\s*\{\s*#(?P<id>[\w-]+)\s*\})?\s*$")
IMAGE = re.compile(r'!\[(?P<alt>[^\]]*)\]\(\s*(?P<target>[^)\s]+)(?:\s+(?P<quote>["\'])(?P<caption>.*?)(?P=quote))?\s*\)')
BOX = re.compile(r"^ *(?P<marker>!!!|\?\?\?\+?|===\+?) *(?P<kind>[\w-]*)")
FENCE = re.compile(r"^(?:[ \t>]|[-*+] |\d+[.)] )*(?P<ticks>`{3,}|~{3,}) *(?P<info>.*)$")
PYTHON = re.compile(r'^(?:\{(?:[^"]*?\s)?\.?)?(?:i?py(?:thon)?[\d.]*|pycon)(?!\w)', re.IGNORECASE)
FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)


@dataclass(frozen=True)
class Element:
    """A thing that a translated page must have too, in the same order.

    Attributes:
        kind: `heading`, `cell`, `figure`, or the kind of a box (`exercise box`, `question box`).
        key: what it must have in common: a heading's level and id, a directive's cell and options, a figure's target.
        line: where it stands in the file, from 1.
    """

    kind: str
    key: str
    line: int

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()


@dataclass(frozen=True)
class Directive:
    """A line `::: chapter.cell`, which shows a cell.

    Attributes:
        chapter, cell: what it shows.
        line: where it stands in the file, from 1.
        indent: the spaces before it.
        highlight: the lines of code to highlight, as Pygments wants them.
        show_output: whether the recorded output is shown too.
        collapsed: whether the code is folded away.
        alt: alternative text of the plots that the cell drew.
    """

    chapter: str
    cell: str
    line: int
    indent: str = ""
    highlight: str = ""
    show_output: bool = True
    collapsed: bool = False
    alt: str = ""

    @property
    def id(self) -> str:
        return f"{self.chapter}.{self.cell}"


@dataclass(frozen=True)
class Figure:
    """An image: a file, or a model's diagram (`diagram:chapter.model`)."""

    alt: str
    target: str
    caption: str
    line: int

    @property
    def model(self) -> tuple[str, str] | None:
        """The chapter and the variable of the model it draws, None if it is a file."""
        scheme, _, name = self.target.partition(":")
        if scheme != "diagram":
            return None
        chapter, _, variable = name.partition(".")
        return chapter, variable


@dataclass(frozen=True)
class Section:
    """A heading with the text up to the next one.

    Attributes:
        id: the heading's id.
        line: where the heading stands in the file, from 1.
        text: its source, heading included; of the first section also the page's description.
    """

    id: str
    line: int
    text: str

    @property
    def hash(self) -> str:
        """Identifies the text: what a translation was made from."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


@dataclass(frozen=True, eq=False)
class Page:
    """One page in one language, parsed. Two pages are the same only if they were read together.

    Attributes:
        path: the file.
        locale: the language's folder.
        name: the file's name without ending: the same in every language.
        meta: the front matter.
        front: how many lines the front matter takes.
        body: the lines after it.
        elements: all that a translation must have too, in order.
        directives, figures: by the line in the file where they stand.
        sections: in order; their texts together are the whole page.
    """

    path: Path
    locale: str
    name: str
    meta: dict[str, Any]
    front: int
    body: tuple[str, ...]
    elements: tuple[Element, ...]
    directives: dict[int, Directive] = field(default_factory=dict)
    figures: dict[int, Figure] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    @property
    def chapter(self) -> str:
        """The name that the snippet file of this page has, if there is one."""
        return self.name.replace("-", "_")

    def error(self, message: str, line: int = 1) -> WeaveError:
        return WeaveError(message, self.path, line)


def read_page(path: Path) -> Page:
    """Read and parse one page, `docs/<locale>/<name>.md`.

    Raises:
        WeaveError: a heading without an id or with one used twice, a Python fence, an unknown option, an image
            without alternative text, front matter that does not parse, a fence that is not closed.
    """
    return parse_page(path.read_text("utf-8"), path)


def parse_page(text: str, path: Path) -> Page:
    """Parse the text of a page. See `read_page`."""
    meta, front = _front_matter(text, path)
    body = tuple(text.splitlines()[front:])
    elements: list[Element] = []
    directives: dict[int, Directive] = {}
    figures: dict[int, Figure] = {}
    headings: list[tuple[str, int]] = []
    fence = None
    for number, line in enumerate(body, front + 1):
        found = FENCE.match(line)
        if fence:
            if found and not found["info"] and found["ticks"].startswith(fence[0]):
                fence = None
            continue
        if found:
            _check_fence(found["info"], path, number)
            fence = found["ticks"], number
        elif found := HEADING.match(line):
            if not found["id"]:
                raise WeaveError("the heading has no id: write `{#the-id}` after it, the same in every language", path, number)
            if found["id"] in dict(headings):
                raise WeaveError(
                    f"the id “{found['id']}” is used twice: first in line {dict(headings)[found['id']]}", path, number
                )
            if (found["level"] == "#") != (not headings):
                raise WeaveError("a page has one heading of the first level, at its beginning", path, number)
            headings.append((found["id"], number))
            elements.append(Element("heading", f"{found['level']} {{#{found['id']}}}", number))
        elif found := DIRECTIVE.match(line):
            directives[number] = directive = _directive(found, path, number)
            elements.append(Element("cell", directive.id + _options(directive), number))
        elif found := BOX.match(line):
            elements.append(Element(f"{found['kind'] or 'tab'} box", "", number))
        else:
            for found in IMAGE.finditer(line):
                figure = Figure(found["alt"].strip(), found["target"], found["caption"] or "", number)
                if not figure.alt:
                    raise WeaveError("the image has no alternative text: say what it shows", path, number)
                if figure.model and line.strip() != found[0]:
                    raise WeaveError("a diagram stands on a line of its own", path, number)
                figures[number] = figure
                elements.append(Element("figure", figure.target, number))
    if fence:
        raise WeaveError(f"the fence {fence[0]} is never closed", path, fence[1])
    sections = _sections(headings, body, front, str(meta.get("description", "")), path)
    return Page(path, path.parent.name, path.stem, meta, front, body, tuple(elements), directives, figures, sections)


def _front_matter(text: str, path: Path) -> tuple[dict[str, Any], int]:
    found = FRONT_MATTER.match(text)
    try:
        meta = yaml.safe_load(found["yaml"]) if found else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", error)
        raise WeaveError(f"the front matter does not parse: {problem}", path, mark.line + 2 if mark else 1) from error
    if not found or not isinstance(meta, dict) or not meta.get("description"):
        raise WeaveError("the page has no description: begin it with `---`, `description: …`, `---`", path, 1)
    return meta, found[0].count("\n")


def _check_fence(info: str, path: Path, number: int) -> None:
    if not info:
        raise WeaveError("the fence names no language: write ```text for plain text", path, number)
    if PYTHON.match(info):
        raise WeaveError(
            "a Python block written by hand: put it into a cell of snippets/ and show it with `::: chapter.cell`",
            path,
            number,
        )


def _directive(found: re.Match[str], path: Path, line: int) -> Directive:
    if found["item"] or "\t" in found["indent"]:
        raise WeaveError("a directive stands on a line of its own, indented by spaces", path, line)
    chapter, dot, cell = found["target"].partition(".")
    if not dot or not chapter.isidentifier() or not cell.isidentifier():
        raise WeaveError(f"“{found['target']}” names no cell: expected `::: chapter.cell`", path, line)
    options: dict[str, str] = {}
    position, text = 0, found["options"].rstrip()
    while position < len(text):
        option = OPTION.match(text, position)
        if not option:
            raise WeaveError(
                f'unreadable options “{text[position:].strip()}”: expected `name=value` or `name="a value"`', path, line
            )
        if option["name"] not in OPTIONS:
            raise WeaveError(f"unknown option “{option['name']}”.{nearest(option['name'], OPTIONS)}", path, line)
        value = option["quoted"] if option["quoted"] is not None else option["bare"]
        # A bare name switches something on; there is no alternative text to be had from it.
        options[option["name"]] = ("" if option["name"] == "alt" else "true") if value is None else value
        position = option.end()
    for name in ("output", "collapsed"):
        if options.get(name, "true") not in ("true", "false"):
            raise WeaveError(f"{name} is {options[name]}: expected true or false", path, line)
    if not re.fullmatch(r"(\d+(-\d+)?( \d+(-\d+)?)*)?", options.get("hl", "")):
        raise WeaveError(f"hl is “{options['hl']}”: expected lines such as “2” or “3-4 6”", path, line)
    return Directive(
        chapter,
        cell,
        line,
        indent=found["indent"],
        highlight=options.get("hl", ""),
        show_output=options.get("output") != "false",
        collapsed=options.get("collapsed") == "true",
        alt=options.get("alt", ""),
    )


def _options(directive: Directive) -> str:
    """Return the options that all languages share: all but the alternative text, which is prose."""
    collapsed = " collapsed" if directive.collapsed else ""
    output = "" if directive.show_output else " output=false"
    return collapsed + output + (f' hl="{directive.highlight}"' if directive.highlight else "")


def _sections(
    headings: Sequence[tuple[str, int]], body: Sequence[str], front: int, description: str, path: Path
) -> tuple[Section, ...]:
    if not headings or headings[0][1] != next((n for n, line in enumerate(body, front + 1) if line.strip()), 0):
        raise WeaveError("the page must begin with its heading: expected `# Title {#id}`", path, front + 1)
    ends = [line for _, line in headings[1:]] + [front + len(body) + 1]
    sections: list[Section] = []
    for (id, line), end in zip(headings, ends, strict=True):
        text = "\n".join(body[line - front - 1 : end - front - 1]).strip() + "\n"
        sections.append(Section(id, line, text if sections else f"{description}\n{text}"))
    return tuple(sections)
