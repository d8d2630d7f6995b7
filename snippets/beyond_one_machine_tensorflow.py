# %% four_devices
import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import tensorflow as tf

# leave these three lines out on a machine that has several real devices
processor = tf.config.list_physical_devices("CPU")[0]
parts = [tf.config.LogicalDeviceConfiguration()] * 4
tf.config.set_logical_device_configuration(processor, parts)

# %% imports
import pathlib
import tempfile

import keras
import numpy as np
from keras import layers

devices = [device.name for device in tf.config.list_logical_devices("CPU")]
print(keras.backend.backend(), devices)

# %% files
rng = np.random.default_rng(0)
habits = rng.normal(size=20)
folder = pathlib.Path(tempfile.mkdtemp())

# one file a month; think of many more, and of larger ones
for month in range(1, 5):
    weather = rng.normal(size=(256, 8))
    district = rng.integers(0, 20, size=(256, 1))
    demand = 3 * habits[district] + weather[:, :1] - weather[:, 1:2] ** 2
    table = np.hstack([weather, district, demand / 3])
    np.savetxt(folder / f"month_{month}.csv", table, "%.4f", ",")

files = sorted(str(path) for path in folder.glob("*.csv"))
print([pathlib.Path(file).name for file in files])

# %% stream
lines = tf.data.TextLineDataset(files)
rows = lines.map(lambda line: tf.stack(tf.io.decode_csv(line, [0.0] * 10)))
samples = rows.map(
    lambda row: ({"weather": row[:8], "district": row[8:9]}, row[9:])
)
# nobody can tell from a text file how many lines it has
samples = samples.apply(tf.data.experimental.assert_cardinality(1_024))
stream = samples.batch(64).prefetch(tf.data.AUTOTUNE)

first_inputs, first_demand = next(iter(stream))
print({name: tuple(part.shape) for name, part in first_inputs.items()})
print(tuple(first_demand.shape), sum(1 for batch in stream), "batches")

# %% shuffled
shuffled = samples.shuffle(1_024, seed=0).batch(64)

order = [float(batch[0, 0]) for _, batch in stream]
mixed_1 = [float(batch[0, 0]) for _, batch in shuffled]
mixed_2 = [float(batch[0, 0]) for _, batch in shuffled]
print("same order as in the files:", mixed_1 == order)
print("same order in every epoch: ", mixed_1 == mixed_2)


# %% build_model
def build_model():
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
history_1 = single.fit(stream, epochs=5, shuffle=False, verbose=0)
losses_1 = history_1.history["loss"]
print(f"first epoch: {losses_1[0]:.3f}")
print(f"last epoch:  {losses_1[-1]:.3f}")

# %% mirrored
strategy = tf.distribute.MirroredStrategy(devices)
with strategy.scope():
    spread = build_model()

history_4 = spread.fit(stream, epochs=5, shuffle=False, verbose=0)
losses_4 = history_4.history["loss"]
print(f"{strategy.num_replicas_in_sync} replicas")
print(f"first epoch: {losses_4[0]:.3f}")
print(f"last epoch:  {losses_4[-1]:.3f}")

# %% agree
pairs = zip(single.get_weights(), spread.get_weights())

print("same losses: ", np.allclose(losses_1, losses_4, rtol=1e-3))
print("same weights:", all(np.allclose(a, b, atol=1e-3) for a, b in pairs))

# %% where_it_is
spread_stream = strategy.experimental_distribute_dataset(stream)
batch, _ = next(iter(spread_stream))
local = strategy.experimental_local_results(batch["weather"])
kernel = spread.get_layer("mood").kernel.value
copies = strategy.experimental_local_results(kernel)

print("batch: ", [tuple(part.shape) for part in local])
print("kernel:", [tuple(copy.shape) for copy in copies])

# %% outside_the_scope
outside = build_model()
try:
    with strategy.scope():
        outside.fit(stream, shuffle=False, verbose=0)
except RuntimeError as error:
    print(type(error).__name__, str(error).partition(":")[0], sep=": ")

# %% shares
for worker in range(2):
    share = samples.shard(num_shards=2, index=worker).batch(32)
    print("worker", worker, "has", sum(1 for batch in share), "batches of 32")

# %% own_step
with strategy.scope():
    stepped = build_model()
    optimizer = stepped.optimizer
    optimizer.build(stepped.trainable_variables)


def one_device_step(batch):
    inputs, demand = batch
    with tf.GradientTape() as tape:
        answers = stepped(inputs, training=True)
        # divided by the size of the whole batch, not of this part
        loss = tf.reduce_sum((answers - demand) ** 2) / 64
    gradients = tape.gradient(loss, stepped.trainable_variables)
    optimizer.apply(gradients, stepped.trainable_variables)
    return loss


@tf.function(autograph=False)
def step(batch):
    losses = strategy.run(one_device_step, args=(batch,))
    return strategy.reduce("SUM", losses, axis=None)


# %% own_loop
for epoch in range(5):
    losses = [float(step(batch)) for batch in spread_stream]
print(f"last epoch:  {np.mean(losses):.3f}")
print("same loss:", np.isclose(np.mean(losses), losses_1[-1], rtol=1e-3))

# %% exercise_1_solution
with strategy.scope():
    exercise_model = build_model()

# four devices with 32 samples each
exercise_stream = samples.batch(4 * 32)
history = exercise_model.fit(exercise_stream, shuffle=False, verbose=0)

# %% exercise_1_check
parts, _ = next(
    iter(strategy.experimental_distribute_dataset(exercise_stream))
)
local = strategy.experimental_local_results
sizes = [len(part) for part in local(parts["weather"])]
assert sizes == [32, 32, 32, 32], f"the devices get {sizes} samples"

kernel = exercise_model.get_layer("mood").kernel.value
assert len(local(kernel)) == 4, "built outside the scope of the strategy"

steps = int(exercise_model.optimizer.iterations.numpy())
assert steps == 8, f"{steps} steps are not one epoch of 1,024 samples"
print("Exercise 1 is right: 8 steps, 4 devices, 32 samples each.")
