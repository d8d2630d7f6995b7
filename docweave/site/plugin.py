"""The MkDocs plugin: passes pages to the weaver and the search, and languages to the theme. It makes no decisions."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.pages import Page

from docweave import phrases, search
from docweave.attest import Attest, attest
from docweave.check import check
from docweave.errors import WeaveError
from docweave.files import write_text
from docweave.notebooks.downloads import Download, downloads
from docweave.pages import Page as SourcePage
from docweave.project import Project
from docweave.site import jupyter, stylesheets
from docweave.site.jupyter import NotebookFile
from docweave.site.markdown import PageExtension
from docweave.site.policy import compress, protect
from docweave.verified import current
from docweave.weave import weave

log = logging.getLogger("mkdocs.plugins.docweave")

# The one style sheet that all others are merged into.
SHEET = "assets/stylesheets/all.css"

# A cache of compiled templates: each language has its own template environment, which would compile every template again.
CACHE = ".cache/templates"


@dataclass(frozen=True)
class Site:
    """The object `docweave` in templates: the languages, phrases and files of the site.

    Attributes:
        project: the project.
        locale: the language being built.
        names: the native name of each language, by locale.
        repository: the address of the repository, or an empty string.
    """

    project: Project
    locale: str
    names: dict[str, str]
    repository: str

    @property
    def languages(self) -> list[str]:
        return list(self.names)

    def name(self, locale: str) -> str:
        return self.names[locale]

    def phrase(self, text: str, locale: str | None = None) -> str:
        """Return an English phrase in a language, by default the one being built."""
        return self.project.catalogs[locale or self.locale](text)

    def attests(self, page: Page) -> list[Attest]:
        """Return where the chapters on a page of MkDocs were run; nothing for a notebook, which would repeat its page."""
        if isinstance(page.file, NotebookFile):
            return []
        chapters = self.project.chapters_of(_source(page, self.project, self.locale))
        words = self.project.catalogs[self.locale]
        found = [attest(one, list(current(one, self.project.verified)), self.locale, words) for one in chapters]
        return [one for one in found if one]

    def downloads(self, page: Page) -> list[Download]:
        """Return the files of the chapters on a page of MkDocs."""
        if isinstance(page.file, NotebookFile):
            found = downloads(page.file.source, self.project, self.repository)
            return [download for download in found if download.chapter == page.file.chapter]
        return downloads(_source(page, self.project, self.locale), self.project, self.repository)


class Options(Config):
    """The plugin's options in mkdocs.yml: none."""


class DocweavePlugin(BasePlugin[Options]):
    """Weaves pages while MkDocs builds them. Problems are warnings, so that `--strict` fails on them."""

    serving = False

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        self.serving = command == "serve"
        # `--quiet` would hide warnings from the counter that makes `--strict` fail (MkDocs 1.6.1).
        logger = logging.getLogger("mkdocs")
        logger.setLevel(min(logger.level, logging.WARNING))

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        # static-i18n builds the site once for each language with the same plugin object: all builds share one project.
        if not _i18n(config).building:
            self.project = Project(Path(config.config_file_path).parent)
            self.extension = PageExtension(_languages(config))
            for problem in check(self.project):
                log.warning(str(problem))
            self.sheets, config.extra_css = config.extra_css, [SHEET]
            self.names: set[str] = set()
        extensions: list[Any] = config.markdown_extensions
        if self.extension not in extensions:
            extensions.append(self.extension)
        self.entries: list[search.Entry] = []
        return config

    # Before static-i18n, which keeps some files for the first language only.
    def _gather_styles(self, files: Files, config: MkDocsConfig) -> Files:
        """Merge the style sheets, to be trimmed in on_post_build, and exclude them and all other files of the theme."""
        sheets = [file for file in files.css_files() if file.src_dir in config.theme.dirs]
        for path in self.sheets:
            if (sheet := files.get_file_from_path(path)) is None:
                raise PluginError(f"mkdocs.yml: extra_css names {path}, which is not in docs/")
            sheets.append(sheet)
        self.css = stylesheets.join(sheet.content_string for sheet in sheets)
        for file in files:
            if file in sheets or file.src_dir in config.theme.dirs:
                file.inclusion = InclusionLevel.EXCLUDED
        return files

    @event_priority(-200)  # after static-i18n
    def _add_notebooks(self, files: Files, config: MkDocsConfig) -> Files:
        if "mkdocs-jupyter" in config.plugins:
            try:
                for file in jupyter.files(_i18n(config).current_language, self.project, config):
                    files.append(file)
            except WeaveError as error:
                raise PluginError(str(self.project.relative(error))) from error
        return files

    on_files = CombinedEvent(_gather_styles, _add_notebooks)

    @event_priority(-50)
    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        i18n = _i18n(config)
        env.globals["docweave"] = Site(self.project, i18n.current_language, _languages(config), config.repo_url or "")
        cache = self.project.root / CACHE
        cache.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(cache))
        return env

    @event_priority(100)
    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        if isinstance(page.file, NotebookFile):
            page.meta["description"] = page.file.source.meta["description"]
            page.canonical_url = f"{config.site_url or ''}{page.file.chapter_url}"
            return markdown
        try:
            source = _source(page, self.project, _locale(page))
            woven = weave(source, self.project)
            self.extension.page, self.extension.woven = source, woven
            # Set here, since pages are rendered before the templates are set up.
            link = self.project.catalogs[_locale(page)](phrases.LINK)
            config.mdx_configs.setdefault("toc", {})["permalink_title"] = link
        except WeaveError as error:
            raise PluginError(str(self.project.relative(error))) from error
        self.entries.append(search.entry(source, page.url, self.project))
        return woven.markdown

    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        if isinstance(page.file, NotebookFile):
            return jupyter.content(html, page, config.site_url or "", self.project.catalogs[_locale(page)], _languages(config))
        if self.extension.disagreement:
            raise PluginError(str(self.project.relative(self.extension.disagreement)))
        return html

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        html = compress(output)
        self.names |= stylesheets.names_in_page(html)
        # The MkDocs server adds its own script to pages, whose hash cannot be in the policy.
        return html if self.serving else protect(html)

    def on_post_template(self, output: str, template_name: str, config: MkDocsConfig) -> str:
        return protect(compress(output)) if template_name.endswith(".html") and not self.serving else output

    def _write_search(self, config: MkDocsConfig) -> None:
        path = Path(config.site_dir, "search", f"{_i18n(config).current_language}.json.gz")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(search.index(tuple(self.entries)))

    @event_priority(-200)  # after static-i18n, which builds the other languages in this event
    def _write_styles(self, config: MkDocsConfig) -> None:
        if not _i18n(config).building:
            for script in Path(config.site_dir, "assets").rglob("*.js"):
                self.names |= stylesheets.names_in_script(script.read_text("utf-8"))
            sheet = Path(config.site_dir, SHEET)
            sheet.parent.mkdir(parents=True, exist_ok=True)
            write_text(sheet, stylesheets.trim(self.css, self.names))

    on_post_build = CombinedEvent(_write_search, _write_styles)


def _i18n(config: MkDocsConfig) -> Any:
    """Return the static-i18n plugin, which has no type annotations."""
    return config.plugins["i18n"]


def _source(page: Page, project: Project, locale: str) -> SourcePage:
    """Return the page of the project that a page of MkDocs was made from."""
    return project.pages[locale][Path(page.file.src_uri).stem]


def _locale(page: Page) -> str:
    locale: str = page.file.locale  # type: ignore[attr-defined] # static-i18n adds it
    return locale


def _languages(config: MkDocsConfig) -> dict[str, str]:
    return {language.locale: language.name for language in _i18n(config).config.languages}
