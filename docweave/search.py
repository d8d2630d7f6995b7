"""The search index: the sections of one language's pages, with their words.

The reader's browser fetches the index, one file a language, when the search is first used; find.js searches it.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from docweave import weave
from docweave.pages import Page
from docweave.pages import Section as Source
from docweave.project import Project
from docweave.tree import Directive, Fence, Figure, Span, walk, words

# Search results never quote code, so that only the set of its names matters, with dotted names kept whole.
NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Section:
    """A heading with the content below it, up to the next heading.

    Attributes:
        id: the heading's id.
        title: the heading.
        text: the prose, captions and alternative texts, with white space collapsed.
        key: the bold words of the prose, which are the terms that it introduces.
        code: the names in code and outputs, each once.
    """

    id: str
    title: str
    text: str
    key: str
    code: str


@dataclass(frozen=True)
class Entry:
    """A page that can be found.

    Attributes:
        url: its address below the site's root.
        sections: the sections in order; the first has the page's title.
    """

    url: str
    sections: tuple[Section, ...]


def entry(page: Page, url: str, project: Project) -> Entry:
    """Return the search entry of a page.

    Args:
        page: the page.
        url: its address below the site's root.
        project: the project of the page's cells.
    """
    return Entry(url, tuple(_section(section, page, project) for section in page.sections))


def _section(section: Source, page: Page, project: Project) -> Section:
    texts: list[str] = []
    key: list[str] = []
    code: list[str] = []
    for block in walk(section.blocks):
        for _, spans in block.prose:
            texts.append(words(spans))
            key += _strong(spans)
        match block:
            case Directive():
                cell = project.cell(block, page)
                output = project.records[cell.chapter].output(cell)
                code += [weave.code(cell, page.locale, project), *([output.text, output.error] if block.show_output else [])]
                texts += [block.alt] if output.plots else []
            case Figure():
                texts += [block.caption, block.alt]
            case Fence():
                code.append(block.text)
    return Section(
        section.id,
        words(section.heading.title),
        " ".join(" ".join(texts).split()),
        " ".join(key),
        " ".join(dict.fromkeys(NAME.findall("\n".join(code)))),
    )


def _strong(spans: tuple[Span, ...]) -> Iterator[str]:
    for span in spans:
        if span.kind == "strong":
            yield words(span.parts)
        else:
            yield from _strong(span.parts)


@lru_cache(maxsize=16)
def index(entries: tuple[Entry, ...]) -> bytes:
    """Return the file that the browser fetches: JSON, compressed here because not every server compresses it.

    It lists the addresses of all sections, then all titles and so on: similar values side by side compress better.
    """
    all_sections = [(entry, section) for entry in entries for section in entry.sections]
    columns = {
        "url": [f"{entry.url}#{section.id}" for entry, section in all_sections],
        "page": ["" if section is entry.sections[0] else entry.sections[0].title for entry, section in all_sections],
    }
    for name in ("title", "key", "code", "text"):
        columns[name] = [getattr(section, name) for _, section in all_sections]
    return gzip.compress(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
