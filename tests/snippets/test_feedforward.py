"""The outputs in “A classifier for handwritten digits”: long training as recorded, everything else as run now."""

import numpy as np
import pytest

from docweave.running import noise
from tests.snippets.solutions import prove

FIVE_EPOCHS = ["wide", "deep", "deep dropout"]
FIFTY_EPOCHS = ["deep 50", "deep dropout 50"]
BIG = ["big dropout", "big norm"]
NETWORKS = [*FIVE_EPOCHS, *FIFTY_EPOCHS, *BIG]


@pytest.fixture
def recorded(project, chapter):
    """Returns the recorded text of a slow cell, by name; `printed` has that of its short form."""
    return lambda cell: project.records[chapter.name].cells[cell].text


@pytest.fixture
def curves(project, chapter):
    """Returns the curves of a recorded plot: numbers by label."""
    plots = project.records[chapter.name].cells
    return lambda cell: {line["label"]: line["y"] for line in plots[cell].plots[0].data["axes"][0]["lines"]}


@pytest.fixture
def validation(measured):
    """The validation accuracy of each network in the table of results, in one of the runs for which a claim must hold."""
    return dict(zip(NETWORKS, np.reshape(measured("results"), (-1, 4))[:, 0], strict=True))


@pytest.fixture
def tested(measured):
    """The test accuracy of each network in the same table."""
    return dict(zip(NETWORKS, np.reshape(measured("results"), (-1, 4))[:, 2], strict=True))


def by_seed(numbers):
    """Return the training and validation accuracy for each seed, from the numbers of a cell."""
    return np.reshape(numbers, (-1, 4))[:, ::2]


def test_mnist_has_60000_training_digits_and_10000_test_digits(printed):
    assert printed("load") == "training: (60000, 28, 28) (60000,)\ntest:     (10000, 28, 28) (10000,)\npixels from 0 to 255\n"


def test_the_first_digit_is_a_five_drawn_in_characters(printed):
    *drawing, label = printed("show_digit").splitlines()
    assert label == "label: 5"
    assert len(drawing) == 14
    assert {len(line) for line in drawing} == {28}


def test_the_first_5000_images_are_held_out_for_validation(ran, printed):
    shown = ran.namespace
    assert "training:   (55000, 784) (55000,)\nvalidation: (5000, 784) (5000,)\npixels from 0 to 1\n" == printed("prepare")
    assert np.array_equal(shown["x_valid"][17].reshape(28, 28) * 255, shown["images"][17])
    assert np.array_equal(shown["y_train"], shown["digits"][5_000:])


def test_one_hot_rows_take_eighty_times_the_bytes(ran, printed):
    rows, integers = ran.namespace["rows"], ran.namespace["y_train"]
    assert np.array_equal(rows.argmax(axis=1), integers)
    assert rows.nbytes == 80 * integers.nbytes == 4_400_000
    assert "4,400,000" in printed("one_hot")


def test_the_wide_network_has_198760_parameters(printed):
    assert "Total params: 198,760" in printed("wide")
    assert 250 * 785 + 10 * 251 == 198_760


def test_an_input_width_after_the_first_layer_is_ignored_with_a_warning(printed):
    warning, count = printed("ignored_width").splitlines()
    assert warning.startswith("Do not pass an `input_shape`/`input_dim` argument to a layer.")
    assert count == "43 parameters"


def test_adam_moves_steep_and_gentle_weights_by_the_same_first_step(printed):
    assert printed("adam") == "sgd  steep: 0.10000, gentle: 0.00001\nadam steep: 0.00100, gentle: 0.00100\n"


def test_runs_are_equal_for_the_same_seed_only(ran):
    from docweave.running.run import shortened

    run, wide = ran.namespace["run"], ran.namespace["wide"]
    with shortened():
        first, again, other = (run(wide, epochs=5, seed=seed).curves["val_loss"] for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_five_layers_of_fifty_have_a_quarter_of_the_parameters(printed):
    layers, wide, deep = printed("deep").splitlines()
    assert layers == "[39250, 2550, 2550, 2550, 2550, 510]"
    assert wide == "wide: 198,760 parameters"
    assert deep == "deep: 49,960 parameters"
    assert 0.25 < 49_960 / 198_760 < 0.26


def test_dropout_zeroes_and_scales_activations_only_in_training(printed):
    *training, afterwards = printed("dropout").splitlines()
    assert len(training) == 3
    for row in training:
        assert set(row.strip("[]").split()) == {"0.", "1.25"}
    assert set(afterwards.strip("[]").split()) == {"1."}
    assert printed("dropout_mean") == "set to 0: 0.20, mean: 1.00\n"


def test_dropout_has_no_parameters_and_is_not_used_on_the_output(printed):
    kinds, count = printed("deep_dropout").splitlines()
    assert count == "49,960 parameters"
    assert kinds == str(["Dense", "Dropout"] * 5 + ["Dense"])


def test_the_big_network_has_708510_parameters(printed):
    assert printed("big") == "708,510 parameters\n"
    assert 500 * 785 + 250 * 501 + 3 * 250 * 251 + 10 * 251 == 708_510


def test_the_old_import_of_batch_normalisation_fails(error):
    assert error("old_import")[0] == "ModuleNotFoundError"


def test_batch_normalisation_undoes_a_bias(printed):
    assert printed("bias_is_lost") == "same result: True\n"


def test_batch_normalisation_adds_the_documented_parameter_counts(printed):
    assert printed("big_norm") == "713,010 parameters, 3,000 not trained\n714,550 parameters, 3,020 not trained\n"
    assert 708_510 - 1_500 + 4 * 1_500 == 713_010


def test_batch_normalisation_makes_the_output_less_certain(numbers):
    as_they_are, normalised = numbers("norm_before_softmax")
    assert as_they_are > 0.9
    assert normalised < 0.4


# --- the long runs ---


def test_the_table_names_every_family_with_its_epochs_seeds_and_parameters(recorded):
    rows = [line.rsplit(maxsplit=9)[:4] for line in recorded("results").splitlines()[1:-1]]
    counts = ["198,760", *4 * ["49,960"], "708,510", "713,010"]
    epochs, number = 3 * ["5"] + 2 * ["50"] + 2 * ["25"], 3 * ["3"] + 4 * ["1"]
    assert [tuple(row) for row in rows] == list(zip(NETWORKS, epochs, number, counts, strict=True))


@pytest.mark.parametrize(
    ("network", "reference"),
    [
        ("wide", (0.9775, 0.9764)),
        ("deep", (0.9686, 0.9645)),
        ("deep dropout", (0.9663, 0.9571)),
        ("deep 50", (0.9704, 0.9697)),
        ("deep dropout 50", (0.9752, 0.9700)),
        ("big dropout", (0.9822, 0.9824)),
    ],
)
def test_the_runs_agree_with_the_reference(network, reference, validation, tested):
    assert (validation[network], tested[network]) == pytest.approx(reference, abs=0.01)


def test_sampling_and_seed_change_the_accuracy_by_more_than_0_002(measured):
    _, validation = by_seed(measured("train_wide")).T
    assert 0.002 < max(validation) - min(validation) < 0.01
    assert 0.006 < margin(validation.mean()) < 0.007


def test_after_five_epochs_the_wide_network_is_better_with_every_seed(measured):
    (wide_training, wide), (_, deep) = by_seed(measured("train_wide")).T, by_seed(measured("train_deep")).T
    assert (wide_training.mean(), wide.mean(), deep.mean()) == pytest.approx((0.985, 0.975, 0.966), abs=0.003)
    assert min(wide) > max(deep)
    assert 0.005 < wide.mean() - deep.mean() < 0.012


def test_after_five_epochs_dropout_has_slightly_lowered_the_accuracy(measured):
    (_, deep), (training, dropout) = by_seed(measured("train_deep")).T, by_seed(measured("train_dropout")).T
    assert 0 < deep.mean() - dropout.mean() < margin(deep.mean())
    assert max(training) < 0.945 and max(training) < min(dropout)


def test_the_training_accuracy_of_dropout_is_measured_with_units_missing(measured):
    during, _, afterwards, _ = measured("dropout_off")
    assert (during, afterwards) == pytest.approx((0.935, 0.964), abs=0.004)


def test_after_fifty_epochs_both_are_equally_good_on_new_images(measured):
    ((training, plain),), ((_, dropout),) = by_seed(measured("train_fifty")), by_seed(measured("train_dropout_fifty"))
    assert training > 0.993
    assert (plain, dropout) == pytest.approx((0.972, 0.972), abs=0.005)


def test_big_networks_lead_the_table_and_begin_to_overfit(measured, validation):
    assert min(validation[name] for name in BIG) > max(validation[name] for name in NETWORKS if name not in BIG)
    accuracies = [by_seed(measured("train_big"))[0], by_seed(measured("train_big_norm"))[0]]
    for (training, after), name in zip(accuracies, BIG, strict=True):
        assert after == pytest.approx(validation[name], abs=1e-6)
        assert 0.005 < training - after < 0.015
    dropout, norm = (after for _, after in accuracies)
    assert (dropout, norm) == pytest.approx((0.9825, 0.9845), abs=0.003)
    assert abs(norm - dropout) < margin(dropout)


def test_small_deep_networks_nearly_match_the_wide_one_after_more_epochs(validation):
    assert validation["wide"] > validation["deep"] + 0.005
    for name in FIFTY_EPOCHS:
        assert validation[name] == pytest.approx(validation["wide"], abs=0.007)


def test_test_accuracy_is_slightly_below_validation_in_most_rows(validation, tested):
    lower = [validation[name] > tested[name] for name in NETWORKS]
    assert sum(lower) >= 4
    assert all(abs(validation[name] - tested[name]) < 0.008 for name in NETWORKS)


def test_the_chosen_network_errs_on_fewer_than_200_of_10000(tested):
    assert tested["big norm"] == pytest.approx(0.983, abs=0.0029)


def test_the_chosen_network_is_the_best_of_validation(project, chapter, recorded):
    runs = project.records[chapter.name].numbers["results"]
    for setting in (noise.PLAIN, *noise.NOISE):
        validation = np.reshape(runs[setting.name], (-1, 4))[:, 0]
        assert recorded("choose") == f"chosen: {NETWORKS[np.argmax(validation)]}\n", setting.name


def test_other_arithmetic_moves_accuracies_by_at_most_0_005(project, chapter):
    spreads = noise.spreads(project.records[chapter.name].numbers["results"])
    assert max(spread for _, spread in spreads) <= 0.005


def test_fifty_epochs_without_dropout_overfit(curves):
    plain = curves("plot_fifty_loss")
    training, validation = plain["deep 50: training"], plain["deep 50: validation"]
    assert training[-1] < 0.1 * training[0]
    assert np.argmin(validation) < 12
    assert min(validation) == pytest.approx(0.11, abs=0.005)
    assert validation[-1] == pytest.approx(1.5 * min(validation), rel=0.07)


def test_the_validation_loss_rises_only_without_dropout(recorded, curves):
    both = curves("plot_fifty_loss")
    assert recorded("rising_loss").splitlines() == [
        "deep 50: the validation loss rises by 5 percent: True",
        "deep dropout 50: the validation loss rises by 5 percent: False",
    ]
    assert risen(both["deep dropout 50: validation"]) < 1


def test_in_big_networks_the_loss_rises_less_with_dropout(recorded, curves):
    both = curves("plot_big_loss")
    assert [line.rpartition(" ")[2] for line in recorded("rising_loss_big").splitlines()] == ["True", "False"]
    assert 1.05 < risen(both["big dropout: validation"]) < risen(curves("plot_fifty_loss")["deep 50: validation"])
    assert all(0.055 < loss < 0.11 for name in BIG for loss in both[f"{name}: validation"][4:])


def margin(accuracy):
    """Return the sampling error of an accuracy on 5,000 images, at three standard deviations."""
    return 3 * np.sqrt(accuracy * (1 - accuracy) / 5_000)


def risen(losses):
    return np.mean(losses[-5:]) / np.mean(losses[5:10])


@pytest.mark.parametrize(
    ("cell", "measure", "networks", "epochs"),
    [
        ("plot_short", "accuracy", ["wide", "deep"], 5),
        ("plot_dropout", "accuracy", ["deep", "deep dropout"], 5),
        ("plot_fifty_loss", "loss", FIFTY_EPOCHS, 50),
        ("plot_fifty_accuracy", "accuracy", FIFTY_EPOCHS, 50),
        ("plot_big_loss", "loss", BIG, 25),
        ("plot_big_accuracy", "accuracy", BIG, 25),
    ],
)
def test_the_plots_show_training_and_validation_of_every_family(cell, measure, networks, epochs, project, chapter, curves):
    labels = [f"{network}: {part}" for network in networks for part in ("training", "validation")]
    assert list(curves(cell)) == labels
    assert {len(curve) for curve in curves(cell).values()} == {epochs}
    assert {"epoch", measure} <= set(project.records[chapter.name].cells[cell].plots[0].texts)


def test_the_short_form_runs_every_slow_cell_and_fills_the_table(printed):
    assert [line[:15].strip() for line in printed("results").splitlines()[1:-1]] == [*FIVE_EPOCHS, *FIFTY_EPOCHS, *BIG]


def test_the_results_name_keras_and_its_backend(recorded, project, chapter):
    assert recorded("results").splitlines()[-1] == f"Keras {project.records[chapter.name].versions['keras']} on tensorflow"


# --- the exercise ---


def test_exercise_1_has_100610_parameters(ran, printed):
    assert 784 * 100 + 2 * 100 * 100 + 3 * 4 * 100 + 101 * 10 == 100_610
    assert ran.namespace["exercise_model"].count_params() == 100_610
    assert "100,610" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def block(biases=False, first=None, activation="relu", rate=0.2):
        drop = [] if rate is None else [layers.Dropout(rate)]
        return [layers.Dense(100, first, use_bias=biases), layers.BatchNormalization(), layers.Activation(activation), *drop]

    def model(*blocks, last=None):
        last = last or [layers.Dense(10, activation="softmax")]
        return {"exercise_model": keras.Sequential([keras.Input((784,)), *(layer for part in blocks for layer in part), *last])}

    def reordered(*order):
        return model(*([block()[place] for place in order] for _ in range(3)))

    x = inputs = keras.Input((784,))
    for _ in range(3):
        x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(100, use_bias=False)(x)))
        x = layers.Dropout(0.2)(x)
    functional = keras.Model([inputs], layers.Softmax()(layers.Dense(10)(x)))
    right = {"functional, with layers of activation": {"exercise_model": functional}}

    softmax = layers.Activation("softmax")
    wrong = {
        "biases kept": ("100,910 instead of 100,610: needless biases", model(*(block(biases=True) for _ in range(3)))),
        "no bias in the last layer": (
            "100,600 instead of 100,610: the last",
            model(block(), block(), block(), last=[layers.Dense(10, "softmax", use_bias=False)]),
        ),
        "normalised output": (
            "100,650 instead",
            model(block(), block(), block(), last=[layers.Dense(10), layers.BatchNormalization(), softmax]),
        ),
        "two blocks": ("90,210 instead", model(block(), block())),
        "ReLU before normalisation": ("another order", reordered(0, 2, 1, 3)),
        "dropout before ReLU": ("another order", reordered(0, 1, 3, 2)),
        "dropout first": ("another order", reordered(3, 0, 1, 2)),
        "no dropout": ("another order", model(*(block(rate=None) for _ in range(3)))),
        "ReLU twice": ("activated before", model(block(), block(first="relu"), block())),
        "another rate": (r"\[0\.2, 0\.8, 0\.2\]", model(block(), block(rate=0.8), block())),
        "a rate of 0": ("the rates", model(*(block(rate=0.0) for _ in range(3)))),
        "dropout after the output": (
            r"0\.2, 0\.2, 0\.2, 0\.2",
            model(block(), block(), block(), last=[layers.Dense(10), softmax, layers.Dropout(0.2)]),
        ),
        "no softmax": ("no softmax|a softmax", model(block(), block(), block(), last=[layers.Dense(10)])),
        "a sigmoid for each": ("a softmax", model(block(), block(), block(), last=[layers.Dense(10, "sigmoid")])),
        "first block linear": ("three ReLU", model(block(activation="linear"), block(), block())),
        "second block tanh": ("three ReLU", model(block(), block(activation="tanh"), block())),
        "third block linear": ("three ReLU", model(block(), block(), block(activation="linear"))),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))


def test_the_versions_in_the_prose_are_the_recorded_ones(project, chapter):
    versions = project.records[chapter.name].versions
    for locale in project.languages:
        text = project.pages[locale]["feedforward"].path.read_text("utf-8")
        for package in ("keras", "tensorflow", "numpy"):
            assert versions[package] in text, f"{locale}: {package}"
