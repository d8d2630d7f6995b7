"""The outputs in “Several outputs”."""

import re

import numpy as np
import pytest

from tests.snippets.solutions import prove


def values(text):
    """Return the named numbers of a table that `show` printed, one on each line."""
    return {name: float(value) for name, value in re.findall(r"^ *([a-z_ ]*[a-z]) +(-?[\d.]+)$", text, re.MULTILINE)}


def test_the_posts_model_has_three_heads_and_14146316_parameters(printed):
    assert printed("posts_model") == "age    (None, 1)\nincome (None, 10)\ngender (None, 1)\n14,146,316 parameters\n"
    text = 50_000 * 256 + (5 * 256 + 1) * 128 + (5 * 128 + 1) * 256 + 3 * (5 * 256 + 1) * 256
    assert text + 257 * 128 + 129 * (1 + 10 + 1) == 14_146_316


def test_a_swapped_embedding_enlarges_only_the_next_layer(printed):
    right, wrong = printed("swapped_embedding").split("Embedding(256, 50000)")
    assert "12,800,000" in right and "163,968" in right
    assert "(None, 300, 50000)" in wrong and "12,800,000" in wrong and "32,000,128" in wrong
    assert 14_146_316 - 163_968 + 32_000_128 == 45_982_476


def test_269_words_are_just_enough(printed, error):
    lines = printed("lengths").splitlines()
    assert lines[1] == "[300, 300, 296, 59, 55, 51, 10, 6, 2]"
    assert lines[2] == "[269, 269, 265, 53, 49, 45, 9, 5, 1]"
    assert error("too_short")[0] == "ValueError"


def test_a_softmax_of_one_unit_always_answers_1_and_keras_warns(printed):
    assert printed("softmax_of_one").startswith("all different answers: [1.]\n")
    assert "sigmoid" in printed("softmax_of_one")


def test_a_softmax_of_one_unit_never_leaves_the_base_rate(measured):
    share, softmax_first, softmax_last, softmax_accuracy, first, last, accuracy = measured("softmax_in_training")
    if measured.backend == "tensorflow":
        assert (softmax_first, softmax_last) == pytest.approx((first, last), rel=1e-3)
    else:  # as the page says, it does not move
        assert softmax_first == softmax_last
    assert last < 0.5 * first
    assert softmax_accuracy == pytest.approx(share, abs=0.002)
    assert accuracy > 0.9


def test_losses_by_list_and_by_dict_are_the_same_sum(measured):
    by_list, by_dict = np.reshape(measured("one_number"), (2, 4)).tolist()
    assert by_list == by_dict
    age, income, gender, total = by_list
    assert total == pytest.approx(age + income + gender, abs=0.01)
    assert income == pytest.approx(np.log(10), abs=0.02)
    assert gender == pytest.approx(np.log(2), abs=0.02)


def test_loss_weights_change_the_sum_and_not_the_parts(measured):
    age, income, gender, loss, by_hand, by_list = measured("weighted_sum")
    assert loss == by_list == pytest.approx(by_hand, rel=1e-5)
    assert loss == pytest.approx(0.25 * age + income + 10 * gender, abs=0.01)
    assert age == measured("one_number")[0]


def test_ages_in_years_are_nearly_all_of_the_loss_with_and_without_weights(measured):
    without, with_weights = measured("age_share")
    assert without > 0.99
    assert with_weights > 0.98


def test_scaled_ages_start_at_a_loss_of_one(printed, measured):
    assert values(printed("standardise"))["age_loss"] == pytest.approx(1, abs=0.01)
    assert measured("standardise")[-1] == pytest.approx(0.25, abs=0.005)


def test_only_with_scaled_ages_are_all_three_outputs_learned(measured):
    years, years_weighted, scaled, scaled_weighted = np.reshape(measured("compare"), (4, 2))
    for income, gender in (years, years_weighted):
        assert income < 0.2
        assert gender < 0.65
    income, gender = scaled
    assert min(income, gender) > 0.8
    assert scaled_weighted[1] >= max(gender, 0.95)
    assert scaled_weighted[0] < income - 0.3


def test_the_weights_of_the_book_cost_years_of_accuracy_in_the_age(printed):
    years, years_weighted, scaled, scaled_weighted = map(int, re.findall(r"off by (\d+) years", printed("compare")))
    assert max(years, years_weighted, scaled) < 14.8 / 2
    assert scaled_weighted > scaled + 1


def test_a_list_of_losses_silently_takes_a_dict_of_weights_alphabetically(printed, measured):
    both_lists, both_dicts, dict_and_list, list_and_dict = measured("mixed")
    _, right, _, wrong = measured("mixed_by_hand")
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


def test_a_second_fit_continues_where_the_first_stopped(measured):
    first, second = measured("targets_list")
    third, fourth = measured("targets_dict")
    assert first > second > third > fourth


def test_targets_in_the_wrong_order_are_accepted_silently(measured):
    if measured.backend == "torch":  # as the page says, PyTorch refuses targets outside 0 to 1, so that there are no losses
        assert measured("wrong_targets") == []
        return
    (wrong_age, *_, wrong), (_, _, age, _, _, right, _) = measured("wrong_targets"), measured("standardise")
    assert wrong < right
    assert wrong_age < 0.7 * age


def test_one_metric_for_all_outputs_is_refused_by_fit(error):
    kind, text = error("flat_metrics")
    assert kind == "ValueError"
    assert "metrics" in text


def test_the_metric_of_the_scaled_age_is_about_a_fifth(measured):
    assert measured("evaluate_dict")[1] == pytest.approx(0.2, abs=0.1)


def test_history_and_evaluate_name_their_values_in_alphabetical_order(printed):
    keys = ["age_loss", "age_mae", "gender_accuracy", "gender_loss", "income_accuracy", "income_loss", "loss"]
    assert printed("history_keys").split() == keys
    assert list(values(printed("evaluate_dict"))) == keys


def test_the_plain_list_of_evaluate_mixes_two_orders(printed):
    assert printed("evaluate_list").split() == [
        f"['{name}']"
        for name in ["loss", "age_loss", "income_loss", "gender_loss", "age_mae", "gender_accuracy", "income_accuracy"]
    ]


def test_a_wrong_name_is_refused_but_a_missing_loss_only_warns(error, printed):
    kind, text = error("wrong_key")
    assert kind == "ValueError"
    assert "wages" in text
    assert printed("two_losses").startswith("['age_loss', 'income_loss', 'loss']\n")
    assert "gender/kernel" in printed("two_losses")


@pytest.mark.parametrize("missing", ["age", "income", "gender"])
def test_a_dict_without_the_loss_of_a_head_is_refused(missing, ran):
    reader = ran.namespace["new_reader"]()
    reader.compile(loss={name: loss for name, loss in ran.namespace["losses"].items() if name != missing})
    with pytest.raises(ValueError):  # noqa: PT011 - the refusal matters, not its message
        ran.namespace["evaluated"](reader, ran.namespace["scaled_targets"])


def test_a_misspelt_loss_weights_is_refused_by_python(ran):
    with pytest.raises(TypeError):
        ran.namespace["new_reader"]().compile(loss=ran.namespace["losses"], loss_weight=[1, 1, 1])


def test_predictions_are_in_output_order_and_convert_back_to_years(printed, measured):
    assert printed("predict") == "age    (300, 1)\nincome (300, 10)\ngender (300, 1)\n"
    by_prediction, by_metric = measured("back_to_years")
    assert by_prediction == pytest.approx(by_metric, abs=0.11)


def test_exercise_1_has_three_heads_and_310_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 13 * 16 + 17 * (1 + 4 + 1) == 310
    assert "310" in printed("exercise_1_check")


LOSSES = {"temperature": "mse", "sky": "sparse_categorical_crossentropy", "rain": "binary_crossentropy"}
WEIGHTS = {"temperature": 0.5, "sky": 1, "rain": 2}


def solutions(names):
    import keras
    from keras import layers

    def model(
        hidden="relu",
        loss=LOSSES,
        weights=WEIGHTS,
        name="readings",
        heads=("temperature", "sky", "rain"),
        last=None,
        bias=True,
        shape=list,
        source=None,
    ):
        readings = keras.Input((12,), name=name)
        x = layers.Dense(16, hidden, use_bias=bias)(readings)
        activations = {"temperature": None, "sky": "softmax", "rain": "sigmoid"} | (last or {})
        units = {"temperature": 1, "sky": 4, "rain": 1}
        outputs = []
        for head, (kind, activation) in zip(heads, activations.items(), strict=True):
            outputs.append(layers.Dense(units[kind], activation, name=head)(source(x) if source else x))
        built = keras.Model([readings], outputs if shape is list else dict(zip(heads, outputs, strict=True)))
        built.compile(loss=loss, loss_weights=weights)
        return {"exercise_model": built}

    readings = keras.Input((12,), name="readings")
    x = layers.ReLU()(layers.Dense(16)(readings))
    rain = layers.Activation("sigmoid", name="rain")(layers.Dense(1)(x))
    sky = layers.Softmax(name="sky")(layers.Dense(4)(x))
    steps = keras.Model(readings, [layers.Dense(1, name="temperature")(x), sky, rain])
    steps.compile(loss=list(LOSSES.values()), loss_weights=list(WEIGHTS.values()))
    objects = {
        "temperature": keras.losses.MeanSquaredError(),
        "sky": keras.losses.SparseCategoricalCrossentropy(),
        "rain": keras.losses.BinaryCrossentropy(),
    }
    right = {
        "activations as steps, lists of losses and weights": {"exercise_model": steps},
        "outputs in a dict": model(shape=dict),
        "losses as objects": model(loss=objects),
    }
    wrong = {
        "another name of the input": ("the inputs are {'weather'", model(name="weather")),
        "another name of a head": (
            "'wet'",
            model(heads=("temperature", "sky", "wet"), loss=list(LOSSES.values()), weights=list(WEIGHTS.values())),
        ),
        "no bias": ("294 parameters", model(bias=False)),
        "a softmax over one unit": ("rain: .* instead", model(last={"rain": "softmax"})),
        "tanh for a probability": ("rain: .* instead", model(last={"rain": "tanh"})),
        "a squeezed temperature": ("temperature: .* instead", model(last={"temperature": "sigmoid"})),
        "no temperature below the mean": ("temperature: .* instead", model(last={"temperature": "relu"})),
        "four sigmoids": ("sky: .* instead", model(last={"sky": "sigmoid"})),
        "no softmax": ("sky: .* instead", model(last={"sky": None})),
        "no ReLU": ("instead", model(hidden=None)),
        "readings that are ignored": ("instead", model(source=lambda x: 0 * x)),
        "a list of losses with a dict of weights": ("losses or weights", model(loss=list(LOSSES.values()))),
        "no weights": ("losses or weights", model(weights=None)),
        "mean absolute error": ("losses or weights", model(loss=LOSSES | {"temperature": "mae"})),
        "sky and rain exchanged": ("losses or weights", model(weights=WEIGHTS | {"sky": 2, "rain": 1})),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
