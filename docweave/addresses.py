"""Where the parts of the site are read: pages, languages, notebooks."""

from docweave.cells import Chapter
from docweave.pages import Page
from docweave.project import SOURCE

# Where the site keeps the notebooks of a language, below its folder.
NOTEBOOKS = "notebooks"


def file_name(chapter: Chapter) -> str:
    """Return the name of a chapter's notebook, without ending."""
    return chapter.name.replace("_", "-")


def folder_of(locale: str) -> str:
    """Return where a language is below the site's root: the source language has no folder."""
    return "" if locale == SOURCE else f"{locale}/"


def address_of(page: Page, site: str) -> str:
    """Return where a page is read.

    Args:
        page: the page.
        site: the address of the site, with a slash at its end.
    """
    return site + folder_of(page.locale) + ("" if page.name == "index" else f"{page.name}/")
