"""The outputs in “Shared layers”."""

import numpy as np

from tests.snippets.solutions import prove


def test_a_layer_called_twice_is_counted_once(printed):
    assert printed("siamese") == "both: (None, 64)\nencoder 20,608 parameters\nmodel   20,673 parameters\n"
    assert 4 * 32 * (128 + 32 + 1) + 64 + 1 == 20_673


def test_two_layers_are_counted_twice(printed):
    assert printed("two_encoders") == "41,281 parameters\n"
    assert 2 * 20_608 + 65 == 41_281


def test_only_a_shared_encoder_gives_equal_codes_on_both_sides(printed):
    assert printed("same_code").split("\n")[:2] == [
        "one shared encoder, same code: True",
        "two encoders, same code:       False",
    ]


def rows(text):
    """Return the scores that a cell printed, by their labels."""
    lines = (line.split(")", 1) for line in text.splitlines() if line.startswith("f("))
    return {name + ")": np.array(scores.strip(" []").split(), float) for name, scores in lines}


def test_with_concatenated_codes_the_score_depends_on_the_order(printed, measured):
    one_way, other_way, _ = np.reshape(measured("not_symmetric"), (3, 4))
    assert np.abs(one_way - other_way).max() > 0.05
    scores = rows(printed("not_symmetric"))
    assert np.abs(scores["f(A, B)"] - scores["f(B, A)"]).max() > 0.1
    assert scores["f(A, A)"].max() < 0.6


def test_the_symmetric_head_ignores_the_order_at_the_same_count(printed, measured):
    *scores, difference = measured("symmetric_scores")
    assert scores[:4] == scores[4:]
    assert difference < 1e-6
    assert printed("symmetric_head") == "20,673 parameters\n"
    assert printed("symmetric_scores").endswith("largest difference: 0.0\n")


def test_the_cosine_of_a_sentence_with_itself_is_one(printed, measured):
    assert np.all(np.abs(measured("cosine")) < 0.9)
    assert printed("cosine").startswith("20,608 parameters\n")
    scores = rows(printed("cosine"))
    assert np.all(scores["f(A, A)"] == 1)
    assert np.all(np.abs(scores["f(A, B)"]) < 0.9)


def test_half_of_the_pairs_match_and_the_test_has_new_meanings(printed):
    assert printed("pairs") == "(600, 6, 128) (200, 6, 128)\nshare of matching pairs: 0.5\n"


def test_every_sentence_is_equally_often_in_matching_and_other_pairs(ran):
    pairs, match = ran.namespace["make_pairs"](ran.namespace["meanings"][:5])
    assert pairs["left"].shape == pairs["right"].shape == (10, 6, 128)
    assert match.tolist() == [1.0] * 5 + [0.0] * 5


def test_an_uncompiled_model_cannot_be_trained(error):
    kind, text = error("not_compiled")
    assert kind == "ValueError"
    assert "compile" in text


def test_the_symmetric_network_learns_to_compare(measured):
    first, last, accuracy = measured("train")
    assert last < 0.1 * first
    assert accuracy > 0.95


def test_after_training_a_sentence_nearly_matches_itself(printed, measured):
    assert min(measured("same_sentence")) > 0.9
    scores = rows(printed("same_sentence"))["f(A, A)"]
    assert np.all((scores > 0.9) & (scores < 1))


def test_two_encoders_need_twice_the_parameters_without_being_better(printed, measured):
    assert printed("train_two_encoders").startswith("41,281 parameters\n")
    first, _, accuracy = measured("train_two_encoders")
    shared_first, _, shared_accuracy = measured("train")
    assert first > shared_first
    assert accuracy < shared_accuracy - 0.02


def test_concatenated_codes_learn_nothing_about_new_sentences(printed, measured):
    assert printed("train_concatenated").startswith("20,673 parameters\n")
    first, last, accuracy = measured("train_concatenated")
    assert last < first
    assert abs(accuracy - 0.5) < 0.1


def test_a_head_on_concatenated_codes_only_adds(printed):
    assert printed("additive") == "concatenated: True\nsymmetric: False\n"


def test_exactly_the_repeated_lines_of_the_dialogue_are_found(printed, measured):
    assert len(measured("dialogue")) == 3
    lines = printed("dialogue").splitlines()
    assert lines[0] == "28 pairs"
    assert [line.split(":")[0] for line in lines[1:]] == ["lines 0 and 3", "lines 1 and 5", "lines 2 and 7"]


def test_encoding_every_line_once_gives_the_same_scores(printed):
    assert printed("encode_once") == "(8, 32)\nsame scores: True\n"


def test_the_summary_shows_both_calls_of_the_shared_layer(printed):
    for part in ("left[0][0],", "right[0][0]", "encoder[0][0],", "encoder[1][0]", "Total params: 20,673"):
        assert part in printed("nodes")


def test_a_shared_layer_describes_only_its_first_call(printed):
    assert [line.split()[-1] for line in printed("first_node_only").splitlines()] == ["True", "True", "False"]
    assert [line.split()[0] for line in printed("all_nodes").splitlines()] == ["left", "right"]


def test_saving_keeps_the_sharing_and_the_scores(printed):
    assert printed("save") == "20,673 parameters\nsame scores: True\n"
    assert [line.split()[-1] for line in printed("still_shared").splitlines()] == ["True", "True"]


def test_a_file_without_extension_is_refused(error):
    kind, text = error("no_ending")
    assert kind == "ValueError"
    assert ".keras" in text


def test_exercise_1_has_163169_parameters(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 5_000 * 32 + 4 * 16 * (32 + 16 + 1) + 33 == 163_169
    assert "163,169" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def two(**options):
        return [keras.Input(**({"shape": (None,), "dtype": "int32"} | options)) for _ in range(2)]

    def difference(a, b):
        return keras.ops.absolute(a - b)

    def product(a, b):
        return a * b

    def model(parts=(difference, product), activation="sigmoid", inputs=None, words=1, readers=1, last=1):
        inputs = inputs or two()
        words = [layers.Embedding(5_000, 32) for _ in range(words)]
        readers = [layers.LSTM(16) for _ in range(readers)]
        codes = [readers[-number](words[-number](ids)) for number, ids in enumerate(inputs)]
        facts = layers.concatenate([part(*codes) for part in parts])
        return {"exercise_model": keras.Model(inputs, layers.Dense(last, activation)(facts))}

    ids = keras.Input((None,), dtype="int32")
    encoder = keras.Model(ids, layers.LSTM(16)(layers.Embedding(5_000, 32)(ids)))
    one, other = keras.Input((None,), dtype="int32", name="b"), keras.Input((None,), dtype="int32", name="a")
    a, b = encoder(one), encoder(other)
    facts = layers.concatenate([layers.multiply([b, a]), keras.ops.abs(layers.subtract([b, a]))])
    nested = keras.Model({"b": one, "a": other}, keras.ops.sigmoid(layers.Dense(1)(facts)))
    right = {
        "without names": model(),
        "the product first": model((product, difference)),
        "a model called twice, inputs in a dict": {"exercise_model": nested},
    }
    wrong = {
        "two readers": ("166,305", model(readers=2)),
        "two vocabularies": ("323,169", model(words=2)),
        "no product": ("163,153", model((difference,))),
        "two outputs": ("163,202", model(last=2)),
        "seven words": ("the inputs are .*7", model(inputs=two(shape=(7,)))),
        "no whole numbers": ("float32", model(inputs=two(dtype="float32"))),
        "concatenated": ("is not f", model((lambda a, b: a, lambda a, b: b))),
        "no absolute value": ("is not f", model((lambda a, b: a - b, product))),
        "a sum for the product": ("instead of", model((difference, lambda a, b: a + b))),
        "the square of the difference": ("instead of", model((lambda a, b: (a - b) ** 2, product))),
        "a sentence that is ignored": ("is not f", model((lambda a, b: a, lambda a, b: a * a))),
        "both ignored": ("instead of", model((lambda a, b: 0 * a, lambda a, b: 0 * b))),
        "no probability": ("instead of", model(activation=None)),
        "a softmax over one unit": ("instead of", model(activation="softmax")),
        "tanh": ("instead of", model(activation="tanh")),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
