# %% imports
import warnings
from collections import namedtuple

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% load
(images, digits), (test_images, test_digits) = keras.datasets.mnist.load_data()
print("training:", images.shape, digits.shape)
print("test:    ", test_images.shape, test_digits.shape)
print(f"pixels from {images.min()} to {images.max()}")

# %% show_digit
# every second row only: a letter is about twice as high as it is wide
for row in images[0, ::2]:
    print("".join("#" if pixel > 100 else "." for pixel in row))
print("label:", digits[0])

# %% prepare
x = images.reshape(60_000, 784).astype("float32") / 255
x_test = test_images.reshape(10_000, 784).astype("float32") / 255

# the first 5,000 images are held out for validation
x_valid, x_train = x[:5_000], x[5_000:]
y_valid, y_train = digits[:5_000], digits[5_000:]

print("training:  ", x_train.shape, y_train.shape)
print("validation:", x_valid.shape, y_valid.shape)
print(f"pixels from {x.min():.0f} to {x.max():.0f}")

# %% one_hot
rows = keras.utils.to_categorical(y_train, num_classes=10)
print(y_train[:3])
print(rows[:3])
print(f"as integers: {y_train.nbytes:>9,} bytes")
print(f"as rows:     {rows.nbytes:>9,} bytes")


# %% wide
def wide():
    return keras.Sequential(
        [
            keras.Input(shape=(784,), name="pixels"),
            layers.Dense(250, activation="relu", name="hidden"),
            layers.Dense(10, activation="softmax", name="digit"),
        ],
        name="wide",
    )


wide_model = wide()
wide_model.summary()

# %% ignored_width
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    odd_stack = keras.Sequential(
        [
            keras.Input(shape=(4,)),
            layers.Dense(5),
            # nothing of width 999 arrives here
            layers.Dense(3, input_dim=999),
        ]
    )

print(caught[0].message)
print(f"{odd_stack.count_params()} parameters")

# %% adam
# two weights at 0: one has a steep slope, the other a gentle one
slopes = ops.convert_to_tensor([100.0, 0.01])

for rule in [keras.optimizers.SGD(0.001), keras.optimizers.Adam(0.001)]:
    weights = keras.Variable([0.0, 0.0])
    rule.apply([slopes], [weights])
    steep, gentle = ops.convert_to_numpy(-weights)
    print(f"{rule.name:<4} steep: {steep:.5f}, gentle: {gentle:.5f}")

# %% run
Run = namedtuple("Run", "model curves")


def run(build, epochs, seed):
    # the seed comes first: it also decides the starting weights
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        x_train,
        y_train,
        batch_size=128,
        epochs=epochs,
        validation_data=(x_valid, y_valid),
        verbose=0,
    )
    return Run(model, history.history)


def with_margin(accuracy, images):
    # 997 times in 1,000, a sample of this size is off by less
    margin = 3 * np.sqrt(accuracy * (1 - accuracy) / len(images))
    return f"{accuracy:.3f} ± {margin:.3f}"


def report(name):
    for seed, (_, curves) in enumerate(runs[name]):
        seen = with_margin(curves["accuracy"][-1], x_train)
        new = with_margin(curves["val_accuracy"][-1], x_valid)
        print(f"seed {seed}: training {seen}, validation {new}")


# every family of runs keeps a name of its own
runs = {}

# %% train_wide tags=["slow"]
runs["wide"] = [run(wide, epochs=5, seed=seed) for seed in range(3)]
report("wide")


# %% deep
def deep(rate=0):
    model = keras.Sequential([keras.Input(shape=(784,))])
    for _ in range(5):
        model.add(layers.Dense(50, activation="relu"))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(10, activation="softmax"))
    return model


deep_model = deep()
print([layer.count_params() for layer in deep_model.layers])
print(f"wide: {wide_model.count_params():,} parameters")
print(f"deep: {deep_model.count_params():,} parameters")

# %% train_deep tags=["slow"]
runs["deep"] = [run(deep, epochs=5, seed=seed) for seed in range(3)]
report("deep")


# %% plot_short tags=["slow"]
def plot_curves(measure, *names):
    for name in names:
        # the curves of the first seed
        curves = runs[name][0].curves
        epochs = np.arange(1, len(curves[measure]) + 1)
        for part, key in [("training", ""), ("validation", "val_")]:
            label = f"{name}: {part}"
            plt.plot(epochs, curves[key + measure], label=label)
    plt.locator_params(axis="x", integer=True)
    plt.xlabel("epoch")
    plt.ylabel(measure)
    plt.legend()
    plt.show()


plot_curves("accuracy", "wide", "deep")

# %% dropout
drop = layers.Dropout(0.2, seed=0)
ones = np.ones((1, 10))

for training in [True, True, True, False]:
    print(ops.convert_to_numpy(drop(ones, training=training)))

# %% dropout_mean
many = drop(np.ones((1_000, 1_000)), training=True)
many = ops.convert_to_numpy(many)
print(f"set to 0: {np.mean(many == 0):.2f}, mean: {many.mean():.2f}")


# %% deep_dropout
def deep_dropout():
    return deep(rate=0.2)


dropout_model = deep_dropout()
print([type(layer).__name__ for layer in dropout_model.layers])
print(f"{dropout_model.count_params():,} parameters")

# %% train_dropout tags=["slow"]
runs["deep dropout"] = [
    run(deep_dropout, epochs=5, seed=seed) for seed in range(3)
]
report("deep dropout")


# %% dropout_off tags=["slow"]
def accuracy(model, inputs, labels):
    # large batches are faster, and change nothing in the result
    result = model.evaluate(
        inputs, labels, batch_size=1_000, return_dict=True, verbose=0
    )
    return result["accuracy"]


first = runs["deep dropout"][0]
during = first.curves["accuracy"][-1]
whole = accuracy(first.model, x_train, y_train)
print("while training, with dropout:", with_margin(during, x_train))
print("afterwards, without dropout: ", with_margin(whole, x_train))

# %% plot_dropout tags=["slow"]
plot_curves("accuracy", "deep", "deep dropout")

# %% train_fifty tags=["slow"]
runs["deep 50"] = [run(deep, epochs=50, seed=0)]
report("deep 50")

# %% train_dropout_fifty tags=["slow"]
runs["deep dropout 50"] = [run(deep_dropout, epochs=50, seed=0)]
report("deep dropout 50")


# %% rising_loss tags=["slow"]
def rising_loss(*names):
    for name in names:
        losses = runs[name][0].curves["val_loss"]
        early, late = losses[5:10] or losses, losses[-5:]
        rises = np.mean(late) > 1.05 * np.mean(early)
        print(f"{name}: the validation loss rises by 5 percent: {rises}")


rising_loss("deep 50", "deep dropout 50")

# %% plot_fifty_loss tags=["slow"]
plot_curves("loss", "deep 50", "deep dropout 50")

# %% plot_fifty_accuracy tags=["slow"]
plot_curves("accuracy", "deep 50", "deep dropout 50")


# %% big
def big_dropout():
    model = keras.Sequential([keras.Input(shape=(784,))])
    for units in [500, 250, 250, 250, 250]:
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10, activation="softmax"))
    return model


print(f"{big_dropout().count_params():,} parameters")

# %% train_big tags=["slow"]
runs["big dropout"] = [run(big_dropout, epochs=25, seed=0)]
report("big dropout")

# %% old_import tags=["raises-exception"] active="ipynb"
# from keras.layers.normalization import BatchNormalization

# %% bias_is_lost
sums = rng.normal(size=(100, 3)).astype("float32")
bias = np.array([5.0, -2.0, 3.0], dtype="float32")

norm = layers.BatchNormalization()
without = norm(sums, training=True)
shifted = norm(sums + bias, training=True)
print("same result:", bool(ops.allclose(without, shifted, atol=1e-4)))


# %% big_norm
def big_norm(bias=False, on_output=False):
    model = keras.Sequential([keras.Input(shape=(784,))])
    for units in [500, 250, 250, 250, 250]:
        model.add(layers.Dense(units, use_bias=bias))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10))
    if on_output:
        model.add(layers.BatchNormalization())
    model.add(layers.Activation("softmax"))
    return model


def count(model):
    trained = sum(np.prod(w.shape) for w in model.trainable_weights)
    everything = model.count_params()
    print(f"{everything:,} parameters, {everything - trained:,} not trained")


count(big_norm())
count(big_norm(bias=True, on_output=True))

# %% norm_before_softmax
answers = 10 * rng.normal(size=(100, 10)).astype("float32")
levelled = layers.BatchNormalization()(answers, training=True)

for name, values in [("as they are", answers), ("normalised", levelled)]:
    surest = ops.max(ops.softmax(values), axis=1)
    print(f"{name:<11} mean of the largest: {ops.mean(surest):.2f}")

# %% train_big_norm tags=["slow"]
runs["big norm"] = [run(big_norm, epochs=25, seed=0)]
report("big norm")

# %% rising_loss_big tags=["slow"]
rising_loss("big dropout", "big norm")

# %% plot_big_loss tags=["slow"]
plot_curves("loss", "big dropout", "big norm")

# %% plot_big_accuracy tags=["slow"]
plot_curves("accuracy", "big dropout", "big norm")


# %% choose tags=["slow"]
def on_validation(name):
    return [curves["val_accuracy"][-1] for _, curves in runs[name]]


chosen = max(runs, key=lambda name: np.mean(on_validation(name)))
print("chosen:", chosen)


# %% results tags=["slow"]
def on_test(name):
    return [accuracy(model, x_test, test_digits) for model, _ in runs[name]]


print("network          epochs seeds  parameters  validation     test")
for name, family in runs.items():
    print(
        f"{name:<16} {len(family[0].curves['loss']):>6} {len(family):>5}"
        f" {family[0].model.count_params():>11,}"
        f"  {with_margin(np.mean(on_validation(name)), x_valid)}"
        f"  {with_margin(np.mean(on_test(name)), x_test)}"
    )
print(f"Keras {keras.__version__} on {keras.config.backend()}")

# %% exercise_1_solution
exercise_model = keras.Sequential([keras.Input(shape=(784,))])
for _ in range(3):
    exercise_model.add(layers.Dense(100, use_bias=False))
    exercise_model.add(layers.BatchNormalization())
    exercise_model.add(layers.Activation("relu"))
    exercise_model.add(layers.Dropout(0.2))
exercise_model.add(layers.Dense(10, activation="softmax"))

# %% exercise_1_check
count = exercise_model.count_params()
reasons = {
    100_910: ": needless biases before batch normalisation",
    100_600: ": the last layer needs its biases",
}
reason = reasons.get(count, "")
assert count == 100_610, f"{count:,} instead of 100,610{reason}"

kinds = [type(layer).__name__ for layer in exercise_model.layers]
# ReLU may be a layer or the activation of a layer
kinds = [kind.replace("ReLU", "Activation") for kind in kinds]
block = ["Dense", "BatchNormalization", "Activation", "Dropout"]
blocks = [kind for kind in kinds if kind != "InputLayer"][:12]
assert blocks == 3 * block, f"another order: {blocks}"

dense = [x for x in exercise_model.layers if isinstance(x, layers.Dense)]
early = [x.name for x in dense[:3] if x.activation != keras.activations.linear]
assert not early, f"activated before batch normalisation: {early}"
drops = [x for x in exercise_model.layers if isinstance(x, layers.Dropout)]
rates = [x.rate for x in drops]
assert rates == [0.2, 0.2, 0.2], f"the rates of dropout are {rates}"

# known weights for a moment: the first unit of a layer gives minus the sum
# of its inputs, the second the sum, and no other unit gives anything
kept = exercise_model.get_weights()
# with 1.001 everywhere, and its epsilon of 0.001, normalisation does nothing
known = [np.full_like(w, 0 if w.ndim == 2 else 1.001) for w in kept]
for kernel in known:
    if kernel.ndim == 2:
        kernel[:, 0], kernel[:, 1] = -1, 1
exercise_model.set_weights(known)
trial = exercise_model(np.full((1, 784), 2 / 784))
exercise_model.set_weights(kept)

# ReLU leaves 0 and 2 of -2 and 2, so their sum is 2 again
powers = np.exp([-2, 2, 0, 0, 0, 0, 0, 0, 0, 0])
right = powers / powers.sum()
found = ops.convert_to_numpy(trial)
assert np.allclose(found, right, atol=0.05), "not three ReLU and a softmax"
print("Exercise 1 is right: 100,610 parameters, and dropout works.")
