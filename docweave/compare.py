"""Recorded against fresh: what is the same, exactly or within the tolerance that training needs."""

import re
from collections.abc import Iterator
from difflib import unified_diff

from docweave.cells import Cell, Chapter
from docweave.diagrams import same_graph
from docweave.errors import WeaveError
from docweave.outputs import Output, Record
from docweave.plots import same_plot

LOSS_TOLERANCE = 1e-3
ACCURACY_TOLERANCE = 0.005
ACCURACY_SAMPLES = 3
FLOAT = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[-+]?\d+)?(?![\w.])")
LAST_WORD = re.compile(r"([^\W\d]\w*)\W*$")


def differences(chapter: Chapter, recorded: Record, fresh: Record) -> Iterator[WeaveError]:
    """Yield what a fresh run of a chapter gave otherwise than the recorded one.

    Slow cells are left out: the hash of their code and of the versions vouches for them.

    Args:
        chapter: the chapter that was run.
        recorded: what is recorded of it, an empty record if nothing is.
        fresh: what the run gave.
    """
    mend = f"`docweave run --record {chapter.name}` records it anew"
    if not recorded.code:
        yield WeaveError(f"the chapter “{chapter.name}” has no recorded outputs: {mend}", chapter.path, 1)
        return
    for cell in chapter.cells:
        if cell.slow:
            if recorded.code.get(cell.name) != fresh.code[cell.name] or recorded.versions != fresh.versions:
                yield cell.error(f"the slow cell “{cell.name}” or its versions changed since it was recorded: {mend}")
            continue
        for difference in output_differences(cell, recorded.output(cell), fresh.output(cell)):
            yield cell.error(f"the cell “{cell.name}” gave something else than is recorded: {mend}\n{difference}")
    for name in sorted(recorded.diagrams.keys() | fresh.diagrams.keys()):
        if name not in recorded.diagrams or name not in fresh.diagrams:
            where = "recorded" if name in recorded.diagrams else "given by the run"
            yield WeaveError(f"the model “{name}” is only {where}: {mend}", chapter.path, 1)
        else:
            for difference in same_graph(recorded.diagrams[name], fresh.diagrams[name]):
                yield WeaveError(f"the model “{name}” has another graph: {difference}; {mend}", chapter.path, 1)


def output_differences(cell: Cell, recorded: Output, fresh: Output) -> Iterator[str]:
    """Yield the differences of one cell's outputs: text and error as diffs, plots by their data."""
    for kind in ("text", "error"):
        old, new = getattr(recorded, kind), getattr(fresh, kind)
        if old != new and not (cell.trained and agree(old, new, cell.samples)):
            yield diff(old, new, f"recorded {kind}", f"fresh {kind}")
    if len(recorded.plots) != len(fresh.plots):
        yield f"{len(recorded.plots)} plots are recorded, {len(fresh.plots)} were drawn"
        return
    for old_plot, new_plot in zip(recorded.plots, fresh.plots, strict=True):
        yield from same_plot(old_plot, new_plot, relative=LOSS_TOLERANCE)


def diff(old: str, new: str, old_name: str, new_name: str) -> str:
    """Return the unified diff of two texts."""
    lines = unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm="", n=1)
    return "\n".join(lines)


def agree(old: str, new: str, samples: int | None = None) -> bool:
    """Say whether two outputs are the same but for floats within the tolerance of training.

    A float after the word “accuracy” may differ by the larger of 0.005 and three samples, any other by a
    thousandth of itself; both by one unit of their last printed digit. All else must be equal, whole numbers too.

    Args:
        old, new: the two texts.
        samples: how many samples an accuracy was measured on.
    """
    if FLOAT.sub("", old) != FLOAT.sub("", new):
        return False
    for a, b in zip(FLOAT.finditer(old), FLOAT.finditer(new), strict=True):
        before = LAST_WORD.search(old[: a.start()])
        if before and before[1].lower().endswith("accuracy"):
            tolerance = max(ACCURACY_TOLERANCE, ACCURACY_SAMPLES / samples if samples else 0)
        else:
            tolerance = LOSS_TOLERANCE * max(abs(float(a[0])), abs(float(b[0])))
        if abs(float(a[0]) - float(b[0])) > (max(tolerance, _last_digit(a[0]), _last_digit(b[0])) * (1 + 1e-9)):
            return False
    return True


def _last_digit(number: str) -> float:
    mantissa, _, exponent = number.partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
