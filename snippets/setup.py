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
print("backend:", keras.config.backend())
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
print("backend:", keras.config.backend())

# %% wrong_shape tags=["raises-exception"] active="ipynb"
# adder(np.array([[1.0, 2.0]]))

# %% exercise_1_solution
prices = keras.Input(shape=(4,), name="prices")
quarters = keras.initializers.Constant(0.25)
mean = layers.Dense(1, kernel_initializer=quarters, name="mean")(prices)

exercise_model = keras.Model(prices, mean)

# %% exercise_1_check
shapes = {tensor.name: tensor.shape for tensor in exercise_model.inputs}
assert shapes == {"prices": (None, 4)}, f"the inputs are {shapes}"
shape = exercise_model.output_shape
assert shape == (None, 1), f"the output is {shape}"

# one number at a time: a quarter of 8 is 2
trial = 8 * np.vstack([np.eye(4), -np.eye(4)])
found = keras.ops.convert_to_numpy(exercise_model(trial))[:, 0]
means = [2, 2, 2, 2, -2, -2, -2, -2]
assert np.allclose(found, means, atol=1e-3), f"not {means} but {found}"
print("Exercise 1 is right: the mean of four numbers.")
