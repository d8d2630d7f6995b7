"""The behaviour of Keras 3.6 that differs from the Keras of this guide."""

import warnings

import pytest


@pytest.fixture
def today(chapter):
    """Runs a cell with the Keras of this guide, after the chapter's imports, and returns its variables."""
    variables = {}
    exec(chapter["imports"].source, variables)

    def run(cell, **more):
        exec(chapter[cell].source, variables | more)

    return run


def test_the_version_is_the_one_named_on_the_pages(printed):
    assert printed("imports").startswith("Keras 3.6.")


def test_a_disconnected_model_was_built_and_raised_a_key_error(printed):
    assert printed("no_path") == "made: 3 layers\n"
    assert printed("no_path_late") == "KeyError\n"


def test_today_a_disconnected_model_is_refused(today):
    with pytest.raises(ValueError, match="not connected to `inputs`"):
        today("no_path")


def test_dict_inputs_were_taken_in_alphabetical_order_with_a_warning(printed):
    minus_seven, warning = printed("names_ignored").splitlines()
    assert minus_seven == "[[-7.]]"
    assert "doesn't match the expected structure" in warning


def test_today_dict_inputs_are_matched_by_name(today, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        today("names_ignored")
    assert capsys.readouterr().out.splitlines()[-1:] == ["[[7.]]"]


def test_inputs_declared_as_a_dict_were_matched_by_name(printed):
    assert printed("names_kept") == "[[7.]]\n"
