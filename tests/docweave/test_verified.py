"""The stored runs of a chapter on machines, backends and versions."""

from dataclasses import replace
from importlib.metadata import version

import pytest

from docweave import verified
from docweave.drawings.graphs import Diagram, Node
from docweave.drawings.plots import Plot
from docweave.errors import WeaveError
from docweave.outputs import Output, chapter_hash
from docweave.running.verify import run_of
from docweave.verified import add, current, here, read_verified

VERSIONS = {"keras": "3.15.1", "jax": "0.10.2"}
PLOT = Plot({"axes": [], "texts": []}, "")


@pytest.fixture
def chapter(tiny):
    return tiny.project.chapters["greetings"]


@pytest.fixture
def recorded(tiny):
    return tiny.project.records["greetings"]


@pytest.fixture
def run(chapter, recorded):
    """Returns the stored form of a run with different outputs for some cells."""

    def run(chapter=chapter, **outputs):
        fresh = replace(recorded, versions=VERSIONS, cells=recorded.cells | outputs)
        return run_of(chapter, recorded, fresh, "jax", "2026-11-29")

    return run


def limited(chapter, name):
    """Return the chapter with one cell limited to TensorFlow."""
    cells = [replace(cell, backends=("tensorflow",), because="why") if cell.name == name else cell for cell in chapter.cells]
    return replace(chapter, cells=tuple(cells))


def test_a_run_knows_its_environment_and_the_code_that_ran(run, chapter):
    assert (run().keras, run().backend, run().version, run().day) == ("3.15.1", "jax", "0.10.2", "2026-11-29")
    assert run().code == chapter_hash(chapter)
    assert run().differs == {}


def test_differing_outputs_are_kept(run):
    assert run(count=Output("3\n")).differs == {"count": Output("3\n")}


def test_slow_cells_are_left_out_because_they_were_shortened(run, chapter):
    cells = tuple(replace(cell, tags=frozenset({"slow"})) for cell in chapter.cells)
    assert run(replace(chapter, cells=cells), count=Output("3\n")).differs == {}


def test_a_needless_limit_is_reported_at_its_line(run, chapter):
    with pytest.raises(
        WeaveError, match=r"greetings.py:12: the cell “count” is limited to tensorflow but gives the same on jax"
    ):
        run(limited(chapter, "count"))
    assert "count" in run(limited(chapter, "count"), count=Output(error="TypeError: no\n")).differs


def test_a_model_with_a_different_graph_is_an_error(chapter, recorded):
    fresh = replace(
        recorded, versions=VERSIONS, diagrams={"model": Diagram((Node("x", "input", "InputLayer", "x", "()"),), ())}
    )
    with pytest.raises(WeaveError, match="the model “model” is only in the fresh run"):
        run_of(chapter, recorded, fresh, "jax", "2026-11-29")


def test_a_run_survives_writing_and_reading(tiny, chapter, run):
    add(tiny.project.outputs, chapter, run(fail=Output("a\n", "ValueError: ß\n")))
    assert tiny.project.verified == {"greetings": [run(fail=Output("a\n", "ValueError: ß\n"))]}


def test_a_later_run_replaces_only_one_with_the_same_key(tiny, chapter, run):
    for one in (
        run(),
        replace(run(), backend="torch"),
        replace(run(), python="3.99.1"),
        replace(run(), python="3.99.2", day="2027-01-01"),
    ):
        add(tiny.project.outputs, chapter, one)
    assert [(one.backend, one.day) for one in tiny.project.verified["greetings"]] == [
        ("jax", "2026-11-29"),
        ("jax", "2027-01-01"),
        ("torch", "2026-11-29"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"), [({}, "3\n"), ({"backend": "jax"}, "2\n"), ({"python": "3.99.1"}, "2\n"), ({"code": "0"}, "2\n")]
)
def test_expected_outputs_are_those_of_a_run_with_the_same_versions(change, expected, chapter, recorded, run):
    recorded = replace(
        recorded, cells=recorded.cells | {"count": Output("2\n", plots=(PLOT,))}, numbers={"count": {}, "fit": {}}
    )
    like_this = replace(run(count=Output("3\n")), backend="tensorflow", keras=version("keras"))
    must = here(chapter, recorded, {"greetings": [replace(like_this, **change)]})
    assert must.cells == recorded.cells | {"count": Output(expected, plots=(PLOT,))}
    assert ("count" in must.numbers) == (expected == "2\n")


def test_runs_of_changed_code_are_ignored_and_then_dropped(tiny, chapter, run):
    old = replace(run(), code="0", python="3.99.1")
    add(tiny.project.outputs, chapter, old)
    assert list(current(chapter, tiny.project.verified)) == []
    add(tiny.project.outputs, chapter, run())
    assert tiny.project.verified["greetings"] == [run()]


def test_without_the_file_nothing_is_verified(tiny):
    assert tiny.project.verified == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"greetings": [{"python": "3.11"}]}', '{"greetings": [1]}'])
def test_a_malformed_file_is_reported(tiny, text):
    tiny.write("snippets/outputs/verified.json", text)
    with pytest.raises(WeaveError, match=r"verified.json: unreadable .*: remove it, and run `make matrix`"):
        read_verified(tiny.project.outputs)


def test_an_interrupted_write_leaves_the_old_file(tiny, chapter, run, monkeypatch):
    add(tiny.project.outputs, chapter, run())
    monkeypatch.setattr(verified, "write_text", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        add(tiny.project.outputs, chapter, replace(run(), backend="torch"))
    assert len(tiny.project.verified["greetings"]) == 1
