"""The programs that tests need besides Python, from requirements/programs.txt.

Without one they are skipped, and in CI they fail.
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
    """Return the path of a program, or None without one.

    It is the first of its names that runs and says anything, as for make setup.
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
    """Return the path of a program. Without it a contributor's test is skipped, and CI's fails."""
    path = find(what)
    if path is None:
        reason = f"{MISSING}{what}; `make setup` installs it, or says how to get it"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path


def skipped(config) -> list[str]:
    """Return why tests were skipped for want of a program, each reason once."""
    reports = config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped", [])
    return sorted(
        {report.longrepr[2].partition(MISSING)[2].partition(";")[0] for report in reports if MISSING in report.longrepr[2]}
    )


@pytest.hookimpl(wrapper=True, trylast=True)  # so that it is asked before pytest-cov judges
def pytest_runtestloop(session):
    done = yield
    coverage = session.config.pluginmanager.get_plugin("_cov")
    if coverage and skipped(session.config):
        coverage.options.cov_fail_under = 0
    return done


def pytest_terminal_summary(terminalreporter, config):
    if missing := skipped(config):
        terminalreporter.write_line(f"Coverage is not judged: tests were skipped, {MISSING}{', '.join(missing)}.", yellow=True)
