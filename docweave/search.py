"""What the search of the site knows: the sections of one language's pages, with their words.

The reader's browser fetches it, one file a language, when the search is first used; find.js looks in it.
"""

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# In code only which words there are matters, dotted names whole: it is no text to quote.
NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it, up to the next one.

    Attributes:
        id: the heading's id.
        title: the heading.
        text: the prose, captions and alternative texts in it, white space collapsed.
        key: what the prose sets in bold: terms that it introduces.
        code: the names in its code and outputs, each once.
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
        sections: in order; the first has the page's title.
    """

    url: str
    sections: tuple[Section, ...]


@lru_cache(maxsize=1024)
def sections(html: str) -> tuple[Section, ...]:
    """Return the sections of a page's content. A page that has not changed is read only once.

    Args:
        html: the content alone. Links of headings to themselves, `class="headerlink"`, are left out, and so is what
            stands before the first heading.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(draft.section() for draft in reader.drafts)


@lru_cache(maxsize=16)
def index(entries: tuple[Entry, ...]) -> bytes:
    """Return the file that the browser fetches: JSON, compressed here because not every server does it.

    It lists, for all sections, first their addresses, then their titles and so on: like beside like is smaller.
    """
    all_sections = [(entry, section) for entry in entries for section in entry.sections]
    columns = {
        "url": [f"{entry.url}#{section.id}" for entry, section in all_sections],
        "page": ["" if section is entry.sections[0] else entry.sections[0].title for entry, section in all_sections],
    }
    for name in ("title", "key", "code", "text"):
        columns[name] = [getattr(section, name) for _, section in all_sections]
    return gzip.compress(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


@dataclass
class _Draft:
    """A section being read: pieces of its text, by what they are."""

    id: str
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)

    def section(self) -> Section:
        title, text, key = (" ".join("".join(pieces).split()) for pieces in (self.title, self.text, self.key))
        return Section(self.id, title, text, key, " ".join(dict.fromkeys(NAME.findall("".join(self.code)))))


class _Reader(HTMLParser):
    """Reads the content of a page, section by section."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: list[_Draft] = []
        self.open = dict.fromkeys((*HEADINGS, "strong", "pre"), False)
        self.link_to_itself = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in HEADINGS and (id := attributes.get("id")):
            self.drafts.append(_Draft(id))
        self._part(tag)
        if tag in self.open:
            self.open[tag] = True
        if tag == "a":
            self.link_to_itself = attributes.get("class") == "headerlink"

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        if tag in self.open:
            self.open[tag] = False
        if tag == "a":
            self.link_to_itself = False

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self.link_to_itself or not self.drafts:
            return
        draft = self.drafts[-1]
        if any(self.open[heading] for heading in HEADINGS):
            draft.title.append(data)
        elif self.open["pre"]:
            draft.code.append(data)
        else:
            draft.text.append(data)
            if self.open["strong"]:
                draft.key.append(f" {data}")


# Elements that do not part the words before and after them.
INLINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "wbr"}
