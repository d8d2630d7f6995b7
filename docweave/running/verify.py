"""Verify a chapter in this environment: turn a fresh run into an entry for verified.json."""

import platform

from docweave.cells import Chapter
from docweave.outputs import Output, Record, chapter_hash
from docweave.running.compare import output_differences, same_graphs
from docweave.verified import Run


def run_of(chapter: Chapter, recorded: Record, fresh: Record, backend: str, day: str) -> Run:
    """Return the entry for a fresh run of a chapter in this environment.

    Slow cells are left out, since they were shortened.

    Args:
        chapter: the chapter that was run.
        recorded: its recorded outputs.
        fresh: the record of the fresh run.
        backend: the backend of the fresh run.
        day: today's date.

    Raises:
        WeaveError: a cell limited to other backends that gave the recorded output, so that the limit is not needed; a
            model with a different graph.
    """
    differs = {}
    for cell in chapter.cells:
        same = cell.slow or not any(output_differences(cell, recorded, fresh.output(cell)))
        if not same:
            given = fresh.output(cell)
            differs[cell.name] = Output(given.text, given.error)
        elif not cell.runs_on(backend):
            raise cell.error(
                f"the cell “{cell.name}” is limited to {', '.join(cell.backends)} but gives the same on {backend}:"
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
