# %% imports
import tempfile
import warnings

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)


# %% small_model
def small_model(outputs=3):
    # one layer is enough to go wrong
    numbers = keras.Input(shape=(10,), name="numbers")
    scores = layers.Dense(outputs, activation="softmax", name="scores")
    return keras.Model(numbers, scores(numbers), name="small")


data = rng.normal(size=(32, 10))
classes = rng.integers(0, 3, size=32)
labels = keras.utils.to_categorical(classes, num_classes=3)


# %% three_heads
def three_heads():
    # one branch only, so that nothing but the three outputs matters
    facts = keras.Input(shape=(10,), name="facts")
    age = layers.Dense(1, name="age")
    income = layers.Dense(3, activation="softmax", name="income")
    gender = layers.Dense(1, activation="sigmoid", name="gender")
    return keras.Model(facts, [age(facts), income(facts), gender(facts)])


ages = rng.integers(18, 80, size=32).astype("float32")
genders = rng.integers(0, 2, size=32).astype("float32")
targets = {"age": ages, "income": labels, "gender": genders}

losses = {
    "age": "mse",
    "income": "categorical_crossentropy",
    "gender": "binary_crossentropy",
}
weights = {"age": 0.25, "income": 1.0, "gender": 10.0}

# %% c02_wrong tags=["raises-exception"] active="ipynb"
# answer_count = 500
# answer = layers.Dense(anser_count, activation="softmax")

# %% c02_right
answer_count = 500
answer = layers.Dense(answer_count, activation="softmax")
print(answer.units, "units")

# %% c03_wrong tags=["raises-exception"] active="ipynb"
# model = small_model()
# model.comile(loss="categorical_crossentropy")

# %% c03_right
fitted = small_model()
fitted.compile(loss="categorical_crossentropy")
history = fitted.fit(data, labels, epochs=2, verbose=0)
print("epochs:", len(history.history["loss"]))

# %% c06_wrong tags=["raises-exception"] active="ipynb"
# history = fitted.fit(posts, topics, verbose=0)

# %% c06_right
posts = rng.normal(size=(32, 10))
topics = keras.utils.to_categorical(rng.integers(0, 3, size=32), 3)
history = fitted.fit(posts, topics, verbose=0)
print(posts.shape, topics.shape)

# %% c07_wrong tags=["raises-exception"] active="ipynb"
# model = small_model()
# model.compile(loss="categorical_cross_entropy")
# print("compile has accepted it")
# model.fit(data, labels, verbose=0)

# %% c07_right
spelled = small_model()
spelled.compile(loss="categorical_crossentropy")
# one batch is enough to find a misspelled name
result = spelled.evaluate(data[:1], labels[:1], verbose=0)
print("the loss has been found")

# %% c08_wrong tags=["raises-exception"] active="ipynb"
# model = three_heads()
# model.compile(
#     loss=losses,
#     loss_weights={"age": 0.25, "income": 1.0, "gender": 10.0},
# model.fit(data, targets, verbose=0)

# %% c08_right
closed = three_heads()
closed.compile(
    loss=losses,
    loss_weights={"age": 0.25, "income": 1.0, "gender": 10.0},
)
print("compiled:", closed.compiled)

# %% c11_wrong tags=["raises-exception"] active="ipynb"
# x = keras.Input(shape=(128,))
# # much further down, in the example with the image:
# layers.Conv2D(8, 3, name="edges")(x)

# %% c12_wrong tags=["raises-exception"] active="ipynb"
# x = ...
# layers.Conv2D(8, 3, name="edges")(x)

# %% c11_right
x = keras.Input(shape=(28, 28, 3))
print(layers.Conv2D(8, 3, name="edges")(x).shape)

# %% c17_wrong tags=["raises-exception"] active="ipynb"
# from keras.layers.merge import concatenate

# %% c17_right
from keras.layers import BatchNormalization, add, concatenate

print(BatchNormalization.__name__, add.__name__, concatenate.__name__)

# %% c48_wrong
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    five = layers.Dense(5, input_dim=4)
    three = layers.Dense(3, input_dim=999)
    stack = keras.Sequential([five, three])
print(len(caught), "warnings:", str(caught[0].message).partition(". ")[0])
print(three.count_params(), "parameters in the second layer")

# %% c48_right
tidy = keras.Sequential(
    [keras.Input(shape=(4,)), layers.Dense(5), layers.Dense(3)]
)
print(tidy.count_params(), "parameters")

# %% c25_wrong
zeros = rng.integers(0, 1, size=(32, 3))
misled = small_model()
misled.compile(loss="categorical_crossentropy")
start = misled.get_weights()
history = misled.fit(data, zeros, epochs=3, verbose=0)

print("sum of all labels:", zeros.sum())
print("losses:", history.history["loss"])
print("weights unchanged:", np.allclose(start[0], misled.get_weights()[0]))

# %% c25_right
one_hot = keras.utils.to_categorical(rng.integers(0, 3, size=32), 3)
led = small_model()
led.compile(loss="categorical_crossentropy")
history = led.fit(data, one_hot, epochs=3, verbose=0)

print("sum of all labels:", int(one_hot.sum()))
print(f"last loss: {history.history['loss'][-1]:.3f}")

# %% c26_wrong
noise = rng.random((32, 10))
pushed = small_model(10)
pushed.compile(
    optimizer=keras.optimizers.Adam(0.1), loss="categorical_crossentropy"
)
history = pushed.fit(data, noise, epochs=10, verbose=0)
first, *_, last = history.history["loss"]
print(f"rows sum to {noise.sum(axis=1).mean():.1f}")
print(f"loss {first:.3f} -> {last:.3f}")

# %% c26_right
steered = small_model(10)
steered.compile(
    optimizer=keras.optimizers.Adam(0.1),
    loss="sparse_categorical_crossentropy",
)
numbers = rng.integers(0, 10, size=32)
history = steered.fit(data, numbers, epochs=10, verbose=0)
first, *_, last = history.history["loss"]
print(f"loss {first:.3f} -> {last:.3f}")

# %% c28_wrong
certain = layers.Dense(1, activation="softmax", name="gender")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    outputs = certain(data)
for warning in caught[:1]:
    print(warning.message)
outputs = ops.convert_to_numpy(outputs).round(3)
print("all outputs:", np.unique(outputs))

# %% c28_right
open_minded = layers.Dense(1, activation="sigmoid", name="gender")
outputs = ops.convert_to_numpy(open_minded(data))
print("different outputs:", len(np.unique(outputs)))
print("all in 0..1:", np.all((outputs > 0) & (outputs < 1)))

# %% c33_wrong
in_years = three_heads()
in_years.compile(loss=losses, loss_weights=weights)
report = in_years.evaluate(data, targets, return_dict=True, verbose=0)
for name, weight in weights.items():
    print(f"{name:<6} {weight * report[name + '_loss']:7.2f}")

# %% c33_right
scaled = targets | {"age": (ages - ages.mean()) / ages.std()}
report = in_years.evaluate(data, scaled, return_dict=True, verbose=0)
for name, weight in weights.items():
    print(f"{name:<6} {weight * report[name + '_loss']:7.2f}")

# %% k08_wrong
mixed = three_heads()
mixed.compile(
    loss=["mse", "categorical_crossentropy", "binary_crossentropy"],
    loss_weights=weights,
)
report = mixed.evaluate(data, scaled, return_dict=True, verbose=0)
meant = sum(weights[name] * report[name + "_loss"] for name in weights)
print(f"meant {meant:.3f}, got {report['loss']:.3f}")

# %% k08_right
named = keras.models.clone_model(mixed)
named.set_weights(mixed.get_weights())
named.compile(loss=losses, loss_weights=weights)
report = named.evaluate(data, scaled, return_dict=True, verbose=0)
meant = sum(weights[name] * report[name + "_loss"] for name in weights)
print(f"meant {meant:.3f}, got {report['loss']:.3f}")

# %% k09_wrong tags=["raises-exception"] active="ipynb"
# model = three_heads()
# renamed = {"salary" if key == "income" else key: loss
#            for key, loss in losses.items()}
# model.compile(loss=renamed)
# model.fit(data, targets, verbose=0)

# %% k09_weights_wrong tags=["raises-exception"] active="ipynb"
# model = three_heads()
# model.compile(loss=losses, loss_weights={"age": 0.25, "income": 1.0})
# model.fit(data, targets, verbose=0)

# %% k09_two_losses_wrong
forgetful = three_heads()
forgetful.compile(loss=["mse", "categorical_crossentropy"])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    history = forgetful.fit(data, list(targets.values()), verbose=0)
for warning in caught[:1]:
    print(warning.message)

# %% k09_right
complete = three_heads()
complete.compile(loss=losses)
before = complete.get_layer("gender").get_weights()[0]
history = complete.fit(data, scaled, verbose=0)
after = complete.get_layer("gender").get_weights()[0]
print("gender has learned:", not np.allclose(before, after))

# %% k06_wrong tags=["raises-exception"] active="ipynb"
# model = three_heads()
# model.compile(loss=losses, metrics=["accuracy"])
# model.fit(data, targets, verbose=0)

# %% k06_right
measured = three_heads()
measured.compile(
    loss=losses,
    metrics={"age": "mae", "income": "accuracy", "gender": "accuracy"},
)
report = measured.evaluate(data, scaled, return_dict=True, verbose=0)
print(*report, sep="\n")

# %% k07_wrong
# the values come in the order of the outputs, the names by alphabet
values = complete.evaluate(data, scaled, verbose=0)
for name, value in zip(history.history, values):
    print(f"{name:<12} {value:.3f}")

# %% k07_right
report = complete.evaluate(data, scaled, return_dict=True, verbose=0)
for name, value in report.items():
    print(f"{name:<12} {value:.3f}")

# %% k05_wrong tags=["raises-exception"] active="ipynb"
# model = small_model()
# model.compile(loss="categorical_crossentropy", metrics=["acc"])
# report = model.evaluate(data, labels, return_dict=True, verbose=0)
# print(list(report))
# print(report["accuracy"])

# %% k05_right
scored = small_model()
scored.compile(loss="categorical_crossentropy", metrics=["accuracy"])
report = scored.evaluate(data, labels, return_dict=True, verbose=0)
print(list(report))

# %% c10_wrong tags=["raises-exception"] active="ipynb"
# image = keras.Input(shape=(28, 28, 16))
# a = layers.Conv2D(8, 1, strides=2)(image)
# b = layers.Conv2D(8, 3, strides=2)(image)
# layers.concatenate([a, b])

# %% c10_open_wrong tags=["raises-exception"] active="ipynb"
# image = keras.Input(shape=(None, None, 16))
# a = layers.Conv2D(8, 1, strides=2)(image)
# b = layers.Conv2D(8, 3, strides=2)(image)
# model = keras.Model(image, layers.concatenate([a, b], name="joined"))
# print("built:", model.output_shape)
# model(np.zeros((1, 28, 28, 16)))

# %% c10_right
image = keras.Input(shape=(None, None, 16))
a = layers.Conv2D(8, 1, strides=2, padding="same")(image)
b = layers.Conv2D(8, 3, strides=2, padding="same")(image)
branches = keras.Model(image, layers.concatenate([a, b]))
for n in [28, 29]:
    print(n, "->", branches(np.zeros((1, n, n, 16))).shape)

# %% c13_wrong tags=["raises-exception"] active="ipynb"
# odd = keras.Input(shape=(33, 33, 8))
# main = layers.MaxPooling2D(2, strides=2)(odd)
# short = layers.Conv2D(8, 1, strides=2, padding="same")(odd)
# layers.add([main, short])

# %% c13_right
odd = keras.Input(shape=(33, 33, 8))
main = layers.MaxPooling2D(2, strides=2, padding="same")(odd)
short = layers.Conv2D(8, 1, strides=2, padding="same")(odd)
print(layers.add([main, short]).shape)

# %% c14_wrong
grey = keras.Input(shape=(32, 32, 1))
block = layers.Conv2D(8, 3, padding="same")(grey)
print("added without complaint:", layers.add([block, grey]).shape)

# %% c14_right
colours = layers.Conv2D(8, 1, use_bias=False)(grey)
assert block.shape == colours.shape, "not the same shape"
print("equal shapes:", block.shape, colours.shape)


# %% c30_reader
def reader(length):
    x = words = keras.Input(shape=(length, 2))
    for number, pooled in enumerate([True, False, True, False, False], 1):
        x = layers.Conv1D(2, 5, name=f"conv_{number}")(x)
        if pooled:
            x = layers.MaxPooling1D(5)(x)
    return keras.Model(words, x)


# %% c30_wrong tags=["raises-exception"] active="ipynb"
# reader(268)

# %% c30_right
least = 1
for step in ["conv", "conv", "pool", "conv", "conv", "pool", "conv"]:
    least = least + 4 if step == "conv" else least * 5
print("shortest post:", least)
print("what is left of it:", reader(least).output_shape)

# %% c27_wrong
ids = keras.Input(shape=(None,), dtype="int32")
swapped = layers.Embedding(256, 5_000)
conv = layers.Conv1D(8, 5)
vectors = swapped(ids)
conv(vectors)
print(vectors.shape, f"{swapped.count_params():,} {conv.count_params():,}")

# %% c27_ids_wrong tags=["raises-exception"] active="ipynb" backends=["tensorflow", "torch"] because="JAX gives NaN in place of an error"
# swapped(np.array([[17, 300]]))

# %% c27_right
ordered = layers.Embedding(5_000, 256)
conv = layers.Conv1D(8, 5)
vectors = ordered(ids)
conv(vectors)
print(vectors.shape, f"{ordered.count_params():,} {conv.count_params():,}")
print(ordered(np.array([[17, 300]])).shape)

# %% c34_wrong
pixels = np.zeros((1, 5, 5, 64))
neighbour = pixels.copy()
neighbour[0, 2, 3] = 1

narrow = layers.Conv2D(128, 1, padding="same")
change = narrow(neighbour)[0, 2, 2] - narrow(pixels)[0, 2, 2]
print(f"{narrow.count_params():,} parameters")
print("sees the pixel beside it:", bool(ops.any(change != 0)))

# %% c34_right
window = layers.Conv2D(128, 3, padding="same")
change = window(neighbour)[0, 2, 2] - window(pixels)[0, 2, 2]
print(f"{window.count_params():,} parameters")
print("sees the pixel beside it:", bool(ops.any(change != 0)))

# %% c32_wrong
# ones stand for the biases that training would find
affine = layers.Conv2D(4, 1, strides=2, bias_initializer="ones")
a, b = rng.normal(size=(2, 1, 6, 6, 4)).astype("float32")
error = affine(a + b) - affine(a) - affine(b)
print(f"f(a + b) - f(a) - f(b): {ops.mean(error):.3f}")

# %% c32_right
linear = layers.Conv2D(4, 1, strides=2, use_bias=False)
error = linear(a + b) - linear(a) - linear(b)
print("additive:", bool(ops.allclose(error, 0, atol=1e-5)))


# %% c29_wrong
def classifier(units):
    x = features = keras.Input(shape=(64,), name="features")
    for name in ["hidden_1", "hidden_2"]:
        x = layers.Dense(32, activation="relu", name=name)(x)
    scores = layers.Dense(units, activation="softmax", name="scores")(x)
    return keras.Model(features, scores, name="classifier")


wrong_size = classifier(32)
print(f"{wrong_size.count_params():,}", wrong_size.output_shape)

# %% c29_right
right_size = classifier(10)
print(f"{right_size.count_params():,}", right_size.output_shape)


# %% c44_wrong
def three_groups(answers):
    groups, ends = [], []
    for _ in range(3):
        groups.append(keras.Input(shape=(answers,)))
        x = layers.Dense(20, activation="relu")(groups[-1])
        ends.append(layers.Dense(10, activation="relu")(x))
    x = layers.add(ends)
    for _ in range(3):
        x = layers.Dense(10, activation="relu")(x)
    return keras.Model(groups, layers.Dense(5, "sigmoid")(x))


twenty = three_groups(20)
print(f"{twenty.count_params():,} parameters")

# %% c44_right
ten = three_groups(10)
assert all(shape == (None, 10) for shape in ten.input_shape)
print(f"{ten.count_params():,} parameters")

# %% c43_wrong
digits = keras.Sequential([keras.Input(shape=(784,))])
for units in [500, 250, 250, 250, 250]:
    digits.add(layers.Dense(units))
    digits.add(layers.BatchNormalization())
    digits.add(layers.Activation("relu"))
digits.add(layers.Dense(10))
digits.add(layers.BatchNormalization())
digits.add(layers.Activation("softmax"))
print(f"{digits.count_params():,} parameters")

# %% c43_bias
total, norm = layers.Dense(4), layers.BatchNormalization()
before = norm(total(data), training=True)
total.bias.assign([1, 2, 3, 4])
after = norm(total(data), training=True)
same = ops.allclose(before, after, atol=1e-3)
print("the bias changes the result:", not same)

# %% c43_right
better = keras.Sequential([keras.Input(shape=(784,))])
for units in [500, 250, 250, 250, 250]:
    better.add(layers.Dense(units, use_bias=False))
    better.add(layers.BatchNormalization())
    better.add(layers.Activation("relu"))
better.add(layers.Dense(10, activation="softmax"))
print(f"{better.count_params():,} parameters")

# %% c09_wrong tags=["raises-exception"] active="ipynb"
# left, right = keras.Input(shape=(8,)), keras.Input(shape=(8,))
# encode = layers.Dense(4)
# left_code = encode(left)
# right = encode(right)
# keras.Model([left, right], layers.concatenate([left_code, right]))

# %% c09_silent_wrong
left = keras.Input(shape=(8,), name="left")
right = keras.Input(shape=(8,), name="right")
left_code = layers.Dense(4, name="left_code")(left)
right = layers.Dense(4, name="right_code")(right)
torn = keras.Model([left, right], layers.concatenate([left_code, right]))
print(torn.input_shape, torn.count_params())

# %% c09_right
left = keras.Input(shape=(8,), name="left")
right = keras.Input(shape=(8,), name="right")
left_code = layers.Dense(4, name="left_code")(left)
right_code = layers.Dense(4, name="right_code")(right)
pair = keras.Model([left, right], layers.concatenate([left_code, right_code]))
print(pair.input_shape, pair.count_params())

# %% k03_wrong tags=["raises-exception"] active="ipynb"
# wanted, unrelated = keras.Input(shape=(8,)), keras.Input(shape=(8,))
# output = layers.Dense(2)(wanted)
# keras.Model(unrelated, output)

# %% k03_right
wanted = keras.Input(shape=(8,))
output = layers.Dense(2)(wanted)
connected = keras.Model(wanted, output)
print(connected.count_params(), "parameters")

# %% k12_wrong
income = keras.Input(shape=(1,), name="income")
costs = keras.Input(shape=(1,), name="costs")
profit = keras.Model(
    [income, costs], layers.subtract([income, costs]), name="profit"
)
earned, spent = np.array([[10.0]]), np.array([[3.0]])
print(profit.predict([spent, earned], verbose=0))

# %% c21_wrong tags=["raises-exception"] active="ipynb"
# profit(earned, spent)

# %% k12_key_wrong tags=["raises-exception"] active="ipynb"
# profit.predict({"income": earned, "cost": spent}, verbose=0)

# %% k12_right
print(profit.predict({"costs": spent, "income": earned}, verbose=0))

# %% k13_wrong
word_numbers = keras.Input(shape=(2,), dtype="int32")
vectors = layers.Embedding(10, 4)(word_numbers)
look_up = keras.Model(word_numbers, vectors)
raw = np.array([[1.7, 2.2]])
cut = np.array([[1, 2]])
same = ops.allclose(look_up(raw), look_up(cut))
print("1.7 is taken for 1:", bool(same))

# %% k13_right
assert np.issubdtype(cut.dtype, np.integer), "word numbers are whole"
print("whole numbers:", cut[0])

# %% k14_wrong
bare = np.array([[5, 3, 8]])
padded = np.array([[5, 3, 8, 0, 0, 0]])
embed, read = layers.Embedding(10, 4), layers.LSTM(4)
same = ops.allclose(read(embed(bare)), read(embed(padded)))
print("the same sentence:", bool(same))

# %% k14_right
embed = layers.Embedding(10, 4, mask_zero=True)
same = ops.allclose(read(embed(bare)), read(embed(padded)), atol=1e-6)
print("the same sentence:", bool(same))

# %% c38_wrong
fixed = keras.Input(batch_shape=(1_000, 28, 28, 256))
fixed_model = keras.Model(fixed, layers.GlobalMaxPooling2D()(fixed))
print("it says:", fixed_model.output_shape)
print("it does:", fixed_model(np.zeros((8, 28, 28, 256))).shape)

# %% c38_right
maps = keras.Input(shape=(28, 28, 256))
maps_model = keras.Model(maps, layers.GlobalMaxPooling2D()(maps))
print("it says:", maps_model.output_shape)

# %% c31_wrong
a, b = rng.normal(size=(2, 1, 5, 3)).astype("float32")
first = keras.Input(shape=(5, 3), name="first")
second = keras.Input(shape=(5, 3), name="second")
encoder = layers.LSTM(4, name="encoder")
u, v = encoder(first), encoder(second)

score = layers.Dense(1, activation="sigmoid")
lopsided = keras.Model([first, second], score(layers.concatenate([u, v])))
same = ops.allclose(lopsided([a, b]), lopsided([b, a]))
print("f(a, b) = f(b, a):", bool(same))

# %% c31_right
distance = ops.absolute(u - v)
product = u * v
score = layers.Dense(1, activation="sigmoid")
balanced = keras.Model(
    [first, second], score(layers.concatenate([distance, product]))
)
same = ops.allclose(balanced([a, b]), balanced([b, a]))
print("f(a, b) = f(b, a):", bool(same))
print(lopsided.count_params(), balanced.count_params())

# %% p118_wrong
sides = [
    layers.LSTM(4, name="first_lstm")(first),
    layers.LSTM(4, name="second_lstm")(second),
]
separate = keras.Model([first, second], layers.concatenate(sides))
print(separate.count_params(), "parameters")

# %% p118_right
one_lstm = layers.LSTM(4, name="one_lstm")
sides = [one_lstm(first), one_lstm(second)]
shared = keras.Model([first, second], layers.concatenate(sides))
print(shared.count_params(), "parameters")

# %% c15_wrong tags=["raises-exception"] active="ipynb"
# small_model().fit(data, labels, verbose=0)

# %% c15_right
ready = small_model()
ready.compile(optimizer="adam", loss="categorical_crossentropy")
history = ready.fit(data, labels, verbose=0)
print("trained:", list(history.history))

# %% c39_wrong
keras.utils.set_random_seed(0)
twice = small_model()
twice.compile(optimizer="sgd", loss="categorical_crossentropy")
for method in ["one way", "other way"]:
    history = twice.fit(data, labels, epochs=5, verbose=0)
    print(f"{method}: first loss {history.history['loss'][0]:.3f}")

# %% c39_right
for method in ["one way", "other way"]:
    keras.utils.set_random_seed(0)
    fresh = small_model()
    fresh.compile(optimizer="sgd", loss="categorical_crossentropy")
    history = fresh.fit(data, labels, epochs=5, verbose=0)
    print(f"{method}: first loss {history.history['loss'][0]:.3f}")

# %% k04_wrong
late = classifier(10)
late.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
history = late.fit(rng.normal(size=(32, 64)), numbers, verbose=0)
late.summary()

# %% k04_right
print(f"{late.count_params():,} parameters")

# %% k11_wrong
recompiled = small_model()
recompiled.compile(loss="categorical_crossentropy", metrics=["accuracy"])
recompiled.compile(loss="categorical_crossentropy")
report = recompiled.evaluate(data, labels, return_dict=True, verbose=0)
print("measured:", list(report))

# %% k11_right
rebuilt = small_model()
rebuilt.compile(loss="categorical_crossentropy")
report = rebuilt.evaluate(data, labels, return_dict=True, verbose=0)
print("measured:", list(report))

# %% k16_wrong tags=["raises-exception"] active="ipynb"
# shared.save("shared")

# %% k16_right
with tempfile.TemporaryDirectory() as folder:
    shared.save(f"{folder}/shared.keras")
    loaded = keras.models.load_model(f"{folder}/shared.keras")
print(shared.count_params(), loaded.count_params())
same = ops.allclose(shared([a, b]), loaded([a, b]))
print("same answers:", bool(same))

# %% k16_lambda_wrong tags=["raises-exception"] active="ipynb"
# gap = layers.Lambda(lambda pair: abs(pair[0] - pair[1]))([u, v])
# model = keras.Model([first, second], gap)
# with tempfile.TemporaryDirectory() as folder:
#     model.save(f"{folder}/gap.keras")
#     print("saved")
#     keras.models.load_model(f"{folder}/gap.keras")

# %% k16_lambda_right
gap_model = keras.Model([first, second], ops.absolute(u - v))
with tempfile.TemporaryDirectory() as folder:
    gap_model.save(f"{folder}/gap.keras")
    gap_loaded = keras.models.load_model(f"{folder}/gap.keras")
same = ops.allclose(gap_model([a, b]), gap_loaded([a, b]))
print("same answers:", bool(same))

# %% exercise_1_broken
title = keras.Input(shape=(None,), dtype="int32", name="title")
text = keras.Input(shape=(None,), dtype="int32", name="text")

words = layers.Embedding(16, 1_000)
title_state = layers.LSTM(8)(words(title))
text = layers.LSTM(8)(words(text))

joined = layers.concatenate([title_state, text])
stars = layers.Dense(5, activation="softmax", name="stars")(joined)
again = layers.Dense(1, activation="sigmoid", name="again")(joined)

broken_model = keras.Model([title, text], [stars, again])
broken_model.compile(
    loss=["categorical_crossentropy", "binary_crossentropy"],
    loss_weights={"stars": 1.0, "again": 5.0},
)
print(f"{broken_model.count_params():,} parameters")

# %% exercise_1_solution
title = keras.Input(shape=(None,), dtype="int32", name="title")
text = keras.Input(shape=(None,), dtype="int32", name="text")

# vocabulary first, and the zeros of the padding do not count
words = layers.Embedding(1_000, 16, mask_zero=True, name="words")
# one layer for both inputs
state = layers.LSTM(8, name="state")
states = [state(words(title)), state(words(text))]

joined = layers.concatenate(states, name="joined")
stars = layers.Dense(5, activation="softmax", name="stars")(joined)
again = layers.Dense(1, activation="sigmoid", name="again")(joined)

exercise_model = keras.Model([title, text], [stars, again])
exercise_model.compile(
    loss={
        "stars": "categorical_crossentropy",
        "again": "binary_crossentropy",
    },
    loss_weights={"stars": 1.0, "again": 5.0},
)

# %% exercise_1_check
shapes = [tensor.shape for tensor in exercise_model.inputs]
assert shapes == [(None, None), (None, None)], f"the inputs are {shapes}"
count = exercise_model.count_params()
assert count == 16_902, f"{count:,} parameters instead of 16,902"

# known weights for a moment, so that the answers are certain
kept = exercise_model.get_weights()
exercise_model.set_weights([np.full_like(weight, 0.2) for weight in kept])
reviews = {"title": np.array([[7]]), "text": np.array([[7, 8]])}
padded = {name: np.pad(ids, [(0, 0), (0, 3)]) for name, ids in reviews.items()}
bare, long = exercise_model(reviews), exercise_model(padded)

truth = {"stars": np.eye(5)[:1], "again": np.ones((1, 1))}
loss = exercise_model.compute_loss(y=truth, y_pred=bare)
exercise_model.set_weights(kept)

for one, other in zip(keras.tree.flatten(bare), keras.tree.flatten(long)):
    one = ops.convert_to_numpy(one)
    other = ops.convert_to_numpy(other)
    assert np.allclose(one, other, atol=1e-3), "the padding counts"
    if one.shape == (1, 1):
        likely = one[0, 0]

meant = np.log(5) - 5 * np.log(likely)
loss = float(ops.convert_to_numpy(loss))
assert np.isclose(loss, meant, rtol=1e-3), "the loss weights are swapped"
print("Exercise 1 is right: 16,902 parameters, no silent mistake left.")
