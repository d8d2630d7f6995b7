"""The noise of printed numbers: its measurement and its use."""

import ast

import pytest

from docweave.running import noise
from docweave.running.noise import FACTOR, NOISE, PLAIN, SEEDS

RUNS = {PLAIN.name: [0.5000], NOISE[0].name: [0.5001], NOISE[1].name: [0.4998], SEEDS[0].name: [0.7]}


def printed(code):
    said = []
    exec(compile(noise.widen(ast.parse(code)), "cell", "exec"), {"print": said.append})
    return said


def test_the_settings_have_unique_names():
    names = [setting.name for setting in (PLAIN, *NOISE, *SEEDS)]
    assert len(set(names)) == len(names)


def test_only_floats_are_printed_with_more_decimals():
    assert printed("x = 2 / 3\nprint(f'{x:.3f} {x:8.2e} {x:.1%} {3:,} {7:02} {6.5:.0f} {\"a\":<3}|')") == [
        "0.666666666667 6.666666666667e-01 66.666666666667% 3 07 6 a  |"
    ]


def test_an_f_string_in_a_function_is_widened_too():
    assert printed("def show(x):\n    print(f'{x:.1f}')\nshow(0.25)") == ["0.250000000000"]


@pytest.mark.parametrize(
    ("text", "floats"),
    [
        ("loss 0.50, -1.25e-05", [0.5, -1.25e-05]),
        ("[0.25 0.5]", [0.25, 0.5]),
        ("Keras 3.15.1, (None, 3), 3,466 parameters", []),
        ("97.5%", [97.5]),
    ],
)
def test_only_numbers_with_a_decimal_point_can_be_noisy(text, floats):
    assert noise.numbers(text) == floats


def test_the_words_are_the_text_without_numbers_and_their_padding():
    assert noise.words("a  0.5\nb 12.25 |\n") == noise.words("a 0.500000\nb  1.25 |\n")
    assert noise.words("a 0.5\n") != noise.words("b 0.5\n")
    assert noise.words("3 of 4: 0.5") != noise.words("2 of 4: 0.5")


def test_the_spread_covers_noise_but_not_other_seeds():
    ((value, spread),) = noise.spreads(RUNS)
    assert value == 0.5
    assert spread == pytest.approx(0.0002)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("loss 0.500", "loss 0.500", True),
        ("loss 0.500", "loss 0.501", True),  # 3 × 0.0002, plus half a unit in the last digit
        ("loss 0.500", "loss 0.502", False),
        ("loss 0.500", "mean 0.500", False),
        ("loss 0.500", "loss 0.500 0.500", False),
        ("loss 0.500", "loss nan", False),
    ],
)
def test_a_fresh_number_may_differ_within_the_noise(old, new, same):
    assert FACTOR == 3
    assert noise.agree(old, new, RUNS) is same


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("x 0.50", "x 0.51", False),
        ("x 1234.567", "x 1234.567", True),
        ("nan", "nan", True),
        ("version 3.15.1", "version 3.15.2", False),
    ],
)
def test_without_a_measurement_a_number_must_be_equal(old, new, same):
    assert noise.agree(old, new, {}) is same


def test_a_number_is_steady_if_noise_changes_no_printed_digit():
    assert list(noise.unsteady("loss 0.50", RUNS)) == []


def test_a_number_with_too_many_digits_is_refused_with_the_stable_count():
    (why,) = noise.unsteady("loss 0.5000", RUNS)
    assert why.startswith("0.5000, which moves by 0.0002 when only the arithmetic changes")
    assert "print at most 2 decimals" in why


def test_a_number_that_noise_may_round_up_or_down_is_refused():
    runs = {PLAIN.name: [0.5049], NOISE[0].name: [0.5051]}
    (why,) = noise.unsteady("loss 0.50", runs)
    assert "round up or down" in why


@pytest.mark.parametrize(("moved", "reasons"), [(0.503, 0), (0.505, 1)])
def test_a_number_may_move_within_its_printed_uncertainty(moved, reasons):
    runs = {PLAIN.name: [0.5, 0.004], NOISE[0].name: [moved, 0.006]}
    found = list(noise.unsteady("accuracy 0.500 ± 0.004", runs))
    assert len(found) == reasons
    assert all(why.startswith("0.500 ± 0.004, which moves by 0.005") for why in found)


def test_a_number_smaller_than_its_noise_is_refused():
    (why,) = noise.unsteady("off by 0.3", {PLAIN.name: [0.3], NOISE[0].name: [0.9]})
    assert "make the training more stable" in why


def test_rounding_in_single_precision_is_not_noise():
    assert list(noise.unsteady("2532.41900", {PLAIN.name: [2532.419], NOISE[0].name: [2532.4191]})) == []


def test_leaving_out_a_setting_counts_the_numbers_not_covered():
    runs = {PLAIN.name: [1.0, 1.0], NOISE[0].name: [1.1, 1.5], NOISE[1].name: [1.1, 1.0]}
    found = noise.evidence([("1.00 1.00", runs)])
    assert found[NOISE[0].name] == (2, 1)
    assert found[NOISE[1].name] == (2, 2)
    assert found[NOISE[2].name] == (0, 0)


def test_the_table_has_each_number_as_printed():
    ((text, spread),) = noise.table("loss 0.500", RUNS)
    assert text == "0.500"
    assert spread == pytest.approx(0.0002)


def test_a_verdict_is_a_printed_true_or_false():
    assert noise.verdicts("same: True, Falsehood, 0.5\nabove 0.9: False\n") == ["True", "False"]
