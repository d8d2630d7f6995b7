"""Compare recorded outputs with a fresh run, within the noise measured when they were recorded."""

from collections.abc import Iterator

from docweave.cells import Cell, Chapter
from docweave.drawings import graphs, plots
from docweave.errors import WeaveError
from docweave.files import diff
from docweave.outputs import Output, Record
from docweave.running import noise

# The largest invisible deviation of a curve, as a share of its largest number.
VISIBLE = 1e-3


def differences(chapter: Chapter, recorded: Record, fresh: Record, short: bool = False) -> Iterator[WeaveError]:
    """Yield an error for each difference between the record of a chapter and a fresh run.

    Args:
        chapter: the chapter that was run.
        recorded: its recorded outputs, an empty record if there are none.
        fresh: the results of the run.
        short: whether slow cells were shortened; their code hashes and the version of Keras are then compared instead.
    """
    fix = _fix(chapter)
    if not recorded.code:
        yield WeaveError(f"the chapter “{chapter.name}” has no recorded outputs: {fix}", chapter.path, 1)
        return
    for cell in chapter.cells:
        if cell.slow and short:
            if recorded.code.get(cell.name) != fresh.code[cell.name] or recorded.versions["keras"] != fresh.versions["keras"]:
                yield cell.error(f"the slow cell “{cell.name}” or Keras changed since it was recorded: {fix}")
            continue
        for difference in output_differences(cell, recorded, fresh.output(cell)):
            yield cell.error(f"the cell “{cell.name}” gave something else than is recorded: {fix}\n{difference}")
    yield from same_graphs(chapter, recorded, fresh)


def _fix(chapter: Chapter) -> str:
    return f"`docweave run --record {chapter.name}` records it again"


def same_graphs(chapter: Chapter, recorded: Record, fresh: Record) -> Iterator[WeaveError]:
    """Yield an error for each model that is missing or new in a fresh run, or has a different graph there."""
    fix = _fix(chapter)
    for name in sorted(recorded.diagrams.keys() | fresh.diagrams.keys()):
        if name not in recorded.diagrams or name not in fresh.diagrams:
            where = "in the record" if name in recorded.diagrams else "in the fresh run"
            yield WeaveError(f"the model “{name}” is only {where}: {fix}", chapter.path, 1)
        else:
            for difference in graphs.differences(recorded.diagrams[name], fresh.diagrams[name]):
                yield WeaveError(f"the model “{name}” has a different graph: {difference}; {fix}", chapter.path, 1)


def output_differences(cell: Cell, recorded: Record, fresh: Output) -> Iterator[str]:
    """Yield the differences in one cell's outputs: text and error as diffs, plots by their data.

    Args:
        cell: the cell.
        recorded: the record of its chapter.
        fresh: the new output of the cell.
    """
    kept, runs = recorded.output(cell), recorded.numbers.get(cell.name, {})
    if not noise.agree(kept.text, fresh.text, runs):
        yield diff(kept.text, fresh.text, "recorded text", "fresh text")
    if kept.error != fresh.error:
        yield diff(kept.error, fresh.error, "recorded error", "fresh error")
    if len(kept.plots) != len(fresh.plots):
        yield f"{len(kept.plots)} plots are recorded, {len(fresh.plots)} were drawn"
        return
    drifts = recorded.drift.get(cell.name, [0.0] * len(kept.plots))
    for old_plot, new_plot, drift in zip(kept.plots, fresh.plots, drifts, strict=True):
        yield from plots.differences(old_plot, new_plot, relative=max(VISIBLE, noise.FACTOR * drift))
