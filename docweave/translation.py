"""The state of each translation: stamped, stale, untranslated."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from docweave import catalogs
from docweave.errors import WeaveError, nearest
from docweave.files import diff, read_text, write_text
from docweave.pages import FRONT_MATTER, Page, Section, parse_page
from docweave.project import SOURCE, Project
from docweave.weave import stale_sections


@dataclass(frozen=True)
class Status:
    """The work left in one language.

    Attributes:
        locale: the language's folder.
        pages: the English pages without a translation.
        unstamped: the sections never stamped, as `page#section`.
        stale: the sections whose English has changed, as `page#section`, with the diff.
        words: an error for each comment, text in a plot and phrase without translation.
    """

    locale: str
    pages: list[str]
    unstamped: list[str]
    stale: dict[str, str]
    words: list[WeaveError]

    @property
    def complete(self) -> bool:
        return not (self.pages or self.unstamped or self.stale or self.words)


def status(project: Project, locale: str) -> Status:
    """Return the work left in a language.

    Raises:
        WeaveError: an unknown language.
    """
    if locale not in project.translations:
        raise WeaveError(f"there is no translation “{locale}” in docs/.{nearest(locale, project.translations)}")
    english, pages = project.pages[SOURCE], project.pages[locale]
    unstamped, stale = [], {}
    for name, page in pages.items():
        if name not in english:
            continue
        stamps, same = page.meta.get("sections") or {}, page.meta.get("same") or []
        settled = {*stamps, *same}
        unstamped += [f"{name}#{section.id}" for section in english[name].sections if section.id not in settled]
        for id in stale_sections(page, project):
            now = next(section for section in english[name].sections if section.id == id)
            stale[f"{name}#{id}"] = _change(english[name], now, stamps[id])
    words = [project.relative(error) for error in catalogs.missing(project.catalogs[locale], project.messages)]
    return Status(locale, sorted(english.keys() - pages.keys()), unstamped, stale, words)


def _change(page: Page, now: Section, stamp: str) -> str:
    """Return the diff between the stamped version of a section, found in git's history, and the present one."""
    for text in _history(page.path):
        try:
            sections = parse_page(text, page.path).sections
        except WeaveError:
            continue  # an older version may break a rule that did not exist yet
        for section in sections:
            if section.id == now.id and section.hash == stamp:
                return diff(section.text, now.text, "translated from", "now")
    return "the stamped English is not in the git history here; the present English is:\n" + now.text


def _history(path: Path) -> Iterator[str]:
    commits = _git(path, "log", "--format=%H", "--", path.name)
    for commit in (commits or "").split():
        text = _git(path, "show", f"{commit}:./{path.name}")
        if text is not None:
            yield text


def _git(path: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=path.parent, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def stamp(project: Project, page: Page, ids: list[str]) -> list[str]:
    """Record in a translated page's front matter that sections match their present English.

    Args:
        project: the project with the English page.
        page: the translated page.
        ids: the sections to stamp; all of them if empty.

    Returns:
        the ids whose stamp changed.

    Raises:
        WeaveError: an English page, an unknown section, a section that still equals its English; nothing is written.
    """
    source = project.pages[SOURCE].get(page.name)
    if page.locale == SOURCE or source is None:
        raise page.error("only a translated page can be stamped, and it must have an English page of the same name")
    english = {section.id: section for section in source.sections}
    ours = {section.id: section for section in page.sections}
    stamps, same = dict(page.meta.get("sections") or {}), page.meta.get("same") or []
    changed = []
    for id in ids or [id for id in english if id in ours]:
        if id not in ours or id not in english:
            raise page.error(f"the two languages have no section “{id}” in common.{nearest(id, english.keys() & ours.keys())}")
        if ours[id].hash == english[id].hash and id not in same:
            raise page.error(f"the section “{id}” still equals its English: translate it first", ours[id].line)
        if stamps.get(id) != english[id].hash:
            stamps[id] = english[id].hash
            changed.append(id)
    if changed:
        ordered = {id: stamps[id] for id in english if id in stamps}
        write_text(page.path, _with_sections(read_text(page.path), ordered))
    return changed


def _with_sections(text: str, stamps: dict[str, str]) -> str:
    front = FRONT_MATTER.match(text)
    assert front, "a page without front matter is not read"
    kept = re.sub(r"^sections:.*\n(?:[ \t]+.*\n)*", "", front["yaml"], flags=re.MULTILINE)
    block = yaml.safe_dump({"sections": stamps}, sort_keys=False, indent=2)
    return f"---\n{kept}{block}---\n{text[front.end() :]}"
