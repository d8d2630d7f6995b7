"""Gettext catalogues: the words of a language for comments, plots and phrases of the site."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog as PoCatalog
from babel.messages.pofile import PoFileError, read_po, write_po

from docweave.errors import WeaveError
from docweave.files import read_text, write_text

HEADER = "# The words of this language for comments in cells, for plots and for the site itself."

# Translators write this comment above a message that is the same in both languages.
SAME = "same in both"

# The legal lines of a catalogue. Babel skips an unclosed string, and the next update would then drop its message.
STRING = r'"(?:[^"\\]|\\.)*"'
LINE = re.compile(rf"(#(?!~).*|#~\|.*|(#~ *)?((?P<word>msgctxt|msgid_plural|msgid|msgstr(\[\d+\])?) *)?{STRING})?")
# A catalogue's header, kept as its editor wrote it: Babel fails on dates and plurals that are not filled in.
HEAD = re.compile(rf'^(?P<comments>(?:#.*\n)*)(?P<strings>msgid ""\n(?:msgstr {STRING}\n)(?:{STRING}\n)*)', re.MULTILINE)
CHARSET = re.compile(r"(?<=charset=)[\w-]+")


@dataclass(frozen=True)
class Message:
    """A text to translate, and the places that use it: cells, or `site` for a phrase of the site itself."""

    text: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Translation:
    """A message in one language: the text, whether it may equal the original, its line in the catalogue."""

    text: str
    may_be_same: bool
    line: int


@dataclass(frozen=True)
class Catalog:
    """The words of one language, by message."""

    path: Path
    translations: dict[str, Translation]

    def __call__(self, text: str) -> str:
        """Return the translation of `text`, or `text` itself if there is none."""
        translation = self.translations.get(text)
        return translation.text if translation else text


def collect(pairs: Iterable[tuple[str, str]]) -> list[Message]:
    """Return one message for each text of `(text, place)` pairs, in the order of their first places."""
    places: dict[str, list[str]] = {}
    for text, place in pairs:
        if place not in places.setdefault(text, []):
            places[text].append(place)
    return [Message(text, tuple(where)) for text, where in places.items()]


def read_catalog(path: Path) -> Catalog:
    """Read a catalogue. A missing file is an empty one.

    Raises:
        WeaveError: a file that does not parse, at the line.
    """
    translations = {}
    for message in _read_po(path):
        text, words = message.id, message.string
        # Lists would mean a plural; our messages have none.
        if isinstance(text, str) and isinstance(words, str) and text and words.strip() and not message.fuzzy:
            translations[text] = Translation(words, SAME in message.user_comments, message.lineno or 0)
    return Catalog(path, translations)


def _read_po(path: Path) -> PoCatalog:
    if not path.exists():
        return PoCatalog(
            locale=path.parent.name.replace("-", "_"),
            project="docweave",
            version="1",
            msgid_bugs_address="",
            last_translator="",
            language_team="",
        )
    text = read_text(path)
    _check_lines(text, path)
    # Blank out the parts that Babel must not read, line by line, so that the other line numbers stay right.
    body = re.sub(r"^#~\|.*", "", HEAD.sub(lambda found: "\n" * found[0].count("\n"), text, count=1), flags=re.MULTILINE)
    try:
        # The locale gives the number of plural forms, which the header would.
        catalog = read_po(io.StringIO(body), locale=path.parent.name.replace("-", "_"), abort_invalid=True)
    except PoFileError as error:
        problem = str(error).rpartition(" on ")[0]
        raise WeaveError(f"the catalogue does not parse: {problem}", path, error.lineno + 1) from error
    catalog.charset = "utf-8"
    return catalog


def _check_lines(text: str, path: Path) -> None:
    """Reject lines that a catalogue cannot have, and duplicate messages, of which Babel would drop one."""
    first: dict[tuple[str, ...], int] = {}
    entry: list[str] = []
    begins = 0
    for number, line in enumerate([*text.splitlines(), 'msgid ""'], 1):
        if not (found := LINE.fullmatch(line.strip())):
            message = 'the catalogue does not parse: expected `msgid "…"`, `msgstr "…"` or a comment'
            raise WeaveError(message, path, number)
        if line.startswith("#"):
            continue
        if found["word"] in ("msgctxt", "msgid") and (not entry or entry[-1] == "msgstr"):
            begins = number
            entry = []
        if (found["word"] or "").startswith("msgstr") and "msgstr" not in entry:
            if (other := first.setdefault(tuple(entry), begins)) != begins:
                raise WeaveError(f"duplicate message, first in line {other}: keep one translation of it", path, begins)
            entry.append("msgstr")
        elif entry[-1:] != ["msgstr"] and line.strip():
            entry += [found["word"]] if found["word"] else []
            entry[-1:] = [entry[-1] + "".join(re.findall(STRING, line))[1:-1]] if entry else []


def missing(catalog: Catalog, messages: Iterable[Message]) -> list[WeaveError]:
    """Return one error for each of `messages` that a catalogue translates badly or not at all.

    Errors are: no translation; a translation that equals its original without being marked as the same in both; one
    that is so marked and differs; one with another number of lines; a
    phrase of the site with markup.
    """
    errors = []
    for message in messages:
        translation = catalog.translations.get(message.text)
        text, where = message.text.replace("\n", "⏎"), ", ".join(message.places)
        if translation is None:
            errors.append(WeaveError(f"no translation of “{text}” ({where})", catalog.path))
            continue
        same = translation.text == message.text
        if same and not translation.may_be_same:
            problem = f"“{text}” ({where}) equals its original: translate it, or write the comment `# {SAME}` above it"
        elif not same and translation.may_be_same:
            problem = f"“{text}” ({where}) is marked as the same in both, and differs: remove `# {SAME}`"
        elif "site" in message.places and (markup := set('<>&"') & set(translation.text) - set(message.text)):
            problem = f"the translation of “{text}” ({where}) holds “{min(markup)}”: a phrase of the site is plain text"
        elif translation.text.count("\n") != message.text.count("\n"):
            problem = f"the translation of “{text}” ({where}) must keep its number of lines"
        else:
            continue
        errors.append(WeaveError(problem, catalog.path, translation.line))
    return errors


def update(path: Path, messages: Iterable[Message]) -> tuple[int, int]:
    """Bring a catalogue up to date: add new messages, and keep unused ones as obsolete.

    Returns:
        the number of messages in the catalogue, and the number of those that still need a translation.
    """
    old = _read_po(path)
    old.header_comment, old.fuzzy = HEADER, False
    template = PoCatalog(creation_date=old.creation_date)
    for message in messages:
        # A cell has no line number: Babel can write such a location, but its types do not allow it.
        places: Any = [(place, None) for place in message.places]
        template.add(message.text, locations=places)
        if message.text in old.obsolete:  # used again
            old[message.text] = old.obsolete.pop(message.text)
    old.update(template)
    # Babel would write the time of this update, so that the file would change on every run.
    old.creation_date = template.creation_date
    buffer = io.BytesIO()
    write_po(buffer, old, width=100)
    # Babel mistakes the previous message (`#|`) for a translator's comment.
    text = re.sub(r"^# \| ", "#| ", buffer.getvalue().decode("utf-8"), flags=re.MULTILINE)
    if path.exists() and (head := HEAD.search(read_text(path))):
        text = HEAD.sub(lambda new: new["comments"] + CHARSET.sub("utf-8", head["strings"]), text, count=1)
    write_text(path, text)
    entries = [message for message in old if message.id]
    return len(entries), sum(not message.string or message.fuzzy for message in entries)
