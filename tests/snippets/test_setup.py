"""The outputs in “Getting ready”."""

from tests.snippets.solutions import prove


def test_the_first_cell_prints_versions_and_a_network_that_adds(printed):
    version, backend, answer = printed("check").splitlines()
    assert version.startswith("Keras 3.")
    assert backend == "backend: tensorflow"
    assert answer == "1 + 2 + 4 = 7.0"


def test_training_works(printed):
    assert printed("check_training") == "training works: True\n"


def test_a_backend_chosen_after_the_import_changes_nothing(printed):
    assert printed("too_late") == printed("check").splitlines(keepends=True)[1]


def test_an_input_of_another_width_raises_an_error_with_both_shapes(error):
    kind, text = error("wrong_shape")
    assert kind == "ValueError"
    assert "(None, 3)" in text
    assert "(1, 2)" in text


def test_exercise_1_takes_the_mean_of_four_numbers(printed):
    assert "the mean of four numbers" in printed("exercise_1_check")


def solutions(names):
    import keras
    from keras import layers

    def model(weight, width=4, name="prices", units=1, activation=None):
        prices = keras.Input((width,), name=name)
        quarters = keras.initializers.Constant(weight)
        mean = layers.Dense(units, activation=activation, kernel_initializer=quarters)(prices)
        return {"exercise_model": keras.Model(prices, mean)}

    listed = keras.Sequential(
        [keras.Input((4,), name="prices"), layers.Dense(1, kernel_initializer="ones"), layers.Rescaling(0.25)]
    )
    prices = keras.Input((4,), name="prices")
    operations = keras.Model([prices], [keras.ops.mean(prices, axis=1, keepdims=True)])
    any_number = keras.Input((None,), name="prices")
    flat = keras.Model(any_number, keras.ops.mean(any_number, axis=1, keepdims=True))
    median = keras.Model(prices, keras.ops.median(prices, axis=1, keepdims=True))
    right = {
        "no bias": model(0.25),
        "a quarter of the sum": {"exercise_model": listed},
        "no layer with weights, in lists": {"exercise_model": operations},
    }
    wrong = {
        "the sum": (r"but \[ *8", model(1)),
        "a fifth each": (r"but \[ *1\.6", model(0.2)),
        "another name": ("the inputs are {'numbers'", model(0.25, name="numbers")),
        "three prices": (r"the inputs are \{'prices': \(None, 3\)\}", model(1 / 3, width=3)),
        "any number of prices": (r"the inputs are \{'prices': \(None, None\)\}", {"exercise_model": flat}),
        "the mean, twice": (r"the output is \(None, 2\)", model(0.25, units=2)),
        "a mean that cannot be negative": (r"2\. 2\. 2\. 2\. 0", model(0.25, activation="relu")),
        "the median": (r"but \[ *0", {"exercise_model": median}),
        "random weights": ("not", {"exercise_model": keras.Model(prices, layers.Dense(1)(prices))}),
    }
    return right, wrong


def test_the_check_of_exercise_1_decides_rightly_for_any_weights(chapter, ran):
    prove(chapter["exercise_1_check"], ran.namespace, *solutions(ran.namespace))
