"""The outputs in “Graphs of layers: Inception”."""

import ast
import re

from tests.snippets.solutions import prove


def test_layers_are_in_topological_order(ran, printed):
    order = ast.literal_eval(printed("graph"))
    edges = ran.record.diagrams["graph_model"].edges
    assert {(edge.source, edge.target) for edge in edges} >= {("start", "left"), ("start", "right"), ("start", "joined")}
    assert all(order.index(edge.source) < order.index(edge.target) for edge in edges)


def test_a_cycle_cannot_even_be_written(error):
    assert error("cycle")[0] == "NameError"


def test_a_layer_called_three_times_counts_once(printed):
    assert printed("repeat") == "72 parameters\nsame result: True\n"
    assert 8 * 8 + 8 == 72


def test_a_graph_cannot_decide_by_its_data(error):
    assert error("decision")[0] == "TypeError"


def test_a_convolution_with_a_window_of_one_is_a_dense_layer_on_the_channels(printed):
    assert "kernel of the convolution: (1, 1, 192, 64)\nsame values: True" in printed("pointwise")


def test_a_window_of_one_leaves_the_neighbours_alone(printed):
    assert re.findall(r": (\d+) of", printed("windows")) == ["1", "9", "25"]


def test_a_1x1_reduction_saves_on_many_channels_and_wastes_on_three(printed):
    counts = [int(number.replace(",", "")) for number in re.findall(r"\d+,\d+", printed("reduction"))]
    many_direct, many_by_way, few_direct, few_by_way = counts
    assert (many_direct, many_by_way) == (9 * 192 * 128 + 128, 192 * 128 + 128 + 9 * 128 * 128 + 128)
    assert many_by_way < many_direct
    assert few_by_way > 40 * few_direct


def test_the_module_halves_the_image_and_has_the_documented_counts(printed):
    assert printed("module_model") == "input:  (None, 28, 28, 192)\noutput: (None, 14, 14, 512)\n738,176 parameters\n"
    *branches, wide = printed("branch_counts").splitlines()
    assert sum(int(line.split()[1].replace(",", "")) for line in branches) == 738_176
    assert wide == "on 256 channels: 836,480"


def test_the_drawing_of_the_module_has_four_branches(ran):
    edges = ran.record.diagrams["module_model"].edges
    assert {edge.target for edge in edges if edge.source == "x"} == {"a", "b_1", "c_1", "d_1"}
    assert {edge.source for edge in edges if edge.target == "channels"} == {"a", "b_2", "c_2", "d_3"}


def test_concatenating_keeps_each_branch_unchanged(printed):
    assert printed("channel_order") == "(1, 14, 14, 512)\nfirst 128: True\n"


def test_without_padding_the_branches_do_not_fit(error):
    kind, text = error("unpadded")
    assert kind == "ValueError"
    assert re.findall(r"\(None, (\d+), \d+, 128\)", text) == ["14", "13", "11", "12"]


def test_without_padding_they_never_fit():
    for size in range(9, 2_000):
        a, b, c = (size + 1) // 2, (size - 1) // 2, (size - 1) // 2 - 2
        d = (size - 3) // 2
        assert (a - b, a - c, a - d) == (1, 3, 2)


def test_with_padding_they_fit_for_odd_sizes_and_even_ones(printed):
    for line in printed("sizes").splitlines():
        size = int(line.split()[0])
        assert line.endswith(str([(size + 1) // 2] * 4))


def test_an_unknown_size_hides_missing_padding_until_the_first_image(printed):
    assert printed("open_size") == "(None, None, None, 512)\n"
    assert "Concatenate" in printed("open_size_fails")


def test_inception_v3_and_xception_have_the_documented_counts(printed):
    assert "23,851,784 parameters" in printed("inception_v3")
    assert "Concatenate: 15\nAdd: 0" in printed("inception_v3")
    assert "22,910,480 parameters" in printed("xception")
    assert "SeparableConv2D: 34\nConcatenate: 0\nAdd: 12" in printed("xception")


def test_xception_has_fewer_parameters_but_more_operations(numbers):
    assert numbers("xception")[-1] > 1.4 * numbers("inception_v3")[-1]


def test_a_separable_convolution_is_a_depthwise_one_and_a_1x1(printed):
    assert "full:      295,168 parameters\nseparable: 34,176 parameters" in printed("separable")
    assert printed("two_steps") == "1,152 + 33,024 parameters\nsame values: True\n"


def test_exercise_1_has_163696_parameters_and_256_channels(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 163_696
    assert ran.namespace["exercise_model"].output_shape == (None, 28, 28, 256)
    assert "163,696" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def conv(filters, size, activation="relu", **options):
        return layers.Conv2D(filters, size, padding="same", activation=activation, **options)

    def module(
        places=28,
        one=64,
        five=(16, 32),
        wide=5,
        activations=("relu",) * 6,
        pool=layers.MaxPooling2D,
        window=3,
        first=None,
        source=None,
        **options,
    ):
        x = keras.Input((places, places, 192))
        a, b, c, d, e, f = activations
        x_pool = source(x) if source else x
        pooling = pool(window, strides=1, padding="same") if pool else layers.Identity()
        last = conv(96 - one, 1, f)
        branches = [
            last(pooling(x_pool)) if first is None else pooling(last(x_pool)),
            conv(five[1], wide, e)(conv(five[0], 1, d)(x)),
            conv(128, 3, c)(conv(96, 1, b)(x)),
            conv(one, 1, a, **options)(x),
        ]
        return {"exercise_model": keras.Model(x, layers.concatenate(branches))}

    def without(place, activation=None):
        return module(activations=tuple(activation if number == place else "relu" for number in range(6)))

    x = keras.Input((28, 28, 192), name="maps")
    steps = [
        layers.Conv2D(64, 1)(x),
        layers.Conv2D(128, 3, padding="same")(layers.ReLU()(layers.Conv2D(96, 1)(x))),
        layers.Conv2D(32, 5, padding="same")(layers.ReLU()(layers.Conv2D(16, 1)(x))),
        layers.Conv2D(32, 1)(layers.MaxPool2D((3, 3), (1, 1), "same")(x)),
    ]
    relu_last = keras.Model([x], [keras.ops.relu(layers.concatenate(steps))])
    right = {"branches the other way round": module(), "one ReLU after the join": {"exercise_model": relu_last}}
    wrong = {
        "any size": ("the input is", module(places=None)),
        "no bias": ("163,632 parameters", module(use_bias=False)),
        "a window of 3": ("155,504 parameters", module(wide=3)),
        "filters exchanged": ("the convolutions are", module(one=60)),
        "no pooling": ("a window, a ReLU or the pool", module(pool=None)),
        "average pooling": ("the pool", module(pool=layers.AveragePooling2D)),
        "pooling over 5 x 5": ("the pool", module(window=5)),
        "pooling after the convolution": ("the pool", module(first="conv")),
        "a branch that ignores its input": ("the pool", module(source=lambda x: 0 * x)),
        "a window of 1 x 25": ("the convolutions are", module(wide=(1, 25))),
    }
    wrong |= {f"convolution {place} is linear": ("a ReLU", without(place)) for place in range(6)}
    wrong["a tanh"] = ("a ReLU", without(2, "tanh"))
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
