"""A chapter's tests get it run: `test_<chapter>.py` tests what `snippets/<chapter>.py` shows."""

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
    """The chapter, run once for all tests of its file: slow cells in their short form.

    A chapter that names its backend or its Keras runs in another process: then only what it gave is here, not its variables.
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
    """A page shows what is recorded, so every test of a chapter needs the run to give just that."""
    expected = here(chapter, project.records[chapter.name], project.verified)
    problems = list(differences(chapter, expected, ran.record, short=True))
    if problems:
        pytest.fail("\n".join(str(project.relative(problem)) for problem in problems), pytrace=False)


@pytest.fixture
def printed(ran):
    """Gives what a cell printed, by its name."""
    return lambda cell: ran.record.cells[cell].text


@pytest.fixture
def numbers(printed):
    """Gives the floats that a cell printed, by its name."""
    return lambda cell: noise.numbers(printed(cell))


def pytest_generate_tests(metafunc):
    """Judge a claim about numbers on this run, on every recorded one with other arithmetic or seeds, and on every backend."""
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
    """Gives the floats that a cell printed, by its name, in one of the runs that a claim must hold for."""
    record = project.records[chapter.name]

    def floats(cell):
        if request.param is None and not chapter[cell].slow:  # this run has only its short form
            return noise.numbers(printed(cell))
        if isinstance(request.param, Run):
            return noise.numbers(request.param.differs.get(cell, record.cells[cell]).text)
        # Numbers that are the same under each setting are not kept for each.
        return record.numbers.get(cell, {}).get(request.param) or noise.numbers(record.cells[cell].text)

    floats.backend = request.param.backend if isinstance(request.param, Run) else chapter.backend or DEFAULT_BACKEND
    return floats


@pytest.fixture
def error(ran):
    """Gives the error that a cell raised, by its name: its type and its text."""
    return lambda cell: (ran.record.cells[cell].raises, ran.record.cells[cell].error)
