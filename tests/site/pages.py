"""The pages of the site and their paths, over which the tests of the site are parametrized."""

from pathlib import Path

import pytest

from docweave.project import SOURCE, Project

PROJECT = Project(Path(__file__).parents[2])
PAGES = [(locale, name) for locale in PROJECT.languages for name in PROJECT.pages[SOURCE]]
NOTEBOOKS = [
    pytest.param(locale, name, chapter, id=f"{locale}-{chapter.name}")
    for locale, name in PAGES
    for chapter in PROJECT.chapters_of(PROJECT.pages[locale][name])
]

# One page of each kind: with diagrams and questions, with tables, the start page. `pytest --quick` reads only these.
KINDS = ("index", "multi-input", "glossary")

every_notebook = pytest.mark.parametrize(("locale", "name", "chapter"), NOTEBOOKS)
every_page = pytest.mark.parametrize(("locale", "name"), PAGES)
translated_page = pytest.mark.parametrize(("locale", "name"), [page for page in PAGES if page[0] != SOURCE])
every_language = pytest.mark.parametrize("locale", PROJECT.languages)


def path_of(locale: str, name: str = "index") -> str:
    """Return the path of a page below the site's root; English has no folder."""
    return ("" if locale == SOURCE else f"{locale}/") + ("" if name == "index" else f"{name}/")
