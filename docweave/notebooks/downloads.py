"""Downloads: the notebook and the script of each chapter, and the whole course of a language as one file."""

import io
import zipfile
from dataclasses import dataclass

from docweave.addresses import NOTEBOOKS, file_name, folder_of
from docweave.cells import BACKENDS, Chapter
from docweave.pages import Page
from docweave.project import Project

COLAB = "https://colab.research.google.com/github/"
BRANCH = "notebooks"  # the workflow “Pages” pushes the notebooks there, at their paths on the site


@dataclass(frozen=True)
class Download:
    """The files of a chapter in one language, by their paths below the site's root.

    Attributes:
        chapter: the chapter.
        backend: the usual name of the chapter's backend, empty if any will do.
        page: the notebook as a page.
        notebook, script: the files.
        colab: the address that opens the notebook in Colab, empty if the repository is not on GitHub.
        cells: the address of the snippet file in the repository, empty if there is no repository.
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
    """Return the path of the course of a language, which is all of its notebooks and scripts in one file."""
    return f"{folder_of(locale)}{NOTEBOOKS}/keras-functional-api-{locale}.zip"


def packed(course: dict[str, str]) -> bytes:
    """Return files as a reproducible zip: the same bytes for the same files, at any time and on any machine."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(course):
            entry = zipfile.ZipInfo(f"keras-functional-api/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, course[name].encode())
    return stream.getvalue()
