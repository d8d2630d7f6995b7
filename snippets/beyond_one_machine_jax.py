# %% four_devices
import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

# leave this line out on a machine that has several real devices
jax.config.update("jax_num_cpu_devices", 4)

# %% imports
import keras
import numpy as np
from keras import layers

devices = keras.distribution.list_devices()
print(keras.backend.backend(), devices)

# %% data
rng = np.random.default_rng(0)
weather = rng.normal(size=(1_024, 8)).astype("float32")
district = rng.integers(0, 20, size=(1_024, 1))

# every district has its own habits, and the weather adds to them
habits = rng.normal(size=20)
demand = 3 * habits[district] + weather[:, :1] - weather[:, 1:2] ** 2
demand = ((demand - demand.mean()) / demand.std()).astype("float32")

inputs = {"weather": weather, "district": district}
print(f"guessing the mean: {np.mean(demand**2):.3f}")


# %% build_model
def build_model():
    # the same seed, so that every model starts from the same weights
    keras.utils.set_random_seed(0)
    sky = keras.Input(shape=(8,), name="weather")
    place = keras.Input(shape=(1,), dtype="int32", name="district")

    mood = layers.Dense(32, activation="relu", name="mood")(sky)
    habit = layers.Embedding(20, 8, name="habit")(place)
    habit = layers.Flatten(name="one_row")(habit)

    joined = layers.concatenate([mood, habit], name="joined")
    mixed = layers.Dense(32, activation="relu", name="mixed")(joined)
    load = layers.Dense(1, name="demand")(mixed)

    model = keras.Model([sky, place], load)
    model.compile(optimizer="adam", loss="mse")
    return model


# %% one_device
single = build_model()
history_1 = single.fit(inputs, demand, batch_size=64, epochs=10, verbose=0)
losses_1 = history_1.history["loss"]
print(f"first epoch: {losses_1[0]:.3f}")
print(f"last epoch:  {losses_1[-1]:.3f}")

# %% quarters
# a linear model is enough to see it, and NumPy can do it
x, y = weather[:64], demand[:64]
w = np.zeros((8, 1))


def gradient(start, stop):
    errors = x[start:stop] @ w - y[start:stop]
    return 2 * x[start:stop].T @ errors / (stop - start)


whole = gradient(0, 64)
four = [gradient(start, start + 16) for start in [0, 16, 32, 48]]
two = [gradient(0, 60), gradient(60, 64)]

print("four parts of 16: ", np.allclose(np.mean(four, axis=0), whole))
print("parts of 60 and 4:", np.allclose(np.mean(two, axis=0), whole))

# %% data_parallel
parallel = keras.distribution.DataParallel(devices=devices)
keras.distribution.set_distribution(parallel)
print(parallel.device_mesh.shape, parallel.device_mesh.axis_names)

# %% four_at_once
spread = build_model()
history_4 = spread.fit(inputs, demand, batch_size=64, epochs=10, verbose=0)
losses_4 = history_4.history["loss"]
print(f"first epoch: {losses_4[0]:.3f}")
print(f"last epoch:  {losses_4[-1]:.3f}")

# %% agree
weights_1, weights_4 = single.get_weights(), spread.get_weights()
pairs = zip(weights_1, weights_4)

print("same losses: ", np.allclose(losses_1, losses_4, rtol=1e-3))
print("same weights:", all(np.allclose(a, b, atol=1e-3) for a, b in pairs))

# %% where_it_is
layout = parallel.get_data_layout((64, 8))
batch = keras.distribution.distribute_tensor(weather[:64], layout)
kernel = spread.get_layer("mood").kernel.value

print("batch: ", [part.data.shape for part in batch.addressable_shards])
print("kernel:", [copy.data.shape for copy in kernel.addressable_shards])

# %% uneven_batch tags=["raises-exception"] active="ipynb"
# uneven = build_model()
# uneven.fit(inputs, demand, batch_size=50, verbose=0)
