"""The outputs in “Exercises”."""

import numpy as np
import pytest

from tests.snippets.solutions import prove


def test_three_ten_input_branches_added_count_1675_parameters_and_twenty_inputs_2275(printed):
    assert printed("other_counts") == "10 readings: 1,675\n20 readings: 2,275\n"
    assert 3 * (11 * 20 + 21 * 10) + 3 * 11 * 10 + 11 * 5 == 1_675
    assert 3 * (21 * 20 + 21 * 10) + 3 * 11 * 10 + 11 * 5 == 2_275


def test_exercise_1_joins_three_branches_by_adding(ran, printed):
    model = ran.namespace["bridge_model"]
    assert model.count_params() == 1_675
    assert [tensor.shape for tensor in model.get_layer("sum").input] == [(None, 10)] * 3
    assert "1,675" in printed("exercise_1_check")


def test_the_check_of_exercise_1_does_not_change_the_weights(ran):
    kernel = ran.namespace["bridge_model"].get_layer("alarms").get_weights()[0]
    assert np.unique(kernel).size == kernel.size


def bridges():
    import keras
    from keras import layers

    def dense(width, activation="relu", **options):
        return layers.Dense(width, activation, **options)

    def bridge(
        readings=10,
        branches=None,
        join=layers.add,
        joint=("relu",) * 3,
        last="sigmoid",
        names=("north", "middle", "south"),
        read=None,
        shape=list,
        bias=True,
    ):
        boxes = [keras.Input((readings,), name=name) for name in names]
        branches = branches or [[dense(20), dense(10)] for _ in boxes]
        x = join([second(first(read(box) if read else box)) for (first, second), box in zip(branches, boxes, strict=True)])
        for activation in joint:
            x = dense(10, activation, use_bias=bias)(x)
        inputs = dict(zip(names, boxes, strict=True)) if shape is dict else boxes
        return {"bridge_model": keras.Model(inputs, dense(5, last)(x))}

    def nested():
        return [keras.Sequential([dense(20, None), layers.ReLU()]), dense(10)]

    def linear(place):
        layer = [None if place == number else "relu" for number in range(2)]
        return [[dense(20, layer[0]), dense(10, layer[1])] for _ in range(3)]

    shared = [[dense(20), dense(10)]] * 3
    right = {
        "boxes in another order": bridge(names=("south", "north", "middle")),
        "inputs in a dict, branches in models": bridge(shape=dict, branches=[nested() for _ in range(3)]),
        "two plus signs": bridge(join=lambda parts: parts[2] + parts[0] + parts[1]),
    }
    wrong = {
        "another name": ("'centre'", bridge(names=("north", "centre", "south"))),
        "twenty inputs": ("'north': 20", bridge(readings=20)),
        "one shared branch": ("815 parameters", bridge(branches=shared)),
        "concatenated": ("1,875 parameters", bridge(join=layers.concatenate)),
        "no bias": ("1,645 parameters", bridge(bias=False)),
        "two joint layers": ("1,565 parameters", bridge(joint=("relu", "relu"))),
        "averaged": (r"instead of .* when \(\'north\',\) shake", bridge(join=layers.average)),
        "the largest": (r"when \('north', 'middle', 'south'\) shake", bridge(join=layers.maximum)),
        "multiplied": ("instead of", bridge(join=layers.multiply)),
        "a box that is ignored": (r"when \('south',\) shake", bridge(join=lambda parts: parts[0] + parts[1] + 0 * parts[2])),
        "a box that counts twice": (
            r"when \('middle',\) shake",
            bridge(join=lambda parts: parts[0] + parts[1] + parts[1] + parts[2]),
        ),
        "softmax": ("instead of", bridge(last="softmax")),
        "no sigmoid": ("instead of", bridge(last=None)),
        "readings that are ignored": ("instead of", bridge(read=lambda box: 0 * box)),
    }
    wrong |= {f"layer {place} of the branches is linear": ("instead of", bridge(branches=linear(place))) for place in range(2)}
    for place in range(3):
        joint = tuple(None if number == place else "relu" for number in range(3))
        wrong[f"joint layer {place} is linear"] = ("instead of", bridge(joint=joint))
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *bridges())


def test_the_counts_listed_on_the_page_are_those_of_other_bridges():
    _, wrong = bridges()
    for mistake, count in {"twenty inputs": 2_275, "concatenated": 1_875, "one shared branch": 815}.items():
        assert wrong[mistake][1]["bridge_model"].count_params() == count


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


def test_the_desk_learns_all_three_answers(measured, printed):
    _, _, mean = measured("desk_fit")
    assert mean == pytest.approx(0.8, abs=0.05)
    assert [line.rpartition(" ")[2] for line in printed("desk_fit").splitlines()] == ["True", "True", "0.8", "True"]


LOSSES = {"duplicate": "binary_crossentropy", "topic": "sparse_categorical_crossentropy", "hours": "mse"}
WEIGHTS = {"duplicate": 2, "topic": 1, "hours": 0.5}


def desks():
    import keras
    from keras import layers

    def difference(new, old):
        return keras.ops.absolute(new - old)

    def product(new, old):
        return new * old

    def desk(
        readers=1,
        mask=True,
        parts=(product, difference),
        topic="softmax",
        hours=None,
        duplicate="sigmoid",
        planning="relu",
        told=lambda new, old: new,
        planned=lambda new, old: new,
        customer=lambda account: account,
        loss=LOSSES,
        weights=WEIGHTS,
        ticket="ticket",
        heads=("duplicate", "topic", "hours"),
        bias=True,
    ):
        inputs = [
            *(keras.Input((None,), dtype="int32", name=name) for name in (ticket, "earlier")),
            keras.Input((6,), name="account"),
        ]
        words, readers = layers.Embedding(200, 8, mask_zero=mask), [layers.LSTM(16) for _ in range(readers)]
        new, old = readers[0](words(inputs[0])), readers[-1](words(inputs[1]))
        case = layers.concatenate([customer(inputs[2]), planned(new, old)])
        case = layers.Dense(12, planning, use_bias=bias)(case)
        compared = layers.concatenate([part(new, old) for part in parts])
        outputs = [
            layers.Dense(1, duplicate, name=heads[0])(compared),
            layers.Dense(4, topic, name=heads[1])(told(new, old)),
            layers.Dense(1, hours, name=heads[2])(case),
        ]
        model = keras.Model(inputs, outputs)
        model.compile(loss=loss, loss_weights=weights)
        return {"desk_model": model}

    one, other, account = (
        keras.Input((None,), dtype="int32", name="ticket"),
        keras.Input((None,), dtype="int32", name="earlier"),
        keras.Input((6,), name="account"),
    )
    reader = keras.Sequential([layers.Embedding(200, 8, mask_zero=True), layers.LSTM(16)])
    new, old = reader(one), reader(other)
    outputs = {
        "hours": layers.Dense(1, name="hours")(layers.ReLU()(layers.Dense(12)(layers.concatenate([account, new])))),
        "topic": layers.Softmax(name="topic")(layers.Dense(4)(new)),
        "duplicate": layers.Dense(1, "sigmoid", name="duplicate")(layers.concatenate([new * old, abs(old - new)])),
    }
    in_dicts = keras.Model({"account": account, "earlier": other, "ticket": one}, outputs)
    in_dicts.compile(loss=LOSSES, loss_weights=WEIGHTS)
    right = {"the product first": desk(), "a Sequential reader, inputs and outputs in dicts": {"desk_model": in_dicts}}
    wrong = {
        "another name of an input": ("'letter'", desk(ticket="letter")),
        "another name of a head": (
            "'same'",
            desk(heads=("same", "topic", "hours"), loss=list(LOSSES.values()), weights=list(WEIGHTS.values())),
        ),
        "two readers": ("5,190 parameters", desk(readers=2)),
        "no bias": ("3,578 parameters", desk(bias=False)),
        "no product": ("3,574 parameters", desk(parts=(difference,))),
        "concatenated": ("not symmetric", desk(parts=(lambda new, old: new, lambda new, old: old))),
        "no absolute value": ("not symmetric", desk(parts=(lambda new, old: new - old, product))),
        "a sum for the product": ("duplicate: .* instead", desk(parts=(difference, lambda new, old: new + old))),
        "no sigmoid": ("duplicate: .* instead", desk(duplicate=None)),
        "a softmax over one unit": ("duplicate: .* instead", desk(duplicate="softmax")),
        "four sigmoids": ("topic: .* instead", desk(topic="sigmoid")),
        "no softmax": ("topic: .* instead", desk(topic=None)),
        "the topic of the earlier ticket": ("topic: .* instead", desk(told=lambda new, old: old)),
        "the hours of the earlier ticket": ("hours: .* instead", desk(planned=lambda new, old: old)),
        "an account that is ignored": ("hours: .* instead", desk(customer=lambda account: 0 * account)),
        "no hours below the mean": ("hours: .* instead", desk(hours="relu")),
        "squeezed hours": ("hours: .* instead", desk(hours="sigmoid")),
        "planning without ReLU": ("hours: .* instead", desk(planning=None)),
        "no mask": ("zeros are read", desk(mask=False)),
        "a list of losses, a dict of weights": ("other losses", desk(loss=list(LOSSES.values()))),
        "no weights": ("other losses", desk(weights=None)),
        "mean absolute error": ("other losses", desk(loss=LOSSES | {"hours": "mae"})),
    }
    return right, wrong


def test_the_check_of_exercise_2_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_2_check"], ran.namespace, *desks())
