"""What a run in this environment shows of a chapter."""

import platform

from docweave.cells import Chapter
from docweave.outputs import Output, Record, chapter_hash
from docweave.running.compare import output_differences, same_graphs
from docweave.verified import Run


def run_of(chapter: Chapter, recorded: Record, fresh: Record, backend: str, day: str) -> Run:
    """Return what a fresh run in this environment shows of a chapter.

    Slow cells are left out: they were shortened.

    Args:
        chapter: what was run.
        recorded: what is recorded of it.
        fresh: what the run gave.
        backend: the backend that it ran on.
        day: today.

    Raises:
        WeaveError: a cell limited to other backends that gave what is recorded, so that the limit is not needed; a
            model with another graph.
    """
    differs = {}
    for cell in chapter.cells:
        same = cell.slow or not any(output_differences(cell, recorded, fresh.output(cell)))
        if not same:
            given = fresh.output(cell)
            differs[cell.name] = Output(given.text, given.error)
        elif not cell.runs_on(backend):
            raise cell.error(
                f"the cell “{cell.name}” is limited to {', '.join(cell.backends)} and gives the same on {backend}:"
                " remove `backends` and `because`"
            )
    for problem in same_graphs(chapter, recorded, fresh):
        raise problem
    return Run(
        python=platform.python_version(),
        keras=fresh.versions["keras"],
        backend=backend,
        version=fresh.versions[backend],
        machine=f"{platform.machine()} {platform.system()}",
        day=day,
        code=chapter_hash(chapter),
        differs=differs,
    )
