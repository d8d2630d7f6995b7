# %% imports
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% graph
signal = keras.Input(shape=(8,), name="signal")
start = layers.Dense(8, name="start")(signal)

# start is used three times, and joined reads three tensors
left = layers.Dense(4, name="left")(start)
right = layers.Dense(6, name="right")(start)
deeper = layers.Dense(6, name="deeper")(right)
joined = layers.concatenate([start, left, deeper], name="joined")
result = layers.Dense(1, name="result")(joined)

graph_model = keras.Model(signal, result)
print([layer.name for layer in graph_model.layers])

# %% cycle tags=["raises-exception"] active="ipynb"
# first = layers.Dense(8)(second)
# second = layers.Dense(8)(first)

# %% repeat
step = layers.Dense(8, activation="tanh", name="step")

state = signal
for _ in range(3):
    # the same layer each time, but always a new tensor
    state = step(state)

repeat_model = keras.Model(signal, state)
print(f"{repeat_model.count_params()} parameters")

numbers = rng.normal(size=(5, 8))
by_hand = step(step(step(numbers)))
same = ops.allclose(repeat_model(numbers), by_hand, atol=1e-6)
print("same result:", bool(same))

# %% decision tags=["raises-exception"] active="ipynb"
# if ops.mean(signal) > 0:
#     chosen = left

# %% pointwise
features = rng.normal(size=(1, 28, 28, 192)).astype("float32")

pointwise = layers.Conv2D(64, 1)
dense = layers.Dense(64)
print(pointwise(features).shape, dense(features).shape)

kernel, bias = pointwise.get_weights()
print("kernel of the convolution:", kernel.shape)

# the window has one place: what remains is a matrix
dense.set_weights([kernel[0, 0], bias])
same = ops.allclose(pointwise(features), dense(features), atol=1e-5)
print("same values:", bool(same))

# %% windows
changed = features.copy()
changed[0, 10, 10] += 1

for size in [1, 3, 5]:
    window = layers.Conv2D(64, size, padding="same")
    difference = ops.abs(window(changed) - window(features))
    places = int(ops.sum(ops.max(difference, axis=-1) > 1e-3))
    print(f"{size}x{size}: {places} of {28 * 28} places changed")


# %% reduction
def parameters(channels, *convolutions):
    chain = keras.Sequential([keras.Input(shape=(28, 28, channels))])
    for filters, size in convolutions:
        chain.add(layers.Conv2D(filters, size, padding="same"))
    return chain.count_params()


for channels in [192, 3]:
    direct = parameters(channels, (128, 3))
    by_way_of_1x1 = parameters(channels, (128, 1), (128, 3))
    print(f"{channels:3} channels: {direct:,} or {by_way_of_1x1:,}")


# %% module
def inception(x, padding="same"):
    def conv(name, size, strides=1):
        return layers.Conv2D(
            128, size, strides, padding, activation="relu", name=name
        )

    a = conv("a", 1, strides=2)(x)

    b = conv("b_1", 1)(x)
    b = conv("b_2", 3, strides=2)(b)

    c = layers.AveragePooling2D(3, 2, padding, name="c_1")(x)
    c = conv("c_2", 3)(c)

    d = conv("d_1", 1)(x)
    d = conv("d_2", 3)(d)
    d = conv("d_3", 3, strides=2)(d)

    return layers.concatenate([a, b, c, d], name="channels")


# %% module_model
x = keras.Input(shape=(28, 28, 192), name="x")
module_model = keras.Model(x, inception(x))

print("input: ", module_model.input_shape)
print("output:", module_model.output_shape)
print(f"{module_model.count_params():,} parameters")

# %% branch_counts
for name in ["a", "b_1", "b_2", "c_2", "d_1", "d_2", "d_3"]:
    print(f"{name:<4}{module_model.get_layer(name).count_params():>8,}")

x_256 = keras.Input(shape=(28, 28, 256))
module_256 = keras.Model(x_256, inception(x_256))
print(f"on 256 channels: {module_256.count_params():,}")

# %% channel_order
maps = module_model(features)
branch_a = keras.Model(x, module_model.get_layer("a").output)

print(maps.shape)
same = ops.allclose(maps[..., :128], branch_a(features), atol=1e-6)
print("first 128:", bool(same))

# %% unpadded tags=["raises-exception"] active="ipynb"
# inception(x, padding="valid")


# %% sizes
def sides(size):
    square = keras.Input(shape=(size, size, 192))
    padded = keras.Model(square, inception(square))
    return [part.shape[1] for part in padded.get_layer("channels").input]


for size in [28, 29, 32, 33]:
    print(f"{size} x {size}: branches a, b, c, d give {sides(size)}")

# %% open_size
anything = keras.Input(shape=(None, None, 192))
open_model = keras.Model(anything, inception(anything, padding="valid"))
print(open_model.output_shape)

# %% open_size_fails
try:
    open_model(features)
except Exception as error:
    # the type depends on the backend, so any is caught here
    print(f"{type(error).__name__}: {str(error).splitlines()[0]}")


# %% describe
def multiplications(model):
    total = 0
    for layer in model.layers:
        for weight in layer.weights:
            if len(weight.shape) == 4:
                # a kernel is applied anew at every place of the output
                places = np.prod(layer.output.shape[1:3])
                total += places * np.prod(weight.shape)
    return total


def describe(model):
    kinds = [type(layer).__name__ for layer in model.layers]
    print(model.input_shape, "->", model.output_shape)
    print(f"{model.count_params():,} parameters")
    for kind in ["Conv2D", "SeparableConv2D", "Concatenate", "Add"]:
        print(f"{kind}: {kinds.count(kind)}")
    print(f"{multiplications(model) / 1e9:.1f} billion multiplications")


# %% inception_v3
# weights=None: random weights, so nothing is downloaded
describe(keras.applications.InceptionV3(weights=None))

# %% separable
maps_128 = rng.normal(size=(1, 28, 28, 128)).astype("float32")

full = layers.Conv2D(256, 3, padding="same")
separable = layers.SeparableConv2D(256, 3, padding="same")

print(full(maps_128).shape, separable(maps_128).shape)
print(f"full:      {full.count_params():,} parameters")
print(f"separable: {separable.count_params():,} parameters")

# %% two_steps
depthwise = layers.DepthwiseConv2D(3, padding="same", use_bias=False)
mix = layers.Conv2D(256, 1)
mix(depthwise(maps_128))

places_kernel, channels_kernel, bias = separable.get_weights()
depthwise.set_weights([places_kernel])
mix.set_weights([channels_kernel, bias])

in_two_steps = mix(depthwise(maps_128))
same = ops.allclose(separable(maps_128), in_two_steps, atol=1e-5)
print(f"{depthwise.count_params():,} + {mix.count_params():,} parameters")
print("same values:", bool(same))

# %% xception
describe(keras.applications.Xception(weights=None))


# %% exercise_1_solution
def conv(filters, size):
    return layers.Conv2D(filters, size, padding="same", activation="relu")


maps_in = keras.Input(shape=(28, 28, 192))
one = conv(64, 1)(maps_in)
three = conv(128, 3)(conv(96, 1)(maps_in))
five = conv(32, 5)(conv(16, 1)(maps_in))
pool = layers.MaxPooling2D(3, strides=1, padding="same")(maps_in)
pool = conv(32, 1)(pool)

joined_maps = layers.concatenate([one, three, five, pool])
exercise_model = keras.Model(maps_in, joined_maps)

# %% exercise_1_check
shape = exercise_model.input_shape
assert shape == (None, 28, 28, 192), f"the input is {shape}"
count = exercise_model.count_params()
assert count == 163_696, f"{count:,} parameters instead of 163,696"

kept = exercise_model.get_weights()
windows = sorted(weight.shape for weight in kept if weight.ndim == 4)
expected = [(1, 1, 192, filters) for filters in (16, 32, 64, 96)]
expected += [(3, 3, 96, 128), (5, 5, 16, 32)]
assert windows == expected, f"the convolutions are {windows}"

# known weights for a moment: the first filter of a convolution gives minus
# the sum of what it sees, the second the sum, and no other gives anything
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 4:
        kernel[..., 0], kernel[..., 1] = -1, 1
exercise_model.set_weights(known)
# two neighbours, each in a channel of its own
dots = np.zeros((1, 28, 28, 192))
dots[0, 14, 14, 5] = dots[0, 14, 15, 6] = 1
found = ops.convert_to_numpy(exercise_model(dots))
exercise_model.set_weights(kept)

# each branch counts the dots in its window: 1, 3, 5 and, in the pool, 3 wide
right = np.zeros((28, 28))
for column in (14, 15):
    for reach in (0, 1, 2, 1):
        seen = slice(column - reach, column + reach + 1)
        right[14 - reach : 15 + reach, seen] += 1
places = np.argwhere(~np.isclose(found.sum(axis=(0, 3)), right, atol=1e-3))
assert not len(places), f"a window, a ReLU or the pool: {places.tolist()}"
print("Exercise 1 is right: 163,696 parameters, 256 channels.")
