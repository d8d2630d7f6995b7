"""Read snippet files: chapters and their named cells."""

import ast
import keyword
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import jupytext
from nbformat import ValidationError

from docweave.errors import WeaveError, nearest
from docweave.files import read_text

# The backends of Keras and their usual names, in the order of the site. A chapter for a single backend names it at the end of
# its file name: `beyond_one_machine_jax.py`.
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
# A chapter for an older Keras names the version: `keras_3_6.py`. It has no page: other pages show its cells.
OLDER_KERAS = re.compile(r"keras_(\d+)_(\d+)")
OPTIONS = ("active", "backends", "because", "tags")
TAGS = ("raises-exception", "slow")

# A comment is never code: with `comment_magics`, Jupytext would take `# cat and dog` for a shell command.
PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
MARKER = re.compile(r"# %%(?:\s|$)")


@dataclass(frozen=True)
class Cell:
    """One named cell of a snippet file.

    Attributes:
        chapter: the chapter's name, as in `snippets/<chapter>.py`.
        name: the cell's name, unique in its chapter.
        source: its code, without the marker and the final line break.
        path: the file that holds it.
        line: the line of its first code line in that file, from 1.
        tags: some of `TAGS`.
        backends: the backends that can run it, empty for all.
        because: the reason why the others cannot.
    """

    chapter: str
    name: str
    source: str
    path: Path
    line: int
    tags: frozenset[str] = frozenset()
    backends: tuple[str, ...] = ()
    because: str = ""

    @property
    def id(self) -> str:
        return f"{self.chapter}.{self.name}"

    @property
    def raises(self) -> bool:
        """Whether the cell must raise an error. Such a cell is commented out in its file."""
        return "raises-exception" in self.tags

    @property
    def slow(self) -> bool:
        return "slow" in self.tags

    def runs_on(self, backend: str) -> bool:
        return not self.backends or backend in self.backends

    def error(self, message: str, line: int = 1) -> WeaveError:
        """Return an error at a line of this cell (from 1)."""
        return WeaveError(message, self.path, self.line + line - 1)


@dataclass(frozen=True)
class Chapter:
    """A snippet file: its cells in the order in which they run."""

    name: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def backend(self) -> str:
        """The backend in the file name, or an empty string if any will do."""
        suffix = self.name.rpartition("_")[2]
        return suffix if suffix in BACKENDS else ""

    @property
    def keras(self) -> str:
        """The older Keras in the file name, such as `3.6`, or an empty string for the locked version."""
        found = OLDER_KERAS.fullmatch(self.name)
        return ".".join(found.groups()) if found else ""

    @property
    def apart(self) -> bool:
        """Whether the chapter needs a fresh process, since a process has one Keras with one backend for life."""
        return bool(self.backend or self.keras)

    @property
    def page(self) -> str:
        """The name of the chapter's page, with underscores: a page may show one file for each backend."""
        return self.name.removesuffix(f"_{self.backend}") if self.backend else self.name

    def __getitem__(self, name: str) -> Cell:
        """Return the cell of that name, or raise a KeyError."""
        return {cell.name: cell for cell in self.cells}[name]


def read_chapters(folder: Path) -> dict[str, Chapter]:
    """Read every snippet file of a folder, by name.

    Raises:
        WeaveError: a file that is not a script of named cells.
    """
    return {path.stem: read_chapter(path) for path in sorted(folder.glob("*.py"))}


def read_chapter(path: Path) -> Chapter:
    """Read one percent-format script (`# %% name tags=["slow"]`).

    Raises:
        WeaveError: a cell without a name, a name used twice, an unknown tag, code that does not
            parse, code before the first cell, trailing spaces, a cell that must raise but is not commented out.
    """
    lines = read_text(path).splitlines()
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            raise WeaveError("trailing spaces: a reader would copy them", path, number)
    markers = [number for number, line in enumerate(lines, 1) if MARKER.match(line)]
    if not markers or any(lines[: markers[0] - 1]):
        raise WeaveError("the file must begin with a cell: expected `# %% name`", path, 1)
    cells: list[Cell] = []
    for marker, end in zip(markers, [*markers[1:], len(lines) + 1], strict=True):
        cell = _cell(path, marker, tuple(lines[marker - 1 : end - 1]))
        for other in cells:
            if other.name.lower() == cell.name.lower():  # on a case-insensitive file system their outputs would share a file
                raise WeaveError(f"the cell name “{cell.name}” is used twice: first in line {other.line - 1}", path, marker)
        cells.append(cell)
    return Chapter(path.stem, path, tuple(cells))


@lru_cache(maxsize=4096)  # while the site is served, every change rereads all cells, and few have changed
def _cell(path: Path, marker: int, lines: tuple[str, ...]) -> Cell:
    try:
        notebook_cell, *more = jupytext.reads("\n".join(lines).rstrip(), fmt=PERCENT).cells
    except ValidationError as error:
        raise WeaveError(f"unreadable options: {error.message}", path, marker) from error
    if more:
        raise WeaveError("another cell begins inside this one: expected `# %% name`, not indented", path, marker)
    metadata = dict(notebook_cell.metadata)
    name = metadata.pop("title", "")
    if notebook_cell.cell_type != "code":
        raise WeaveError("a snippet file holds code only: prose belongs in docs/", path, marker)
    if "incorrectly_encoded_metadata" in metadata:
        options = metadata["incorrectly_encoded_metadata"]
        raise WeaveError(f"unreadable options “{options}”: expected `name=value`, with text in double quotes", path, marker)
    if not name.isidentifier() or keyword.iskeyword(name):
        raise WeaveError(f"“{name}” cannot name a cell: expected `# %% name`, a Python identifier", path, marker)
    tags = frozenset(metadata.pop("tags", ()))
    for tag in sorted(tags.difference(TAGS)):
        raise WeaveError(f"unknown tag “{tag}”.{nearest(tag, TAGS)}", path, marker)
    backends, because = metadata.pop("backends", ()), metadata.pop("because", "")
    if isinstance(backends, str):
        raise WeaveError(f'backends is {backends!r}: expected a list, `backends=["tensorflow"]`', path, marker)
    for backend in backends:
        if backend not in BACKENDS:
            raise WeaveError(f"unknown backend “{backend}”.{nearest(backend, BACKENDS)}", path, marker)
    if bool(backends) != bool(because):
        message = 'a cell that some backends cannot run is marked `backends=["tensorflow"] because="…"`: both or neither'
        raise WeaveError(message, path, marker)
    active = metadata.pop("active", None)
    for option in sorted(metadata):
        raise WeaveError(f"unknown option “{option}”.{nearest(option, OPTIONS)}", path, marker)
    if (active == "ipynb") != ("raises-exception" in tags):
        raise WeaveError(
            'a cell that must raise is marked `tags=["raises-exception"] active="ipynb"`: both or neither', path, marker
        )
    cell = Cell(path.stem, name, notebook_cell.source, path, marker + 1, tags, tuple(backends), because)
    for number, line in enumerate(lines[1:], 1):
        if cell.raises and line and not line.startswith("#"):
            raise cell.error("a cell that must raise is commented out in its file, so that the file runs to its end", number)
    try:
        if not ast.parse(cell.source).body:
            raise WeaveError(f"the cell “{name}” is empty", path, marker)
    except SyntaxError as error:
        if not cell.raises:
            raise cell.error(f"does not parse: {error.msg}", error.lineno or 1) from error
    return cell


@cache
def syntax(source: str) -> str:
    """Return a text that is equal for the same code, whatever its comments.

    It is the dump of the syntax tree, or the code itself if that does not parse, as some code is meant not to.
    """
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return source
