"""What a reader sees in “Several outputs”."""

import re

import numpy as np
import pytest


def values(text):
    """The named numbers of a table that `show` printed, one a line."""
    return {name: float(value) for name, value in re.findall(r"^ *([a-z_ ]*[a-z]) +(-?[\d.]+)$", text, re.MULTILINE)}


def test_the_posts_model_has_three_heads_and_counts_14146316_parameters(printed):
    assert printed("posts_model") == "age    (None, 1)\nincome (None, 10)\ngender (None, 1)\n14,146,316 parameters\n"
    text = 50_000 * 256 + (5 * 256 + 1) * 128 + (5 * 128 + 1) * 256 + 3 * (5 * 256 + 1) * 256
    assert text + 257 * 128 + 129 * (1 + 10 + 1) == 14_146_316


def test_a_swapped_embedding_keeps_its_count_and_swells_the_next_layer(printed):
    right, wrong = printed("swapped_embedding").split("Embedding(256, 50000)")
    assert "12,800,000" in right and "163,968" in right
    assert "(None, 300, 50000)" in wrong and "12,800,000" in wrong and "32,000,128" in wrong
    assert 14_146_316 - 163_968 + 32_000_128 == 45_982_476


def test_269_words_are_just_enough_and_268_are_refused(printed, error):
    lines = printed("lengths").splitlines()
    assert lines[1] == "[300, 300, 296, 59, 55, 51, 10, 6, 2]"
    assert lines[2] == "[269, 269, 265, 53, 49, 45, 9, 5, 1]"
    assert error("too_short")[0] == "ValueError"


def test_a_softmax_of_one_unit_always_answers_1_and_keras_warns(printed):
    assert printed("softmax_of_one").startswith("all different answers: [1.]\n")
    assert "sigmoid" in printed("softmax_of_one")


def test_a_softmax_of_one_unit_has_a_healthy_loss_and_never_leaves_the_base_rate(numbers):
    share, softmax_first, softmax_last, softmax_accuracy, first, last, accuracy = numbers("softmax_in_training")
    assert (softmax_first, softmax_last) == pytest.approx((first, last), rel=1e-3)
    assert last < 0.5 * first
    assert softmax_accuracy == pytest.approx(share, abs=0.002)
    assert accuracy > 0.9


def test_losses_by_list_and_by_dict_are_the_same_sum(printed):
    by_list, by_dict = (values(half) for half in printed("one_number").split("losses by dict"))
    assert by_list == by_dict
    assert by_list["loss"] == pytest.approx(by_list["age_loss"] + by_list["income_loss"] + by_list["gender_loss"], abs=0.01)
    assert by_list["income_loss"] == pytest.approx(np.log(10), abs=0.02)
    assert by_list["gender_loss"] == pytest.approx(np.log(2), abs=0.02)


def test_weights_by_list_and_by_dict_weigh_the_sum_and_leave_the_parts(printed):
    table = values(printed("weighted_sum"))
    assert table["loss"] == table["by hand"] == table["by list"]
    assert table["loss"] == pytest.approx(0.25 * table["age_loss"] + table["income_loss"] + 10 * table["gender_loss"], abs=0.01)
    assert table["age_loss"] == values(printed("one_number"))["age_loss"]


def test_ages_in_years_are_nearly_all_of_the_loss_with_and_without_weights(numbers):
    without, with_weights = numbers("age_share")
    assert without > 0.99
    assert with_weights > 0.98


def test_scaled_ages_begin_with_a_loss_of_one_and_a_quarter_of_the_sum(printed, numbers):
    assert values(printed("standardise"))["age_loss"] == pytest.approx(1, abs=0.01)
    assert numbers("standardise")[-1] == pytest.approx(0.25, abs=0.005)


def test_only_with_scaled_ages_all_three_are_learned_and_weights_buy_one_answer_with_the_others(numbers):
    years, years_weighted, scaled, scaled_weighted = np.reshape(numbers("compare"), (4, 3))
    (middle,) = numbers("guessing")
    for age, income, gender in (years, years_weighted):
        assert age < middle / 2
        assert income < 0.2
        assert gender < 0.65
    assert scaled[0] < middle / 2
    assert scaled[1] > 0.8
    assert scaled[2] > 0.8
    assert scaled_weighted[2] > scaled[2] + 0.03
    assert scaled_weighted[1] < scaled[1] - 0.3
    assert scaled_weighted[0] > scaled[0] + 1


def test_a_list_of_losses_with_a_dict_of_weights_silently_weighs_in_alphabetical_order(printed, numbers):
    both_lists, both_dicts, dict_and_list, list_and_dict = numbers("mixed")
    right, wrong = (float(line.split()[-1]) for line in printed("mixed_by_hand").splitlines())
    assert both_lists == both_dicts == dict_and_list == pytest.approx(right, abs=0.01)
    assert list_and_dict == pytest.approx(wrong, abs=0.01)
    assert wrong > 2 * right


def test_with_dict_outputs_even_two_lists_are_matched_alphabetically(ran):
    import keras

    reader = ran.namespace["new_reader"]()
    named = keras.Model(reader.input, dict(zip(reader.output_names, reader.outputs, strict=True)))
    named.compile(loss=ran.namespace["losses"], loss_weights=[0.25, 1, 10])
    result = ran.namespace["evaluated"](named, ran.namespace["scaled_targets"])
    swapped = 0.25 * result["age_loss"] + 10 * result["income_loss"] + result["gender_loss"]
    assert result["loss"] == pytest.approx(swapped, rel=1e-4)


def test_a_second_fit_goes_on_where_the_first_stopped(numbers):
    first, second = numbers("targets_list")
    third, fourth = numbers("targets_dict")
    assert first > second > third > fourth


def test_targets_in_the_wrong_order_are_accepted_silently(printed):
    wrong, right = values(printed("wrong_targets")), values(printed("standardise"))
    assert wrong["loss"] < right["loss"]
    assert wrong["age_loss"] != right["age_loss"]


def test_one_metric_for_all_outputs_is_refused_by_fit(error):
    kind, text = error("flat_metrics")
    assert kind == "ValueError"
    assert "metrics" in text


def test_history_and_evaluate_name_their_values_in_alphabetical_order(printed):
    keys = ["age_loss", "age_mae", "gender_accuracy", "gender_loss", "income_accuracy", "income_loss", "loss"]
    assert printed("history_keys").split() == keys
    assert list(values(printed("evaluate_dict"))) == keys


def test_the_plain_list_of_evaluate_mixes_two_orders(printed):
    assert printed("evaluate_list").split() == [
        f"['{name}']"
        for name in ["loss", "age_loss", "income_loss", "gender_loss", "age_mae", "gender_accuracy", "income_accuracy"]
    ]


def test_a_wrong_name_is_refused_and_a_missing_loss_in_a_list_only_warned_of(error, printed):
    kind, text = error("wrong_key")
    assert kind == "ValueError"
    assert "wages" in text
    assert printed("two_losses").startswith("['age_loss', 'income_loss', 'loss']\n")
    assert "gender/kernel" in printed("two_losses")


@pytest.mark.parametrize("missing", ["age", "income", "gender"])
def test_a_dict_of_losses_without_a_head_is_refused(missing, ran):
    reader = ran.namespace["new_reader"]()
    reader.compile(loss={name: loss for name, loss in ran.namespace["losses"].items() if name != missing})
    with pytest.raises(ValueError):
        ran.namespace["evaluated"](reader, ran.namespace["scaled_targets"])


def test_a_misspelt_loss_weights_is_refused_by_python(ran):
    with pytest.raises(TypeError):
        ran.namespace["new_reader"]().compile(loss=ran.namespace["losses"], loss_weight=[1, 1, 1])


def test_predictions_come_in_the_order_of_the_outputs_and_go_back_to_years(printed, numbers):
    assert printed("predict") == "age    (300, 1)\nincome (300, 10)\ngender (300, 1)\n"
    by_prediction, by_metric = numbers("back_to_years")
    assert by_prediction == pytest.approx(by_metric, abs=0.11)


def test_exercise_1_has_three_heads_and_310_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 13 * 16 + 17 * (1 + 4 + 1) == 310
    assert "310" in printed("exercise_1_check")


def weather(rain_activation="sigmoid", temperature_activation=None):
    import keras
    from keras import layers

    readings = keras.Input((12,), name="readings")
    x = layers.Dense(16, activation="relu")(readings)
    heads = [
        layers.Dense(1, activation=temperature_activation, name="temperature")(x),
        layers.Dense(4, activation="softmax", name="sky")(x),
        layers.Dense(1, activation=rain_activation, name="rain")(x),
    ]
    return keras.Model(readings, heads)


LOSSES = {"temperature": "mse", "sky": "sparse_categorical_crossentropy", "rain": "binary_crossentropy"}
WEIGHTS = {"temperature": 0.5, "sky": 1, "rain": 2}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("activations", "loss", "weights"),
    [
        pytest.param({}, list(LOSSES.values()), WEIGHTS, id="a list of losses with a dict of weights"),
        pytest.param({}, LOSSES, None, id="no weights"),
        pytest.param({}, LOSSES | {"temperature": "mae"}, WEIGHTS, id="another loss"),
        pytest.param({"rain_activation": "softmax"}, LOSSES, WEIGHTS, id="a softmax of one unit"),
        pytest.param({"temperature_activation": "sigmoid"}, LOSSES, WEIGHTS, id="a squeezed temperature"),
    ],
)
def test_the_check_of_exercise_1_refuses_a_wrong_solution(activations, loss, weights, chapter, ran):
    model = weather(**activations)
    model.compile(loss=loss, loss_weights=weights)
    with pytest.raises(AssertionError):
        exec(chapter["exercise_1_check"].source, ran.namespace | {"exercise_model": model})
