"""What a reader sees in “Models as layers”."""

import numpy as np
import pytest


def test_a_model_is_called_like_a_layer_on_a_promise_and_on_numbers(printed):
    assert printed("reader") == "140 parameters\n"
    assert printed("call_a_model") == "KerasTensor (None, 4)\n(3, 4)\nsame as predict: True\n"


def test_a_model_within_a_model_is_one_row_of_the_summary_until_it_is_expanded(printed):
    for cell in ("grade", "expanded"):
        assert "reader (Functional)" in printed(cell)
        assert "Total params: 177" in printed(cell)
    assert 140 + 30 + 7 == 177
    assert "digest (Dense)" not in printed("grade")
    assert "└ digest (Dense)" in printed("expanded")
    assert printed("inside") == "True\n['reading', 'seen', 'digest']\n"


def test_two_tensors_go_in_and_two_come_out_by_order_or_by_name(printed):
    assert printed("call_two") == "[[11. 22. 33.]]\n[[ 9. 18. 27.]]\n"
    assert printed("call_by_name") == "same totals: True\nsame gaps:   True\n"


def test_a_model_with_two_inputs_refuses_one_and_names_what_it_expects(error):
    kind, text = error("one_too_few")
    assert kind == "ValueError"
    assert "first" in text and "second" in text


def test_a_model_called_twice_counts_once_and_one_made_twice_counts_twice(printed):
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


def test_an_input_that_was_overwritten_leaves_no_path_to_the_output(error):
    assert error("overwritten")[0] == "ValueError"


def test_freezing_leaves_the_head_alone_to_be_trained(printed):
    before, after = printed("freeze").split("eye.trainable = False")
    assert "20,811,049" in before and "54,528" in before
    assert " 4,097" in after and "20,861,480" in after
    assert 20_811_049 + 54_528 == 4_097 + 20_861_480 == 20_865_577


def test_training_moves_what_is_not_frozen_and_nothing_else(printed):
    rows = dict(line.split() for line in printed("freeze_fit").splitlines())
    assert all(fate == ("kept" if path.startswith(("seen", "digest")) else "moved") for path, fate in rows.items())
    assert len(rows) == 8


def test_freezing_after_training_has_no_effect_until_the_next_compile(printed):
    assert printed("freeze_too_late") == "moves without a new compile: True\nmoves after a new compile:   False\n"


def test_a_code_of_three_carries_what_three_causes_say_and_fewer_do_not(numbers):
    mean, noise = numbers("measurements")
    (error,) = numbers("train_autoencoder")
    one, two = numbers("narrow")
    assert error < 3 * noise < two < one < mean


def test_encoder_and_decoder_are_the_halves_of_the_autoencoder(printed):
    assert printed("autoencoder") == "encoder:     387\nautoencoder: 791\n"
    assert "404 parameters" in printed("decoder")
    assert 387 + 404 == 791
    assert "the encoder has changed: True" in printed("both_trained")
    assert "same copy: True" in printed("decoder")
    assert printed("chained") == "['chain_in', 'encoder', 'decoder']\nsame copy: True\n"


def test_the_ensemble_is_better_than_each_member(numbers):
    scores = numbers("members")
    losses, accuracies = scores[::2], scores[1::2]
    loss, accuracy, mean_loss = numbers("ensemble")
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


@pytest.mark.parametrize("mistake", ["three readers", "a reader that is trained", "a day that is ignored"])
def test_the_check_of_exercise_1_refuses_a_wrong_solution(mistake, chapter, ran):
    import keras
    from keras import layers

    reader, make_reader = ran.namespace["reader"], ran.namespace["make_reader"]
    days = [keras.Input((12,), name=f"day_{number}") for number in (1, 2, 3)]
    if mistake == "three readers":
        digests = [reader(days[0]), make_reader()(days[1]), make_reader()(days[2])]
    elif mistake == "a reader that is trained":
        digests = [reader(day) for day in days]
    else:
        digests = [reader(days[0]), reader(days[1]), reader(days[1])]
    outputs = layers.Dense(5, activation="softmax")(layers.concatenate(digests))
    wrong = ran.namespace | {"exercise_model": keras.Model(days, outputs)}
    reader.trainable = mistake == "a reader that is trained"
    try:
        with pytest.raises(AssertionError):
            exec(chapter["exercise_1_check"].source, wrong)
    finally:
        reader.trainable = False
