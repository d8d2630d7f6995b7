import pickle

import pytest

from docweave.errors import WeaveError, nearest


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [
        ("docs/en/index.md", 7, "docs/en/index.md:7: no such cell"),
        ("docs/en/index.md", None, "docs/en/index.md: no such cell"),
        (None, None, "no such cell"),
    ],
)
def test_an_error_begins_with_a_place_that_terminals_link(path, line, text):
    assert str(WeaveError("no such cell", path, line)) == text


def test_an_error_survives_pickling():
    error = pickle.loads(pickle.dumps(WeaveError("no such cell", "docs/en/index.md", 7)))
    assert str(error) == "docs/en/index.md:7: no such cell"


def test_the_nearest_name_is_suggested():
    assert nearest("biuld", ["fit", "build", "predict"]) == " Did you mean “build”?"


def test_without_a_near_name_all_are_listed():
    assert nearest("xyz", ["fit", "build"]) == " There are: build, fit."


def test_without_names_nothing_is_suggested():
    assert nearest("xyz", []) == ""
