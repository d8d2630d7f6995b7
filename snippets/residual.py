# %% imports
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% idea
values = keras.Input(shape=(4,), name="values")
# a layer that has learned nothing at all: every weight is zero
change = layers.Dense(4, kernel_initializer="zeros", name="change")(values)
total = layers.add([values, change], name="total")

plain_model = keras.Model(values, change)
idea_model = keras.Model(values, total)

row = np.array([[3.0, -1.0, 4.0, -1.5]])
print("without the shortcut:", plain_model.predict(row, verbose=0)[0])
print("with the shortcut:   ", idea_model.predict(row, verbose=0)[0])


# %% identity_block
def identity_block(x):
    y = x
    for number in [1, 2, 3]:
        y = layers.Conv2D(
            128, 3, padding="same", activation="relu", name=f"conv_{number}"
        )(y)
    return layers.add([x, y], name="sum")


# %% identity_model
x = keras.Input(shape=(32, 32, 128), name="x")
identity_model = keras.Model(x, identity_block(x))

print("input: ", identity_model.input_shape)
print("output:", identity_model.output_shape)
print(f"{identity_model.count_params():,} parameters")

# %% other_channels tags=["raises-exception"] active="ipynb"
# identity_block(keras.Input(shape=(32, 32, 64)))

# %% one_channel
grey = keras.Input(shape=(32, 32, 1))
grey_model = keras.Model(grey, identity_block(grey))

print(grey_model.input_shape, "->", grey_model.output_shape)
print(f"{grey_model.count_params():,} parameters")


# %% projection_block
def projection_block(x, padding="same", use_bias=False):
    y = x
    for number in [1, 2]:
        y = layers.Conv2D(
            128, 3, padding="same", activation="relu", name=f"conv_{number}"
        )(y)
    y = layers.MaxPooling2D(2, 2, padding, name="pool")(y)

    # no activation: the shortcut should change as little as possible
    shortcut = layers.Conv2D(
        128, 1, strides=2, use_bias=use_bias, name="projection"
    )(x)
    return layers.add([shortcut, y], name="sum")


# %% projection_model
projection_model = keras.Model(x, projection_block(x))
biased_model = keras.Model(x, projection_block(x, use_bias=True))

print(projection_model.input_shape, "->", projection_model.output_shape)
print(f"without bias: {projection_model.count_params():,} parameters")
print(f"with bias:    {biased_model.count_params():,} parameters")

# %% odd_size
odd = keras.Input(shape=(33, 33, 128))
print(projection_block(odd).shape)

# %% odd_size_fails tags=["raises-exception"] active="ipynb"
# projection_block(odd, padding="valid")

# %% linear
u, v = rng.normal(size=(2, 1, 8, 8, 4)).astype("float32")

linear = layers.Conv2D(6, 1, strides=2, use_bias=False)
affine = layers.Conv2D(6, 1, strides=2, bias_initializer="ones")

for name, f in [("without bias", linear), ("with bias 1", affine)]:
    additive = ops.max(ops.abs(f(u + v) - (f(u) + f(v))))
    homogeneous = ops.max(ops.abs(f(3 * u) - 3 * f(u)))
    print(f"{name:<12} {additive:.2f} {homogeneous:.2f}")

# %% every_second
kernel = linear.get_weights()[0]
by_hand = u[:, ::2, ::2] @ kernel[0, 0]

print(u.shape, "->", by_hand.shape)
print("same values:", bool(ops.allclose(linear(u), by_hand, atol=1e-5)))

# %% sounds
instants = np.arange(64)
hum = np.sin(2 * np.pi * instants / 32)
whistle = 0.5 * np.sin(2 * np.pi * instants / 4)
sounds = np.stack([hum, hum + whistle])[..., None]
print(sounds.shape)

# %% bottleneck
sound = keras.Input(shape=(64, 1), name="sound")
# eight neighbours become one average: 64 numbers become 8
narrow = layers.AveragePooling1D(8, name="narrow")(sound)
wide = layers.UpSampling1D(8, name="wide")(narrow)
both = layers.add([sound, wide], name="both")

chain_model = keras.Model(sound, wide)
shortcut_model = keras.Model(sound, both)

without = chain_model.predict(sounds, verbose=0)
with_it = shortcut_model.predict(sounds, verbose=0)
print(f"without the shortcut: {np.abs(without[1] - without[0]).max():.2f}")
print(f"with the shortcut:    {np.abs(with_it[1] - with_it[0]).max():.2f}")

# %% plot_sounds
plt.plot(instants, sounds[1, :, 0], label="hum and whistle")
plt.plot(instants, without[1, :, 0], label="after the bottleneck")
plt.xlabel("instant")
plt.ylabel("sound")
plt.legend()
plt.show()

# %% rings
# 1 for a point in the ring around the centre, 0 for any other
points = rng.uniform(-1, 1, size=(1_200, 2))
distance = np.hypot(points[:, 0], points[:, 1])
rings = np.where((distance > 0.4) & (distance < 0.9), 1, 0)

points_train, points_test = points[:1_000], points[1_000:]
rings_train, rings_test = rings[:1_000], rings[1_000:]
print(f"{rings_test.sum()} of 200 test points lie in the ring")


# %% deep_network
def deep_network(shortcuts, blocks=10):
    # the same seed, so that both networks start from the same weights
    keras.utils.set_random_seed(0)
    point = keras.Input(shape=(2,))
    x = layers.Dense(32, activation="relu")(point)

    for number in range(1, 2 * blocks, 2):
        y = layers.Dense(32, activation="relu", name=f"layer_{number}")(x)
        y = layers.Dense(32, name=f"layer_{number + 1}")(y)
        if shortcuts:
            y = layers.add([x, y])
        x = layers.ReLU()(y)

    in_ring = layers.Dense(1, activation="sigmoid")(x)
    return keras.Model(point, in_ring)


plain_count = deep_network(shortcuts=False).count_params()
shortcut_count = deep_network(shortcuts=True).count_params()
print(f"{plain_count:,} and {shortcut_count:,} parameters")


# %% gradient_norms
def gradient_norms(network):
    network.compile(
        optimizer=keras.optimizers.SGD(learning_rate=1.0),
        loss="binary_crossentropy",
    )
    network.train_on_batch(points_train, rings_train)

    norms = []
    for number in range(1, 21):
        # the biases were zero: after one step they are minus the gradient
        bias = network.get_layer(f"layer_{number}").get_weights()[1]
        norms.append(np.linalg.norm(0 - bias))
    return norms


# %% norms
plain_norms = gradient_norms(deep_network(shortcuts=False))
shortcut_norms = gradient_norms(deep_network(shortcuts=True))

for number in [1, 5, 10, 15, 20]:
    plain, shortcut = plain_norms[number - 1], shortcut_norms[number - 1]
    print(f"layer {number:2}: {plain:.1e} and {shortcut:.1e}")

# %% plot_norms
depth = np.arange(1, 21)
plt.plot(depth, plain_norms, marker="o", label="without shortcuts")
plt.plot(depth, shortcut_norms, marker="s", label="with shortcuts")
plt.yscale("log")
plt.xticks([1, 5, 10, 15, 20])
plt.xlabel("layer, counted from the input")
plt.ylabel("norm of the gradient")
plt.legend()
plt.show()


# %% train_both
def accuracy_of(network):
    network.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    network.fit(points_train, rings_train, batch_size=50, epochs=20, verbose=0)
    scores = network.evaluate(
        points_test, rings_test, return_dict=True, verbose=0
    )
    return scores["accuracy"]


plain_accuracy = accuracy_of(deep_network(shortcuts=False, blocks=20))
shortcut_accuracy = accuracy_of(deep_network(shortcuts=True, blocks=20))
print(f"without shortcuts: accuracy {plain_accuracy:.2f}")
print("with shortcuts:    accuracy above 0.8:", shortcut_accuracy > 0.8)


# %% residual
def residual(x, filters, name, strides=1):
    y = layers.Conv2D(
        filters, 3, strides, "same", activation="relu", name=f"{name}_1"
    )(x)
    y = layers.Conv2D(filters, 3, padding="same", name=f"{name}_2")(y)

    if strides > 1:
        x = layers.Conv2D(
            filters, 1, strides, use_bias=False, name=f"{name}_project"
        )(x)
    y = layers.add([x, y], name=f"{name}_sum")
    return layers.ReLU(name=f"{name}_relu")(y)


# %% resnet
image = keras.Input(shape=(28, 28, 1), name="image")
r = layers.Conv2D(16, 3, strides=2, padding="same", name="first")(image)
r = residual(r, 16, "block_1")
r = residual(r, 32, "block_2", strides=2)
r = residual(r, 32, "block_3")
r = layers.GlobalAveragePooling2D(name="average")(r)
digit = layers.Dense(10, activation="softmax", name="digit")(r)

resnet_model = keras.Model(image, digit)
for name in ["first", "block_1_sum", "block_2_sum", "block_3_sum"]:
    print(f"{name:<12} {resnet_model.get_layer(name).output.shape}")
print(f"{resnet_model.count_params():,} parameters")

# %% digits
(_, _), (images, digits) = keras.datasets.mnist.load_data()
# pixels from 0 to 255 become numbers from 0 to 1, with an axis for channels
images = images[..., None] / 255
print(images.shape)

# %% resnet_fit
resnet_model.compile(
    optimizer=keras.optimizers.Adam(0.002),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
resnet_model.fit(images[:6_000], digits[:6_000], epochs=4, verbose=0)
scores = resnet_model.evaluate(
    images[-1_000:], digits[-1_000:], return_dict=True, verbose=0
)
print("accuracy above 0.9:", scores["accuracy"] > 0.9)

# %% exercise_1_solution
x_256 = keras.Input(shape=(14, 14, 256))
y = layers.Conv2D(64, 1, activation="relu")(x_256)
y = layers.Conv2D(64, 3, padding="same", activation="relu")(y)
y = layers.Conv2D(256, 1)(y)

exercise_model = keras.Model(x_256, layers.add([x_256, y]))

# %% exercise_1_check
shape = exercise_model.input_shape
assert shape == (None, 14, 14, 256), f"the input is {shape}"
count = exercise_model.count_params()
assert count == 70_016, f"{count:,} parameters instead of 70,016"

kept = exercise_model.get_weights()
windows = [weight.shape for weight in kept if weight.ndim == 4]
expected = [(1, 1, 256, 64), (3, 3, 64, 64), (1, 1, 64, 256)]
assert windows == expected, f"the convolutions are {windows}"

# known weights for a moment: each convolution looks at one place only. Its
# first filter gives minus the sum of the channels, the second the sum
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 4:
        rows, columns = kernel.shape[:2]
        middle = kernel[rows // 2, columns // 2]
        middle[:, 0], middle[:, 1] = -1, 1
exercise_model.set_weights(known)
trial = np.zeros((1, 14, 14, 256))
trial[..., 5] = 3
found = ops.convert_to_numpy(exercise_model(trial))
exercise_model.set_weights(kept)

# the shortcut brings the input, the other branch -3 and 3
right = trial.copy()
right[..., 0], right[..., 1] = -3, 3
wrong = np.abs(found - right).max(axis=(0, 1, 2)) > 1e-3
places = np.flatnonzero(wrong).tolist()
assert not places, f"wrong channels: {places}. Shortcut? Activations?"
print("Exercise 1 is right: 70,016 parameters, and a clear shortcut.")
