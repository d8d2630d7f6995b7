"""The line on a page that says where its chapter was run, in the reader's language, and the table it opens to."""

import re
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from docweave import phrases
from docweave.catalogs import Catalog
from docweave.cells import BACKENDS, Chapter
from docweave.verified import Run

BESIDE_HAN = re.compile(r"(?<=[0-9A-Za-z])(?=[一-鿿])|(?<=[一-鿿])(?=[0-9A-Za-z])")


@dataclass(frozen=True)
class Row:
    """A cell whose output differs from the page in some run.

    Attributes:
        cell: the cell's name.
        given: its output or error in each column, None where that equals the page.
        because: the reason why it runs on some backends only, if so.
    """

    cell: str
    given: tuple[str | None, ...]
    because: str = ""


@dataclass(frozen=True)
class Attest:
    """The runs of a chapter, summed up for a reader.

    Attributes:
        line: the sentence.
        columns: the heads of the table's columns, such as `JAX 0.10`.
        rows: the cells whose output differs from the page.
        others: how many cells gave the output on the page in every run.
    """

    line: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    others: int


def attest(chapter: Chapter, runs: list[Run], locale: str, words: Catalog) -> Attest | None:
    """Return a page's statement of where its chapter was run, or None if its present code was run nowhere yet.

    Args:
        chapter: the chapter.
        runs: the runs of its present code.
        locale: the reader's language.
        words: the catalogue of that language.
    """
    if not runs:
        return None
    language = Locale.parse(locale, sep="-")
    names = sorted({run.backend for run in runs}, key=list(BACKENDS).index)
    line = words(phrases.VERIFIED).format(
        keras=_list({run.keras for run in runs}, language),
        backends=format_list([_backend(name, runs) for name in names], locale=language),
        pythons=_list({_short(run.python) for run in runs}, language),
        day=format_date(date.fromisoformat(max(run.day for run in runs)), "long", language),
    )
    columns = _columns(runs)
    rows = [
        Row(cell.name, tuple(_given(run, cell.name) for run in columns.values()), words(cell.because) if cell.because else "")
        for cell in chapter.cells
        if any(cell.name in run.differs for run in columns.values())
    ]
    # Chinese typography wants a space between Han and Latin characters; Babel's lists and dates have none.
    line = BESIDE_HAN.sub(" ", line)
    return Attest(line, tuple(columns), tuple(rows), len(chapter.cells) - len(rows))


def _columns(runs: list[Run]) -> dict[str, Run]:
    """Return the runs to show, by the heads of their columns.

    These are the newest differing run of each backend, and any older one in which further cells differ.
    If no run differs, they are the newest run of each backend.
    """
    newest = max(map(_keras, runs))
    columns: dict[str, Run] = {}
    known: dict[str, set[str]] = {}
    for run in sorted(runs, key=lambda run: (_keras(run), _parts(run.version), _parts(run.python)), reverse=True):
        if run.backend in known and run.differs.keys() <= known[run.backend]:
            continue
        known.setdefault(run.backend, set()).update(run.differs)
        head = f"{BACKENDS[run.backend]} {_short(run.version)}"
        head += f", Keras {run.keras}" if _keras(run) != newest else ""
        columns[f"{head}, Python {_short(run.python)}" if head in columns else head] = run
    ordered = dict(sorted(columns.items(), key=lambda item: list(BACKENDS).index(item[1].backend)))
    return {head: run for head, run in ordered.items() if run.differs} or ordered


def _given(run: Run, cell: str) -> str | None:
    output = run.differs.get(cell)
    return None if output is None else f"{output.text}{output.error}".rstrip("\n")


def _backend(name: str, runs: list[Run]) -> str:
    versions = {_short(run.version) for run in runs if run.backend == name}
    return f"{BACKENDS[name]} {'/'.join(sorted(versions, key=_parts))}"


def _list(versions: set[str], language: Locale) -> str:
    return format_list(sorted(versions, key=_parts), locale=language)


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _keras(run: Run) -> list[int]:
    return _parts(run.keras)


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]
