"""The Python-Markdown extension that renders a woven page: its blocks, tables and code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE
from mkdocs.utils.yaml import yaml_load

from docweave.errors import WeaveError
from docweave.pages import Page
from docweave.project import Project
from docweave.saying import Event, around, joined, said
from docweave.weave import Woven, weave

# The boxes around tables, which Material's JavaScript would add; it is not loaded.
BOXES = ("md-typeset__scrollwrap", "md-typeset__table")


def disagreements(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each page, at the first part that the site would read differently from a notebook.

    Raises:
        WeaveError: a page that cannot be woven.
    """
    path = project.root / "mkdocs.yml"
    if not path.exists():
        return
    settings = yaml_load(path.read_text("utf-8"))
    extensions = [item if isinstance(item, dict) else {item: None} for item in settings.get("markdown_extensions", ())]
    configs = {name: config or {} for item in extensions for name, config in item.items()}
    extension = PageExtension({})
    renderer = Markdown(extensions=[*configs, extension], extension_configs=configs)
    for page in (page for pages in project.pages.values() for page in pages.values()):
        extension.page, extension.woven = page, weave(page, project)
        renderer.reset().convert(extension.woven.markdown)
        if extension.disagreement:
            yield project.relative(extension.disagreement)


class PageExtension(Extension):
    """Inserts the blocks of a page, and adds attributes to its tables and code.

    Attributes:
        names: the native name of each language, by locale.
        page, woven: the page before and after weaving, set before each page is rendered.
        disagreement: an error at the first part of the page that a notebook would read differently, if any.
    """

    page: Page
    woven: Woven
    disagreement: WeaveError | None = None

    def __init__(self, names: Mapping[str, str]):
        super().__init__()
        self.names = names

    def extendMarkdown(self, md: Markdown) -> None:
        # After the preprocessors that stash fences and raw HTML.
        md.preprocessors.register(_Blocks(md, self), "docweave-blocks", 1)
        # After the inline patterns, and before permalinks are added to headings.
        md.treeprocessors.register(_Agreement(md, self), "docweave-agreement", 6)
        # After everything that creates code or tables.
        md.treeprocessors.register(_Marks(md, self), "docweave-marks", -1)


class _Blocks(Preprocessor):
    """Puts the HTML of blocks into Markdown's stash, from which it is inserted into the page."""

    def __init__(self, md: Markdown, page: PageExtension):
        super().__init__(md)
        self.page = page

    def run(self, lines: list[str]) -> list[str]:
        return [self.placed(line, line.strip()) for line in lines]

    def placed(self, line: str, token: str) -> str:
        if token not in self.page.woven.blocks:
            return line
        return line.replace(token, self.md.htmlStash.store(self.page.woven.blocks[token].html))


class _Marks(Treeprocessor):
    """Wraps tables, sets the alignment and language of their columns, and sets `translate="no"` on code."""

    def __init__(self, md: Markdown, page: PageExtension):
        super().__init__(md)
        self.page = page

    def run(self, root: Element) -> None:
        for code in root.iter("code"):
            code.attrib = {"translate": "no", **code.attrib}
        for cell in (*root.iter("th"), *root.iter("td")):
            if style := cell.attrib.pop("style", ""):
                cell.set("class", style[12:-1])  # `text-align: right;`: the policy blocks inline styles
        for parent in list(root.iter()):
            for place, table in enumerate(parent):
                if table.tag == "table":
                    self.languages(table)
                    parent[place] = self.boxed(table)

    def languages(self, table: Element) -> None:
        """Set `lang` on the columns of a table that are headed by the name of a language."""
        rows = list(table.iter("tr"))
        # “Português” heads the column of “Português (Brasil)”.
        locales = {name.partition(" (")[0]: locale for locale, name in self.page.names.items()}
        for place, head in enumerate(rows[0]):
            if locale := locales.get("".join(head.itertext())):
                for row in rows:
                    row[place].set("lang", locale)

    def boxed(self, table: Element) -> Element:
        inner = table
        for name in reversed(BOXES):
            box = Element("div", {"class": name})
            box.append(inner)
            inner = box
        inner.tail, table.tail = table.tail, None
        return inner


STASHED = re.compile(r"\x02wzxhzdk:(\d+)\x03")
KEPT_ASIDE = re.compile(r"\x02(?:(?P<number>\d+)|wzxhzdk:(?P<stashed>\d+))\x03")
HOLDS_BLOCKS = ("ul", "ol", "table", "thead", "tbody", "tr", "details", "div")
PARTS = {"p": "paragraph", "li": "item", "tr": "row", "th": "cell", "td": "cell", "summary": "title"}


class _Agreement(Treeprocessor):
    """Finds text that Python-Markdown reads differently from our parser, so that page and notebook would differ."""

    def __init__(self, md: Markdown, page: PageExtension):
        super().__init__(md)
        self.page = page

    def run(self, root: Element) -> None:
        self.page.disagreement = self.disagreement(joined(event for child in root for event in self.read(child)))

    def disagreement(self, read: list[Event]) -> WeaveError | None:
        page = self.page.page
        meant: list[Event] = []
        for block in (block for section in page.sections for block in (section.heading, *section.blocks)):
            before, meant = meant, said((block,))
            if before == meant == [Event("block")]:
                continue  # neighbouring blocks are merged
            if read[: len(meant)] != meant:
                return page.error(_difference(meant, read), block.line)
            read = read[len(meant) :]
        return None

    def read(self, element: Element) -> Iterator[Event]:
        """Yield the events of an element."""
        match element.tag:
            case "code":
                yield Event("code", unescape(self.text(element.text)))
            case "thead" | "tbody":
                yield from self.inner(element)
            case "ul":
                yield from around("list", self.inner(element))
            case "ol":
                yield from around("list", self.inner(element), int(element.get("start", "1")))
            case "li" if element.find("p") is None:
                lists = [child for child in element if child.tag in ("ul", "ol")]
                words = list(self.inner(element, lists))
                yield from around(
                    "item", [*around("paragraph", words), *(event for each in lists for event in self.read(each))]
                )
            case "table":
                styles = [cell.get("style", "") for cell in next(element.iter("tr"))]
                yield from around("table", self.inner(element), tuple(style[12:-1] for style in styles))
            case "a":
                yield from around("link", self.inner(element), element.get("href"))
            case "details" if element.get("class") == "code":
                yield Event("block")
            case "details":
                yield from around("box", self.inner(element), (element.get("class"), element.get("open") is None))
            case "div":
                yield from around("box", self.inner(element), (element.get("class", "").removeprefix("admonition "), None))
            case "p" if element.get("class") == "admonition-title":
                yield from around("title", self.inner(element))
            case "p" if stashed := STASHED.fullmatch(element.text or ""):
                html = self.md.htmlStash.rawHtmlBlocks[int(stashed[1])]
                if html not in [self.page.woven.blocks[token].html for token in self.page.woven.notes]:
                    yield Event("block")
            case tag:
                yield from around(PARTS.get(tag, tag), self.inner(element))

    def inner(self, element: Element, without: Sequence[Element] = ()) -> Iterator[Event]:
        """Yield the events inside an element."""
        is_prose = element.tag not in HOLDS_BLOCKS and (element.tag != "li" or element.find("p") is None)
        yield Event("text", self.text(element.text) if is_prose else "")
        for child in element:
            if child not in without:
                yield from self.read(child)
                yield Event("text", self.text(child.tail) if is_prose else "")

    def text(self, text: str | None) -> str:
        """Return a text as it will be on the page, with the parts restored that Markdown has stashed."""

        def given(found: re.Match[str]) -> str:
            if found["number"]:
                return chr(int(found["number"]))
            return unescape(str(self.md.htmlStash.rawHtmlBlocks[int(found["stashed"])]))

        return KEPT_ASIDE.sub(given, (text or "").replace(AMP_SUBSTITUTE, "&"))


def _difference(meant: list[Event], read: list[Event]) -> str:
    ours, theirs = next((pair for pair in zip(meant, read, strict=False) if pair[0] != pair[1]), (meant[-1], Event("its end")))
    return (
        f"the notebook would have {_shown(ours)} here, and the page {_shown(theirs)}: put an empty line before and after lists"
        " and tables, and indent the content of an item by four spaces"
    )


def _shown(event: Event) -> str:
    value = str(event.value or "").replace("\n", "⏎")
    return f"{event.kind} “{value}”" if value else event.kind
