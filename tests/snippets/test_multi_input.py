"""The outputs in “Several inputs”."""

import numpy as np
import pytest

from tests.snippets.solutions import prove


def test_the_joins_keep_the_shape_and_only_concatenate_adds_widths(printed):
    lines = dict(line.split(maxsplit=1) for line in printed("joins").splitlines())
    assert list(lines) == ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"]
    assert lines.pop("concatenate").startswith("(1, 6)")
    assert all(line.startswith("(1, 3)") for line in lines.values())


def test_dot_gives_one_number(printed):
    assert printed("join_dot") == "[[100.]]\n"


@pytest.mark.parametrize("cell", ["add_mismatch", "concatenate_mismatch"])
def test_incompatible_shapes_are_refused_at_once(cell, error):
    assert error(cell)[0] == "ValueError"


def test_a_width_of_one_is_broadcast_silently(printed):
    assert printed("silent_broadcast") == "(None, 4)\n[[101. 102. 103. 104.]]\n"


def test_the_question_answering_model_has_1000052_parameters(printed):
    assert printed("qa_model") == "joined: (None, 48)\n1,000,052 parameters\n"
    text, question = 10_000 * 64 + 4 * 32 * (64 + 32 + 1), 10_000 * 32 + 4 * 16 * (32 + 16 + 1)
    assert text + question + (48 + 1) * 500 == 1_000_052


def test_random_integers_below_one_are_not_one_hot_labels(printed):
    assert printed("zero_labels") == "largest label: 0\nlabels that sum to 1: 0\n"
    assert printed("one_hot") == "(800, 500)\nlabels that sum to 1: 800\n"


def test_labels_of_zeros_have_zero_loss_and_real_ones_that_of_guessing(measured):
    zero, guessing = measured("zero_loss")
    assert zero == 0
    assert guessing == pytest.approx(np.log(500), abs=0.02)


def test_the_loss_falls_from_fit_to_fit(measured):
    (after_list,), (after_dict,) = measured("fit_list"), measured("fit_dict")
    assert after_dict < after_list < np.log(500)


def test_a_list_and_a_dict_give_the_same_results(printed):
    assert printed("same_answers") == "list and dict agree: True\n"


def test_a_list_in_the_wrong_order_is_accepted_and_gives_wrong_answers(printed, measured):
    assert "swapped list agrees: False" in printed("wrong_order")
    right, _ = measured("wrong_order")
    assert right > 0.95
    assert "wrong order: accuracy below 0.1: True" in printed("wrong_order")


def test_a_dict_with_a_wrong_key_is_refused(error):
    kind, text = error("wrong_key")
    assert kind == "ValueError"
    assert "question" in text


def test_padding_changes_the_output_of_an_lstm_unless_masked(printed):
    assert printed("mask") == "mask_zero=False, same vector: False\nmask_zero=True, same vector: True\n"


def test_the_churn_model_joins_18_numbers_and_has_890_parameters(printed):
    assert printed("churn_model") == "joined: (None, 18)\n890 parameters\n"


def test_the_network_learns_the_signal_in_the_churn_data(measured):
    guessing, first, last = measured("churn_fit")
    assert guessing == pytest.approx(np.log(2), abs=0.001)
    assert last < first < guessing
    _, accuracy = measured("churn_evaluate")
    (ceiling,) = measured("churn_ceiling")
    assert 0.75 < accuracy < ceiling + 0.03


def test_customers_who_left_get_higher_predictions(measured):
    left, stayed = measured("churn_predict")
    assert left > stayed + 0.3


def test_exercise_1_has_three_inputs_and_986_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 986
    assert "986" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def dense(width, x, activation="relu", **options):
        return layers.Dense(width, activation, **options)(x)

    def model(
        join=layers.concatenate, name="support", branch="relu", joint="relu", last="sigmoid", units=1, bias=True, read=None
    ):
        viewing, customer, support = (
            keras.Input((10,), name="viewing"),
            keras.Input((8,), name="customer"),
            keras.Input((5,), name=name),
        )
        s = dense(6, read(support, customer) if read else support, branch)
        x = join([s, dense(8, dense(8, customer)), dense(10, dense(15, dense(10, viewing)))])
        x = dense(10, dense(10, x, joint), joint, use_bias=bias)
        return {"exercise_model": keras.Model([support, customer, viewing], dense(units, x, last))}

    def of_the_chapter():
        support = keras.Input((5,), name="support")
        x = layers.concatenate([names["c"], names["v"], layers.ReLU()(dense(6, support, None))])
        inputs = {"viewing": names["viewing"], "support": support, "customer": names["customer"]}
        return {"exercise_model": keras.Model(inputs, dense(1, dense(10, dense(10, x)), "sigmoid"))}

    right = {
        "built and joined the other way round": model(),
        "branches of the chapter, inputs in a dict, ReLU as a step": of_the_chapter(),
    }
    wrong = {
        "another name": ("'calls': 5", model(name="calls")),
        "forgotten in the join": ("890 parameters", model(join=lambda parts: layers.concatenate(parts[1:]))),
        "added": ("parameters instead", model(join=lambda parts: layers.add([dense(10, part) for part in parts]))),
        "no bias": ("976 parameters", model(bias=False)),
        "two outputs": ("997 parameters", model(units=2)),
        "an input that is ignored": ("when only 'support' speaks", model(read=lambda support, customer: 0 * support)),
        "a branch that reads another input": ("when only", model(read=lambda support, customer: customer[:, :5])),
        "no ReLU in the branch": ("when only 'support' speaks", model(branch=None)),
        "no ReLU after the join": ("when only", model(joint=None)),
        "no sigmoid": ("instead of 0.119", model(last=None)),
        "softmax over one unit": ("instead of 0.119", model(last="softmax")),
        "tanh": ("instead of 0.119", model(last="tanh")),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
