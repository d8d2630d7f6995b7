"""A chapter's tests get it run: `test_<chapter>.py` tests what `snippets/<chapter>.py` shows."""

import os

import pytest

from docweave.compare import differences
from docweave.project import Project
from docweave.run import Ran, prepare, run_cells, run_chapters


@pytest.fixture(scope="session")
def project(pytestconfig):
    return Project(pytestconfig.rootpath)


@pytest.fixture(scope="module")
def chapter(request, project):
    return project.chapters[request.path.stem.removeprefix("test_")]


@pytest.fixture(scope="module")
def ran(chapter):
    """The chapter, run once for all tests of its file: slow cells in their short form.

    A chapter with a backend of its own runs in another process: then only what it gave is here, not its variables.
    """
    if chapter.backend:
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
    problems = list(differences(chapter, project.records[chapter.name], ran.record))
    if problems:
        pytest.fail("\n".join(str(project.relative(problem)) for problem in problems), pytrace=False)


@pytest.fixture
def printed(ran):
    """Gives what a cell printed, by its name."""
    return lambda cell: ran.record.cells[cell].text


@pytest.fixture
def numbers(printed):
    """Gives the floats that a cell printed, by its name."""
    from docweave.compare import FLOAT

    return lambda cell: [float(found[0]) for found in FLOAT.finditer(printed(cell))]


@pytest.fixture
def error(ran):
    """Gives the error that a cell raised, by its name: its type and its text."""
    return lambda cell: (ran.record.cells[cell].raises, ran.record.cells[cell].error)
