"""What a reader sees in “Graphs of layers: Inception”."""

import ast
import re

import numpy as np
import pytest


def test_the_layers_come_in_an_order_in_which_each_stands_after_what_it_reads(ran, printed):
    order = ast.literal_eval(printed("graph"))
    edges = ran.record.diagrams["graph_model"].edges
    assert {(edge.source, edge.target) for edge in edges} >= {("start", "left"), ("start", "right"), ("start", "joined")}
    assert all(order.index(edge.source) < order.index(edge.target) for edge in edges)


def test_a_cycle_cannot_even_be_written(error):
    assert error("cycle")[0] == "NameError"


def test_a_layer_that_is_called_three_times_counts_once(printed):
    assert printed("repeat") == "72 parameters\nsame result: True\n"
    assert 8 * 8 + 8 == 72


def test_a_graph_cannot_decide_by_its_data(error):
    assert error("decision")[0] == "TypeError"


def test_a_convolution_with_a_window_of_one_is_a_dense_layer_on_the_channels(printed):
    assert "kernel of the convolution: (1, 1, 192, 64)\nsame values: True" in printed("pointwise")


def test_a_window_of_one_leaves_the_neighbours_alone(printed):
    assert re.findall(r": (\d+) of", printed("windows")) == ["1", "9", "25"]


def test_the_way_by_1x1_saves_on_many_channels_and_wastes_on_three(printed):
    counts = [int(number.replace(",", "")) for number in re.findall(r"\d+,\d+", printed("reduction"))]
    many_direct, many_by_way, few_direct, few_by_way = counts
    assert (many_direct, many_by_way) == (9 * 192 * 128 + 128, 192 * 128 + 128 + 9 * 128 * 128 + 128)
    assert many_by_way < many_direct
    assert few_by_way > 40 * few_direct


def test_the_module_halves_the_image_and_counts_738176_parameters_on_192_channels_and_836480_on_256(printed):
    assert printed("module_model") == "input:  (None, 28, 28, 192)\noutput: (None, 14, 14, 512)\n738,176 parameters\n"
    *branches, wide = printed("branch_counts").splitlines()
    assert sum(int(line.split()[1].replace(",", "")) for line in branches) == 738_176
    assert wide == "on 256 channels: 836,480"


def test_the_drawing_of_the_module_has_four_branches(ran):
    edges = ran.record.diagrams["module_model"].edges
    assert {edge.target for edge in edges if edge.source == "x"} == {"a", "b_1", "c_1", "d_1"}
    assert {edge.source for edge in edges if edge.target == "channels"} == {"a", "b_2", "c_2", "d_3"}


def test_concatenating_leaves_each_branch_as_it_was(printed):
    assert printed("channel_order") == "(1, 14, 14, 512)\nfirst 128: True\n"


def test_without_padding_the_branches_do_not_fit(error):
    kind, text = error("unpadded")
    assert kind == "ValueError"
    assert re.findall(r"\(None, (\d+), \d+, 128\)", text) == ["14", "13", "11", "12"]


def test_without_padding_they_never_fit():
    for size in range(9, 2_000):
        a, b, c = (size + 1) // 2, (size - 1) // 2, (size - 1) // 2 - 2
        d = (size - 3) // 2
        assert (a - b, a - c, a - d) in {(1, 3, 2)}


def test_with_padding_they_fit_for_odd_sizes_and_even_ones(printed):
    for line in printed("sizes").splitlines():
        size = int(line.split()[0])
        assert line.endswith(str([(size + 1) // 2] * 4))


def test_an_open_size_hides_the_missing_padding_until_an_image_comes(printed):
    assert printed("open_size") == "(None, None, None, 512)\n"
    assert "Concatenate" in printed("open_size_fails")


def test_inception_v3_counts_23851784_parameters_and_xception_22910480(printed):
    assert "23,851,784 parameters" in printed("inception_v3")
    assert "Concatenate: 15\nAdd: 0" in printed("inception_v3")
    assert "22,910,480 parameters" in printed("xception")
    assert "SeparableConv2D: 34\nConcatenate: 0\nAdd: 12" in printed("xception")


def test_xception_has_fewer_parameters_and_more_work(numbers):
    assert numbers("xception")[-1] > 1.4 * numbers("inception_v3")[-1]


def test_a_separable_convolution_is_a_depthwise_one_and_then_a_1x1(printed):
    assert "full:      295,168 parameters\nseparable: 34,176 parameters" in printed("separable")
    assert printed("two_steps") == "1,152 + 33,024 parameters\nsame values: True\n"


def test_exercise_1_has_163696_parameters_and_256_channels(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 163_696
    assert ran.namespace["exercise_model"].output_shape == (None, 28, 28, 256)
    assert "163,696" in printed("exercise_1_check")


@pytest.mark.parametrize("mistake", ["a smaller window", "no reduction", "no pooling"])
def test_the_check_of_exercise_1_refuses_a_wrong_solution(mistake, chapter, ran):
    import keras
    from keras import layers

    conv = ran.namespace["conv"]
    x = keras.Input((28, 28, 192))
    three, five = conv(128, 3)(conv(96, 1)(x)), conv(32, 5)(conv(16, 1)(x))
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    if mistake == "a smaller window":
        five = conv(32, 3)(conv(16, 1)(x))
    elif mistake == "no reduction":
        five = conv(32, 5)(x)
    else:
        pool = x  # the same shapes and counts
    outputs = layers.concatenate([conv(64, 1)(x), three, five, conv(32, 1)(pool)])
    wrong = ran.namespace | {"exercise_model": keras.Model(x, outputs), "rng": np.random.default_rng(0)}
    with pytest.raises(AssertionError):
        exec(chapter["exercise_1_check"].source, wrong)
