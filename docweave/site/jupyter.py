"""The notebooks of the site: their files, and their pages, which mkdocs-jupyter renders.

Everything specific to mkdocs-jupyter is here. It gets notebooks with outputs, and runs nothing.
"""

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
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
from docweave.cells import Chapter
from docweave.files import write_text
from docweave.notebooks import notebook, script, written
from docweave.notebooks.downloads import course_name, downloads, packed
from docweave.pages import Page
from docweave.project import Project

TEMPLATES = Path(__file__).with_name("templates")
CACHE = ".cache/notebooks"
DRAWING = re.compile(
    r'(?P<paragraph><p>)?(?:<figure class="plot">)?'
    r'<img\b[^>]*?src="data:image/svg\+xml;base64,(?P<svg>[^"]*)"[^>]*>'
    r"(?:</figure>)?(?(paragraph)</p>)"
)
STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
CODE = re.compile(r'<pre data-code="(?P<id>[^"]*)"></pre>')
HEADING = re.compile(r"<h(?P<level>[1-6])\b[^>]*>(?P<text>.*?)<a class=\"anchor-link\"[^>]*>[^<]*</a></h\d>", re.DOTALL)


# A table in prose; tables with a class have their own style. Material's JavaScript, which is not loaded, would add the boxes.
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
BOX = r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">\g<0></div></div>'
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(?P<tag>t[hd])(?P<attributes>[^>]*)>(?P<text>.*?)(?=</(?P=tag)>)", re.DOTALL)
INLINE = re.compile(r"<code\b(?![^>]*\btranslate=)")


class NotebookFile(File):
    """A notebook that becomes a page.

    static-i18n replaces mkdocs-jupyter's File by its own, so that the page would contain the notebook's JSON
    (mkdocs-static-i18n, issue 198). Files of this class are therefore added after static-i18n has run, and declare
    themselves to be pages.

    Attributes:
        locale, localization, alternates, locale_alternate_of: the attributes that static-i18n sets on every file.
        chapter: the chapter in the notebook.
        source: the page that the notebook was made from.
        chapter_url: the address of that page, relative to the site's.
        book: the notebook itself, None for a file that only provides an address.
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


def files(locale: str, project: Project, config: MkDocsConfig) -> list[File]:
    """Return the notebooks of a language as pages, their scripts, and the course.

    Raises:
        WeaveError: a page that cannot be a notebook.
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
    """Configure mkdocs-jupyter: our template, and a cache for each language, since it deletes entries that a build did not use.

    At every reload it would log some lines for each notebook about cache hits and copies, and hide the reports on pages.
    """
    logging.getLogger("mkdocs.plugins.mkdocs_jupyter").setLevel(logging.WARNING)
    mkdocs_jupyter.config.settings.templates_dir = str(TEMPLATES)
    # mkdocs-jupyter's cache key ignores the template, so that the path must contain the template's hash.
    template = hashlib.sha256((TEMPLATES / "mkdocs_html" / "notebook.html.j2").read_bytes()).hexdigest()[:12]
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(project.root / ".cache/mkdocs-jupyter" / template / locale)


def _generated(config: MkDocsConfig, locale: str, path: str, content: str | bytes) -> File:
    # Pages link to the file as if it were in the folder of their language.
    source = f"{locale}/{path.removeprefix(folder_of(locale))}"
    file = File.generated(config, source, content=content, inclusion=InclusionLevel.NOT_IN_NAV)
    file.dest_uri = path
    return file


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)


def content(html: str, page: SitePage, site: str, translation: Callable[[str], str], names: Mapping[str, str]) -> str:
    """Return the HTML of a notebook page with its code, and without the additions of mkdocs-jupyter.

    Headings and the table of contents get the ids of the chapter's page, since nbconvert makes ids from Latin letters,
    which a Russian heading lacks. Links in a notebook are absolute, so that they work wherever it is opened; here they
    become relative, and those to the chapter itself stay on the page.

    Args:
        html: the HTML rendered by mkdocs-jupyter.
        page: the page of MkDocs.
        site: the address of the site, with a trailing slash.
        translation: returns a phrase of the site in the language of the page.
        names: the native name of each language, by locale.
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
        # Inline, as on the chapter's page, so that the site's stylesheet applies.
        svg = base64.b64decode(found["svg"]).decode()
        return f'<figure class="{"diagram" if "model-diagram" in svg else "plot"}">{svg}</figure>'

    def link(found: re.Match[str]) -> str:
        path, mark, section = found["target"].partition("#")
        own = mark and path == file.chapter_url
        return f'<a href="{"" if own else get_relative_url(path or "./", page.url)}{mark}{section}"'

    # Remove styles after drawings are inlined: each contains its own, for use without the site's stylesheet.
    html = CODE.sub(code, HEADING.sub(heading, links.sub(link, STYLES.sub("", DRAWING.sub(drawing, html)))))
    page.toc = get_toc(nest_toc_tokens(tokens))
    return marked(html.strip() + "\n", names)


def marked(html: str, names: Mapping[str, str]) -> str:
    """Return a page's HTML with `lang` on table columns that are headed by a language's name, and `translate="no"` on code.

    Args:
        html: the page.
        names: the native name of each language, by locale.
    """
    html = TABLE.sub(BOX, TABLE.sub(lambda table: _columns(table[0], names), html))
    return INLINE.sub('<code translate="no"', html)


def _columns(table: str, names: Mapping[str, str]) -> str:
    heads = [cell["text"] for cell in CELL.finditer(next(ROW.finditer(table))[0])]
    # “Português” heads the column of “Português (Brasil)”.
    locales = [next((locale for locale, name in names.items() if name.split(" (")[0] == head), None) for head in heads]
    if not any(locales):
        return table

    def row(found: re.Match[str]) -> str:
        column = iter(locales)
        return CELL.sub(lambda cell: _cell(cell, next(column)), found[0])

    return ROW.sub(row, table)


def _cell(cell: re.Match[str], locale: str | None) -> str:
    lang = f' lang="{locale}"' if locale else ""
    return f"<{cell['tag']}{cell['attributes']}{lang}>{cell['text']}"
