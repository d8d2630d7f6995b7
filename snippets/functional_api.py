# %% imports
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% call_a_layer
numbers = keras.Input(shape=(32,), name="numbers")
dense = layers.Dense(32, activation="relu", name="dense")
activations = dense(numbers)

print(type(activations).__name__)
print(activations.shape, activations.dtype)
print(f"{dense.count_params():,} parameters")

# %% call_it_on_numbers
batch = rng.normal(size=(3, 32))
values = dense(batch)

print(values.shape)
print(f"smallest value: {ops.min(values):.1f}")

# %% no_values_inside tags=["raises-exception"] active="ipynb"
# float(activations)

# %% stack
stack = keras.Sequential(
    [
        keras.Input(shape=(64,)),
        layers.Dense(32, activation="relu", name="hidden_1"),
        layers.Dense(32, activation="relu", name="hidden_2"),
        layers.Dense(10, activation="softmax", name="scores"),
    ],
    name="stack",
)
stack.summary()

# %% functional
features = keras.Input(shape=(64,), name="features")
hidden_1 = layers.Dense(32, activation="relu", name="hidden_1")(features)
hidden_2 = layers.Dense(32, activation="relu", name="hidden_2")(hidden_1)
scores = layers.Dense(10, activation="softmax", name="scores")(hidden_2)

model = keras.Model(features, scores, name="functional")
model.summary()

# %% side_branch
side = layers.Dense(5, name="side")(hidden_1)

side_model = keras.Model(features, side)
print("model:     ", [layer.name for layer in model.layers])
print("side_model:", [layer.name for layer in side_model.layers])

# %% same_objects
shared = model.get_layer("hidden_1")
print(side_model.get_layer("hidden_1") is shared)

# %% disconnected tags=["raises-exception"] active="ipynb"
# unrelated = keras.Input(shape=(64,), name="unrelated")
# bad_model = keras.Model(unrelated, scores)

# %% unused_input
extra = keras.Input(shape=(3,), name="extra")
odd_model = keras.Model([features, extra], scores)

print([tensor.name for tensor in odd_model.inputs])
print(f"{odd_model.count_params():,} parameters")

# %% data
# ten classes: each has a centre, and every sample is a centre plus noise
centres = rng.normal(size=(10, 64))
classes = rng.integers(0, 10, size=1_500)
x = centres[classes] + rng.normal(scale=2, size=(1_500, 64))
x = x / x.std()

# the last 500 samples are kept for the test
x_train, x_test = x[:1_000], x[1_000:]
print(x_train.shape, x_test.shape)
print("first classes:", classes[:5])

# %% one_hot
y = keras.utils.to_categorical(classes, num_classes=10)
y_train, y_test = y[:1_000], y[1_000:]

print(y_train.shape)
print(y_train[0])
print("every row sums to 1:", np.all(y_train.sum(axis=1) == 1))

# %% compile
model.compile(
    optimizer="adam",
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)

# %% fit
history = model.fit(x_train, y_train, batch_size=50, epochs=10, verbose=0)
losses = history.history["loss"]
print(f"guessing:    {np.log(10):.3f}")
print(f"first epoch: {losses[0]:.3f}")
print(f"last epoch:  {losses[-1]:.3f}")

# %% evaluate
result = model.evaluate(x_test, y_test, return_dict=True, verbose=0)
print(f"loss {result['loss']:.3f}")
print(f"accuracy {result['accuracy']:.3f}")

# %% predict
probabilities = model.predict(x_test, verbose=0)
print(probabilities.shape)
print("rows sum to 1:", np.allclose(probabilities.sum(axis=1), 1))

predicted = probabilities.argmax(axis=1)
print("predicted:", predicted[:5])
print("true:     ", classes[1_000:1_005])

# %% sparse
by_rows = keras.losses.categorical_crossentropy(y_test, probabilities)
by_numbers = keras.losses.sparse_categorical_crossentropy(
    classes[1_000:], probabilities
)
same = ops.allclose(by_rows, by_numbers, atol=1e-5)
print("same losses:", bool(same))

# %% random_rows
noise = rng.random((1_000, 10))
shares = noise / noise.sum(axis=1, keepdims=True)

print(f"rows of noise sum to {noise.sum(axis=1).mean():.2f} on average")
print(f"rows of shares sum to {shares.sum(axis=1).mean():.2f}")


# %% fit_random_rows
def losses_with(labels):
    # the same seed, so that every run starts from the same weights
    keras.utils.set_random_seed(0)
    fresh = keras.Sequential(
        [
            keras.Input(shape=(64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    fresh.compile(optimizer="adam", loss="categorical_crossentropy")
    fitted = fresh.fit(x_train, labels, batch_size=50, epochs=5, verbose=0)
    return fitted.history["loss"]


noise_losses = losses_with(noise)
share_losses = losses_with(shares)
real_losses = losses_with(y_train)

print(f"noise:  {noise_losses[0]:.3f} -> {noise_losses[-1]:.3f}")
print(f"shares: {share_losses[0]:.3f} -> {share_losses[-1]:.3f}")
print(f"real:   {real_losses[0]:.3f} -> {real_losses[-1]:.3f}")

# %% plot_losses
epochs = np.arange(1, 6)
plt.plot(epochs, noise_losses, label="noise, rows sum to about 5")
plt.plot(epochs, share_losses, label="shares, rows sum to 1")
plt.plot(epochs, real_losses, label="real labels, rows sum to 1")
plt.xticks(epochs)
plt.xlabel("epoch")
plt.ylabel("training loss")
plt.legend()
plt.show()

# %% digits
(_, _), (images, digits) = keras.datasets.mnist.load_data()
# pixels from 0 to 255 become numbers from 0 to 1
images = images[:1_000].reshape(1_000, 784) / 255
print(images.shape, digits[:5])

# %% digits_stack
digit_stack = keras.Sequential(
    [
        keras.Input(shape=(784,)),
        layers.Dense(250, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
print(f"{digit_stack.count_params():,} parameters")

# %% digits_functional
pixels = keras.Input(shape=(784,), name="pixels")
wide = layers.Dense(250, activation="relu", name="wide")(pixels)
digit = layers.Dense(10, activation="softmax", name="digit")(wide)

digit_model = keras.Model(pixels, digit)
print(f"{digit_model.count_params():,} parameters")

# %% same_weights
expected = digit_stack.predict(images, verbose=0)
before = digit_model.predict(images, verbose=0)

digit_model.set_weights(digit_stack.get_weights())
after = digit_model.predict(images, verbose=0)

print("before set_weights:", np.allclose(before, expected))
print("after set_weights: ", np.allclose(after, expected))

# %% split_activation
linear = layers.Dense(250, name="linear")(pixels)
split = layers.Activation("relu", name="relu")(linear)
split_digit = layers.Dense(10, activation="softmax", name="digit")(split)

split_model = keras.Model(pixels, split_digit)
split_model.set_weights(digit_stack.get_weights())

same = split_model.predict(images, verbose=0)
print(f"{split_model.count_params():,} parameters")
print("same predictions:", np.allclose(same, expected))

# %% batch_norm
total = layers.Dense(250, use_bias=False, name="total")(pixels)
normal = layers.BatchNormalization(name="normal")(total)
active = layers.Activation("relu", name="active")(normal)
guess = layers.Dense(10, activation="softmax", name="guess")(active)

norm_model = keras.Model(pixels, guess, name="norm_model")
norm_model.summary()

# %% exercise_1_solution
answers = keras.Input(shape=(10,), name="answers")
level_1 = layers.Dense(10, activation="relu", name="level_1")(answers)
level_2 = layers.Dense(20, activation="relu", name="level_2")(level_1)
level_3 = layers.Dense(10, activation="relu", name="level_3")(level_2)
passes = layers.Dense(1, activation="sigmoid", name="passes")(level_3)

exercise_model = keras.Model(answers, passes)

# %% exercise_1_check
assert not isinstance(exercise_model, keras.Sequential), "a list of layers"
count = exercise_model.count_params()
assert count == 551, f"{count} parameters instead of 551"

kept = exercise_model.get_weights()
widths = [weight.shape for weight in kept if weight.ndim == 2]
assert widths == [(10, 10), (10, 20), (20, 10), (10, 1)], f"widths {widths}"

# known weights for a moment: the first unit of a layer gives minus the sum
# of its inputs, the second the sum, and no other unit gives anything
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 2:
        kernel[:, 0], kernel[:, 1:2] = -1, 1
exercise_model.set_weights(known)
found = ops.convert_to_numpy(exercise_model(np.full((1, 10), 0.2)))
exercise_model.set_weights(kept)

# ReLU leaves 0 and 2 of -2 and 2, so their sum is 2 again
right = 1 / (1 + np.exp(2))
assert np.allclose(found, right, atol=1e-3), "not three ReLU and a sigmoid"
print("Exercise 1 is right: 551 parameters, every output in 0..1.")
