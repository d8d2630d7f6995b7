"""The MkDocs plugin: hands each page to the weaver, and the site's languages to the theme. It decides nothing."""

import logging
from dataclasses import dataclass
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority

from docweave.check import check
from docweave.errors import WeaveError
from docweave.project import Project
from docweave.weave import Woven, weave

log = logging.getLogger("mkdocs.plugins.docweave")


@dataclass(frozen=True)
class Site:
    """What templates know of the site's languages, as `docweave`.

    Attributes:
        project: where the words come from.
        locale: the language that is being built.
        names: every language's name in itself, by locale.
    """

    project: Project
    locale: str
    names: dict[str, str]

    @property
    def languages(self) -> list[str]:
        return list(self.names)

    def name(self, locale: str) -> str:
        return self.names[locale]

    def phrase(self, text: str, locale: str | None = None) -> str:
        """Return an English phrase in a language: the one that is being built, unless another is given."""
        return self.project.catalogs[locale or self.locale](text)


class DocweavePlugin(BasePlugin):
    """Weaves pages while MkDocs builds them. Problems are warnings, so that `--strict` fails on them."""

    project: Project | None = None

    def on_config(self, config):
        # static-i18n builds the site once for each language, with the same plugin: one project serves them all.
        if self.project is None or not config.plugins["i18n"].building:
            root = Path(config.config_file_path).parent
            self.project = Project(root)
            self.woven: dict[str, Woven] = {}
            for problem in check(self.project):
                log.warning(str(problem))
        return config

    @event_priority(-50)
    def on_env(self, env, config, files):
        i18n = config.plugins["i18n"]
        names = {language.locale: language.name for language in i18n.config.languages}
        env.globals["docweave"] = Site(self.project, i18n.current_language, names)
        return env

    @event_priority(100)
    def on_page_markdown(self, markdown, page, config, files):
        try:
            woven = weave(self.project.pages[page.file.locale][Path(page.file.src_uri).stem], self.project)
        except WeaveError as error:
            raise PluginError(str(self.project.relative(error))) from error
        self.woven[page.file.src_uri] = woven
        return woven.markdown

    def on_page_content(self, html, page, config, files):
        for token, figure in self.woven.pop(page.file.src_uri).figures.items():
            paragraph = f"<p>{token}</p>"
            if html.count(paragraph) != 1:
                raise PluginError(f"{page.file.src_uri}: a figure is not in a paragraph of its own")
            html = html.replace(paragraph, figure)
        return html

    @event_priority(-50)
    def on_post_template(self, output_content, template_name, config):
        # Each language writes the one 404.html; it must be the default language's, whichever is built last.
        if template_name == "404.html":
            if config.plugins["i18n"].is_default_language_build:
                self.not_found = output_content
            return self.not_found
        return output_content
