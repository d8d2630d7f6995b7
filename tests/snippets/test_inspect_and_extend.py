"""The outputs in “Inspect and extend”."""

import numpy as np
import pytest

from tests.snippets.solutions import prove


def test_the_layers_of_a_model_are_listed_with_their_shapes_and_parameters(printed):
    assert printed("model") == "1,299 parameters\n"
    rows = [line.split() for line in printed("walk").splitlines()]
    assert [row[0] for row in rows] == ["image", "edges", "shrunk", "shapes", "features", "kind"]
    assert [row[-1] for row in rows] == ["0", "80", "0", "1,168", "0", "51"]
    assert 80 + 1_168 + 51 == 1_299


def test_the_old_names_of_layers_are_the_same_classes(printed):
    assert printed("old_names") == "True\nTrue\n"


def test_a_layer_knows_its_inputs_and_outputs(printed):
    assert "reads: (None, 12, 12, 1)\ngives: (None, 10, 10, 8)\n" in printed("one_layer")


def test_an_unknown_layer_name_is_refused_with_the_existing_ones(error):
    kind, text = error("no_such_layer")
    assert kind == "ValueError"
    assert "edges" in text


def test_a_second_model_gives_features_through_the_same_layers(printed):
    assert printed("looker").splitlines() == [
        "edges    (600, 10, 10, 8)",
        "shapes   (600, 3, 3, 16)",
        "features (600, 16)",
        "True",
    ]


def test_training_separates_the_kinds_in_the_features(measured):
    pixels, before = measured("apart")
    (after,) = measured("look_again")
    assert pixels == pytest.approx(1, abs=0.1)
    assert pixels < before < after


def test_the_drawings_are_learned(measured):
    assert measured("train")[0] < 0.1


def test_a_recipe_lists_layers_and_connections(printed):
    assert {"layers", "input_layers", "output_layers"} <= set(eval(printed("config").splitlines()[0]))
    assert "Conv2D edges\n8 (3, 3)\n" in printed("config")


def test_a_recipe_gives_the_same_network_without_its_weights(printed):
    assert printed("rebuild") == "1,299 parameters\nsame answers before: False\nsame answers after:  True\n"


def test_a_clone_has_its_own_layers_and_may_change_them(printed):
    assert printed("clone") == "False\n1,299 and 4,899 parameters\n"


def test_a_file_keeps_the_weights_and_the_optimizer(printed):
    assert printed("save") == "same answers: True\ntraining steps so far: 114\n"
    assert 6 * -(-600 // 32) == 114


def test_a_path_without_extension_is_refused(error):
    kind, text = error("no_ending")
    assert kind == "ValueError"
    assert ".keras" in text


def test_sharing_survives_saving(printed):
    assert printed("still_shared") == "made:     1,281 parameters\nrestored: 1,281 parameters\n"
    assert 80 + 1_168 + 2 * 16 + 1 == 1_281


def test_maxout_has_its_parameters_and_outputs_the_largest_sum(ran, printed):
    assert printed("maxout_model") == "bent: (None, 5)\n[0, 105, 6]\n"
    layer, table = ran.namespace["maxout_model"].get_layer("bent"), ran.namespace["table"]
    kernel, bias = layer.get_weights()
    sums = (table @ kernel + bias).reshape(4, 5, 3)
    assert np.allclose(layer(table), sums.max(axis=-1), atol=1e-5)


def test_only_a_registered_layer_survives_saving(printed):
    assert printed("maxout_saved") == "Maxout 5 3\nsame answers: True\n"
    assert printed("unregistered") == "Could not locate class 'Doubled'\nwith custom_objects: (None, 6)\n"


def test_functions_are_operations_in_the_graph_but_not_layers(printed):
    first, second, shape = printed("operations").splitlines()
    assert eval(first) == ["InputLayer"] * 2
    assert eval(second) == ["InputLayer"] * 2 + ["Subtract", "Absolute", "Max"]
    assert shape == "(4,)"


def test_sequential_and_subclassed_models_can_be_layers(printed):
    for row in ("prepare (Sequential)", "refiner (Refiner)", "yes (Dense)", "Total params: 159"):
        assert row in printed("mixed")
    assert 72 + 18 == 90 and 66 + 90 + 3 == 159


def test_a_subclassed_model_has_no_inputs(error):
    assert error("no_graph")[0] == "AttributeError"


def test_shapes_are_checked_earlier_in_a_functional_model(error, printed):
    kind, text = error("too_small")
    assert kind == "ValueError"
    assert "(None, 2, 2, 8)" in text
    assert printed("found_late") == "made and compiled without complaint\nrefused when the first image came\n"


def test_a_graph_cannot_branch_on_values_but_can_choose_elementwise(error, printed):
    assert error("no_decision")[0] == "TypeError"
    assert printed("decision_inside") == "[[0. 2. 0. 2. 0. 2.]]\n"


def test_a_mask_leaves_padding_out_of_the_mean(printed):
    assert printed("masked_mean") == "1.5\n3.0\n"
    assert printed("see_mask") == "[[ True  True  True False False False]]\n"


def test_some_layers_do_not_pass_on_a_mask(printed):
    passes = dict(line.split() for line in printed("who_passes_on").splitlines())
    assert [name for name, answer in passes.items() if answer == "False"] == ["Conv1D", "Doubled"]
    assert len(passes) == 6


def test_a_lost_mask_warns_and_gives_a_wrong_mean(printed):
    assert "destroy the mask" in printed("lost_mask")
    assert printed("lost_mask").splitlines()[-1] == "3.0"
    assert printed("kept_mask") == "6.0\n"


def test_exercise_1_gives_features_of_length_one(ran, printed):
    outputs = ran.namespace["exercise_model"](ran.namespace["images"][:20])
    assert np.allclose(np.linalg.norm(outputs, axis=1), 1, atol=1e-3)
    assert "length is 1" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def length(x):
        return keras.ops.sqrt(keras.ops.sum(x**2, axis=-1, keepdims=True))

    @keras.saving.register_keras_serializable(package="another_solution")
    class Unit(layers.Layer):
        """A right solution with a setting, which survives saving only with `get_config`."""

        def __init__(self, power=2.0, **options):
            super().__init__(**options)
            self.power = power

        def call(self, inputs):
            return inputs**self.power / keras.ops.sum(inputs ** (2 * self.power), axis=-1, keepdims=True) ** 0.5

    @keras.saving.register_keras_serializable(package="another_solution")
    class Kept(Unit):
        def get_config(self):
            return super().get_config() | {"power": self.power}

    class Unregistered(names["UnitLength"]):
        pass

    def model(*steps, source=names["model"], at="features"):
        x = source.get_layer(at).output
        for step in steps:
            x = step(x)
        return {"exercise_model": keras.Model(source.input, x)}

    lost = Unit()
    lost.power = 1.0  # not saved in a file
    clone = keras.models.clone_model(names["model"])
    unit = names["UnitLength"]
    right = {
        "with a setting that is kept": model(Kept(1.0)),
        "the layer that Keras has": model(layers.UnitNormalization()),
        "operations": model(lambda x: x / length(x)),
    }
    wrong = {
        "other layers": ("not the features", model(unit(), source=clone)),
        "not divided": ("not every length", model(layers.Identity())),
        "divided by the sum": ("not every length", model(lambda x: x / keras.ops.sum(x, axis=-1, keepdims=True))),
        "divided by the square": ("not every length", model(lambda x: x / length(x) ** 2)),
        "divided over the batch": (
            "not every length",
            model(lambda x: x / keras.ops.sqrt(keras.ops.sum(x**2, axis=0, keepdims=True))),
        ),
        "squared first": ("not the features", model(lambda x: x**2, unit())),
        "features that are ignored": ("not the features", model(lambda x: 0 * x + 1, unit())),
        "a softmax before": ("not the features", model(layers.Softmax(), unit())),
        "a setting that is lost": ("lost in saving", model(lost)),
        "not registered": ("register", model(Unregistered())),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
