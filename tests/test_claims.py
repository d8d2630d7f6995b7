"""Numbers that come from training are judged wherever they may differ: see the fixture `measured` in tests/snippets."""

import re
from pathlib import Path

import pytest

from docweave.project import Project
from docweave.running import noise

ROOT = Path(__file__).parents[1]
PROJECT = Project(ROOT)
CELLS = [(chapter, cell) for chapter, record in PROJECT.records.items() for cell in record.numbers]


def luck(text: str, runs: noise.Runs) -> bool:
    """Say whether arithmetic or seeds change what a reader sees of a cell's numbers."""
    halves = [noise.digit(found[0]) / 2 for found in noise.FLOAT.finditer(text)]
    shown = runs[noise.PLAIN.name]
    return any(
        len(values) != len(shown)
        or any(abs(one - other) > half for one, other, half in zip(values, shown, halves, strict=True))
        for values in runs.values()
    )


@pytest.mark.parametrize(("chapter", "cell"), CELLS)
def test_a_number_that_is_a_matter_of_luck_is_judged_on_every_run(chapter, cell):
    record = PROJECT.records[chapter]
    if luck(record.cells[cell].text, record.numbers[cell]):
        tests = (ROOT / "tests" / "snippets" / f"test_{chapter}.py").read_text("utf-8")
        judged = re.findall(r'measured\("(\w+)"\)', tests)
        assert cell in judged, f"no test of {chapter} takes the fixture `measured` to judge what “{cell}” prints"


def test_the_factor_covers_what_a_machine_nobody_measured_may_give():
    cells = [(record.cells[name].text, runs) for record in PROJECT.records.values() for name, runs in record.numbers.items()]
    found = noise.evidence(cells)
    assert min(total for total, _ in found.values()) > 50
    for name, (total, covered) in found.items():
        assert covered >= 0.98 * total, name
