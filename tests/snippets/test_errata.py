"""The outputs in “Errata that run”: the wrong cells stay wrong, and the right ones right."""

import pytest

from tests.snippets.solutions import prove

ERRORS = {
    "c02_wrong": ("NameError", "anser_count"),
    "c03_wrong": ("AttributeError", "comile"),
    "c06_wrong": ("NameError", "posts"),
    "c07_wrong": ("ValueError", "categorical_cross_entropy"),
    "c08_wrong": ("SyntaxError", "'(' was never closed"),
    "c11_wrong": ("ValueError", "min_ndim=4"),
    "c12_wrong": ("ValueError", "Ellipsis"),
    "c17_wrong": ("ModuleNotFoundError", "keras.layers.merge"),
    "k09_wrong": ("ValueError", "salary"),
    "k09_weights_wrong": ("KeyError", "gender"),
    "k06_wrong": ("ValueError", "metrics"),
    "k05_wrong": ("KeyError", "accuracy"),
    "c10_wrong": ("ValueError", "(None, 13, 13, 8)"),
    "c10_open_wrong": ("InvalidArgumentError", "[1,13,13,8]"),
    "c13_wrong": ("ValueError", "(17, 17, 8)"),
    "c30_wrong": ("ValueError", "zero or negative"),
    "c27_ids_wrong": ("InvalidArgumentError", "300 is not in [0, 256)"),
    "c09_wrong": ("ValueError", "not connected"),
    "k03_wrong": ("ValueError", "not connected"),
    "c21_wrong": ("ValueError", "expects 2"),
    "k12_key_wrong": ("ValueError", '"costs"'),
    "c15_wrong": ("ValueError", "compile"),
    "k16_wrong": ("ValueError", ".keras"),
    "k16_lambda_wrong": ("ValueError", "Lambda"),
}

PRINTED = {
    "c02_right": "500 units",
    "c03_right": "epochs: 2",
    "c06_right": "(32, 10) (32, 3)",
    "c07_right": "the loss has been found",
    "c08_right": "compiled: True",
    "c11_right": "(None, 26, 26, 8)",
    "c17_right": "BatchNormalization add concatenate",
    "c48_right": "43 parameters",
    "k09_right": "gender has learned: True",
    "k05_right": "['accuracy', 'loss']",
    "c10_right": "28 -> (1, 14, 14, 16)\n29 -> (1, 15, 15, 16)",
    "c13_right": "(None, 17, 17, 8)",
    "c14_right": "equal shapes: (None, 32, 32, 8) (None, 32, 32, 8)",
    "c30_right": "shortest post: 269\nwhat is left of it: (None, 1, 2)",
    "c34_right": "73,856 parameters\nsees the pixel beside it: True",
    "c32_right": "additive: True",
    "c29_right": "3,466 (None, 10)",
    "c44_right": "1,675 parameters",
    "c43_right": "713,010 parameters",
    "c09_right": "[(None, 8), (None, 8)] 72",
    "k03_right": "18 parameters",
    "k12_right": "[[7.]]",
    "k13_right": "whole numbers: [1 2]",
    "k14_right": "the same sentence: True",
    "c38_right": "it says: (None, 256)",
    "c31_right": "f(a, b) = f(b, a): True\n137 137",
    "p118_right": "128 parameters",
    "c15_right": "trained: ['loss']",
    "k04_right": "3,466 parameters",
    "k11_right": "measured: ['loss']",
    "k16_right": "128 128\nsame answers: True",
    "k16_lambda_right": "same answers: True",
}

# Wrong cells that run: their outputs must stay wrong.
SILENT = {
    "c48_wrong": "18 parameters in the second layer",
    "c14_wrong": "added without complaint: (None, 32, 32, 8)",
    "c27_wrong": "(None, None, 5000) 1,280,000 200,008",
    "c34_wrong": "8,320 parameters\nsees the pixel beside it: False",
    "c32_wrong": "f(a + b) - f(a) - f(b): -1.000",
    "c29_wrong": "4,192 (None, 32)",
    "c44_wrong": "2,275 parameters",
    "c43_wrong": "714,550 parameters",
    "c43_bias": "the bias changes the result: False",
    "c09_silent_wrong": "[(None, 8), (None, 4)] 36",
    "k12_wrong": "[[-7.]]",
    "k13_wrong": "1.7 is taken for 1: True",
    "k14_wrong": "the same sentence: False",
    "c38_wrong": "it says: (1000, 256)\nit does: (8, 256)",
    "c31_wrong": "f(a, b) = f(b, a): False",
    "p118_wrong": "256 parameters",
    "k11_wrong": "measured: ['accuracy', 'loss']",
}

# Wrong and right numbers from training or random weights, each compared in a test below.
NUMBERS = {"c25", "c26", "c28", "c33", "k08", "k07", "c39"}


@pytest.mark.parametrize("cell", ERRORS)
def test_a_wrong_cell_that_raises_still_raises(cell, error):
    kind, text = ERRORS[cell]
    assert error(cell)[0] == kind
    assert text in error(cell)[1]


@pytest.mark.parametrize("cell", SILENT)
def test_a_wrong_cell_that_runs_still_gives_the_wrong_answer(cell, printed):
    assert SILENT[cell] in printed(cell)


@pytest.mark.parametrize("cell", PRINTED)
def test_a_right_cell_gives_the_right_answer(cell, printed):
    assert printed(cell) == PRINTED[cell] + "\n"


def test_every_wrong_cell_is_tested_and_has_a_right_one(chapter):
    wrong = {cell.name for cell in chapter.cells if cell.name.endswith("_wrong")}
    elsewhere = {f"{name}_wrong" for name in NUMBERS} | {"k04_wrong", "k09_two_losses_wrong"}
    assert wrong == (ERRORS.keys() | SILENT.keys() | elsewhere) - {"c43_bias"}
    # these share a right cell with the mistake beside them
    shared = {"c12": "c11", "c21": "k12", "k16_lambda": "k16_lambda"}
    for name in wrong:
        label = name.removesuffix("_wrong")
        label = shared.get(label) or label.partition("_")[0]
        assert chapter[f"{label}_right"]


def test_compile_accepts_a_misspelled_loss(printed):
    assert printed("c07_wrong") == "compile has accepted it\n"


def test_the_open_branches_are_built_before_they_fail(printed):
    assert printed("c10_open_wrong") == "built: (None, None, None, 16)\n"


def test_the_lambda_is_saved_before_it_cannot_be_loaded(printed):
    assert printed("k16_lambda_wrong") == "saved\n"


def test_the_size_given_to_the_second_layer_is_ignored_with_a_warning(printed):
    assert printed("c48_wrong").startswith("2 warnings: Do not pass an `input_shape`")
    assert (5 + 1) * 3 == 18


def test_labels_of_zeros_have_no_loss_but_move_the_weights(printed, measured):
    assert "sum of all labels: 0\nlosses: [0.0, 0.0, 0.0]\nweights unchanged: False\n" == printed("c25_wrong")
    assert "sum of all labels: 32" in printed("c25_right")
    assert measured("c25_right")[0] > 0.5


def test_labels_that_are_not_distributions_make_the_loss_rise(measured):
    rows, first, last = measured("c26_wrong")
    assert rows == pytest.approx(5, abs=0.3)
    assert (last > first + 0.1) == (measured.backend == "tensorflow")  # elsewhere it does not rise
    first, last = measured("c26_right")
    assert last < 0.7 * first


def test_softmax_over_one_unit_is_always_one(printed):
    warning, outputs = printed("c28_wrong").splitlines()
    assert "Did you mean to use a sigmoid" in warning
    assert outputs == "all outputs: [1.]"
    assert printed("c28_right") == "different outputs: 32\nall in 0..1: True\n"


def test_an_age_in_years_dominates_the_loss_until_scaled(measured):
    age, income, gender = measured("c33_wrong")
    assert age > 10 * (income + gender)
    age, income, gender = measured("c33_right")
    assert age < income + gender


def test_a_list_of_losses_takes_a_dict_of_weights_alphabetically(measured):
    meant, got = measured("k08_wrong")
    assert abs(got - meant) > 1
    meant, got = measured("k08_right")
    assert got == pytest.approx(meant, abs=0.002)


def test_the_swapped_weights_follow_the_alphabetical_order(ran):
    data, targets = ran.namespace["data"], ran.namespace["scaled"]
    report = ran.namespace["mixed"].evaluate(data, targets, return_dict=True, verbose=0)
    swapped = 0.25 * report["age_loss"] + 10 * report["income_loss"] + report["gender_loss"]
    assert report["loss"] == pytest.approx(swapped, rel=1e-4)


def test_an_output_without_a_loss_gives_only_a_warning(printed):
    assert printed("k09_two_losses_wrong").startswith("Gradients do not exist for variables ['gender/kernel'")


def test_each_metric_is_listed_under_its_output(printed):
    assert {"age_mae", "income_accuracy", "gender_accuracy"} < set(printed("k06_right").split())


def test_alphabetical_names_do_not_match_values_in_output_order(printed, measured):
    total, *parts = measured("k07_wrong")
    assert measured("k07_right") == [parts[0], parts[2], parts[1], total]
    wrong = dict(line.split() for line in printed("k07_wrong").splitlines())
    right = dict(line.split() for line in printed("k07_right").splitlines())
    assert wrong.keys() == right.keys()
    assert wrong["age_loss"] == right["loss"]
    assert wrong["loss"] == right["gender_loss"]


def test_a_swapped_embedding_shows_only_in_the_next_layer(printed):
    assert printed("c27_right").startswith("(None, None, 256) 1,280,000 10,248\n")
    assert 5 * 5_000 * 8 + 8 == 200_008
    assert 5 * 256 * 8 + 8 == 10_248


def test_a_second_fit_continues_the_first(measured):
    first, second = measured("c39_wrong")
    assert second < first - 0.01
    assert len(set(measured("c39_right"))) == 1


def test_a_summary_after_training_counts_the_optimizer(printed):
    assert "Total params: 10,400" in printed("k04_wrong")
    assert "Optimizer params: 6,934" in printed("k04_wrong")
    assert 3_466 + 6_934 == 10_400
    assert 6_934 == 2 * 3_466 + 2


def test_one_layer_called_twice_is_drawn_once(ran):
    assert [node.uses for node in ran.record.diagrams["shared"].nodes if node.id == "one_lstm"] == [2]
    assert {"first_lstm", "second_lstm"} < {node.id for node in ran.record.diagrams["separate"].nodes}


def test_an_overwritten_input_disconnects_a_layer(ran):
    assert "right_code" not in {node.id for node in ran.record.diagrams["torn"].nodes}
    assert "right_code" in {node.id for node in ran.record.diagrams["pair"].nodes}


def test_exercise_1_has_16902_parameters_and_the_broken_model_48390(ran, printed):
    assert ran.namespace["exercise_model"].count_params() == 16_902 == 16_000 + 800 + 85 + 17
    assert printed("exercise_1_broken") == "48,390 parameters\n"
    assert 4 * 8 * (1_000 + 8 + 1) + 16_000 + 85 + 17 == 48_390
    assert "16,902" in printed("exercise_1_check")


# Each leaves one of the five mistakes in the solution.
MISTAKES = {
    "C27": ("layers.Embedding(1_000, 16,", "layers.Embedding(16, 1_000,"),
    "K14": (", mask_zero=True", ""),
    "P118": ("state(words(text))]", "layers.LSTM(8)(words(text))]"),
    "C09": (
        "states = [state(words(title)), state(words(text))]",
        "text = layers.LSTM(8)(words(text))\nstates = [state(words(title)), text]",
    ),
    "K08": (
        '{\n        "stars": "categorical_crossentropy",\n        "again": "binary_crossentropy",\n    }',
        '["categorical_crossentropy", "binary_crossentropy"]',
    ),
}


def solutions(names, chapter):
    import keras
    from keras import layers

    def changed(*changes):
        source, own = chapter["exercise_1_solution"].source, dict(names)
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        exec(source, own)
        return {"exercise_model": own["exercise_model"]}

    title, text = (keras.Input((None,), dtype="int32", name=name) for name in ("title", "text"))
    reader = keras.Sequential([layers.Embedding(1_000, 16, mask_zero=True), layers.LSTM(8)])
    joined = layers.concatenate([reader(text), reader(title)])
    again = layers.Dense(1, activation="sigmoid", name="again")(joined)
    stars = layers.Softmax(name="stars")(layers.Dense(5)(joined))
    other = keras.Model({"title": title, "text": text}, [again, stars])
    other.compile(loss=["binary_crossentropy", "categorical_crossentropy"], loss_weights=[5, 1])
    named = changed(("[title, text], [stars, again]", '[title, text], {"stars": stars, "again": again}'))
    right = {"a Sequential reader, lists of losses and weights": {"exercise_model": other}, "outputs in a dict": named}
    wrong = {
        "C27": ("parameters instead", changed(MISTAKES["C27"])),
        "K14": ("the padding counts", changed(MISTAKES["K14"])),
        "P118": ("17,702 parameters", changed(MISTAKES["P118"])),
        "C09": ("the inputs are .*8", changed(MISTAKES["C09"])),
        "K08": ("loss weights", changed(MISTAKES["K08"])),
        "all five": ("the inputs are", {"exercise_model": names["broken_model"]}),
        "the weight forgotten": ("loss weights", changed(('"again": 5.0', '"again": 1.0'))),
        "the text ignored": ("parameters instead", changed(("concatenate(states", "concatenate(states[:1]"))),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace, chapter))
