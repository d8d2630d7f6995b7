"""Read and write recorded outputs: what the cells printed, drew and raised when they were last run."""

import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from importlib.metadata import Distribution
from pathlib import Path

from docweave.cells import Cell, Chapter
from docweave.comments import essence
from docweave.drawings.graphs import Diagram
from docweave.drawings.plots import Plot
from docweave.errors import WeaveError

NOISE = "noise.json"
SUFFIXES = {"text": "txt", "error": "error.txt"}
PACKAGES = ("keras", "numpy", "matplotlib")
BACKEND_PACKAGES = {"tensorflow": ("tensorflow", "tensorflow-cpu"), "jax": ("jax",), "torch": ("torch",)}
DEFAULT_BACKEND = "tensorflow"


@dataclass(frozen=True)
class Output:
    """The output of one cell.

    Attributes:
        text: the printed text.
        error: the last lines of the traceback, from the name of the error on.
        plots: the figures shown, in order.
    """

    text: str = ""
    error: str = ""
    plots: tuple[Plot, ...] = ()

    @property
    def raises(self) -> str:
        """The name of the error's type without its module, or an empty string."""
        return self.error.partition(":")[0].strip().rpartition(".")[2]


@dataclass(frozen=True)
class Record:
    """The results of one run of a chapter.

    Attributes:
        versions: the versions of the packages that ran it, by name.
        code: for each cell, the hash of its code and of all code that ran before it.
        cells: the output of each cell that has one, by the cell's name.
        diagrams: the models at the chapter's end, by variable.
        rebound: variables that named more than one model, with the cells that bound them.
        numbers: for each cell whose floats vary between settings, the floats by the setting's name (see `noise`).
        drift: for each cell with plots, how far noise moved each plot, as a share of the largest number in a series.
    """

    versions: dict[str, str] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Output] = field(default_factory=dict)
    diagrams: dict[str, Diagram] = field(default_factory=dict)
    rebound: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    drift: dict[str, list[float]] = field(default_factory=dict)

    def output(self, cell: Cell) -> Output:
        return self.cells.get(cell.name, Output())


def older_keras(version: str) -> str:
    """Return the folder of an older Keras. `make setup` installs the versions that requirements/keras-*.txt lock."""
    return str(Path(sys.prefix, "keras", version))


def installed_versions(backend: str = "", keras: str = "") -> dict[str, str]:
    """Return the versions of the packages that outputs depend on, without importing them.

    Args:
        backend: the backend that runs the cells; TensorFlow if empty.
        keras: the older Keras that runs them, if any.
    """
    path = [older_keras(keras), *sys.path] if keras else sys.path
    versions = {}
    for package in PACKAGES + BACKEND_PACKAGES[backend or DEFAULT_BACKEND]:
        for found in Distribution.discover(name=package, path=path):  # a machine has either tensorflow or tensorflow-cpu
            versions[package.removesuffix("-cpu")] = found.version
            break
    return versions


def code_hashes(chapter: Chapter) -> dict[str, str]:
    """Return for each cell the hash of its code and of all code that runs before it, the same on every Python.

    Comments and spaces do not count, since changing them needs no new run.
    """
    digest, hashes = hashlib.sha256(), {}
    for cell in chapter.cells:
        digest.update(f"{cell.name}\n{sorted(cell.tags)}\n{essence(cell.source)}\n".encode())
        hashes[cell.name] = digest.hexdigest()[:16]
    return hashes


def chapter_hash(chapter: Chapter) -> str:
    """Return the hash of all the code of a chapter, as `code_hashes` counts it."""
    return code_hashes(chapter)[chapter.cells[-1].name]


def is_current(chapter: Chapter, record: Record) -> bool:
    """Return whether the record is up to date, so that running the chapter again could give nothing new."""
    return record.code == code_hashes(chapter) and record.versions == installed_versions(chapter.backend, chapter.keras)


def read_record(folder: Path) -> Record | None:
    """Read the recorded outputs of one chapter from `outputs/<chapter>/`, or None if there are none.

    Raises:
        WeaveError: a folder that `docweave run --record` did not write.
    """
    name = folder.name
    if not folder.exists():
        folder = _old(folder)  # left by an interruption between the two renames in `write_record`
    index_path = folder / "record.json"
    if not index_path.exists():
        return None
    try:
        index = json.loads(index_path.read_text("utf-8"))
        outputs = {cell: _read_output(folder, cell, parts) for cell, parts in index["outputs"].items()}
        diagrams = {
            model: Diagram.from_json(_read(folder / f"{model}.diagram.json"), folder / f"{model}.diagram.json")
            for model in index["diagrams"]
        }
        measured = json.loads(_read(folder / NOISE)) if index["noise"] else {"numbers": {}, "drift": {}}
        return Record(index["versions"], index["code"], outputs, diagrams, index["rebound"], **measured)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"unreadable recorded outputs ({error}): run `docweave run --record --force {name}`"
        raise WeaveError(message, index_path) from error


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _read_output(folder: Path, name: str, parts: dict[str, int]) -> Output:
    plots = tuple(
        Plot(json.loads(_read(folder / f"{name}.plot-{number}.json")), _read(folder / f"{name}.plot-{number}.svg"))
        for number in range(1, parts.get("plots", 0) + 1)
    )
    texts = {kind: _read(folder / f"{name}.{suffix}") for kind, suffix in SUFFIXES.items() if kind in parts}
    return Output(**texts, plots=plots)


def write_record(folder: Path, record: Record) -> None:
    """Write the recorded outputs of one chapter to `outputs/<chapter>/`, all of them or none.

    New outputs are first written beside the old ones, so that an interruption leaves the old ones intact.
    """
    fresh, old = folder.with_name(f".{folder.name}.new"), _old(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    index = {
        "versions": record.versions,
        "code": record.code,
        "outputs": {name: _write_output(fresh, name, output) for name, output in record.cells.items()},
        "diagrams": sorted(record.diagrams),
        "rebound": record.rebound,
        "noise": bool(record.numbers or record.drift),
    }
    for name, diagram in record.diagrams.items():
        _write(fresh / f"{name}.diagram.json", diagram.to_json())
    _write(fresh / "record.json", json.dumps(index, indent=1) + "\n")
    if index["noise"]:
        _write(fresh / NOISE, _noise_json(record))
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _noise_json(record: Record) -> str:
    """Return the measured noise as JSON, with the numbers of a cell under one setting on one line."""
    lines = json.dumps({"numbers": record.numbers, "drift": record.drift}, indent=1)
    return re.sub(r"\[[^][{}]*\]", lambda numbers: " ".join(numbers[0].split()), lines) + "\n"


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _write_output(folder: Path, name: str, output: Output) -> dict[str, int]:
    parts: dict[str, int] = {}
    for kind, suffix in SUFFIXES.items():
        if getattr(output, kind):
            _write(folder / f"{name}.{suffix}", getattr(output, kind))
            parts[kind] = True
    for number, plot in enumerate(output.plots, 1):
        _write(folder / f"{name}.plot-{number}.svg", plot.svg)
        _write(folder / f"{name}.plot-{number}.json", json.dumps(plot.data, indent=1) + "\n")
        parts["plots"] = number
    return parts
