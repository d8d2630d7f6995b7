from dataclasses import replace
from pathlib import Path

import pytest

from docweave.cells import Cell, Chapter
from docweave.compare import agree, differences, diff, output_differences
from docweave.diagrams import Diagram, Edge, Node
from docweave.outputs import Output, Record
from docweave.plots import Plot

PATH = Path("snippets/first_steps.py")
CELL = Cell("first_steps", "build", "print(x)", PATH, 8)
TRAINED = replace(CELL, name="fit", line=12, tags=frozenset({"trained"}), samples=1000)
SLOW = replace(CELL, name="long", line=20, tags=frozenset({"slow"}))
CHAPTER = Chapter("first_steps", PATH, (CELL, TRAINED, SLOW))
RECORD = Record(
    versions={"keras": "3.15.1"},
    code={"build": "a", "fit": "b", "long": "c"},
    cells={"build": Output("one\ntwo\n"), "fit": Output("loss 0.5000\n"), "long": Output("done\n")},
)


def problems(fresh, recorded=RECORD):
    return [str(problem) for problem in differences(CHAPTER, recorded, fresh)]


def changed(**outputs):
    return replace(RECORD, cells={**RECORD.cells, **outputs})


def test_a_run_that_gives_the_same_has_no_differences():
    assert problems(RECORD) == []


def test_a_different_output_is_told_with_file_line_a_diff_and_what_to_do():
    (problem,) = problems(changed(build=Output("one\ntwos\n")))
    assert problem == (
        "snippets/first_steps.py:8: the cell “build” gave something else than is recorded:"
        " `docweave run --record first_steps` records it anew\n"
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
        " `docweave run --record first_steps` records it anew"
    )


def test_only_a_trained_cell_may_differ_by_a_little():
    assert problems(changed(fit=Output("loss 0.5004\n"))) == []
    assert len(problems(changed(fit=Output("loss 0.5100\n")))) == 1
    recorded = changed(build=Output("loss 0.5000\n"))
    assert len(problems(changed(build=Output("loss 0.5004\n")), recorded)) == 1


def test_the_output_of_a_slow_cell_is_not_compared():
    assert problems(changed(long=Output("other\n"))) == []


@pytest.mark.parametrize(
    "change", [{"code": {"build": "a", "fit": "b", "long": "d"}}, {"versions": {"keras": "3.16"}}], ids=["code", "versions"]
)
def test_a_slow_cell_whose_code_or_versions_changed_needs_a_new_record(change):
    (problem,) = problems(replace(RECORD, **change))
    assert problem.startswith("snippets/first_steps.py:20: the slow cell “long” or its versions changed since it was recorded")


# --- diagrams and plots ---

GRAPH = Diagram((Node("x", "input", "InputLayer", "x", "(None, 1)"),), ())


def test_a_model_with_another_graph_is_told():
    grown = replace(GRAPH, edges=(Edge("x", "x"),))
    (problem,) = problems(replace(RECORD, diagrams={"model": grown}), replace(RECORD, diagrams={"model": GRAPH}))
    assert problem.startswith("snippets/first_steps.py:1: the model “model” has another graph:")
    assert "from “x” to “x”" in problem


def test_a_model_on_one_side_only_is_told():
    with_model = replace(RECORD, diagrams={"model": GRAPH})
    (gone,), (new,) = problems(RECORD, with_model), problems(with_model, RECORD)
    assert "the model “model” is only recorded:" in gone
    assert "the model “model” is only given by the run:" in new


def plot(y):
    return Plot({"axes": [{"lines": [{"label": "", "x": [1.0], "y": [y]}]}], "texts": []}, "<svg>")


def test_plots_are_compared_by_their_data_within_the_tolerance_of_training():
    recorded = Output(plots=(plot(1.0),))
    assert list(output_differences(CELL, recorded, Output(plots=(plot(1.0005),)))) == []
    assert len(list(output_differences(CELL, recorded, Output(plots=(plot(1.1),))))) == 1


def test_another_number_of_plots_is_told():
    two = Output(plots=(plot(1.0), plot(1.0)))
    assert list(output_differences(CELL, two, Output())) == ["2 plots are recorded, 0 were drawn"]


def test_a_diff_shows_what_changed_with_one_line_around_it():
    assert diff("a\nb\nc\nd\n", "a\nb\nc\ne\n", "old", "new") == "--- old\n+++ new\n@@ -3,2 +3,2 @@\n c\n-d\n+e"


# --- the tolerance of training ---


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("loss: 0.5000", "loss: 0.5004", True),
        ("loss: 0.5000", "loss: 0.5006", False),
        ("loss: 2000.0", "loss: 2001.5", True),
        ("loss: -0.5000", "loss: -0.5004", True),
        ("loss: -0.5000", "loss: 0.5000", False),
        ("loss: 1.0e-05", "loss: 1.1e-05", True),  # one unit of the last digit
        ("loss: 1.00e-05", "loss: 1.10e-05", False),
        ("loss: 0.50", "loss: 0.51", True),  # one unit of the last digit
        ("loss: 0.50", "loss: 0.52", False),
        ("loss: [0.5000 0.2500]", "loss: [0.5004 0.2501]", True),
        ("loss: 0.5000", "mean: 0.5000", False),
        ("3 of 10: 0.5000", "4 of 10: 0.5000", False),
        ("shape (3, 32)", "shape (3, 31)", False),
        ("version 3.15.1", "version 3.15.2", False),
        ("loss: 0.5000\n", "loss: 0.5000 0.5000\n", False),
        ("loss: nan", "loss: nan", True),
        ("loss: nan", "loss: 0.5", False),
    ],
)
def test_a_printed_float_may_differ_by_a_thousandth_of_itself_and_nothing_else_may(old, new, same):
    assert agree(old, new) is same
    assert agree(new, old) is same


@pytest.mark.parametrize(
    ("old", "new", "samples", "same"),
    [
        ("accuracy: 0.9500", "accuracy: 0.9550", None, True),
        ("accuracy: 0.9500", "accuracy: 0.9551", None, False),
        ("accuracy: 0.9500", "accuracy: 0.9800", 100, True),
        ("accuracy: 0.9500", "accuracy: 0.9810", 100, False),
        ("accuracy: 0.9500", "accuracy: 0.9550", 100_000, True),
        ("val_accuracy 0.9500", "val_accuracy 0.9540", None, True),
        ("Test accuracy = 0.9500", "Test accuracy = 0.9540", None, True),
        ("accuracy 0.9500, loss 0.2000", "accuracy 0.9500, loss 0.2040", None, False),
        ("loss 0.2000, accuracy 0.9500", "loss 0.2040, accuracy 0.9500", None, False),
    ],
)
def test_an_accuracy_may_differ_by_the_larger_of_half_a_hundredth_and_three_samples(old, new, samples, same):
    assert agree(old, new, samples) is same
    assert agree(new, old, samples) is same
