"""What a reader sees in “Exercises”."""

import numpy as np
import pytest


def test_three_ten_input_branches_added_count_1675_parameters_and_twenty_inputs_2275(printed):
    assert printed("other_counts") == "10 readings: 1,675\n20 readings: 2,275\n"
    assert 3 * (11 * 20 + 21 * 10) + 3 * 11 * 10 + 11 * 5 == 1_675
    assert 3 * (21 * 20 + 21 * 10) + 3 * 11 * 10 + 11 * 5 == 2_275


def test_exercise_1_joins_three_branches_by_adding(ran, printed):
    model = ran.namespace["bridge_model"]
    assert model.count_params() == 1_675
    assert [tensor.shape for tensor in model.get_layer("sum").input] == [(None, 10)] * 3
    assert "1,675" in printed("exercise_1_check")


def test_the_check_of_exercise_1_leaves_the_weights_as_they_were(ran):
    kernel = ran.namespace["bridge_model"].get_layer("alarms").get_weights()[0]
    assert np.unique(kernel).size == kernel.size


def bridge(readings=10, own_layers=True, join="add"):
    import keras
    from keras import layers

    boxes = [keras.Input((readings,), name=name) for name in ("north", "middle", "south")]
    branch = [layers.Dense(20, activation="relu"), layers.Dense(10, activation="relu")]
    parts = []
    for box in boxes:
        first, second = [layers.Dense(20, activation="relu"), layers.Dense(10, activation="relu")] if own_layers else branch
        parts.append(second(first(box)))
    x = getattr(layers, join)(parts)
    for _ in range(3):
        x = layers.Dense(10, activation="relu")(x)
    return keras.Model(boxes, layers.Dense(5, activation="sigmoid")(x))


@pytest.mark.parametrize(
    ("wrong", "count"),
    [
        ({"readings": 20}, 2_275),
        ({"own_layers": False}, 815),
        ({"join": "concatenate"}, 1_875),
        ({"join": "average"}, 1_675),
    ],
    ids=["twenty inputs", "one shared branch", "concatenated", "averaged"],
)
def test_the_check_of_exercise_1_refuses_another_bridge(wrong, count, chapter, ran):
    model = bridge(**wrong)
    assert model.count_params() == count
    with pytest.raises(AssertionError):
        exec(chapter["exercise_1_check"].source, ran.namespace | {"bridge_model": model})


def test_the_model_of_the_test_is_the_right_one_when_nothing_is_wrong(chapter, ran):
    exec(chapter["exercise_1_check"].source, ran.namespace | {"bridge_model": bridge()})


def test_tickets_are_padded_with_zeros_and_half_of_them_are_repeated(ran):
    texts = ran.namespace["tickets"]["ticket"]
    lengths = (texts > 0).sum(axis=1)
    assert (lengths.min(), lengths.max(), texts.max()) == (5, 10, 180)
    assert ran.namespace["answers"]["duplicate"].mean() == pytest.approx(0.5, abs=0.05)


def test_exercise_2_has_three_inputs_three_outputs_and_one_reader(ran, printed):
    model = ran.namespace["desk_model"]
    assert model.count_params() == 3_590
    assert 200 * 8 + 4 * 16 * (8 + 16 + 1) + 33 + 17 * 4 + 23 * 12 + 13 == 3_590
    assert len(model.get_layer("reader")._inbound_nodes) == 2
    assert "3,590" in printed("exercise_2_check")


def test_the_desk_learns_all_three_answers(numbers):
    duplicate, topic, hours, mean = numbers("desk_fit")
    assert duplicate > 0.8
    assert topic > 0.9
    assert hours < 0.5 * mean


def desk(one_reader=True, mask=True, symmetric=True, losses=dict, hours="linear"):
    import keras
    from keras import layers

    ticket, earlier = (keras.Input((None,), dtype="int32", name=name) for name in ("ticket", "earlier"))
    account = keras.Input((6,), name="account")
    words, reader = layers.Embedding(200, 8, mask_zero=mask), layers.LSTM(16)
    new = reader(words(ticket))
    old = reader(words(earlier)) if one_reader else layers.LSTM(16)(words(earlier))
    parts = [keras.ops.absolute(new - old), layers.multiply([new, old])] if symmetric else [new, old]
    heads = {
        "duplicate": layers.Dense(1, activation="sigmoid", name="duplicate")(layers.concatenate(parts)),
        "topic": layers.Dense(4, activation="softmax", name="topic")(new),
        "hours": layers.Dense(1, activation=hours, name="hours")(layers.Dense(12, activation="relu")(layers.concatenate([new, account]))),
    }
    model = keras.Model([ticket, earlier, account], list(heads.values()))
    loss = dict(zip(heads, ("binary_crossentropy", "sparse_categorical_crossentropy", "mse"), strict=True))
    model.compile(loss=loss if losses is dict else list(loss.values()), loss_weights={"duplicate": 2, "topic": 1, "hours": 0.5})
    return model


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"one_reader": False}, "5,190 parameters"),
        ({"mask": False}, "zeros are read"),
        ({"symmetric": False}, "not symmetric"),
        ({"losses": list}, "other loss weights"),
        ({"hours": "relu"}, "squeezed"),
    ],
    ids=["two readers", "no mask", "order counts", "list of losses, dict of weights", "no hours below the mean"],
)
def test_the_check_of_exercise_2_refuses_another_desk(wrong, message, chapter, ran):
    with pytest.raises(AssertionError, match=message):
        exec(chapter["exercise_2_check"].source, ran.namespace | {"desk_model": desk(**wrong)})


def test_the_desk_of_the_test_is_the_right_one_when_nothing_is_wrong(chapter, ran):
    exec(chapter["exercise_2_check"].source, ran.namespace | {"desk_model": desk()})
