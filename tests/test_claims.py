"""Claims about numbers from training are tested on every run that may differ: see the fixture `measured` in tests/snippets."""

import re
from pathlib import Path

import pytest

from docweave.project import Project
from docweave.running import noise

ROOT = Path(__file__).parents[1]
PROJECT = Project(ROOT)
CELLS = [(chapter, cell) for chapter, record in PROJECT.records.items() for cell in record.numbers]


def luck(text: str, runs: noise.Runs) -> bool:
    """Return whether arithmetic or seeds change the printed digits of a cell's numbers."""
    halves = [noise.digit(found[0]) / 2 for found in noise.FLOAT.finditer(text)]
    shown = runs[noise.PLAIN.name]
    return any(
        len(values) != len(shown)
        or any(abs(one - other) > half for one, other, half in zip(values, shown, halves, strict=True))
        for values in runs.values()
    )


@pytest.mark.parametrize(("chapter", "cell"), CELLS)
def test_a_number_that_depends_on_chance_is_tested_on_every_run(chapter, cell):
    record = PROJECT.records[chapter]
    if luck(record.cells[cell].text, record.numbers[cell]):
        tests = (ROOT / "tests" / "snippets" / f"test_{chapter}.py").read_text("utf-8")
        judged = re.findall(r'measured\("(\w+)"\)', tests)
        assert cell in judged, f"no test of {chapter} uses the fixture `measured` for the numbers of “{cell}”"


def test_the_factor_covers_an_unknown_machine():
    cells = [(record.cells[name].text, runs) for record in PROJECT.records.values() for name, runs in record.numbers.items()]
    found = noise.evidence(cells)
    assert min(total for total, _ in found.values()) > 50
    for name, (total, covered) in found.items():
        assert covered >= 0.98 * total, name
