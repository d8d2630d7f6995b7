"""What Keras 3.6 did, and that the Keras of this guide does not."""

import warnings

import pytest


@pytest.fixture
def today(chapter):
    """Runs a cell with the Keras of this guide, after the chapter's imports, and gives its variables."""
    variables = {}
    exec(chapter["imports"].source, variables)

    def run(cell, **more):
        exec(chapter[cell].source, variables | more)

    return run


def test_it_is_the_version_that_the_pages_name(printed):
    assert printed("imports").startswith("Keras 3.6.")


def test_a_model_without_a_path_was_made_and_failed_with_a_key_error(printed):
    assert printed("no_path") == "made: 3 layers\n"
    assert printed("no_path_late") == "KeyError\n"


def test_today_it_is_refused(today):
    with pytest.raises(ValueError, match="not connected to `inputs`"):
        today("no_path")


def test_the_arrays_of_a_dictionary_were_taken_in_the_order_of_the_alphabet_with_a_warning(printed):
    minus_seven, warning = printed("names_ignored").splitlines()
    assert minus_seven == "[[-7.]]"
    assert "doesn't match the expected structure" in warning


def test_today_the_names_count(today, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        today("names_ignored")
    assert capsys.readouterr().out.splitlines()[-1:] == ["[[7.]]"]


def test_inputs_that_were_named_in_a_dictionary_took_its_arrays_by_name(printed):
    assert printed("names_kept") == "[[7.]]\n"
