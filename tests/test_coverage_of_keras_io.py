"""The table in CONTRIBUTING.md that compares this guide with keras.io names existing pages and headings."""

import re
from pathlib import Path

import pytest

from docweave.project import SOURCE, Project

PROJECT = Project(Path(__file__).parent.parent)
SECTION = (PROJECT.root / "CONTRIBUTING.md").read_text("utf-8").partition("### Ahead of keras.io")[2].partition("\n## ")[0]
TABLE = re.findall(r"^\| (?!keras\.io)([^|]+?) \| ([^|]+?) \| ([^|]*?) \|$", SECTION, re.MULTILINE)
NAMED = re.compile(r"`([a-z-]+)`(?:: ((?:`[a-z-]+`(?:, | and )?)+))?")


@pytest.mark.parametrize(("section", "here"), [row[:2] for row in TABLE])
def test_a_section_of_keras_io_is_covered_by_headings_that_exist(section, here):
    places = NAMED.findall(here)
    assert places
    for name, headings in places:
        ids = {found.id for found in PROJECT.pages[SOURCE][name].sections}
        assert headings, f"{name}: name its headings"
        assert set(re.findall(r"[a-z-]+", headings)) - {"and"} <= ids


def test_no_section_is_missing_from_the_table():
    assert len(TABLE) == 14
