"""Compare recorded outputs with a fresh run, within the noise that was measured when they were recorded."""

from collections.abc import Iterator

from docweave.cells import Cell, Chapter
from docweave.drawings import graphs, plots
from docweave.errors import WeaveError
from docweave.files import diff
from docweave.outputs import Output, Record
from docweave.running import noise

# What a curve may be off without anybody seeing it, as a share of its largest number.
VISIBLE = 1e-3


def differences(chapter: Chapter, recorded: Record, fresh: Record, short: bool = False) -> Iterator[WeaveError]:
    """Yield what a fresh run of a chapter gave otherwise than the recorded one.

    Args:
        chapter: the chapter that was run.
        recorded: what is recorded of it, an empty record if nothing is.
        fresh: what the run gave.
        short: whether slow cells were shortened. Then the hash of their code vouches for them, and the version of Keras.
    """
    mend = _mend(chapter)
    if not recorded.code:
        yield WeaveError(f"the chapter “{chapter.name}” has no recorded outputs: {mend}", chapter.path, 1)
        return
    for cell in chapter.cells:
        if cell.slow and short:
            if recorded.code.get(cell.name) != fresh.code[cell.name] or recorded.versions["keras"] != fresh.versions["keras"]:
                yield cell.error(f"the slow cell “{cell.name}” or Keras changed since it was recorded: {mend}")
            continue
        for difference in output_differences(cell, recorded, fresh.output(cell)):
            yield cell.error(f"the cell “{cell.name}” gave something else than is recorded: {mend}\n{difference}")
    yield from same_graphs(chapter, recorded, fresh)


def _mend(chapter: Chapter) -> str:
    return f"`docweave run --record {chapter.name}` records it again"


def same_graphs(chapter: Chapter, recorded: Record, fresh: Record) -> Iterator[WeaveError]:
    """Yield the models of a fresh run that are missing, new, or have another graph than is recorded."""
    mend = _mend(chapter)
    for name in sorted(recorded.diagrams.keys() | fresh.diagrams.keys()):
        if name not in recorded.diagrams or name not in fresh.diagrams:
            where = "recorded" if name in recorded.diagrams else "given by the run"
            yield WeaveError(f"the model “{name}” is only {where}: {mend}", chapter.path, 1)
        else:
            for difference in graphs.differences(recorded.diagrams[name], fresh.diagrams[name]):
                yield WeaveError(f"the model “{name}” has another graph: {difference}; {mend}", chapter.path, 1)


def output_differences(cell: Cell, recorded: Record, fresh: Output) -> Iterator[str]:
    """Yield the differences of one cell's outputs: text and error as diffs, plots by their data.

    Args:
        cell: the cell.
        recorded: what is recorded of its chapter.
        fresh: what the cell gave now.
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
