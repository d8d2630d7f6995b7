"""The notebooks of the site: their files, and the pages that mkdocs-jupyter makes of them.

All that is peculiar to mkdocs-jupyter stands here. It is given notebooks that were run already; it runs nothing.
"""

import base64
import hashlib
import io
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mkdocs_jupyter.config
from markdown.extensions.toc import nest_toc_tokens
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import get_toc
from mkdocs.utils import get_relative_url
from nbformat import NotebookNode

from docweave import blocks, phrases
from docweave.addresses import NOTEBOOKS, address_of, file_name, folder_of
from docweave.cells import BACKENDS, Chapter
from docweave.files import write_text
from docweave.notebooks import notebook, script, written
from docweave.pages import Page
from docweave.project import Project

TEMPLATES = Path(__file__).with_name("templates")
CACHE = ".cache/notebooks"
COLAB = "https://colab.research.google.com/github/"
BRANCH = "notebooks"  # the workflow Pages puts the notebooks there, at the paths that they have on the site


DRAWING = re.compile(
    r'(?P<paragraph><p>)?(?:<figure class="plot">)?'
    r'<img\b[^>]*?src="data:image/svg\+xml;base64,(?P<svg>[^"]*)"[^>]*>'
    r"(?:</figure>)?(?(paragraph)</p>)"
)
STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
CODE = re.compile(r'<pre data-code="(?P<id>[^"]*)"></pre>')
HEADING = re.compile(r"<h(?P<level>[1-6])\b[^>]*>(?P<text>.*?)<a class=\"anchor-link\"[^>]*>[^<]*</a></h\d>", re.DOTALL)


class NotebookFile(File):
    """A notebook that becomes a page.

    static-i18n puts a File of its own in the place of mkdocs-jupyter's, and the page comes out as the notebook's JSON
    (mkdocs-static-i18n, issue 198). So these are added after static-i18n has run, and say themselves that they are pages.

    Attributes:
        locale, localization, alternates, locale_alternate_of: what static-i18n notes of every file.
        chapter: the chapter it holds.
        source: the page it was made from.
        chapter_url: where that page is read, below the site's address.
        book: the notebook itself, None for one that only stands for its address.
    """

    book: NotebookNode | None = None

    def __init__(self, page: Page, chapter: Chapter, project: Project, config: MkDocsConfig):
        name = file_name(chapter)
        super().__init__(
            f"{page.locale}/{NOTEBOOKS}/{name}.ipynb",
            str(project.root / CACHE),
            config.site_dir,
            config.use_directory_urls,
            dest_uri=f"{folder_of(page.locale)}{NOTEBOOKS}/{name}/index.html",
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        self.chapter, self.source, self.chapter_url = chapter, page, address_of(page, "")
        self.edit_uri = f"{page.locale}/{page.path.name}"
        self.locale = self.localization = self.locale_alternate_of = page.locale
        self.alternates: dict[str, NotebookFile] = {page.locale: self}

    def is_documentation_page(self) -> bool:
        return True


@dataclass(frozen=True)
class Download:
    """The files of a chapter in one language, by their paths below the site's root.

    Attributes:
        chapter: the chapter.
        backend: the name of its backend as people write it, empty if any will do.
        page: its notebook as a page.
        notebook, script: its files.
        colab: the address that opens it in Colab, empty if the repository is not on GitHub.
        cells: the address of the snippet file in the repository, empty if there is none.
    """

    chapter: Chapter
    backend: str
    page: str
    notebook: str
    script: str
    colab: str
    cells: str


def downloads(page: Page, project: Project, repository: str) -> list[Download]:
    """Return the files of a page's chapters.

    Args:
        repository: the address of the repository, or an empty string.
    """
    repository = repository.rstrip("/")
    on_github = repository.removeprefix("https://github.com/") if repository.startswith("https://github.com/") else ""
    found = []
    for chapter in project.chapters_of(page):
        folder = f"{folder_of(page.locale)}{NOTEBOOKS}/{file_name(chapter)}/"
        book = f"{folder}{file_name(chapter)}.ipynb"
        colab = f"{COLAB}{on_github}/blob/{BRANCH}/{book}" if on_github else ""
        cells = f"{repository}/blob/main/snippets/{chapter.path.name}" if repository else ""
        found.append(
            Download(chapter, BACKENDS.get(chapter.backend, ""), folder, book, f"{folder}{chapter.name}.py", colab, cells)
        )
    return found


def course_name(locale: str) -> str:
    """Return where the course of a language lies, all of its notebooks and scripts in one file."""
    return f"{folder_of(locale)}{NOTEBOOKS}/keras-functional-api-{locale}.zip"


def files(locale: str, project: Project, config: MkDocsConfig) -> list[File]:
    """Return the notebooks of a language as pages, their scripts, and the course.

    Raises:
        WeaveError: a page that has no form in a notebook.
    """
    _prepare(locale, project, config)
    site = config.site_url or ""
    found: list[File] = []
    course = {"requirements.txt": "\n".join((*project.requirements, "jupyterlab")) + "\n"}
    for page in project.pages[locale].values():
        for download in downloads(page, project, ""):
            chapter = download.chapter
            file = NotebookFile(page, chapter, project, config)
            file.book = notebook(page, chapter, project, site)
            text = written(file.book)
            _write_if_changed(project.root / CACHE / file.src_uri, text)
            for other in project.languages:
                if page.name in project.pages[other]:
                    file.alternates.setdefault(other, NotebookFile(project.pages[other][page.name], chapter, project, config))
            program = script(page, chapter, project, site)
            course[f"{file_name(chapter)}.ipynb"] = text
            course[f"{chapter.name}.py"] = program
            found += [file, _generated(config, locale, download.script, program)]
    return [*found, _generated(config, locale, course_name(locale), packed(course))]


def _prepare(locale: str, project: Project, config: MkDocsConfig) -> None:
    """Give mkdocs-jupyter our template, and a cache for each language: it clears what one build has not used.

    Its reports of what it found there and copied, some lines for every notebook at every reload, would hide those of the pages.
    """
    logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
    mkdocs_jupyter.config.settings.templates_dir = str(TEMPLATES)
    # What it keeps it finds again by the notebook alone, though the template makes the page too.
    template = hashlib.sha256((TEMPLATES / "mkdocs_html" / "notebook.html.j2").read_bytes()).hexdigest()[:12]
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(project.root / ".cache/mkdocs-jupyter" / template / locale)


def packed(course: dict[str, str]) -> bytes:
    """Return files as a zip: the same bytes for the same files, whenever and wherever it is made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(course):
            entry = zipfile.ZipInfo(f"keras-functional-api/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, course[name].encode())
    return stream.getvalue()


def _generated(config: MkDocsConfig, locale: str, path: str, content: str | bytes) -> File:
    # Pages link to it as if it lay in the folder of their language.
    source = f"{locale}/{path.removeprefix(folder_of(locale))}"
    file = File.generated(config, source, content=content, inclusion=InclusionLevel.NOT_IN_NAV)
    file.dest_uri = path
    return file


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)


def finish(html: str, page: SitePage, site: str, translation: Callable[[str], str]) -> str:
    """Return the HTML of a notebook page with its code, and without what mkdocs-jupyter adds to it.

    Its headings get the ids that they have on the chapter's page (nbconvert names a heading by its Latin letters, and a
    Russian one has none), and so does the page's table of contents. A notebook's links lead to the site wherever it is opened;
    here they stay within it, and those to the chapter itself within the page.

    Args:
        html: what mkdocs-jupyter made.
        page: the page of MkDocs.
        site: the address of the site, with a slash at its end.
        translation: gives a phrase of the site in the language of the page.
    """
    file = page.file
    assert isinstance(file, NotebookFile) and file.book, "the file is the one of `files`"
    cells = {cell.id: cell for cell in file.book.cells}
    sections = iter(file.source.sections)
    tokens: list[Any] = []
    links = re.compile(rf'<a href="{re.escape(site)}(?P<target>[^"]*)"')

    def code(found: re.Match[str]) -> str:
        cell = cells[found["id"]]
        raises = "".join(output.ename for output in cell.outputs if output.output_type == "error")
        block = blocks.code(cell.source, cell.metadata.get("docweave", {}).get("cell", cell.id), raises).html
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            return f'<details class="code"><summary>{translation(phrases.SHOW_CODE)}</summary>{block}</details>'
        return block

    def heading(found: re.Match[str]) -> str:
        id, level, text = next(sections).id, int(found["level"]), found["text"]
        if 1 < level <= 3:
            tokens.append({"level": level, "id": id, "name": re.sub("<[^>]*>", "", text)})
        anchor = f'<a class="headerlink" href="#{id}" title="{translation(phrases.LINK)}">#</a>'
        return f'<h{level} id="{id}">{text}{anchor}</h{level}>'

    def drawing(found: re.Match[str]) -> str:
        # As on the chapter's page: in the page, where the site's stylesheet reaches it.
        svg = base64.b64decode(found["svg"]).decode()
        return f'<figure class="{"diagram" if "model-diagram" in svg else "plot"}">{svg}</figure>'

    def link(found: re.Match[str]) -> str:
        path, mark, section = found["target"].partition("#")
        own = mark and path == file.chapter_url
        return f'<a href="{"" if own else get_relative_url(path or "./", page.url)}{mark}{section}"'

    # The styles last: drawings bring their own, for places without the site's.
    html = CODE.sub(code, HEADING.sub(heading, links.sub(link, STYLES.sub("", DRAWING.sub(drawing, html)))))
    page.toc = get_toc(nest_toc_tokens(tokens))
    return html.strip() + "\n"
