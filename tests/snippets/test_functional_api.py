"""The outputs in “A layer is a function”."""

import numpy as np
import pytest

from tests.snippets.solutions import prove


def test_calling_a_layer_gives_a_tensor_and_1056_parameters(printed):
    assert printed("call_a_layer") == "KerasTensor\n(None, 32) float32\n1,056 parameters\n"
    assert 32 * 32 + 32 == 1056


def test_the_same_layer_computes_numbers_and_relu_has_no_negative_ones(printed):
    assert printed("call_it_on_numbers") == "(3, 32)\nsmallest value: 0.0\n"


def test_a_keras_tensor_has_no_values(error):
    assert error("no_values_inside")[0] == "ValueError"


@pytest.mark.parametrize("cell", ["stack", "functional"])
def test_both_ways_to_write_the_network_have_3466_parameters(cell, printed):
    summary = printed(cell)
    assert "Total params: 3,466" in summary
    for count in ("2,080", "1,056", "330"):
        assert f" {count} │" in summary


def test_a_model_has_exactly_the_layers_between_its_ends(printed, ran):
    model, side_model = printed("side_branch").splitlines()
    assert model.endswith("['features', 'hidden_1', 'hidden_2', 'scores']")
    assert side_model.endswith("['features', 'hidden_1', 'side']")
    assert printed("same_objects") == "True\n"


def test_an_output_that_does_not_depend_on_the_input_is_a_value_error(error):
    kind, text = error("disconnected")
    assert kind == "ValueError"
    assert "not connected" in text


def test_an_unused_input_is_accepted_silently(printed):
    assert printed("unused_input") == "['features', 'extra']\n3,466 parameters\n"


def test_one_hot_rows_are_distributions(ran, printed):
    assert "every row sums to 1: True" in printed("one_hot")
    assert np.array_equal(ran.namespace["y_train"].argmax(axis=1), ran.namespace["classes"][:1_000])


def test_training_falls_well_below_guessing(measured):
    guessing, first, last = measured("fit")
    assert guessing == pytest.approx(np.log(10), abs=0.001)
    assert first == pytest.approx(guessing, abs=0.3)
    assert last < guessing / 3


def test_the_network_is_right_on_most_new_examples(measured):
    loss, accuracy = measured("evaluate")
    assert accuracy > 0.8
    assert loss < 0.6


def test_every_prediction_is_a_distribution(printed):
    assert "(500, 10)\nrows sum to 1: True" in printed("predict")


def test_integer_labels_give_the_same_losses(printed):
    assert printed("sparse") == "same losses: True\n"


def test_labels_that_are_not_distributions_make_the_loss_rise(measured):
    noise_first, noise_last, share_first, share_last, _, real_last = measured("fit_random_rows")
    rises = noise_last > noise_first + 2
    assert rises == (measured.backend == "tensorflow")  # elsewhere it falls, as the page says
    assert share_last < share_first
    assert share_last == pytest.approx(np.log(10), abs=0.05)
    assert real_last < share_last


def test_the_plot_names_its_axes_and_its_three_curves(ran):
    (plot,) = ran.record.cells["plot_losses"].plots
    assert {"epoch", "training loss"} <= set(plot.texts)
    assert len(plot.texts) == 5


def test_the_wide_network_has_198760_parameters_both_ways(printed):
    assert printed("digits_stack") == printed("digits_functional") == "198,760 parameters\n"


def test_the_digits_are_mnist(printed):
    assert printed("digits") == "(1000, 784) [7 2 1 0 4]\n"


def test_the_same_weights_give_the_same_predictions(printed):
    assert printed("same_weights") == "before set_weights: False\nafter set_weights:  True\n"
    assert printed("split_activation") == "198,760 parameters\nsame predictions: True\n"


def test_batch_normalisation_adds_four_numbers_a_unit_and_drops_the_bias(ran, printed):
    assert "Total params: 199,510" in printed("batch_norm")
    assert 199_510 == 198_760 - 250 + 4 * 250
    assert "Non-trainable params: 500" in printed("batch_norm")


def test_exercise_1_has_551_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 551
    assert "551" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def model(*widths, activations=("relu",) * 3 + ("sigmoid",), biases=True, start=10):
        x = inputs = keras.Input((start,))
        for width, activation in zip(widths, activations, strict=True):
            x = layers.Dense(width, activation, use_bias=biases)(x)
        return {"exercise_model": keras.Model(inputs, x)}

    x = inputs = keras.Input((10,), name="results")
    for width in (10, 20, 10):
        x = layers.ReLU()(layers.Dense(width)(x))
    steps = keras.Model([inputs], [keras.ops.sigmoid(layers.Dense(1)(x))])
    stack = keras.Sequential(
        [keras.Input((10,)), *(layers.Dense(width, "relu") for width in (10, 20, 10)), layers.Dense(1, "sigmoid")]
    )
    right = {
        "other names": model(10, 20, 10, 1),
        "each activation a step, in lists": {"exercise_model": steps},
    }
    wrong = {
        "a list of layers": ("a list of layers", {"exercise_model": stack}),
        "one layer short": ("351 parameters", model(10, 20, 1, activations=("relu", "relu", "sigmoid"))),
        "twelve questions": ("571 parameters", model(10, 20, 10, 1, start=12)),
        "no biases": ("510 parameters", model(10, 20, 10, 1, biases=False)),
        "two outputs": ("562 parameters", model(10, 20, 10, 2)),
        "widths exchanged": ("widths", model(20, 10, 10, 1)),
        "no sigmoid": ("a sigmoid", model(10, 20, 10, 1, activations=("relu", "relu", "relu", None))),
        "softmax over one unit": ("a sigmoid", model(10, 20, 10, 1, activations=("relu", "relu", "relu", "softmax"))),
        "ReLU at the end": ("a sigmoid", model(10, 20, 10, 1, activations=("relu", "relu", "relu", "relu"))),
        "first layer linear": ("three ReLU", model(10, 20, 10, 1, activations=(None, "relu", "relu", "sigmoid"))),
        "second layer linear": ("three ReLU", model(10, 20, 10, 1, activations=("relu", None, "relu", "sigmoid"))),
        "third layer tanh": ("three ReLU", model(10, 20, 10, 1, activations=("relu", "relu", "tanh", "sigmoid"))),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
