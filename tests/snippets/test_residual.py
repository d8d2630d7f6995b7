"""The outputs in “Residual connections”."""

import re

import numpy as np
import pytest

from tests.snippets.solutions import prove


def test_a_layer_of_zeros_with_a_shortcut_passes_its_input_on(printed):
    without, with_it = printed("idea").splitlines()
    assert without.endswith("[0. 0. 0. 0.]")
    assert with_it.endswith("[ 3.  -1.   4.  -1.5]")


def test_the_identity_block_keeps_the_shape_and_has_442752_parameters(printed):
    shape = "(None, 32, 32, 128)"
    assert printed("identity_model") == f"input:  {shape}\noutput: {shape}\n442,752 parameters\n"
    assert 3 * (9 * 128 * 128 + 128) == 442_752


def test_the_shortcut_bypasses_all_layers_of_the_block(ran):
    edges = {(edge.source, edge.target) for edge in ran.record.diagrams["identity_model"].edges}
    assert {("x", "conv_1"), ("x", "sum"), ("conv_3", "sum")} <= edges


def test_other_channels_are_refused_and_a_single_one_is_broadcast(error, printed):
    assert error("other_channels")[0] == "ValueError"
    assert printed("one_channel") == "(None, 32, 32, 1) -> (None, 32, 32, 128)\n296,448 parameters\n"


def test_the_projection_block_has_311680_parameters(printed):
    assert "(None, 32, 32, 128) -> (None, 16, 16, 128)" in printed("projection_model")
    assert "without bias: 311,552 parameters\nwith bias:    311,680 parameters" in printed("projection_model")


def test_an_odd_size_fits_only_if_the_pooling_is_padded(printed, error):
    assert printed("odd_size") == "(None, 17, 17, 128)\n"
    kind, text = error("odd_size_fails")
    assert kind == "ValueError"
    assert {"(17, 17, 128)", "(16, 16, 128)"} <= set(re.findall(r"\(\d+, \d+, 128\)", text))


def test_a_projection_is_linear_only_without_bias(numbers):
    assert numbers("linear") == [0, 0, 1, 2]


def test_a_projection_takes_every_second_position(printed):
    assert printed("every_second") == "(1, 8, 8, 4) -> (1, 4, 4, 6)\nsame values: True\n"


def test_the_shortcut_keeps_the_whistle_that_the_bottleneck_loses(numbers, ran):
    assert numbers("bottleneck") == [0, 0.5]
    assert np.ptp(ran.namespace["whistle"]) == pytest.approx(1)


def test_both_deep_networks_have_the_same_weights(printed, ran):
    assert printed("deep_network") == "21,249 and 21,249 parameters\n"
    deep_network = ran.namespace["deep_network"]
    plain, shortcut = deep_network(shortcuts=False).get_weights(), deep_network(shortcuts=True).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(plain, shortcut, strict=True))


def test_the_printed_norms_are_those_of_the_gradient(ran):
    import keras
    import tensorflow as tf

    for shortcuts, norms in ((False, "plain_norms"), (True, "shortcut_norms")):
        network = ran.namespace["deep_network"](shortcuts=shortcuts)
        biases = [network.get_layer(f"layer_{number}").bias for number in range(1, 21)]
        with tf.GradientTape() as tape:
            answers = network(ran.namespace["points_train"])[:, 0]
            loss = tf.reduce_mean(keras.losses.binary_crossentropy(ran.namespace["rings_train"][:, None], answers[:, None]))
        expected = [np.linalg.norm(gradient) for gradient in tape.gradient(loss, [bias.value for bias in biases])]
        assert ran.namespace[norms] == pytest.approx(expected, rel=0.01)


def test_the_gradient_vanishes_without_shortcuts_only(measured):
    plain, shortcut = np.reshape(measured("norms"), (5, 2)).T
    assert plain[0] < plain[-1] / 200
    assert max(shortcut) < 5 * min(shortcut)
    assert shortcut[0] > 1_000 * plain[0]


def test_the_plots_name_their_axes_and_curves(ran):
    (norms,), (sounds,) = ran.record.cells["plot_norms"].plots, ran.record.cells["plot_sounds"].plots
    assert set(norms.texts) == {"layer, counted from the input", "norm of the gradient", "without shortcuts", "with shortcuts"}
    assert set(sounds.texts) == {"instant", "sound", "hum and whistle", "after the bottleneck"}


def test_only_the_network_with_shortcuts_finds_the_ring(measured, printed, ran):
    plain, _ = measured("train_both")
    always = ran.namespace["rings_test"].mean()
    assert plain == pytest.approx(always, abs=0.005)
    assert printed("train_both").endswith("above 0.8: True\n")


def test_the_resnet_has_38026_parameters_and_shapes_that_fit(printed):
    lines = [line.split(maxsplit=1) for line in printed("resnet").splitlines()]
    assert [shape for _, shape in lines[:4]] == ["(None, 14, 14, 16)"] * 2 + ["(None, 7, 7, 32)"] * 2
    assert printed("resnet").endswith("38,026 parameters\n")


def test_only_its_second_block_projects(ran):
    edges = {(edge.source, edge.target) for edge in ran.record.diagrams["resnet_model"].edges}
    assert {("first", "block_1_sum"), ("block_1_relu", "block_2_project"), ("block_2_relu", "block_3_sum")} <= edges
    assert ("block_1_relu", "block_2_sum") not in edges


def test_the_resnet_reads_most_digits(printed):
    assert printed("resnet_fit") == "accuracy above 0.9: True\n"


def test_exercise_1_has_70016_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 70_016
    assert "70,016" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def block(
        filters=(64, 64, 256),
        sizes=(1, 3, 1),
        activations=("relu", "relu", None),
        join=layers.add,
        after=None,
        bias=True,
        places=14,
    ):
        x = inputs = keras.Input((places, places, 256))
        for number, size, activation in zip(filters, sizes, activations, strict=True):
            x = layers.Conv2D(number, size, padding="same", activation=activation, use_bias=bias)(x)
        x = join([inputs, x])
        return {"exercise_model": keras.Model(inputs, after(x) if after else x)}

    x = inputs = keras.Input((14, 14, 256), name="maps")
    x = layers.ReLU()(layers.Conv2D(64, (1, 1))(x))
    x = layers.Activation("relu")(layers.Conv2D(64, (3, 3), padding="same")(x))
    steps = keras.Model([inputs], [layers.Conv2D(256, 1)(x) + inputs])
    right = {"same padding everywhere": block(), "activations as steps, a plus sign": {"exercise_model": steps}}
    wrong = {
        "any size": ("the input is", block(places=None)),
        "a middle of 32": ("parameters instead", block(filters=(32, 32, 256))),
        "no bias": ("69,632 parameters", block(bias=False)),
        "a window of 1 x 9": ("the convolutions are", block(sizes=(1, (1, 9), 1))),
        "no shortcut": ("wrong channels", block(join=lambda parts: parts[1])),
        "averaged": ("wrong channels", block(join=layers.average)),
        "multiplied": ("wrong channels", block(join=layers.multiply)),
        "the input counted twice": ("wrong channels", block(join=lambda parts: layers.add([parts[0], *parts]))),
        "an input that the convolutions ignore": ("wrong channels", block(join=lambda parts: parts[0] + 0 * parts[1])),
        "ReLU after the sum": ("wrong channels", block(after=layers.ReLU())),
        "ReLU before the sum": ("wrong channels", block(activations=("relu", "relu", "relu"))),
        "no first ReLU": ("wrong channels", block(activations=(None, "relu", None))),
        "no second ReLU": ("wrong channels", block(activations=("relu", None, None))),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
