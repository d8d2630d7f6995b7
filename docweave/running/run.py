"""Run chapters and collect their outputs: Keras is imported once, and each chapter runs in its own fork."""

import ast
import contextlib
import gc
import inspect
import io
import multiprocessing
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest import mock

from docweave.cells import Cell, Chapter
from docweave.drawings import figures, layout, plots
from docweave.drawings.graphs import Diagram
from docweave.errors import WeaveError
from docweave.files import diff
from docweave.outputs import DEFAULT_BACKEND, Output, Record, code_hashes, installed_versions, older_keras
from docweave.running import noise
from docweave.running.graph_of import graph_of
from docweave.running.noise import AS_SHOWN, Setting

# The environment that outputs depend on. It must be set before Keras is imported.
ENVIRONMENT = {
    "COLUMNS": "80",
    "JAX_TRACEBACK_FILTERING": "off",  # otherwise JAX adds a note to errors that it has filtered the traceback
    "KERAS_BACKEND": DEFAULT_BACKEND,
    "MPLBACKEND": "agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}

# Text that differs from run to run, so that a cell that prints it could never be compared.
UNSTABLE = {
    r"keras_tensor\w*": "a generated tensor name",
    r"\d(ms|us|s)/(step|epoch)": "a time",
    r"\d+/\d+ [━\[]": "a progress bar",
    r" at 0x[0-9a-f]{6,}": "an address in memory",
}

# Warnings from inside Keras 3.15: at the first functional model; from NumPy 2 at each save with TensorFlow 2.21; from Python
# 3.13 when TensorFlow compiles a user's function; and from JAX 0.12 for integer inputs.
KNOWN_WARNINGS = (
    "Possible nested set",
    "__array__ implementation doesn't accept a copy keyword",
    "unexpected keyword argument '___pyct_anno'",
    "requested in ShapeDtypeStruct is not available",
)

# A drawing of more nodes could never be small enough for a page.
MOST_NODES = 60

# TensorFlow prints the name of a failed operation in bold, for terminals.
BOLD = re.compile(r"\x1b\[[0-9;]*m")

# JAX 0.12 names the file in which an error began, and the path of its package differs between machines.
PACKAGES = re.compile(r"\S*/site-packages/")

# From 3.12 on, Python adds a suggestion to some errors.
GUESS = re.compile(r"\. (?:Did you mean: '\w+'|Did you forget to import '\w+')\?$", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """A completed run of a chapter: its variables, and the record of its outputs."""

    namespace: dict[str, Any]
    record: Record


def prepare(backend: str = "", older: str = "") -> None:
    """Import the packages that every chapter needs, in the environment that outputs depend on.

    Args:
        backend: the backend of Keras; TensorFlow if empty.
        older: the version of an older Keras to import, if any.

    Raises:
        WeaveError: the older Keras is not installed.
    """
    if older:
        if not Path(older_keras(older)).exists():
            raise WeaveError(
                f"Keras {older} is not in {older_keras(older)}: `make setup` installs the versions of requirements/keras-*.txt"
            )
        sys.path.insert(0, older_keras(older))
    os.environ.update(ENVIRONMENT | ({"KERAS_BACKEND": backend} if backend else {}))
    with _silenced():
        import keras
        import matplotlib.pyplot

        with contextlib.suppress(ImportError):  # where installed, Keras imports it later with any backend
            import tensorflow

            del tensorflow
    del keras, matplotlib  # imported for the forks, which inherit them


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Drop the output of TensorFlow's C++ to standard error during its import; TF_CPP_MIN_LOG_LEVEL leaves some of it."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def run_chapters(chapters: Iterable[Chapter], short: bool = False) -> Iterator[tuple[Chapter, Record]]:
    """Run chapters one after the other, each in a process forked after the import of Keras.

    A chapter with its own backend or an older Keras runs in a fresh process, since Keras cannot be exchanged in one.

    Args:
        chapters: the chapters to run.
        short: see `run_cells`.

    Yields:
        each chapter with its record, as soon as it has ended.

    Raises:
        WeaveError: an error of `run_cells`, or the death of the process.
    """
    for chapter in chapters:
        if not chapter.apart:
            prepare()
        process, receiver = _start(chapter, short, AS_SHOWN, "spawn" if chapter.apart else "fork")
        yield chapter, _result(chapter, process, receiver)


# Held while a process starts that inherits a modified environment.
_STARTING = threading.Lock()


def run_under(chapter: Chapter, settings: Iterable[Setting], short: bool = False) -> Iterator[tuple[Setting, Record]]:
    """Run a chapter under each setting, with one process for each processor at a time.

    Yields:
        each setting with the record of its run, in which floats have more decimals than a reader sees.

    Raises:
        WeaveError: an error of `run_cells`, with the name of the setting.
    """

    def run(setting: Setting) -> tuple[Setting, Record]:
        # Some libraries read the environment before any of our code runs, so that the process must inherit it.
        with _STARTING, mock.patch.dict(os.environ, setting.environment):
            process, receiver = _start(chapter, short, setting, "spawn")
        try:
            return setting, _result(chapter, process, receiver)
        except WeaveError as error:
            raise WeaveError(f"under “{setting.name}”, {error.message}", error.path, error.line) from error

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(run, settings)


def measured(chapter: Chapter, shown: Record) -> Record:
    """Return a record with the noise of its numbers and plots, measured by running the chapter under other settings.

    Slow cells are run in full, so that this takes eight times as long as a run of the chapter.

    Args:
        chapter: the chapter to run.
        shown: the record of a run as shown to readers.

    Raises:
        WeaveError: one line for each word, digit or verdict that changes with the arithmetic or the seed.
    """
    runs = list(run_under(chapter, (noise.PLAIN, *noise.NOISE, *noise.SEEDS)))
    numbers: dict[str, dict[str, list[float]]] = {}
    drift: dict[str, list[float]] = {}
    problems: list[WeaveError] = []
    for cell in chapter.cells:
        kept = shown.output(cell)
        for setting, run in runs:
            given = run.output(cell)
            same = (noise.words(given.text), given.error) == (noise.words(kept.text), kept.error)
            if same or (setting.seed and noise.verdicts(given.text) == noise.verdicts(kept.text)):
                numbers.setdefault(cell.name, {})[setting.name] = noise.numbers(given.text)
            else:
                change = diff(kept.text + kept.error, given.text + given.error, "recorded", setting.name)
                problems.append(cell.error(f"the cell “{cell.name}” gives something else under “{setting.name}”:\n{change}"))
        if kept.plots:
            others = [run.output(cell).plots for setting, run in runs if not setting.seed]
            drift[cell.name] = [
                max(map(plots.drift, repeat(plot), same)) for plot, *same in zip(kept.plots, *others, strict=True)
            ]
        problems += [
            cell.error(f"the cell “{cell.name}” prints {why}") for why in noise.unsteady(kept.text, numbers.get(cell.name, {}))
        ]
    if problems:
        raise WeaveError("\n".join(map(str, problems)))
    moving = {
        name: values for name, values in numbers.items() if any(one != values[noise.PLAIN.name] for one in values.values())
    }
    return replace(shown, numbers=moving, drift=drift)


def _start(chapter: Chapter, short: bool, setting: Setting, method: str) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    # Every kind of context can start a process, but their base class in the stubs cannot.
    process = context.Process(  # type: ignore[attr-defined]
        target=_run_and_send, args=(chapter, short, setting, method, sender)
    )
    process.start()
    sender.close()
    return process, receiver


def _result(chapter: Chapter, process: BaseProcess, receiver: Connection) -> Record:
    try:
        result: Record | WeaveError = receiver.recv()
    except EOFError:
        process.join()
        message = f"the process that ran the chapter died with exit code {process.exitcode}"
        raise WeaveError(message, chapter.path) from None
    except BaseException:  # an interruption here must stop the chapter, too
        process.kill()
        process.join()
        raise
    process.join(timeout=10)
    process.kill()
    if isinstance(result, WeaveError):
        raise result
    return result


def _run_and_send(chapter: Chapter, short: bool, setting: Setting, method: str, sender: Connection) -> None:
    try:
        if method == "spawn":
            prepare(setting.backend or chapter.backend, chapter.keras)
        # Inherited objects must not be collected here: the destructors of TensorFlow's objects crash in a fork.
        gc.freeze()
        sender.send(run_cells(chapter, short, setting).record)
    except WeaveError as error:
        sender.send(WeaveError(error.message, error.path or chapter.path, error.line))


def run_cells(chapter: Chapter, short: bool = False, setting: Setting = AS_SHOWN) -> Ran:
    """Run a chapter's cells in order, in this process and in one namespace.

    Args:
        chapter: the chapter to run.
        short: shorten the training in slow cells to one epoch of two batches for each `fit`.
        setting: the setting to run under.

    Raises:
        WeaveError: a cell that raises without the tag for it, or the reverse; that warns; that ends in a value or in a
            figure not shown, which a notebook would show and a script would not; that prints text which differs from
            run to run.
    """
    import matplotlib.pyplot as plt

    plt.close("all")  # otherwise pyplot would continue an earlier figure of this process
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outputs: dict[str, Output] = {}
    bound: dict[str, list[tuple[object, str]]] = {}
    backend = setting.backend or chapter.backend or DEFAULT_BACKEND
    with _nudged(setting.nudge), _seeded(setting.seed):
        for cell in chapter.cells:
            with shortened() if short and cell.slow else contextlib.nullcontext():
                output = _run_cell(cell, namespace, setting.wide, strict=cell.runs_on(backend))
            if output != Output():
                outputs[cell.name] = output
            for variable, model in _models(namespace):
                models = bound.setdefault(variable, [])
                if not any(model is other for other, _ in models):
                    models.append((model, cell.name))
    record = Record(
        versions=installed_versions(backend, chapter.keras),
        code=code_hashes(chapter),
        cells=outputs,
        diagrams=_diagrams(namespace),
        rebound={name: [cell for _, cell in models] for name, models in bound.items() if len(models) > 1},
    )
    return Ran(namespace, record)


@contextlib.contextmanager
def _nudged(number: int) -> Iterator[None]:
    """Multiply each random initial weight by a factor within a millionth of 1; equal weights stay equal."""
    import keras

    add_weight = keras.Layer.add_weight
    drawing = keras.initializers.RandomUniform.__base__

    def nudging(layer: Any, *args: Any, initializer: Any = None, **kwargs: Any) -> Any:
        draw = initializer and keras.initializers.get(initializer)
        if isinstance(draw, drawing):

            def initializer(shape: Any, dtype: Any = None) -> Any:
                weights = draw(shape, dtype=dtype)
                return weights * (1 + 1e-6 * keras.ops.sin(number * 1e7 * weights))

        return add_weight(layer, *args, initializer=initializer, **kwargs)

    with mock.patch.object(keras.Layer, "add_weight", nudging) if number else contextlib.nullcontext():
        yield


@contextlib.contextmanager
def _seeded(step: int) -> Iterator[None]:
    """Add a number to each seed passed to `keras.utils.set_random_seed`."""
    import keras

    set_random_seed = keras.utils.set_random_seed
    with mock.patch.object(keras.utils, "set_random_seed", lambda seed: set_random_seed(seed + step)):
        yield


def lay_out(record: Record) -> Record:
    """Return the record with its diagrams laid out, which requires Graphviz."""
    return replace(record, diagrams={name: layout.lay_out(graph) for name, graph in record.diagrams.items()})


def _models(namespace: dict[str, Any]) -> list[tuple[str, object]]:
    import keras

    return [(name, value) for name, value in sorted(namespace.items()) if isinstance(value, keras.Model)]


def _diagrams(namespace: dict[str, Any]) -> dict[str, Diagram]:
    graphs = {}
    for name, model in _models(namespace):
        with contextlib.suppress(WeaveError):  # a model without a graph is an error only if a page draws it
            graph = graph_of(model)
            if len(graph.nodes) <= MOST_NODES:
                graphs[name] = graph
    return graphs


def _run_cell(cell: Cell, namespace: dict[str, Any], wide: bool, strict: bool) -> Output:
    """Run one cell; `strict` means that its tags must be true on this backend."""
    import matplotlib.pyplot as plt

    printed, error = io.StringIO(), None
    with (
        warnings.catch_warnings(record=True) as caught,
        _shown_figures() as shown,
        contextlib.redirect_stdout(printed),
    ):
        warnings.simplefilter("always")
        try:
            value = _execute(cell, namespace, wide)
        except Exception as exception:
            error = exception
    if error is not None and not cell.raises and strict:
        line = _line_of(error, cell)
        raise WeaveError(
            f"the cell “{cell.name}” raised {_error_text(error).strip()}\n"
            'If it must, mark it `tags=["raises-exception"] active="ipynb"`.',
            cell.path,
            line,
        ) from error
    if error is None and cell.raises and strict:
        raise cell.error(f"the cell “{cell.name}” is tagged raises-exception and did not raise")
    if error is None and value is not None and strict:
        raise cell.error(
            f"the cell “{cell.name}” ends in a value ({type(value).__name__}), which a notebook would show"
            " and a script would not: print it or assign it"
        )
    if plt.get_fignums():
        raise cell.error(
            f"the cell “{cell.name}” draws a figure without showing it, so that a notebook would show it and a page would"
            " not: end the drawing with `plt.show()`"
        )
    for warning in caught:
        if not any(known in str(warning.message) for known in KNOWN_WARNINGS):
            raise cell.error(f"the cell “{cell.name}” warns: {warning.category.__name__}: {warning.message}")
    text = PACKAGES.sub("", printed.getvalue())
    output = Output(_without_trailing_spaces(text), _error_text(error), tuple(shown))
    for pattern, what in UNSTABLE.items():
        found = re.search(pattern, output.text + output.error)
        if found:
            raise cell.error(f"the cell “{cell.name}” prints {what} (“{found[0]}”), which differs from run to run")
    return output


def _execute(cell: Cell, namespace: dict[str, Any], wide: bool) -> object:
    """Run a cell and return the value of its last expression, or None if it ends in a statement."""
    tree = ast.increment_lineno(ast.parse(cell.source, str(cell.path)), cell.line - 1)
    if wide:
        tree = noise.widen(tree)
    last = None
    if isinstance(end := tree.body[-1], ast.Expr):
        tree.body.pop()
        last = ast.Expression(end.value)
    exec(compile(tree, str(cell.path), "exec"), namespace)
    return eval(compile(last, str(cell.path), "eval"), namespace) if last else None


def _line_of(error: Exception, cell: Cell) -> int:
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.lineno and frame.filename == str(cell.path)
    ]
    return lines[-1] if lines else cell.line


def _error_text(error: Exception | None) -> str:
    """Return the part of an error's text that is equal on every Python; for a syntax error, without the location."""
    if error is None:
        return ""
    lines = traceback.format_exception_only(error)
    text = lines[-1] if isinstance(error, SyntaxError) else "".join(lines)
    for pattern in (BOLD, GUESS, PACKAGES):
        text = pattern.sub("", text)
    return _without_trailing_spaces(text)


def _without_trailing_spaces(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@contextlib.contextmanager
def _shown_figures() -> Iterator[list[plots.Plot]]:
    """Collect the figures that `plt.show()` shows, drawn in the site's style."""
    import matplotlib.pyplot as plt

    shown: list[plots.Plot] = []

    def show() -> None:
        shown.extend(figures.record(plt.figure(number)) for number in plt.get_fignums())
        plt.close("all")

    with figures.style(), mock.patch.object(plt, "show", show):
        yield shown


@contextlib.contextmanager
def shortened() -> Iterator[None]:
    """Make `fit` train one epoch of two batches, whatever its arguments: the short form of a slow cell."""
    import keras

    fit = keras.Model.fit

    def short_fit(model: Any, *args: Any, **kwargs: Any) -> Any:
        arguments = inspect.signature(fit).bind(model, *args, **kwargs).arguments
        arguments.update(epochs=1, steps_per_epoch=2)
        if "validation_data" in arguments or "validation_split" in arguments:
            arguments["validation_steps"] = 1
        return fit(**arguments)

    with mock.patch.object(keras.Model, "fit", short_fit):
        yield
