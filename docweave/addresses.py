"""The addresses of pages, languages and notebooks on the site."""

from docweave.cells import Chapter
from docweave.pages import Page
from docweave.project import SOURCE

# The folder of a language's notebooks, below the language's own folder.
NOTEBOOKS = "notebooks"


def file_name(chapter: Chapter) -> str:
    """Return the name of a chapter's notebook, without its extension."""
    return chapter.name.replace("_", "-")


def folder_of(locale: str) -> str:
    """Return the folder of a language below the site's root; the source language has none."""
    return "" if locale == SOURCE else f"{locale}/"


def address_of(page: Page, site: str) -> str:
    """Return the address of a page.

    Args:
        page: the page.
        site: the address of the site, with a trailing slash.
    """
    return site + folder_of(page.locale) + ("" if page.name == "index" else f"{page.name}/")
