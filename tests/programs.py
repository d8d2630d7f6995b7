"""Find the programs that tests need besides Python, listed in requirements/programs.txt.

Tests that need a missing program are skipped; in CI they fail.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).parents[1] / "requirements" / "programs.txt"
MISSING = "missing here: "


@functools.cache
def find(what: str) -> str | None:
    """Return the path of a program, or None if it is missing.

    The first of its names that runs and prints anything is chosen, as by `make setup`.
    """
    rows = [[column.strip() for column in line.split("|")] for line in FILE.read_text("utf-8").splitlines()]
    (_, names, arguments, _, brew) = next(row for row in rows if row[0] == what)
    if sys.platform == "darwin" and brew == "-":
        return what
    for path in filter(None, (shutil.which(name.strip()) for name in names.split(","))):
        done = subprocess.run([path, *arguments.split()], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode == 0 and done.stdout + done.stderr:
            return path
    return None


def require(what: str) -> str:
    """Return the path of a program. If it is missing, skip the test, or fail it in CI."""
    path = find(what)
    if path is None:
        reason = f"{MISSING}{what}; `make setup` installs it or shows how to"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path


def skipped(config) -> list[str]:
    """Return the missing programs for which tests were skipped, each once."""
    reports = config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped", [])
    return sorted(
        {report.longrepr[2].partition(MISSING)[2].partition(";")[0] for report in reports if MISSING in report.longrepr[2]}
    )


@pytest.hookimpl(wrapper=True, trylast=True)  # so that it runs before pytest-cov checks the coverage
def pytest_runtestloop(session):
    done = yield
    coverage = session.config.pluginmanager.get_plugin("_cov")
    if coverage and skipped(session.config):
        coverage.options.cov_fail_under = 0
    return done


def pytest_terminal_summary(terminalreporter, config):
    if missing := skipped(config):
        terminalreporter.write_line(f"Coverage is not checked: tests were skipped, {MISSING}{', '.join(missing)}.", yellow=True)
