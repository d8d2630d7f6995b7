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


def test_a_run_that_gives_the_same_has_no_differences():
    assert problems(RECORD) == []


def test_a_different_output_is_told_with_file_line_a_diff_and_what_to_do():
    (problem,) = problems(changed(build=Output("one\ntwos\n")))
    assert problem == (
        "snippets/first_steps.py:8: the cell “build” gave something else than is recorded:"
        " `docweave run --record first_steps` records it again\n"
        "--- recorded text\n+++ fresh text\n@@ -1,2 +1,2 @@\n one\n-two\n+twos"
    )


def test_a_different_error_is_told_as_one():
    (problem,) = problems(changed(build=Output("one\ntwo\n", "ValueError: no\n")))
    assert "--- recorded error\n+++ fresh error" in problem
    assert problem.endswith("+ValueError: no")


def test_a_missing_output_is_told():
    cells = {name: output for name, output in RECORD.cells.items() if name != "build"}
    (problem,) = problems(replace(RECORD, cells=cells))
    assert problem.endswith("-one\n-two")


def test_a_chapter_without_recorded_outputs_is_told_once():
    (problem,) = problems(RECORD, recorded=Record())
    assert problem == (
        "snippets/first_steps.py:1: the chapter “first_steps” has no recorded outputs:"
        " `docweave run --record first_steps` records it again"
    )


def test_a_number_may_move_within_its_measured_noise_and_no_other_number_may():
    recorded = replace(RECORD, numbers={"fit": {"plain": [0.50001], "one thread": [0.50011]}})
    within = 0.5 + noise.FACTOR * 0.0001
    assert problems(changed(fit=Output(f"loss {within:.4f}\n")), recorded) == []
    (problem,) = problems(changed(fit=Output(f"loss {within + 0.0002:.4f}\n")), recorded)
    assert problem.startswith("snippets/first_steps.py:12: the cell “fit” gave something else")
    assert len(problems(changed(fit=Output(f"loss {within:.4f}\n")))) == 1


def test_the_output_of_a_slow_cell_is_compared_unless_it_was_shortened():
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


def test_a_model_with_another_graph_is_told():
    grown = replace(GRAPH, edges=(Edge("x", "x"),))
    (problem,) = problems(replace(RECORD, diagrams={"model": grown}), replace(RECORD, diagrams={"model": GRAPH}))
    assert problem.startswith("snippets/first_steps.py:1: the model “model” has a different graph:")
    assert "from “x” to “x”" in problem


def test_a_model_on_one_side_only_is_told():
    with_model = replace(RECORD, diagrams={"model": GRAPH})
    (gone,), (new,) = problems(RECORD, with_model), problems(with_model, RECORD)
    assert "the model “model” is only in the record:" in gone
    assert "the model “model” is only in the fresh run:" in new


def plot(y):
    return Plot({"axes": [{"lines": [{"label": "", "x": [1.0], "y": [y]}]}], "texts": []}, "<svg>")


def test_curves_may_move_within_their_measured_noise_or_unseen():
    recorded = Record(cells={"build": Output(plots=(plot(1.0),))})
    assert list(output_differences(CELL, recorded, Output(plots=(plot(1.0005),)))) == []
    moved = Output(plots=(plot(1.1),))
    assert len(list(output_differences(CELL, recorded, moved))) == 1
    assert list(output_differences(CELL, replace(recorded, drift={"build": [0.1]}), moved)) == []


def test_another_number_of_plots_is_told():
    two = Record(cells={"build": Output(plots=(plot(1.0), plot(1.0)))})
    assert list(output_differences(CELL, two, Output())) == ["2 plots are recorded, 0 were drawn"]


def test_a_diff_shows_what_changed_with_one_line_around_it():
    assert diff("a\nb\nc\nd\n", "a\nb\nc\ne\n", "old", "new") == "--- old\n+++ new\n@@ -3,2 +3,2 @@\n c\n-d\n+e"
