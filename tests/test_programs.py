"""A missing program skips the tests that need it, with a message; in CI it fails them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import programs

ROOT = Path(__file__).parents[1]
TESTS = """\
import pytest
from tests.programs import require


@pytest.fixture(scope="module")
def graphviz():
    return require("Graphviz")


@pytest.mark.parametrize("name", ["Graphviz", "Java"])
def test_something_of_it(name):
    require(name)


def test_something_with_a_fixture(graphviz):
    pass


def test_something_else():
    pass


def never_called():
    return 1
"""


@pytest.fixture
def run(tmp_path):
    """Runs tests on a machine without any of the programs, and requires complete coverage."""
    (tmp_path / "test_something.py").write_text(TESTS)

    def run(*options, **environment):
        outer = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("COV")}
        judge = ["--cov=.", "--cov-report=", "--cov-fail-under=100"]
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.programs", "-rs", *judge, *options],
            cwd=tmp_path,
            env=outer | {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.mark.parametrize("options", [[], ["--numprocesses=2"]], ids=["one process", "two processes"])
def test_without_a_program_its_tests_are_skipped_and_coverage_is_not_checked(options, run):
    done = run(*options)
    assert done.returncode == 0, done.stdout
    assert "1 passed, 3 skipped" in done.stdout
    assert "missing here: Graphviz; `make setup` installs it or shows how to" in done.stdout
    assert "Coverage is not checked: tests were skipped, missing here: Graphviz, Java." in done.stdout


def test_in_ci_a_missing_program_fails_the_tests(run):
    done = run(CI="true")
    assert done.returncode == 1
    assert "1 passed, 2 failed, 1 error" in done.stdout.replace("2 failed, 1 passed", "1 passed, 2 failed")
    assert "missing here: Java" in done.stdout


def test_coverage_is_checked_where_nothing_is_missing(run):
    done = run("-k", "else")
    assert done.returncode == 1
    assert "Coverage failure" in done.stdout and "not checked" not in done.stdout


def test_a_program_that_does_not_run_counts_as_missing(tmp_path, monkeypatch):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'Unable to locate a Java Runtime.' >&2\nexit 1\n")  # as on macOS without Java
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.find.__wrapped__("Java") is None
    java.write_text("#!/bin/sh\necho 'openjdk version 21' >&2\n")
    assert programs.find.__wrapped__("Java") == str(java)


def test_an_unlisted_font_counts_as_missing(tmp_path, monkeypatch):
    fonts = tmp_path / "fc-list"
    fonts.write_text('#!/bin/sh\n[ "$1" != :lang=ru ] || echo DejaVu\n')
    fonts.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert programs.find.__wrapped__("a Cyrillic font") == str(fonts)
    assert programs.find.__wrapped__("a Chinese font") is None
