"""Fixtures that run the chapter of a test file: `test_<chapter>.py` tests `snippets/<chapter>.py`."""

import os
from pathlib import Path

import pytest

from docweave.outputs import DEFAULT_BACKEND
from docweave.project import Project
from docweave.running import noise
from docweave.running.compare import differences
from docweave.running.run import Ran, prepare, run_cells, run_chapters
from docweave.verified import Run, current, here


@pytest.fixture(scope="session")
def project(pytestconfig):
    return Project(pytestconfig.rootpath)


@pytest.fixture(scope="module")
def chapter(request, project):
    return project.chapters[request.path.stem.removeprefix("test_")]


@pytest.fixture(scope="module")
def ran(chapter):
    """The chapter, run once for all tests of its file, with slow cells in their short form.

    A chapter that names its backend or its Keras runs in another process, so that its variables are not available.
    """
    if chapter.apart:
        yield Ran({}, next(run_chapters([chapter], short=True))[1])
        return
    environment = dict(os.environ)
    prepare()
    import keras

    keras.backend.clear_session()  # as in a fresh process: layers without a name are numbered from one
    yield run_cells(chapter, short=True)
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="module", autouse=True)
def as_recorded(chapter, ran, project):
    """Every test of a chapter requires that the run gives the recorded outputs, since these are on the page."""
    expected = here(chapter, project.records[chapter.name], project.verified)
    problems = list(differences(chapter, expected, ran.record, short=True))
    if problems:
        pytest.fail("\n".join(str(project.relative(problem)) for problem in problems), pytrace=False)


@pytest.fixture
def printed(ran):
    """Returns the printed text of a cell, by name."""
    return lambda cell: ran.record.cells[cell].text


@pytest.fixture
def numbers(printed):
    """Returns the floats that a cell printed, by name."""
    return lambda cell: noise.numbers(printed(cell))


def pytest_generate_tests(metafunc):
    """Test a claim about numbers on this run, on every recorded one with other arithmetic or seeds, and on every backend."""
    if "measured" in metafunc.fixturenames:
        chapter = Path(metafunc.module.__file__).stem.removeprefix("test_")
        project = Project(metafunc.config.rootpath)
        settings = dict.fromkeys(name for runs in project.records[chapter].numbers.values() for name in runs)
        backends = {run.key: run for run in current(project.chapters[chapter], project.verified)}
        metafunc.parametrize("measured", [None, *settings, *backends.values()], ids=_id, indirect=True)


def _id(run):
    return "-".join(run.key) if isinstance(run, Run) else run or "this run"


@pytest.fixture
def measured(request, project, chapter, printed):
    """Returns the floats that a cell printed, by name, in one of the runs for which a claim must hold."""
    record = project.records[chapter.name]

    def floats(cell):
        if request.param is None and not chapter[cell].slow:  # this run has only its short form
            return noise.numbers(printed(cell))
        if isinstance(request.param, Run):
            return noise.numbers(request.param.differs.get(cell, record.cells[cell]).text)
        # Numbers that are equal under each setting are not recorded for each.
        return record.numbers.get(cell, {}).get(request.param) or noise.numbers(record.cells[cell].text)

    floats.backend = request.param.backend if isinstance(request.param, Run) else chapter.backend or DEFAULT_BACKEND
    return floats


@pytest.fixture
def error(ran):
    """Returns the type and text of the error that a cell raised, by name."""
    return lambda cell: (ran.record.cells[cell].raises, ran.record.cells[cell].error)
