"""What a reader sees in “Getting ready”."""

import pytest


def test_one_cell_names_version_and_backend_and_shows_that_a_network_adds(printed):
    version, backend, answer = printed("check").splitlines()
    assert version.startswith("Keras 3.")
    assert backend == "backend: tensorflow"
    assert answer == "1 + 2 + 4 = 7.0"


def test_training_works(printed):
    assert printed("check_training") == "training works: True\n"


def test_a_backend_chosen_after_the_import_changes_nothing(printed):
    assert printed("too_late") == printed("check").splitlines(keepends=True)[1]


def test_an_input_of_another_width_is_a_value_error_that_names_both_shapes(error):
    kind, text = error("wrong_shape")
    assert kind == "ValueError"
    assert "(None, 3)" in text
    assert "(1, 2)" in text


def test_exercise_1_takes_the_mean_of_four_numbers(printed):
    assert "the mean of four numbers" in printed("exercise_1_check")


@pytest.mark.parametrize(("width", "weight"), [(4, 1), (3, 1 / 3), (4, 0.2)], ids=["the sum", "three prices", "a fifth each"])
def test_the_check_of_exercise_1_refuses_another_sum_or_width(width, weight, chapter, ran):
    import keras
    from keras import layers

    prices = keras.Input((width,), name="prices")
    mean = layers.Dense(1, kernel_initializer=keras.initializers.Constant(weight))(prices)
    wrong = ran.namespace | {"exercise_model": keras.Model(prices, mean)}
    with pytest.raises(AssertionError):
        exec(chapter["exercise_1_check"].source, wrong)
