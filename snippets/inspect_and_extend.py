# %% imports
import tempfile
import warnings

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)


# %% drawings
def draw(kinds):
    # dim noise, and in it one bright line
    images = rng.uniform(0, 0.3, size=(len(kinds), 12, 12, 1))
    for image, kind in zip(images, kinds):
        place = rng.integers(0, 12)
        if kind == 0:
            image[:, place] = 1
        elif kind == 1:
            image[place] = 1
        else:
            image[np.arange(12), (np.arange(12) + place) % 12] = 1
    return images


kinds = rng.integers(0, 3, size=600)
images = draw(kinds)
print(images.shape, kinds[:5])

# %% model
image = keras.Input(shape=(12, 12, 1), name="image")
h = layers.Conv2D(8, 3, activation="relu", name="edges")(image)
h = layers.MaxPooling2D(2, name="shrunk")(h)
h = layers.Conv2D(16, 3, activation="relu", name="shapes")(h)
h = layers.GlobalMaxPooling2D(name="features")(h)
kind = layers.Dense(3, activation="softmax", name="kind")(h)

model = keras.Model(image, kind, name="lines")
print(f"{model.count_params():,} parameters")

# %% walk
for layer in model.layers:
    print(
        f"{layer.name:<9}{type(layer).__name__:<19}"
        f"{str(layer.output.shape):<20}{layer.count_params():>5,}"
    )

# %% old_names
print(layers.Convolution2D is layers.Conv2D)
print(layers.MaxPool2D is layers.MaxPooling2D)

# %% one_layer
edges = model.get_layer("edges")
print("reads:", edges.input.shape)
print("gives:", edges.output.shape)
for variable in edges.weights:
    print(variable.name, variable.shape)

# %% no_such_layer tags=["raises-exception"] active="ipynb"
# model.get_layer("edge")

# %% looker
inner = ["edges", "shapes", "features"]
looker = keras.Model(
    model.input,
    {name: model.get_layer(name).output for name in inner},
    name="looker",
)
seen = looker.predict(images, verbose=0)
for name in inner:
    print(f"{name:<9}{seen[name].shape}")
print(looker.get_layer("edges") is edges)


# %% apart
def apart(features):
    # distance between two drawings, each measured from the first
    distances = np.linalg.norm(features[1:] - features[0], axis=1)
    alike = kinds[1:] == kinds[0]
    return distances[~alike].mean() / distances[alike].mean()


print(f"pixels:   {apart(images.reshape(600, -1)):.1f}")
print(f"features: {apart(seen['features']):.1f}")

# %% train
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(images, kinds, epochs=6, verbose=0)
print(f"loss of the last epoch: {history.history['loss'][-1]:.2f}")

# %% look_again
seen = looker.predict(images, verbose=0)
print(f"features: {apart(seen['features']):.1f}")

# %% config
config = model.get_config()
print(list(config))

entry = config["layers"][1]
print(entry["class_name"], entry["config"]["name"])
print(entry["config"]["filters"], entry["config"]["kernel_size"])

# %% rebuild
twin = keras.Model.from_config(config)
print(f"{twin.count_params():,} parameters")

expected = model.predict(images, verbose=0)
before = twin.predict(images, verbose=0)
twin.set_weights(model.get_weights())
after = twin.predict(images, verbose=0)

print("same answers before:", np.allclose(before, expected))
print("same answers after: ", np.allclose(after, expected))

# %% clone
clone = keras.models.clone_model(model)
print(clone.get_layer("edges") is edges)


def wider(layer):
    settings = layer.get_config()
    if "filters" in settings:
        settings["filters"] *= 2
    return type(layer).from_config(settings)


wide = keras.models.clone_model(model, clone_function=wider)
print(f"{clone.count_params():,} and {wide.count_params():,} parameters")

# %% save
with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/lines.keras"
    model.save(path)
    restored = keras.models.load_model(path)

answers = restored.predict(images, verbose=0)
print("same answers:", np.allclose(answers, expected))
print("training steps so far:", int(restored.optimizer.iterations))

# %% no_ending tags=["raises-exception"] active="ipynb"
# model.save("lines")

# %% still_shared
first = keras.Input(shape=(12, 12, 1), name="first")
second = keras.Input(shape=(12, 12, 1), name="second")
describe = keras.Model(image, looker.output["features"], name="describe")

both = layers.concatenate([describe(first), describe(second)])
pair_model = keras.Model([first, second], layers.Dense(1)(both))
print(f"made:     {pair_model.count_params():,} parameters")

with tempfile.TemporaryDirectory() as folder:
    pair_model.save(f"{folder}/pair.keras")
    pair_again = keras.models.load_model(f"{folder}/pair.keras")
print(f"restored: {pair_again.count_params():,} parameters")


# %% maxout
@keras.saving.register_keras_serializable(package="guide")
class Maxout(layers.Layer):
    def __init__(self, units, pieces=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.pieces = pieces

    def build(self, input_shape):
        # the weights are made when the size of the input is known
        columns = self.units * self.pieces
        self.kernel = self.add_weight(shape=(input_shape[-1], columns))
        self.bias = self.add_weight(shape=(columns,), initializer="zeros")

    def call(self, inputs):
        sums = ops.matmul(inputs, self.kernel) + self.bias
        sums = ops.reshape(sums, (-1, self.units, self.pieces))
        return ops.max(sums, axis=-1)

    def get_config(self):
        config = super().get_config()
        return config | {"units": self.units, "pieces": self.pieces}


# %% maxout_model
numbers = keras.Input(shape=(6,), name="numbers")
bent = Maxout(5, pieces=3, name="bent")(numbers)
result = layers.Dense(1, name="result")(bent)

maxout_model = keras.Model(numbers, result)
print("bent:", bent.shape)
print([layer.count_params() for layer in maxout_model.layers])

# %% maxout_saved
table = rng.normal(size=(4, 6))
with tempfile.TemporaryDirectory() as folder:
    maxout_model.save(f"{folder}/maxout.keras")
    maxout_again = keras.models.load_model(f"{folder}/maxout.keras")

loaded = maxout_again.get_layer("bent")
print(type(loaded).__name__, loaded.units, loaded.pieces)
same = ops.allclose(maxout_model(table), maxout_again(table))
print("same answers:", bool(same))


# %% unregistered
class Doubled(layers.Layer):
    def call(self, inputs):
        return 2 * inputs


doubled_model = keras.Model(numbers, Doubled()(numbers))
try:
    keras.Model.from_config(doubled_model.get_config())
except TypeError as problem:
    print(str(problem).partition(". ")[0])

doubled_again = keras.Model.from_config(
    doubled_model.get_config(), custom_objects={"Doubled": Doubled}
)
print("with custom_objects:", doubled_again.output_shape)

# %% operations
here = keras.Input(shape=(6,), name="here")
there = keras.Input(shape=(6,), name="there")
distance = ops.max(ops.abs(here - there), axis=-1)

distance_model = keras.Model([here, there], distance)
print([type(layer).__name__ for layer in distance_model.layers])
print([type(step).__name__ for step in distance_model.operations])

distance_again = keras.Model.from_config(distance_model.get_config())
print(distance_again([table, table[::-1]]).shape)


# %% refiner
class Refiner(keras.Model):
    def __init__(self, rounds, **kwargs):
        super().__init__(**kwargs)
        self.rounds = rounds

        # a functional model is one of its parts
        facts = keras.Input(shape=(6,))
        guess = keras.Input(shape=(2,))
        joined = layers.concatenate([facts, guess])
        hidden = layers.Dense(8, activation="tanh")(joined)
        change = layers.Dense(2)(hidden)
        self.improve = keras.Model([facts, guess], change)

    def call(self, facts):
        guess = ops.zeros((ops.shape(facts)[0], 2))
        for _ in range(self.rounds):
            guess = guess + self.improve([facts, guess])
        return guess

    def get_config(self):
        return super().get_config() | {"rounds": self.rounds}


# %% mixed
prepare = keras.Sequential(
    [keras.Input(shape=(10,)), layers.Dense(6, activation="relu")],
    name="prepare",
)
record = keras.Input(shape=(10,), name="record")
refined = Refiner(rounds=3, name="refiner")(prepare(record))
decision = layers.Dense(1, activation="sigmoid", name="yes")(refined)

mixed_model = keras.Model(record, decision, name="mixed")
mixed_model.summary()

# %% no_graph tags=["raises-exception"] active="ipynb"
# Refiner(rounds=3).inputs

# %% too_small tags=["raises-exception"] active="ipynb"
# tiny = keras.Input(shape=(4, 4, 1), name="tiny")
# once = layers.Conv2D(8, 3, name="once")(tiny)
# layers.Conv2D(8, 3, name="again")(once)


# %% found_late
class TwoConvolutions(keras.Model):
    def __init__(self):
        super().__init__()
        self.once = layers.Conv2D(8, 3)
        self.again = layers.Conv2D(8, 3)

    def call(self, inputs):
        return self.again(self.once(inputs))


late_model = TwoConvolutions()
late_model.compile(loss="mse")
print("made and compiled without complaint")

try:
    late_model.predict(np.zeros((1, 4, 4, 1)), verbose=0)
except ValueError:
    print("refused when the first image came")

# %% no_decision tags=["raises-exception"] active="ipynb"
# if ops.max(here) > 0:
#     print("something is positive")

# %% decision_inside
positive = ops.where(here > 0, here, 0)
positive_model = keras.Model(here, positive)
print(ops.convert_to_numpy(positive_model(np.array([[-1, 2] * 3]))))

# %% masked_mean
steps = keras.Input(shape=(None, 1), name="steps")
masked = layers.Masking(name="masked")(steps)

plain_mean = layers.GlobalAveragePooling1D(name="plain")(steps)
masked_mean = layers.GlobalAveragePooling1D(name="skipping")(masked)
means = keras.Model(steps, [plain_mean, masked_mean])

padded = np.array([[[1.0], [2.0], [6.0], [0.0], [0.0], [0.0]]])
for mean in means(padded):
    print(float(mean[0, 0]))

# %% see_mask
mask = layers.Masking().compute_mask(padded)
print(ops.convert_to_numpy(mask))

# %% who_passes_on
for layer in [
    layers.Dense(1),
    layers.Dropout(0.5),
    layers.LSTM(1),
    layers.GlobalAveragePooling1D(),
    layers.Conv1D(1, 2),
    Doubled(),
]:
    print(f"{type(layer).__name__:<23}{layer.supports_masking}")

# %% lost_mask
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    twofold = Doubled(name="twofold")(masked)
    lost_mean = layers.GlobalAveragePooling1D(name="lost_mean")(twofold)
    lost_model = keras.Model(steps, lost_mean)
    answer = float(lost_model(padded)[0, 0])

for warning in caught[:1]:
    print(warning.message)
print(answer)


# %% kept_mask
class DoubledKeeping(Doubled):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        # each step is doubled by itself, so the mask still fits
        self.supports_masking = True


twofold = DoubledKeeping(name="twofold")(masked)
kept_mean = layers.GlobalAveragePooling1D(name="kept_mean")(twofold)
kept_model = keras.Model(steps, kept_mean)
print(float(kept_model(padded)[0, 0]))


# %% exercise_1_solution
@keras.saving.register_keras_serializable(package="exercise")
class UnitLength(layers.Layer):
    def call(self, inputs):
        squares = ops.sum(inputs**2, axis=-1, keepdims=True)
        return inputs / ops.sqrt(squares)


unit = UnitLength(name="unit")(model.get_layer("features").output)
exercise_model = keras.Model(model.input, unit)

# %% exercise_1_check
# known weights for a moment, all positive: no vector of features is zero
kept = exercise_model.get_weights()
exercise_model.set_weights(
    [np.zeros_like(w) + np.linspace(0.1, 0.9, w.shape[-1]) for w in kept]
)
try:
    raw = ops.convert_to_numpy(looker(images[:50])["features"])
    outputs = ops.convert_to_numpy(exercise_model(images[:50]))
    with tempfile.TemporaryDirectory() as folder:
        exercise_model.save(f"{folder}/unit.keras")
        unit_again = keras.models.load_model(f"{folder}/unit.keras")
    loaded = ops.convert_to_numpy(unit_again(images[:50]))
finally:
    exercise_model.set_weights(kept)

lengths = np.linalg.norm(outputs, axis=1, keepdims=True)
assert np.allclose(lengths, 1, atol=1e-3), "not every length is 1"
unit_raw = raw / np.linalg.norm(raw, axis=1, keepdims=True)
turned = outputs / lengths - unit_raw
assert np.allclose(turned, 0, atol=1e-3), "not the features of model"
assert np.allclose(loaded, outputs, atol=1e-3), "lost in saving"
print("Exercise 1 is right: every length is 1, before and after saving.")
