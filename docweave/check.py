"""Check a project without running a cell: one error for each thing to fix."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import zip_longest

from docweave import catalogs, parallel
from docweave.cells import Chapter
from docweave.errors import WeaveError
from docweave.outputs import code_hashes
from docweave.pages import Page
from docweave.project import SOURCE, Project
from docweave.weave import weave

GLOSSARY = "glossary"
INLINE_CODE = re.compile(r"`[^`]*`")


def check(project: Project) -> list[WeaveError]:
    """Return everything an author must fix, with paths relative to the project.

    A chapter, page, recorded output or catalogue that cannot be read is the only error reported: the rest depends on it.
    """
    try:
        problems = [
            *unshown_cells(project),
            *unrecorded_outputs(project),
            *outputs_of_nothing(project),
            *order_of_chapters(project),
            *unwoven_pages(project),
            *differences_between_languages(project),
            *links_and_numbers(project),
            *sections_not_translated(project),
            *words_not_translated(project),
            *words_that_the_glossary_rejects(project),
        ]
    except WeaveError as error:
        problems = [error]
    return [project.relative(problem) for problem in problems]


def unshown_cells(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each cell that no English page shows."""
    shown = {directive.id for page in project.pages[SOURCE].values() for directive in page.directives}
    for chapter in project.chapters.values():
        for cell in chapter.cells:
            if cell.id not in shown:
                yield cell.error(f"no page shows the cell “{cell.name}”: write `::: {cell.id}` or remove it", 0)


def unrecorded_outputs(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each chapter whose outputs are not recorded, or were recorded from other code."""
    for name, chapter in project.chapters.items():
        recorded = project.records[name].code
        fix = f"run `docweave run --record {name}`"
        if not recorded:
            yield WeaveError(f"the outputs of the chapter “{name}” are not recorded: {fix}", chapter.path, 1)
            continue
        hashes = code_hashes(chapter)
        for cell in chapter.cells:
            if recorded.get(cell.name) != hashes[cell.name]:
                yield cell.error(f"the cell “{cell.name}” changed since its output was recorded: {fix}")
                break  # later cells depend on this one
        else:
            for gone in sorted(recorded.keys() - hashes.keys()):
                yield WeaveError(f"an output is recorded for “{gone}”, which is no longer a cell: {fix}", chapter.path, 1)


def outputs_of_nothing(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each folder of recorded outputs whose snippet file is gone."""
    for folder in sorted(project.outputs.glob("[!.]*/")):
        if folder.name not in project.chapters:
            yield WeaveError(f"there is no longer a snippet file {folder.name}.py: remove this folder", folder)


def order_of_chapters(project: Project) -> Iterator[WeaveError]:
    """Yield an error where a chapter's page does not show each cell once, in the order in which they run.

    A reader who copies a page from top to bottom must get a program that runs.
    """
    for page in project.pages[SOURCE].values():
        for chapter in project.chapters_of(page):
            yield from _first_out_of_order(page, chapter)


def _first_out_of_order(page: Page, chapter: Chapter) -> Iterator[WeaveError]:
    shown = [directive for directive in page.directives if directive.chapter == chapter.name]
    for cell, directive in zip_longest(chapter.cells, shown):
        if directive is None:
            yield page.error(f"the page shows the cells up to here; “{cell.name}” is missing", len(page.lines))
        elif cell is None or directive.cell != cell.name:
            expected = f"expected “{cell.name}” here" if cell else "every cell was shown already"
            message = f"“{directive.cell}” is out of the order in which the cells run: {expected}"
            yield page.error(message, directive.line)
        else:
            continue
        return


def unwoven_pages(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each page that cannot be woven, such as an unknown cell or a plot without alternative text."""
    for pages in project.pages.values():
        for page in pages.values():
            try:
                weave(page, project)
            except WeaveError as error:
                yield error


def differences_between_languages(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each page, and the first heading, cell, figure or box, that a language lacks, adds or moves."""
    for locale in project.translations:
        pages = project.pages[locale]
        for name, source in project.pages[SOURCE].items():
            if name in pages:
                yield from _first_difference(source, pages[name])
            else:
                yield WeaveError(f"the page {source.path.name} is missing", source.path.parents[1] / locale)
        for name in sorted(pages.keys() - project.pages[SOURCE].keys()):
            near = get_close_matches(name, project.pages[SOURCE], n=1)
            hint = f" Did you mean “{near[0]}.md”?" if near else ""
            yield pages[name].error(f"there is no English page of this name.{hint}")


def _first_difference(source: Page, page: Page) -> Iterator[WeaveError]:
    for ours, theirs in zip_longest(page.elements, source.elements):
        if ours and theirs and ours.element == theirs.element:
            continue
        if ours is None:
            yield page.error(f"the page ends here; its English has {theirs.element} (line {theirs.line})", len(page.lines))
        elif theirs is None:
            yield page.error(f"{ours.element} is not in the English page", ours.line)
        else:
            message = f"found {ours.element}; the English page has {theirs.element} here (line {theirs.line})"
            yield page.error(message, ours.line)
        return


def links_and_numbers(project: Project) -> Iterator[WeaveError]:
    """Yield the sections whose links or numbers are not those of their English, and what nobody can read on any page."""
    for locale in project.languages:
        for name, page in project.pages[locale].items():
            yield from parallel.unreadable(page)
            if locale != SOURCE and name in project.pages[SOURCE]:
                yield from parallel.differences(page, project.pages[SOURCE][name])


def sections_not_translated(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each section that equals its English, is not stamped, or is named in the front matter and missing."""
    for locale in project.translations:
        for name, page in project.pages[locale].items():
            source = project.pages[SOURCE].get(name)
            if source:
                yield from _sections_not_translated(page, source)


def _sections_not_translated(page: Page, source: Page) -> Iterator[WeaveError]:
    english = {section.id: section for section in source.sections}
    stamps, same = page.meta.get("sections") or {}, page.meta.get("same") or []
    for section in page.sections:
        if section.id not in english:
            continue  # reported as a difference between the languages
        equal = section.hash == english[section.id].hash
        if equal and section.id not in same:
            message = f"the section “{section.id}” equals its English: translate it, or list it under `same:`"
            yield page.error(message, section.line)
        elif not equal and section.id in same:
            yield page.error(f"the section “{section.id}” is listed under `same:` and differs: remove it from there", 1)
        if section.id not in stamps and not equal:
            message = f"the section “{section.id}” is not stamped: `docweave stamp {page.locale}/{page.path.name}`"
            yield page.error(message, section.line)
    for id in sorted({*stamps, *same} - english.keys()):
        yield page.error(f"the front matter names a section “{id}”, which the page does not have", 1)


def words_not_translated(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each comment, text in a plot and phrase of the site that a catalogue does not translate."""
    for locale in project.translations:
        yield from catalogs.missing(project.catalogs[locale], project.messages)


def words_that_the_glossary_rejects(project: Project) -> Iterator[WeaveError]:
    """Yield an error for each word of a page or a catalogue that the glossary of its language rejects.

    A glossary lists such words in its front matter, `rejected:`, each as a regular expression with the right word. The
    glossary itself may use them, and so may inline code, which is not prose.
    """
    for locale in project.languages:
        glossary = project.pages[locale].get(GLOSSARY)
        rejected = (glossary.meta.get("rejected") or {}) if glossary else {}
        pages = [page for page in project.pages[locale].values() if page.name != GLOSSARY]
        said = [(page.path, 1, str(page.meta["description"])) for page in pages]
        said += [(page.path, *line) for page in pages for section in page.sections for line in parallel.said(section)]
        catalog = project.catalogs[locale]
        said += [(catalog.path, words.line, INLINE_CODE.sub("", words.text)) for words in catalog.translations.values()]
        for pattern, right in rejected.items():
            word = re.compile(pattern, re.IGNORECASE)
            for path, line, text in said:
                if found := word.search(text):
                    yield WeaveError(f"“{found[0]}”: the glossary says “{right}”", path, line)
