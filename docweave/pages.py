"""One page of prose as a tree: sections of headings, prose, lists, tables, boxes, figures and cells.

Anything that the tree cannot hold is rejected at its line, so that a page, its notebook and its script cannot differ.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from markdown_it.tree import SyntaxTreeNode

from docweave import markdown
from docweave.errors import WeaveError, nearest
from docweave.files import read_text
from docweave.tree import Block, Box, Directive, Fence, Figure, Heading, List, Paragraph, Span, Table, walk, words

# What the front matter may list, beside the description.
LISTS = {
    "sections": (dict, "the stamps of sections, as `docweave stamp` writes them"),
    "same": (list, "a list of ids of sections"),
    "rejected": (dict, "expressions, each with the right word"),
}
FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)
TITLE = re.compile(r"(?P<title>.*?)\s*\{\s*#(?P<id>[A-Za-z0-9_-]+)\s*\}")
BOX = re.compile(r' (?P<kind>[\w-]+) "(?P<title>.+)"')
LANG = re.compile(r"\{lang=([A-Za-z]{2,3}(?:-[A-Za-z]+)*)\}")
PYTHON = re.compile(r'(?:\{(?:[^"]*?\s)?\.?)?(?:i?py(?:thon)?[\d.]*|pycon)(?!\w)', re.IGNORECASE)
OPTION = re.compile(r'\s*(?P<name>[a-z]+)(?:=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)))?(?=\s|$)')
OPTIONS = ("alt", "collapsed", "hl", "output")

# Text that one of the tools showing a page or its notebook would not read as plain text: at the beginning of a line (BEGINS),
# or anywhere (HOLDS).
BEGINS = {
    "a heading without a space": (r"#{1,6}\S", "write `## Title {#the-id}`"),
    "a directive": (r":::", "put an empty line before it and after it"),
    "a box": (r"(!!!|\?\?\?)", 'write `!!! kind "Title"`, with an empty line before it'),
    "a tab box": (r"===\+? ", "use sections or a table"),
    "a task": (r"\[[ xX]\] ", "use a plain list"),
    "an alert": (r"\[![A-Za-z]+\]", 'write `!!! note "Title"`'),
    "a definition": (r": {3}", "use a list or a table"),
    "an inclusion": (r"-*8<-", "write it here"),
}
HOLDS = {
    "a footnote": (r"\[\^[^\]]+\]", "write it into the text"),
    "a formula": (r"\$\S(?:[^$]*[^$\s])?\$(?!\d)|\$\$", "use words or `code`"),
    "struck text": (r"~~", "leave it out"),
    "attributes in braces": (r"\{:?\s*[.#][\w-][^}]*\}|\{:[^}]*\}|\{\w+=[^}]*\}", "leave them out"),
    "a template": (r"\{[{%]", "write what it would say"),
    "an icon": (r"(?<!\w):[a-z][a-z0-9_+-]*:(?!\w)", "use words"),
    "a link that cannot be read": (r"\]\(|\]\[", "write `[words](page.md#section)`"),
}


@dataclass(frozen=True)
class Section:
    """A heading with the blocks up to the next one.

    Attributes:
        heading: the heading.
        blocks: the blocks after the heading.
        text: the source, heading included; in the first section, the page's description as well.
    """

    heading: Heading
    blocks: tuple[Block, ...]
    text: str

    @property
    def id(self) -> str:
        return self.heading.id

    @property
    def line(self) -> int:
        return self.heading.line

    def walk(self) -> Iterator[Block]:
        """Yield the heading and every block of the section, each followed by the blocks inside it."""
        yield self.heading
        yield from walk(self.blocks)

    @property
    def hash(self) -> str:
        """A fingerprint of the text, by which a stamp identifies the source of a translation."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


@dataclass(frozen=True, eq=False)
class Page:
    """One page in one language, parsed. Compared by identity: reading a file again gives a different page.

    Attributes:
        path: the file.
        locale: the language's folder.
        name: the file's name without extension, the same in every language.
        meta: the front matter.
        lines: the lines of the file.
        front: the number of lines of front matter.
        sections: the sections in order; their texts together are the whole page.
    """

    path: Path
    locale: str
    name: str
    meta: dict[str, Any]
    lines: tuple[str, ...]
    front: int
    sections: tuple[Section, ...]

    @property
    def chapter(self) -> str:
        """The name of this page's snippet file, if there is one."""
        return self.name.replace("-", "_")

    def walk(self) -> Iterator[Block]:
        """Yield every block of the page, each followed by the blocks inside it."""
        for section in self.sections:
            yield from section.walk()

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        return tuple(block for block in self.walk() if isinstance(block, Directive))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(block for block in self.walk() if isinstance(block, Figure))

    @cached_property
    def elements(self) -> tuple[Block, ...]:
        """The blocks that a translated page must have too, in the same order."""
        return tuple(self.walk())

    def error(self, message: str, line: int = 1) -> WeaveError:
        return WeaveError(message, self.path, line)


def read_page(path: Path) -> Page:
    """Read and parse one page, `docs/<locale>/<name>.md`.

    Raises:
        WeaveError: a heading without an id or with a duplicate one, a Python fence, an unknown option, an image
            without alternative text, front matter that does not parse, anything else that the tree cannot hold.
    """
    return parse_page(read_text(path), path)


def parse_page(text: str, path: Path) -> Page:
    """Parse the text of a page. See `read_page`."""
    meta, front = _front_matter(text, path)
    lines = tuple(text.splitlines())
    blocks = _Reader(path, lines, front).page()
    headings = [(place, block) for place, block in enumerate(blocks) if isinstance(block, Heading)]
    if not headings or headings[0][0] != 0:
        raise WeaveError("the page must begin with its heading: expected `# Title {#id}`", path, front + 1)
    sections: list[Section] = []
    for (place, heading), after in zip(headings, [*(place for place, _ in headings[1:]), len(blocks)], strict=True):
        end = blocks[after].line - 1 if after < len(blocks) else len(lines)
        source = "\n".join(lines[heading.line - 1 : end]).strip() + "\n"
        source = source if sections else f"{meta.get('description', '')}\n{source}"
        sections.append(Section(heading, tuple(blocks[place + 1 : after]), source))
    return Page(path, path.parent.name, path.stem, meta, lines, front, tuple(sections))


def _front_matter(text: str, path: Path) -> tuple[dict[str, Any], int]:
    found = FRONT_MATTER.match(text)
    try:
        meta = yaml.load(found["yaml"], _WithoutAliases) if found else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", error)
        raise WeaveError(f"the front matter does not parse: {problem}", path, mark.line + 2 if mark else 1) from error
    if not found or not isinstance(meta, dict) or not meta.get("description"):
        raise WeaveError("the page has no description: begin it with `---`, `description: …`, `---`", path, 1)
    for name, (kind, expected) in LISTS.items():
        if not isinstance(given := meta.get(name) or kind(), kind) or not all(isinstance(one, str) for one in given):
            raise WeaveError(f"`{name}:` in the front matter must be {expected}", path, _line_of(name, found["yaml"]))
    for pattern, word in (meta.get("rejected") or {}).items():
        try:
            re.compile(pattern)
        except re.error as error:
            message = f"“{pattern}” in `rejected:` is no regular expression: {error}"
            raise WeaveError(message, path, _line_of("rejected", found["yaml"])) from error
        if not isinstance(word, str):
            raise WeaveError(f"“{pattern}” in `rejected:` needs the right word", path, _line_of("rejected", found["yaml"]))
    return meta, found[0].count("\n")


def _line_of(name: str, front: str) -> int:
    """Return the line of the file where an entry of the front matter begins."""
    return next((line for line, text in enumerate(front.splitlines(), 2) if text.startswith(f"{name}:")), 1)


class _WithoutAliases(yaml.SafeLoader):
    """YAML without aliases, of which a few lines could take all memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            place = self.get_event().start_mark  # type: ignore[no-untyped-call] # as PyYAML's types have it
            raise yaml.composer.ComposerError(None, None, "an alias, which it must not have", place)
        return super().compose_node(parent, index)


class _Reader:
    """Reads the blocks of a page from the nodes of the Markdown parser."""

    def __init__(self, path: Path, lines: tuple[str, ...], front: int):
        self.path, self.lines, self.front = path, lines, front
        self.ids: dict[str, int] = {}

    def page(self) -> list[Block]:
        tree, references = markdown.parse("\n".join(self.lines[self.front :]))
        for reference in references.values():
            raise self.refused("a link by reference", "write `[words](page.md#section)`", reference["map"][0] + self.front + 1)
        return [self.block(node, "page") for node in tree.children]

    def refused(self, what: str, instead: str, line: int) -> WeaveError:
        return self.error(f"a page cannot hold {what}: {instead}", line)

    def error(self, message: str, line: int) -> WeaveError:
        return WeaveError(message, self.path, line)

    def block(self, node: SyntaxTreeNode, inside: str) -> Block:
        """Return a block.

        Args:
            node: the parser's node.
            inside: the container of the block: `page`, `box` or `list`.
        """
        line = self.line(node)
        end = line - 1 + len(self.lines_of(node))
        match node.type:
            case "heading":
                return self.heading(node, inside, line, end)
            case "paragraph":
                return self.paragraph(node, inside, line, end)
            case "bullet_list" | "ordered_list":
                items = tuple(tuple(self.block(child, "list") for child in item.children) for item in node.children)
                first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
                return List(line, end, first, items)
            case "table":
                return self.table(node, line, end)
            case "fence":
                return self.fence(node, inside, line, end)
            case "admonition":
                return self.box(node, inside, line, end)
            case "directive":
                return self.directive(node, inside, line, end)
            case other:
                raise self.refused(*OTHER.get(other, (f"a block “{other}”", "use plain prose")), line)

    def line(self, node: SyntaxTreeNode) -> int:
        """Return the line where a node begins."""
        assert node.map, f"{node.type} has no position"
        return node.map[0] + self.front + 1

    def lines_of(self, node: SyntaxTreeNode) -> tuple[str, ...]:
        """Return the lines of a node, without the empty ones after a list or a box."""
        assert node.map, f"{node.type} has no position"
        lines = self.lines[self.front + node.map[0] : self.front + node.map[1]]
        while len(lines) > 1 and not lines[-1].strip():
            lines = lines[:-1]
        return lines

    def heading(self, node: SyntaxTreeNode, inside: str, line: int, end: int) -> Heading:
        if inside != "page" or not node.markup.startswith("#"):
            raise self.refused("such a heading", "write `## Title {#the-id}`, outside boxes and lists", line)
        content = node.children[0].content
        if not (found := TITLE.fullmatch(content)):
            message = "the heading has no id: write `{#the-id}` after it, in Latin letters, the same in every language"
            raise self.error(message, line)
        level, id = len(node.markup), found["id"]
        if id in self.ids:
            raise self.error(f"the id “{id}” is used twice: first in line {self.ids[id]}", line)
        if (level == 1) != (not self.ids):
            raise self.error("a page has one first-level heading, at its beginning", line)
        self.ids[id] = line
        return Heading(line, end, level, id, self.spans(markdown.parse_inline(found["title"]), line))

    def paragraph(self, node: SyntaxTreeNode, inside: str, line: int, end: int) -> Block:
        (inline,) = node.children
        if [child.type for child in inline.children] == ["image"] and inside != "list":
            return self.figure(inline.children[0], line, end)
        return Paragraph(line, end, self.spans(inline.children, line))

    def figure(self, node: SyntaxTreeNode, line: int, end: int) -> Figure:
        alt = words(self.spans(node.children, line)).strip()
        if not alt:
            raise self.error("the image has no alternative text: say what it shows", line)
        source = _attribute(node, "src")
        scheme, _, target = source.partition(":")
        chapter, dot, model = target.partition(".")
        if scheme != "diagram" or not dot:
            raise self.error(f"“{source}” is not a drawing of a model: expected `diagram:chapter.model`", line)
        return Figure(line, end, chapter, model, alt, _attribute(node, "title"))

    def table(self, node: SyntaxTreeNode, line: int, end: int) -> Table:
        rows = [row for part in node.children for row in part.children]
        sides = tuple(_attribute(cell, "style").removeprefix("text-align:") for cell in rows[0].children)
        cells = (tuple(self.spans(cell.children[0].children, self.line(row)) for cell in row.children) for row in rows)
        return Table(line, end, sides, tuple(cells))

    def fence(self, node: SyntaxTreeNode, inside: str, line: int, end: int) -> Fence:
        info = node.info.strip()
        if PYTHON.match(info):
            message = "a Python block written by hand: move it to a cell in snippets/ and show it with `::: chapter.cell`"
            raise self.error(message, line)
        if end == line or not self.lines[end - 1].strip().startswith(node.markup):
            raise self.error(f"the fence {node.markup} is never closed", line)
        if not re.fullmatch(r"[\w+-]+", info):
            raise self.error("the fence names no language: write ```text for plain text", line)
        if inside == "list":
            raise self.refused("a fence in a list", "put it after the list", line)
        return Fence(line, end, info, node.content.removesuffix("\n"))

    def box(self, node: SyntaxTreeNode, inside: str, line: int, end: int) -> Box:
        found = BOX.fullmatch(node.info.rstrip())
        if inside == "list" or not found:
            raise self.refused("such a box", 'write `!!! kind "Title"`, outside lists', line)
        folded = {"!!!": None, "???": True, "???+": False}[node.markup]
        title = self.spans(markdown.parse_inline(found["title"]), line)
        content = tuple(self.block(child, "box") for child in node.children[1:])
        return Box(line, end, found["kind"], folded, title, content)

    def directive(self, node: SyntaxTreeNode, inside: str, line: int, end: int) -> Directive:
        if inside == "list" or (line < len(self.lines) and self.lines[line].strip()):
            raise self.refused(*_beginning("a directive"), line)
        target, _, rest = node.content.partition(" ")
        chapter, dot, cell = target.partition(".")
        if not dot or not chapter.isidentifier() or not cell.isidentifier():
            raise self.error(f"“{target}” names no cell: expected `::: chapter.cell`", line)
        options = self.options(rest.rstrip(), line)
        return Directive(
            line,
            end,
            chapter,
            cell,
            highlight=options.get("hl", ""),
            show_output=options.get("output") != "false",
            collapsed=options.get("collapsed") == "true",
            alt=options.get("alt", ""),
        )

    def options(self, text: str, line: int) -> dict[str, str]:
        """Return the options of a directive by their names."""
        options: dict[str, str] = {}
        position = 0
        while position < len(text):
            option = OPTION.match(text, position)
            if not option:
                message = f'unreadable options “{text[position:].strip()}”: expected `name=value` or `name="a value"`'
                raise self.error(message, line)
            if option["name"] not in OPTIONS:
                raise self.error(f"unknown option “{option['name']}”.{nearest(option['name'], OPTIONS)}", line)
            value = option["quoted"] if option["quoted"] is not None else option["bare"]
            # A bare name switches an option on; a bare `alt` gives no text.
            options[option["name"]] = ("" if option["name"] == "alt" else "true") if value is None else value
            position = option.end()
        for name in ("output", "collapsed"):
            if options.get(name, "true") not in ("true", "false"):
                raise self.error(f"{name} is {options[name]}: expected true or false", line)
        if not re.fullmatch(r"(\d+(-\d+)?( \d+(-\d+)?)*)?", options.get("hl", "")):
            raise self.error(f"hl is “{options['hl']}”: expected lines such as “2” or “3-4 6”", line)
        return options

    def spans(self, nodes: list[SyntaxTreeNode], line: int) -> tuple[Span, ...]:
        """Return the spans of a piece of prose that begins at a line."""
        found: list[Span] = []
        begins = True
        for node in nodes:
            match node.type:
                case "text":
                    text = node.content
                    if found and found[-1].kind in ("code", "em", "link", "strong") and (lang := LANG.match(text)):
                        found[-1] = replace(found[-1], lang=lang[1])
                        text = text[lang.end() :]
                    if not text:
                        continue
                    self.check(text, begins, line)
                    found.append(Span("text", text))
                case "code_inline":
                    found.append(Span("code", node.content))
                case "softbreak":
                    line += 1
                    found.append(Span("break"))
                case "strong" | "em":
                    found.append(Span(node.type, parts=self.spans(node.children, line)))
                case "link":
                    if "title" in node.attrs:
                        raise self.refused("a link with a title", "leave the title out", line)
                    found.append(Span("link", target=_attribute(node, "href"), parts=self.spans(node.children, line)))
                case other:
                    raise self.refused(*OTHER.get(other, (f"“{other}”", "use plain prose")), line)
            begins = node.type == "softbreak"
        return tuple(found)

    def check(self, text: str, begins: bool, line: int) -> None:
        """Reject text that another tool would not read as plain text."""
        for what, (pattern, instead) in BEGINS.items():
            if begins and re.match(pattern, text):
                raise self.refused(what, instead, line)
        for what, (pattern, instead) in HOLDS.items():
            if re.search(pattern, text):
                raise self.refused(what, instead, line)


def _attribute(node: SyntaxTreeNode, name: str) -> str:
    return str(node.attrs.get(name, ""))


def _beginning(what: str) -> tuple[str, str]:
    return what, BEGINS[what][1]


# Elements that the parser reads and the tree cannot hold, by markdown-it's name.
OTHER = {
    "blockquote": ("a quote", 'write `!!! note "Title"`'),
    "code_block": ("code by indentation", "write a fence with a language"),
    "hardbreak": ("a line break", "begin a new paragraph"),
    "hr": ("a rule", "begin a new section"),
    "html_block": ("raw HTML", "use Markdown"),
    "html_inline": ("raw HTML", "use Markdown"),
    "image": ("an image among words", "put it into its own paragraph"),
}
