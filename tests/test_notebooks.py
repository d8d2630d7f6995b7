"""Notebooks and scripts run from top to bottom in a fresh kernel, as for a reader."""

import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from docweave.cells import syntax
from docweave.drawings.plots import Plot
from docweave.notebooks import notebook, script
from docweave.outputs import Output
from docweave.project import SOURCE, Project
from docweave.running.compare import output_differences
from docweave.running.run import BOLD, ENVIRONMENT, PACKAGES
from docweave.verified import here

PROJECT = Project(Path(__file__).parent.parent)
SITE = "https://example.org/"
NOTEBOOKS = [
    pytest.param(page, chapter, id=f"{page.locale}-{chapter.name}")
    for locale in PROJECT.languages
    for page in PROJECT.pages[locale].values()
    for chapter in PROJECT.chapters_of(page)
]
# The code is the same in every language, as tested below; for each, one chapter is run as well. It raises errors but trains
# nothing, so that its output is the same everywhere.
ONE = PROJECT.chapters["inception"]
RUN = [one for one in NOTEBOOKS if one.values[0].locale == SOURCE or one.values[1] is ONE]
PLOT = "application/vnd.docweave.plot+json"

# Prepares a kernel so that its outputs can be compared: plots by their data, in the style in which they were recorded.
BEFORE = f"""
import logging

logging.basicConfig()  # or else TensorFlow, finding a notebook, logs to the standard output

from docweave.drawings import figures as _plots
from docweave.running import run as _run

def _give_plots_by_their_data():
    import matplotlib.pyplot as plt
    from IPython.display import display

    def show():
        for number in plt.get_fignums():
            display({{"{PLOT}": _plots.record(plt.figure(number)).data}}, raw=True)
        plt.close("all")

    plt.show = show
    _style.__enter__()

_style = _plots.style()
_give_plots_by_their_data()
"""
SHORTEN = "_short = _run.shortened(); _short.__enter__()"
NO_LONGER = "_ended = _short.__exit__(None, None, None)"


@pytest.mark.parametrize(("prose", "chapter"), NOTEBOOKS)
def test_a_notebook_has_exactly_the_cells_of_its_chapter(prose, chapter):
    book = notebook(prose, chapter, PROJECT, SITE)
    colab, *cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert colab.id == "colab"
    assert [cell.id for cell in cells] == [cell.name for cell in chapter.cells]
    for ours, cell in zip(cells, chapter.cells, strict=True):
        assert syntax(ours.source) == syntax(cell.source), cell.id


@pytest.mark.parametrize(("prose", "chapter"), NOTEBOOKS)
def test_a_script_runs_the_cells_and_names_expected_errors(prose, chapter):
    text = script(prose, chapter, PROJECT, SITE)
    ours = [cell for cell in chapter.cells if not cell.raises]
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse("\n\n".join(cell.source for cell in ours)))
    for cell in chapter.cells:
        if cell.raises:
            assert f"# %% {cell.name} ({PROJECT.records[chapter.name].output(cell).raises})" in text


@pytest.mark.parametrize(("prose", "chapter"), RUN)
def test_a_notebook_run_in_a_clean_kernel_gives_its_outputs(prose, chapter, tmp_path, monkeypatch):
    for name, value in (ENVIRONMENT | {"JUPYTER_COLUMNS": ENVIRONMENT["COLUMNS"]}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT.root), os.environ["PYTHONPATH"]]))
    book = notebook(prose, chapter, PROJECT, SITE)
    cells = {cell.name: cell for cell in chapter.cells}
    prepared = [helping(BEFORE)]
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = []
        slow = cell.id in cells and cells[cell.id].slow
        prepared += [helping(SHORTEN), cell, helping(NO_LONGER)] if slow else [cell]
    run = nbformat.v4.new_notebook(cells=prepared, metadata=book.metadata)
    NotebookClient(run, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    fresh = {cell.id: output_of(cell) for cell in run.cells if cell.cell_type == "code"}
    assert fresh["colab"] == Output()
    record = here(chapter, PROJECT.records[chapter.name], PROJECT.verified)
    for name, cell in cells.items():
        recorded = record.output(cell)
        if cell.slow:
            assert bool(fresh[name].text) == bool(recorded.text)
        else:
            # A kernel reports the name of an error without its module.
            recorded = replace(recorded, error=re.sub(r"^[\w.]+\.(?=\w+: )", "", recorded.error))
            assert list(output_differences(cell, replace(record, cells={name: recorded}), fresh[name])) == [], cell.id


def helping(source: str):
    return nbformat.v4.new_code_cell(source)


def output_of(cell) -> Output:
    """Return the output of a notebook cell in the form of a recorded output."""
    printed, error, shown = "", "", []
    for output in cell.outputs:
        if output.output_type == "error":
            place = r" \(\S+, line \d+\)$" if output.ename == "SyntaxError" else "$"
            error = PACKAGES.sub("", BOLD.sub("", f"{output.ename}: {re.sub(place, '', output.evalue)}"))
        elif output.output_type == "display_data" and PLOT in output.data:
            shown.append(Plot(output.data[PLOT], ""))
        elif output.output_type == "display_data":
            printed += BOLD.sub("", output.data["text/plain"])  # a summary(), displayed in colours
        elif output.get("name") == "stdout":
            printed += PACKAGES.sub("", output.text)
        else:
            assert output.get("name") == "stderr", output
    return Output(lines(printed), lines(error), tuple(shown))


def lines(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.mark.parametrize("locale", PROJECT.languages)
def test_a_script_prints_the_outputs_of_its_chapter(locale, tmp_path):
    path = tmp_path / ONE.path.name
    path.write_text(script(PROJECT.pages[locale][ONE.page], ONE, PROJECT, SITE), "utf-8")
    done = subprocess.run(
        [sys.executable, path], env=os.environ | ENVIRONMENT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    outputs = [PROJECT.records[ONE.name].output(cell).text for cell in ONE.cells if not cell.raises]
    assert lines(done.stdout) == "".join(outputs)
