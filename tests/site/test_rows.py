"""Every row of the curriculum is on the site, in every language: in the output of a cell, or in prose.

The rows are in rows.yml. A row of code names a page, a cell and a part of its output; a row of prose names a page, a
heading and a term that must occur under it in every language: a name, a number, an identifier.
"""

import re
from pathlib import Path

import pytest
import yaml

from tests.site.pages import every_language

ROWS = yaml.safe_load(Path(__file__).with_name("rows.yml").read_text("utf-8"))


@every_language
@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_curriculum_is_on_the_site(row, locale, html):
    place = ROWS[row]
    page = html(locale, place["page"])
    if "cell" in place:
        assert page.select_one(f'[data-cell="{place["cell"]}"]'), f"{place['cell']} is not shown"
        shown = "\n".join(block.get_text() for block in page.select(f'[data-output-of="{place["cell"]}"]'))
        assert place["prints"] in shown
    else:
        assert place["term"] in text_under(page, place["heading"])


def test_the_rows_are_those_of_the_curriculum():
    assert {row for row in ROWS if re.fullmatch(r"U\d\d", row)} == {f"U{number:02}" for number in range(1, 55)}


def text_under(page, heading: str) -> str:
    """Return the text from a heading to the next one of its level or above."""
    start = page.select_one(f".md-content [id='{heading}']")
    assert start, f"there is no heading {heading}"
    text = [start.get_text()]
    for element in start.find_next_siblings():
        if element.name in ("h1", "h2", "h3", "h4") and element.name <= start.name:
            break
        text.append(element.get_text())
    return "\n".join(text)
