"""What a translated section must share with its English, links and numbers, and letters that no reader sees."""

import re
from collections.abc import Iterable, Iterator

from docweave.errors import WeaveError
from docweave.pages import Page, Section
from docweave.tree import Directive, Figure, Span, texts

# A number of three digits or more, however a language parts its thousands and marks its decimals. In Russian a space that does
# not break parts them.
NUMBER = re.compile(r"\d(?:[\d.,_\u00a0\u202f]*\d)?")
DIGITS = 3

# Letters of two scripts in one word: a slip of the keyboard, which no reader sees and no search finds.
MIXED = re.compile(r"\b\w*(?:[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z])\w*")
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def differences(page: Page, source: Page) -> Iterator[WeaveError]:
    """Yield the sections of a translated page whose links or numbers are not those of its English.

    Args:
        page: the translated page.
        source: its English.
    """
    english = {section.id: section for section in source.sections}
    for section in page.sections:
        if section.id not in english:
            continue  # reported as a difference between the languages
        other = english[section.id]
        here = f"the section “{section.id}”"
        for what, ours, theirs in (
            ("link to", links(section, page.locale), links(other, source.locale)),
            ("number", numbers(section), numbers(other)),
        ):
            if lost := sorted(theirs - ours):
                yield page.error(f"{here} lacks the {what} “{lost[0]}”, which its English has", section.line)
            elif added := sorted(ours - theirs):
                yield page.error(f"{here} has a {what} “{added[0]}”, which its English has not", section.line)


def links(section: Section, locale: str) -> set[str]:
    """Return where the links of a section lead, without the name of its language, which addresses of files may have."""
    targets = _targets(span for _, spans in _prose(section) for span in spans)
    return {re.sub(rf"\b{locale}\b", "…", target) for target in targets}


def _targets(spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        if span.kind == "link":
            yield span.target
        yield from _targets(span.parts)


def numbers(section: Section) -> set[str]:
    """Return the digits of the numbers in a section's prose that have at least three, those in code too."""
    found = (re.sub(r"\D", "", number) for _, text in said(section, code=True) for number in NUMBER.findall(text))
    return {digits for digits in found if len(digits) >= DIGITS}


def unreadable(page: Page) -> Iterator[WeaveError]:
    """Yield the words of a page that mix scripts, and the characters that nobody sees."""
    for section in page.sections:
        for line, text in said(section):
            if found := MIXED.search(text):
                yield page.error(f"“{found[0]}” mixes Latin and Cyrillic letters", line)
    for number, text in enumerate(page.lines, 1):
        if found := UNSEEN.search(text):
            yield page.error(f"an unseen character (U+{ord(found[0]):04X}): remove it", number)


def said(section: Section, code: bool = False) -> Iterator[tuple[int, str]]:
    """Yield what a section says in words, line by line with its number; code among the words too, if so."""
    for first, spans in _prose(section):
        lines: dict[int, str] = {}
        for line, span in texts(first, spans):
            if code or span.kind == "text":
                lines[line] = lines.get(line, "") + span.text
        yield from lines.items()
    for block in section.walk():
        if isinstance(block, Directive | Figure):
            yield block.line, block.alt
        if isinstance(block, Figure):
            yield block.line, block.caption


def _prose(section: Section) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for block in section.walk():
        yield from block.prose
