"""The outputs in “Models as layers”."""

import numpy as np

from tests.snippets.solutions import prove


def test_a_model_is_called_like_a_layer_on_symbols_and_numbers(printed):
    assert printed("reader") == "140 parameters\n"
    assert printed("call_a_model") == "KerasTensor (None, 4)\n(3, 4)\nsame as predict: True\n"


def test_a_nested_model_is_one_row_of_the_summary_until_expanded(printed):
    for cell in ("grade", "expanded"):
        assert "reader (Functional)" in printed(cell)
        assert "Total params: 177" in printed(cell)
    assert 140 + 30 + 7 == 177
    assert "digest (Dense)" not in printed("grade")
    assert "└ digest (Dense)" in printed("expanded")
    assert printed("inside") == "True\n['reading', 'seen', 'digest']\n"


def test_a_model_takes_and_returns_tensors_by_order_or_by_name(printed):
    assert printed("call_two") == "[[11. 22. 33.]]\n[[ 9. 18. 27.]]\n"
    assert printed("call_by_name") == "same totals: True\nsame gaps:   True\n"


def test_a_model_with_two_inputs_refuses_one_and_names_what_it_expects(error):
    kind, text = error("one_too_few")
    assert kind == "ValueError"
    assert "first" in text and "second" in text


def test_a_model_called_twice_counts_once(printed):
    assert printed("call_twice") == "called twice: 140 parameters\n"
    assert printed("make_two") == "made twice:   280 parameters\n"
    assert printed("same_for_both") == "called twice: True\nmade twice:   False\n"


def test_rescaling_does_what_xception_asks_of_pixels(printed):
    assert printed("preprocess") == "[[-1.  0.  1.]]\n" * 2


def test_two_cameras_share_one_xception_of_20861480_parameters(printed):
    assert printed("xception") == "132 layers\n20,861,480 parameters\n"
    assert printed("cameras") == "one camera: (None, 8, 8, 2048)\njoined:     (None, 8, 8, 4096)\n20,861,480 parameters\n"
    assert printed("distance") == "20,865,577 parameters\n"
    assert printed("one_photo") == "(1, 8, 8, 4096)\nboth cameras agree: True\n"


def test_an_overwritten_input_leaves_no_path_to_the_output(error):
    assert error("overwritten")[0] == "ValueError"


def test_freezing_leaves_only_the_head_trainable(printed):
    before, after = printed("freeze").split("eye.trainable = False")
    assert "20,811,049" in before and "54,528" in before
    assert " 4,097" in after and "20,861,480" in after
    assert 20_811_049 + 54_528 == 4_097 + 20_861_480 == 20_865_577


def test_training_changes_only_unfrozen_weights(printed):
    rows = dict(line.split() for line in printed("freeze_fit").splitlines())
    assert all(fate == ("kept" if path.startswith(("seen", "digest")) else "moved") for path, fate in rows.items())
    assert len(rows) == 8


def test_freezing_after_training_has_no_effect_until_the_next_compile(printed):
    assert printed("freeze_too_late") == "moves without a new compile: True\nmoves after a new compile:   False\n"


def test_a_code_of_three_suffices_for_three_causes(measured):
    mean, noise = measured("measurements")
    (error,) = measured("train_autoencoder")
    one, two = measured("narrow")
    assert error < 3 * noise < two < one < mean


def test_encoder_and_decoder_are_the_halves_of_the_autoencoder(printed):
    assert printed("autoencoder") == "encoder:     387\nautoencoder: 791\n"
    assert "404 parameters" in printed("decoder")
    assert 387 + 404 == 791
    assert "the encoder has changed: True" in printed("both_trained")
    assert "same copy: True" in printed("decoder")
    assert printed("chained") == "['chain_in', 'encoder', 'decoder']\nsame copy: True\n"


def test_the_ensemble_is_better_than_each_member(measured):
    scores = measured("members")
    losses, accuracies = scores[::2], scores[1::2]
    loss, accuracy, mean_loss = measured("ensemble")
    assert loss < min(losses) <= mean_loss
    assert accuracy > max(accuracies) > 0.5


def test_the_ensemble_costs_three_times_as_much(printed):
    assert printed("ensemble_count").split()[0] == "2,634"
    assert f"{3 * 2_634:,} parameters in the ensemble" in printed("ensemble_count")


def test_exercise_1_has_205_parameters_of_which_65_are_trained(ran, printed):
    model = ran.namespace["exercise_model"]
    assert model.count_params() == 205 == 140 + (12 + 1) * 5
    assert sum(np.prod(variable.shape) for variable in model.trainable_variables) == 65
    assert "205" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    reader, make_reader = names["reader"], names["make_reader"]

    def days(name="day"):
        return [keras.Input((12,), name=f"{name}_{number}") for number in (1, 2, 3)]

    def model(
        inputs=None,
        digest=lambda days: [reader(day) for day in days],
        join=layers.concatenate,
        activation="softmax",
        units=5,
        bias=True,
    ):
        inputs = inputs or days()
        mood = layers.Dense(units, activation, use_bias=bias)(join(digest(inputs)))
        return {"exercise_model": keras.Model(inputs, mood)}

    def three_readers(days):
        others = [make_reader(), make_reader()]
        for other in others:
            other.trainable = False
        return [part(day) for part, day in zip([reader, *others], days, strict=True)]

    trained, frozen = keras.models.clone_model(reader), keras.models.clone_model(reader)
    frozen.trainable = False
    for layer in trained.layers:
        layer.trainable = True
    open_reader = model(digest=lambda days: [trained(day) for day in days])
    with_steps = days()
    x = layers.concatenate([reader(with_steps[number]) for number in (2, 0, 1)])
    in_dict = keras.Model({day.name: day for day in with_steps}, layers.Softmax()(layers.Dense(5)(x)))
    right = {
        "without a name for the mood": model(),
        "another order, inputs in a dict, softmax as a step": {"exercise_model": in_dict},
    }
    wrong = {
        "other names": ("monday_1", model(days("monday"))),
        "another reader": ("the reader is not", model(digest=lambda days: [frozen(day) for day in days])),
        "three readers": ("485 parameters", model(digest=three_readers)),
        "no bias": ("200 parameters", model(bias=False)),
        "added": ("165 parameters", model(join=layers.add)),
        "six moods": ("218 parameters", model(units=6)),
        "a reader that is trained": ("205 trained", open_reader | {"reader": trained}),
        "a day that is ignored": (
            "when only 'day_2' speaks",
            model(digest=lambda days: [reader(days[number]) for number in (0, 1, 1)]),
        ),
        "an input that counts nothing": (
            "when only 'day_3' speaks",
            model(digest=lambda days: [reader(days[0]), reader(days[1]), reader(0 * days[2])]),
        ),
        "no softmax": ("when only", model(activation=None)),
        "five sigmoids": ("when only", model(activation="sigmoid")),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
