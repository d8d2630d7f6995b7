from dataclasses import replace
from pathlib import Path

import pytest

from docweave.cells import Cell, Chapter
from docweave.drawings.graphs import Diagram, Edge, Node
from docweave.drawings.plots import Plot
from docweave.outputs import Output, Record
from docweave.running import noise
from docweave.running.compare import diff, differences, output_differences

PATH = Path("snippets/first_steps.py")
CELL = Cell("first_steps", "build", "print(x)", PATH, 8)
FIT = replace(CELL, name="fit", line=12)
SLOW = replace(CELL, name="long", line=20, tags=frozenset({"slow"}))
CHAPTER = Chapter("first_steps", PATH, (CELL, FIT, SLOW))
RECORD = Record(
    versions={"keras": "3.15.1"},
    code={"build": "a", "fit": "b", "long": "c"},
    cells={"build": Output("one\ntwo\n"), "fit": Output("loss 0.5000\n"), "long": Output("done\n")},
)


def problems(fresh, recorded=RECORD, short=False):
    return [str(problem) for problem in differences(CHAPTER, recorded, fresh, short)]


def changed(**outputs):
    return replace(RECORD, cells={**RECORD.cells, **outputs})


def test_an_identical_run_has_no_differences():
    assert problems(RECORD) == []


def test_a_different_output_is_reported_with_place_diff_and_fix():
    (problem,) = problems(changed(build=Output("one\ntwos\n")))
    assert problem == (
        "snippets/first_steps.py:8: the cell “build” gave something else than is recorded:"
        " `docweave run --record first_steps` records it again\n"
        "--- recorded text\n+++ fresh text\n@@ -1,2 +1,2 @@\n one\n-two\n+twos"
    )


def test_a_different_error_is_reported_as_an_error():
    (problem,) = problems(changed(build=Output("one\ntwo\n", "ValueError: no\n")))
    assert "--- recorded error\n+++ fresh error" in problem
    assert problem.endswith("+ValueError: no")


def test_a_missing_output_is_reported():
    cells = {name: output for name, output in RECORD.cells.items() if name != "build"}
    (problem,) = problems(replace(RECORD, cells=cells))
    assert problem.endswith("-one\n-two")


def test_a_chapter_without_recorded_outputs_is_reported_once():
    (problem,) = problems(RECORD, recorded=Record())
    assert problem == (
        "snippets/first_steps.py:1: the chapter “first_steps” has no recorded outputs:"
        " `docweave run --record first_steps` records it again"
    )


def test_only_a_noisy_number_may_move_within_its_noise():
    recorded = replace(RECORD, numbers={"fit": {"plain": [0.50001], "one thread": [0.50011]}})
    within = 0.5 + noise.FACTOR * 0.0001
    assert problems(changed(fit=Output(f"loss {within:.4f}\n")), recorded) == []
    (problem,) = problems(changed(fit=Output(f"loss {within + 0.0002:.4f}\n")), recorded)
    assert problem.startswith("snippets/first_steps.py:12: the cell “fit” gave something else")
    assert len(problems(changed(fit=Output(f"loss {within:.4f}\n")))) == 1


def test_the_output_of_a_slow_cell_is_compared_unless_shortened():
    assert problems(changed(long=Output("other\n")), short=True) == []
    (problem,) = problems(changed(long=Output("other\n")))
    assert problem.startswith("snippets/first_steps.py:20: the cell “long” gave something else")


@pytest.mark.parametrize(
    "change", [{"code": {"build": "a", "fit": "b", "long": "d"}}, {"versions": {"keras": "3.16"}}], ids=["code", "Keras"]
)
def test_a_shortened_cell_whose_code_or_keras_changed_needs_a_new_record(change):
    (problem,) = problems(replace(RECORD, **change), short=True)
    assert problem.startswith("snippets/first_steps.py:20: the slow cell “long” or Keras changed since it was recorded")


# --- diagrams and plots ---

GRAPH = Diagram((Node("x", "input", "InputLayer", "x", "(None, 1)"),), ())


def test_a_model_with_a_different_graph_is_reported():
    grown = replace(GRAPH, edges=(Edge("x", "x"),))
    (problem,) = problems(replace(RECORD, diagrams={"model": grown}), replace(RECORD, diagrams={"model": GRAPH}))
    assert problem.startswith("snippets/first_steps.py:1: the model “model” has a different graph:")
    assert "from “x” to “x”" in problem


def test_a_model_on_one_side_only_is_reported():
    with_model = replace(RECORD, diagrams={"model": GRAPH})
    (gone,), (new,) = problems(RECORD, with_model), problems(with_model, RECORD)
    assert "the model “model” is only in the record:" in gone
    assert "the model “model” is only in the fresh run:" in new


def plot(y):
    return Plot({"axes": [{"lines": [{"label": "", "x": [1.0], "y": [y]}]}], "texts": []}, "<svg>")


def test_curves_may_move_within_their_noise_or_invisibly():
    recorded = Record(cells={"build": Output(plots=(plot(1.0),))})
    assert list(output_differences(CELL, recorded, Output(plots=(plot(1.0005),)))) == []
    moved = Output(plots=(plot(1.1),))
    assert len(list(output_differences(CELL, recorded, moved))) == 1
    assert list(output_differences(CELL, replace(recorded, drift={"build": [0.1]}), moved)) == []


def test_a_different_number_of_plots_is_reported():
    two = Record(cells={"build": Output(plots=(plot(1.0), plot(1.0)))})
    assert list(output_differences(CELL, two, Output())) == ["2 plots are recorded, 0 were drawn"]


def test_a_diff_has_one_line_of_context():
    assert diff("a\nb\nc\nd\n", "a\nb\nc\ne\n", "old", "new") == "--- old\n+++ new\n@@ -3,2 +3,2 @@\n c\n-d\n+e"
