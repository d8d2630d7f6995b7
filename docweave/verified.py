"""The verified runs of each chapter: the backends, Pythons and versions of Keras that ran it since it was recorded."""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docweave.cells import Chapter
from docweave.errors import WeaveError
from docweave.files import read_text, write_text
from docweave.outputs import DEFAULT_BACKEND, Output, Record, chapter_hash

FILE = "verified.json"


@dataclass(frozen=True)
class Run:
    """One complete run of a chapter.

    Attributes:
        python, keras: the versions of Python and Keras.
        backend: `tensorflow`, `jax` or `torch`.
        version: the version of the backend.
        machine: the kind of processor and the system, such as `x86_64 Linux`.
        day: the date of the run, such as `2026-11-29`.
        code: the hash of the chapter's code that ran.
        differs: the outputs that differ from the recorded ones, by the cell's name.
    """

    python: str
    keras: str
    backend: str
    version: str
    machine: str
    day: str
    code: str
    differs: dict[str, Output] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """The key under which a later run replaces this one: backend, Keras, and Python without its micro version."""
        return _key(self.backend, self.keras, self.python)


def read_verified(outputs: Path) -> dict[str, list[Run]]:
    """Read the runs of every chapter, by its name; none if there is no file.

    Raises:
        WeaveError: a file that `docweave verify` did not write.
    """
    path = outputs / FILE
    if not path.exists():
        return {}
    try:
        return {
            chapter: [
                Run(**run | {"differs": {cell: Output(**parts) for cell, parts in run["differs"].items()}}) for run in runs
            ]
            for chapter, runs in json.loads(read_text(path)).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeaveError(f"unreadable ({error}): remove it, and run `make matrix`", path) from error


def add(outputs: Path, chapter: Chapter, run: Run) -> None:
    """Write a run into the file, in place of an earlier one with the same key, and drop runs of other code."""
    runs = read_verified(outputs)
    kept = [other for other in runs.get(chapter.name, ()) if other.code == run.code and other.key != run.key]
    runs[chapter.name] = sorted([*kept, run], key=lambda one: one.key)
    json_runs = {name: [_plain(one) for one in runs[name]] for name in sorted(runs)}
    write_text(outputs / FILE, json.dumps(json_runs, indent=1, ensure_ascii=False) + "\n")


def _plain(run: Run) -> dict[str, Any]:
    differs = {
        cell: {kind: text for kind, text in (("text", output.text), ("error", output.error)) if text}
        for cell, output in run.differs.items()
    }
    return asdict(run) | {"differs": differs}


def here(chapter: Chapter, recorded: Record, runs: dict[str, list[Run]]) -> Record:
    """Return the outputs to expect of a chapter with this Python and this Keras.

    These are the recorded outputs, with the differences of a verified run with the same versions.

    Args:
        chapter: the chapter, on the backend that recorded it.
        recorded: its recorded outputs.
        runs: the runs of every chapter.
    """
    this = _key(chapter.backend or DEFAULT_BACKEND, version("keras"), platform.python_version())
    for run in current(chapter, runs):
        if run.key == this:
            cells = {cell: replace(given, plots=recorded.output(chapter[cell]).plots) for cell, given in run.differs.items()}
            numbers = {cell: measured for cell, measured in recorded.numbers.items() if cell not in cells}
            return replace(recorded, cells=recorded.cells | cells, numbers=numbers)
    return recorded


def _key(backend: str, keras: str, python: str) -> tuple[str, str, str]:
    return backend, keras, python.rpartition(".")[0]


def current(chapter: Chapter, runs: dict[str, list[Run]]) -> Iterator[Run]:
    """Yield the runs of a chapter's present code."""
    for run in runs.get(chapter.name, ()):
        if run.code == chapter_hash(chapter):
            yield run
