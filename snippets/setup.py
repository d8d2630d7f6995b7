# %% check
import keras
import numpy as np
from keras import layers

# every weight is one, so this network adds up three numbers
numbers = keras.Input(shape=(3,), name="numbers")
total = layers.Dense(1, kernel_initializer="ones", name="total")(numbers)
adder = keras.Model(numbers, total)

answer = adder.predict(np.array([[1.0, 2.0, 4.0]]), verbose=0)
print("Keras", keras.__version__)
print("backend:", keras.backend.backend())
print("1 + 2 + 4 =", answer[0, 0])

# %% check_training
keras.utils.set_random_seed(0)
rows = np.random.default_rng(0).normal(size=(200, 3))
# the network adds up so far; now it should learn to take the mean
means = rows.mean(axis=1)

adder.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
history = adder.fit(rows, means, epochs=10, verbose=0)
losses = history.history["loss"]
print("training works:", losses[-1] < losses[0] / 10)

# %% too_late
import os

os.environ["KERAS_BACKEND"] = "torch"
# keras was imported long before this line, so nothing changes
print("backend:", keras.backend.backend())

# %% wrong_shape tags=["raises-exception"] active="ipynb"
# adder(np.array([[1.0, 2.0]]))

# %% exercise_1_solution
prices = keras.Input(shape=(4,), name="prices")
quarters = keras.initializers.Constant(0.25)
mean = layers.Dense(1, kernel_initializer=quarters, name="mean")(prices)

exercise_model = keras.Model(prices, mean)

# %% exercise_1_check
assert exercise_model.input_shape == (None, 4), exercise_model.input_shape
assert exercise_model.output_shape == (None, 1), exercise_model.output_shape

# a mean of whole numbers, and one of a row that sums to zero
trial = np.array([[2.0, 4.0, 6.0, 8.0], [3.0, -3.0, 5.0, -5.0]])
found = exercise_model.predict(trial, verbose=0)[:, 0]
assert np.allclose(found, [5.0, 0.0]), f"the means are 5 and 0, not {found}"
print("Exercise 1 is right: the mean of four numbers.")
