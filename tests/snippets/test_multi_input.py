"""What a reader sees in “Several inputs”."""

import numpy as np
import pytest


def test_the_joins_keep_the_shape_and_only_concatenate_adds_widths(printed):
    lines = dict(line.split(maxsplit=1) for line in printed("joins").splitlines())
    assert list(lines) == ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"]
    assert lines.pop("concatenate").startswith("(1, 6)")
    assert all(line.startswith("(1, 3)") for line in lines.values())


def test_dot_gives_one_number(printed):
    assert printed("join_dot") == "[[100.]]\n"


@pytest.mark.parametrize("cell", ["add_mismatch", "concatenate_mismatch"])
def test_shapes_that_do_not_fit_are_refused_at_once(cell, error):
    assert error(cell)[0] == "ValueError"


def test_a_width_of_one_is_spread_silently(printed):
    assert printed("silent_broadcast") == "(None, 4)\n[[101. 102. 103. 104.]]\n"


def test_the_question_answering_model_counts_1000052_parameters(printed):
    assert printed("qa_model") == "joined: (None, 48)\n1,000,052 parameters\n"
    text, question = 10_000 * 64 + 4 * 32 * (64 + 32 + 1), 10_000 * 32 + 4 * 16 * (32 + 16 + 1)
    assert text + question + (48 + 1) * 500 == 1_000_052


def test_random_integers_below_one_are_no_one_hot_labels(printed):
    assert printed("zero_labels") == "largest label: 0\nlabels that sum to 1: 0\n"
    assert printed("one_hot") == "(800, 500)\nlabels that sum to 1: 800\n"


def test_labels_of_zeros_make_a_loss_of_zero_and_real_ones_that_of_guessing(numbers):
    zero, guessing = numbers("zero_loss")
    assert zero == 0
    assert guessing == pytest.approx(np.log(500), abs=0.02)


def test_the_loss_falls_from_fit_to_fit(numbers):
    (after_list,), (after_dict,) = numbers("fit_list"), numbers("fit_dict")
    assert after_dict < after_list < np.log(500)


def test_a_list_and_a_dict_feed_the_same_model(printed):
    assert printed("same_answers") == "list and dict agree: True\n"


def test_a_list_in_the_wrong_order_is_accepted_and_gives_wrong_answers(printed, numbers):
    assert "swapped list agrees: False" in printed("wrong_order")
    right, wrong = numbers("wrong_order")
    assert right > 0.9
    assert wrong < 0.2


def test_a_dict_with_a_wrong_key_is_refused(error):
    kind, text = error("wrong_key")
    assert kind == "ValueError"
    assert "question" in text


def test_padding_changes_what_an_lstm_says_unless_zeros_are_masked(printed):
    assert printed("mask") == "mask_zero=False, same vector: False\nmask_zero=True, same vector: True\n"


def test_the_churn_model_joins_18_numbers_and_counts_890_parameters(printed):
    assert printed("churn_model") == "joined: (None, 18)\n890 parameters\n"


def test_the_churn_data_hold_a_signal_and_the_network_learns_it(numbers):
    guessing, first, last = numbers("churn_fit")
    assert guessing == pytest.approx(np.log(2), abs=0.001)
    assert last < first < guessing
    loss, accuracy = numbers("churn_evaluate")
    (ceiling,) = numbers("churn_ceiling")
    assert 0.75 < accuracy < ceiling + 0.03


def test_those_who_left_are_given_the_higher_chance(numbers):
    left, stayed = numbers("churn_predict")
    assert left > stayed + 0.3


def test_exercise_1_has_three_inputs_and_986_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 986
    assert "986" in printed("exercise_1_check")


def test_the_check_of_exercise_1_refuses_a_model_that_ignores_an_input(chapter, ran):
    import keras
    from keras import layers

    viewing, customer, support = keras.Input((10,), name="viewing"), keras.Input((8,), name="customer"), keras.Input((5,), name="support")
    ignoring = layers.Dense(1, activation="sigmoid")(layers.concatenate([viewing, customer]))
    wrong = ran.namespace | {"exercise_model": keras.Model([viewing, customer, support], ignoring)}
    with pytest.raises(AssertionError):
        exec(chapter["exercise_1_check"].source, wrong)
