"""The line about where a chapter was run, and its table."""

from dataclasses import replace

import pytest

from docweave.attest import attest
from docweave.catalogs import Catalog
from docweave.outputs import Output
from docweave.verified import Run

RUN = Run("3.11.7", "3.15.1", "tensorflow", "2.21.0", "x86_64 Linux", "2026-11-29", "code")
JAX = replace(RUN, backend="jax", version="0.10.2", differs={"count": Output("3\n")})
OLD = replace(RUN, keras="3.14.0", day="2026-11-28", differs={"fail": Output(error="ValueError: old words\n")})


@pytest.fixture
def said(tiny):
    """Returns the line and table of a page in a language for some runs."""

    def said(*runs, locale="en", chapter=tiny.project.chapters["greetings"]):
        return attest(chapter, list(runs), locale, Catalog(tiny.path("none"), {}))

    return said


def test_a_chapter_never_run_has_no_line(said):
    assert said() is None


def test_the_line_names_versions_backends_pythons_and_the_last_day(said):
    found = said(RUN, JAX, replace(RUN, python="3.12.1"), OLD, replace(JAX, python="3.13.0", version="0.12.0.1"))
    assert found.line == (
        "Verified on Keras 3.14.0 and 3.15.1 with TensorFlow 2.21 and JAX 0.10/0.12 · Python 3.11, 3.12, and 3.13"
        " · November 29, 2026"
    )


@pytest.mark.parametrize(
    ("locale", "list_and_day"),
    [
        ("pt-BR", "TensorFlow 2.21 e JAX 0.10 · Python 3.11 · 29 de novembro de 2026"),
        ("ru", "TensorFlow 2.21 и JAX 0.10 · Python 3.11 · 29 ноября 2026\u202fг."),
        ("zh-Hant", "TensorFlow 2.21 和 JAX 0.10 · Python 3.11 · 2026 年 11 月 29 日"),
    ],
)
def test_lists_and_dates_follow_the_language(said, locale, list_and_day):
    assert said(RUN, JAX, locale=locale).line.endswith(list_and_day)


def test_the_table_lists_differing_cells_and_counts_the_others(said):
    found = said(RUN, JAX, replace(JAX, backend="torch", version="2.13.0+cpu", differs={"fail": Output(error="no\n")}))
    assert found.columns == ("JAX 0.10", "PyTorch 2.13")
    assert [(row.cell, row.given) for row in found.rows] == [("fail", (None, "no")), ("count", ("3", None))]
    assert found.others == 1


def test_an_empty_output_counts_as_a_difference(said):
    silent = replace(JAX, differs={"count": Output()})
    assert [row.given for row in said(RUN, silent).rows] == [("",)]


def test_another_keras_has_a_column_only_if_it_differs(said):
    assert said(RUN, OLD).columns == ("TensorFlow 2.21, Keras 3.14.0",)
    assert said(RUN, replace(OLD, differs={})).columns == ("TensorFlow 2.21",)
    assert said(RUN, OLD).rows[0].given == ("ValueError: old words",)


def test_an_older_run_has_a_column_only_if_further_cells_differ(said):
    old = replace(JAX, version="0.9.1")
    assert said(RUN, old, JAX).columns == ("JAX 0.10",)
    more = {"fail": Output(error="no\n")}
    assert said(RUN, replace(old, differs=more), JAX).columns == ("JAX 0.10", "JAX 0.9")
    assert said(RUN, replace(JAX, differs=more), replace(JAX, python="3.12.1")).columns == ("JAX 0.10", "JAX 0.10, Python 3.11")


def test_a_limited_cell_has_its_reason(said, tiny):
    chapter = tiny.project.chapters["greetings"]
    cells = [
        replace(cell, backends=("tensorflow",), because="JAX cannot") if cell.name == "count" else cell
        for cell in chapter.cells
    ]
    assert said(JAX, chapter=replace(chapter, cells=tuple(cells))).rows[0].because == "JAX cannot"
