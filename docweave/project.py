"""Read the folders of a project: chapters, recorded outputs, languages, catalogues, pages."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from docweave.catalogs import Catalog, Message, collect, read_catalog
from docweave.cells import Cell, Chapter, read_chapters
from docweave.comments import comments
from docweave.errors import WeaveError, nearest
from docweave.outputs import Record, read_record
from docweave.pages import Page, read_page
from docweave.phrases import phrases
from docweave.tree import Directive
from docweave.verified import Run, read_verified

SOURCE = "en"
CATALOG = "comments.po"


@dataclass(frozen=True)
class Project:
    """A project folder; each part is read on first use and then kept.

    Attributes:
        root: the folder with `docs/`, `snippets/` and `theme/`.
    """

    root: Path

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def snippets(self) -> Path:
        return self.root / "snippets"

    @property
    def outputs(self) -> Path:
        return self.snippets / "outputs"

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The folders of `docs/` that hold pages: English first, then by name."""
        names = {path.parent.name for path in self.docs.glob("*/*.md")}
        if SOURCE not in names:
            raise WeaveError(f"there are no pages in docs/{SOURCE}/: expected a project with docs/ and snippets/", self.docs)
        return tuple(sorted(names, key=lambda name: (name != SOURCE, name)))

    @property
    def translations(self) -> tuple[str, ...]:
        return tuple(name for name in self.languages if name != SOURCE)

    @cached_property
    def chapters(self) -> dict[str, Chapter]:
        return read_chapters(self.snippets)

    @cached_property
    def records(self) -> dict[str, Record]:
        """The recorded outputs of each chapter; an empty record where there are none."""
        return {name: read_record(self.outputs / name) or Record() for name in self.chapters}

    @cached_property
    def verified(self) -> dict[str, list[Run]]:
        """The verified runs of each chapter, by its name."""
        return read_verified(self.outputs)

    @cached_property
    def catalogs(self) -> dict[str, Catalog]:
        return {locale: read_catalog(self.docs / locale / CATALOG) for locale in self.languages}

    @cached_property
    def pages(self) -> dict[str, dict[str, Page]]:
        """Every page, by language and name.

        Raises:
            WeaveError: the first error in a page.
        """
        for path in sorted(path for locale in self.languages for path in (self.docs / locale).glob("*/**/*.md")):
            raise WeaveError("a page must be directly in the folder of its language", path)
        return {
            locale: {path.stem: read_page(path) for path in sorted((self.docs / locale).glob("*.md"))}
            for locale in self.languages
        }

    @cached_property
    def requirements(self) -> tuple[str, ...]:
        """The packages that running the cells needs, from the extra `cells` in `pyproject.toml`."""
        settings = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))
        return tuple(settings["project"]["optional-dependencies"]["cells"])

    @cached_property
    def messages(self) -> list[Message]:
        """All messages that a catalogue must translate: comments, texts in plots, phrases of the site."""
        return collect(self._texts())

    def _texts(self) -> Iterator[tuple[str, str]]:
        for name, chapter in self.chapters.items():
            for cell in chapter.cells:
                if cell.because:
                    yield cell.because, cell.id
                for comment in comments(cell.source):
                    yield comment.text, cell.id
                for plot in self.records[name].output(cell).plots:
                    for text in plot.texts:
                        yield text, cell.id
        for text in phrases(self.root / "theme"):
            yield text, "site"

    def cell(self, directive: Directive, page: Page) -> Cell:
        """Return the cell that a directive of a page names.

        Raises:
            WeaveError: an unknown chapter or cell, at the line of the directive, with the nearest name.
        """
        chapter, line = directive.chapter, directive.line
        if chapter not in self.chapters:
            raise page.error(f"there is no chapter “{chapter}” in snippets/.{nearest(chapter, self.chapters)}", line)
        try:
            return self.chapters[chapter][directive.cell]
        except KeyError:
            names = [other.name for other in self.chapters[chapter].cells]
            message = f"there is no cell “{directive.cell}” in snippets/{chapter}.py.{nearest(directive.cell, names)}"
            raise page.error(message, line) from None

    def chapters_of(self, page: Page) -> list[Chapter]:
        """Return the snippet files of a page: none, one, or one for each backend."""
        return [chapter for chapter in self.chapters.values() if chapter.page == page.chapter]

    def relative(self, error: WeaveError) -> WeaveError:
        """Return the error with its path relative to the root, so that it is short and the same on every machine."""
        if error.path and Path(error.path).is_relative_to(self.root):
            return WeaveError(error.message, Path(error.path).relative_to(self.root), error.line)
        return error
