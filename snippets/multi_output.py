# %% imports
import warnings

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% posts_model
posts = keras.Input(shape=(300,), dtype="int32", name="posts")

# first the size of the vocabulary, then the length of a vector
x = layers.Embedding(50_000, 256, name="words")(posts)
x = layers.Conv1D(128, 5, activation="relu", name="conv_1")(x)
x = layers.MaxPooling1D(5, name="pool_1")(x)
x = layers.Conv1D(256, 5, activation="relu", name="conv_2")(x)
x = layers.Conv1D(256, 5, activation="relu", name="conv_3")(x)
x = layers.MaxPooling1D(5, name="pool_2")(x)
x = layers.Conv1D(256, 5, activation="relu", name="conv_4")(x)
x = layers.Conv1D(256, 5, activation="relu", name="conv_5")(x)
x = layers.GlobalMaxPooling1D(name="strongest")(x)
x = layers.Dense(128, activation="relu", name="author")(x)

age = layers.Dense(1, name="age")(x)
income = layers.Dense(10, activation="softmax", name="income")(x)
gender = layers.Dense(1, activation="sigmoid", name="gender")(x)

posts_model = keras.Model(posts, [age, income, gender])
for name, tensor in zip(posts_model.output_names, posts_model.outputs):
    print(f"{name:<6} {tensor.shape}")
print(f"{posts_model.count_params():,} parameters")

# %% swapped_embedding
for sizes in [(50_000, 256), (256, 50_000)]:
    embedding = layers.Embedding(*sizes)
    convolution = layers.Conv1D(128, 5)
    vectors = embedding(posts)
    convolution(vectors)
    print(f"Embedding{sizes} -> {vectors.shape}")
    print(f"  embedding   {embedding.count_params():>10,} parameters")
    print(f"  convolution {convolution.count_params():>10,} parameters")

# %% lengths
# from the embedding to the last convolution
text_layers = posts_model.layers[1:9]


def lengths_for(length):
    shape = (None, length)
    lengths = [length]
    for layer in text_layers:
        shape = layer.compute_output_shape(shape)
        lengths.append(shape[1])
    return lengths


print([layer.name for layer in text_layers])
print(lengths_for(300))
print(lengths_for(269))

# %% too_short tags=["raises-exception"] active="ipynb"
# lengths_for(268)

# %% softmax_of_one
wrong_gender = layers.Dense(1, activation="softmax")

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    answers = wrong_gender(rng.normal(size=(1_000, 128)))

rounded = ops.convert_to_numpy(answers).round(3)
print("all different answers:", np.unique(rounded))
for warning in caught[:1]:
    print(str(warning.message).replace(". ", ".\n"))

# %% softmax_in_training
facts = rng.normal(size=(400, 8))
truth = (facts[:, 0] > 0).astype("float32")
print(f"share of ones {truth.mean():.3f}")

for activation in ["softmax", "sigmoid"]:
    keras.utils.set_random_seed(0)
    tiny = keras.Sequential(
        [keras.Input(shape=(8,)), layers.Dense(1, activation=activation)]
    )
    tiny.compile(
        optimizer=keras.optimizers.Adam(0.05),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = tiny.fit(facts, truth, epochs=5, verbose=0).history
    first, last = fitted["loss"][0], fitted["loss"][-1]
    print(f"{activation}: loss {first:.3f} -> {last:.3f},", end=" ")
    print(f"accuracy {fitted['accuracy'][-1]:.3f}")

# %% data
ages = rng.integers(18, 78, size=1_300)
incomes = rng.integers(0, 10, size=1_300)
genders = rng.integers(0, 2, size=1_300)

# a third of the words depends on each of the three
age_words = 3 * (ages - 18)[:, None] + rng.integers(1, 31, (1_300, 8))
income_words = 20 * incomes[:, None] + rng.integers(301, 331, (1_300, 8))
gender_words = 40 * genders[:, None] + rng.integers(601, 681, (1_300, 8))

texts = np.concatenate([age_words, income_words, gender_words], axis=1)
texts = rng.permuted(texts, axis=1)

# the last 300 are kept for the test
train, test = slice(0, 1_000), slice(1_000, None)
print(texts[train].shape, texts[test].shape)


# %% new_reader
def new_reader():
    # the same seed, so that every reader starts from the same weights
    keras.utils.set_random_seed(0)
    text = keras.Input(shape=(24,), dtype="int32", name="text")
    x = layers.Embedding(1_000, 32)(text)
    x = layers.Conv1D(64, 3, activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(x)
    x = layers.Dense(32, activation="relu")(x)
    age = layers.Dense(1, name="age")(x)
    income = layers.Dense(10, activation="softmax", name="income")(x)
    gender = layers.Dense(1, activation="sigmoid", name="gender")(x)
    return keras.Model(text, [age, income, gender])


print(new_reader().output_names)
print(f"{new_reader().count_params():,} parameters")

# %% losses_list
list_reader = new_reader()
list_reader.compile(
    loss=[
        "mse",
        "sparse_categorical_crossentropy",
        "binary_crossentropy",
    ]
)

# %% losses_dict
losses = {
    "age": "mse",
    "income": "sparse_categorical_crossentropy",
    "gender": "binary_crossentropy",
}
dict_reader = new_reader()
dict_reader.compile(loss=losses)

# %% one_number
targets = {
    "age": ages[train],
    "income": incomes[train],
    "gender": genders[train],
}


def evaluated(reader, targets):
    return reader.evaluate(
        texts[train], targets, batch_size=100, return_dict=True, verbose=0
    )


def show(result):
    for name in ["age_loss", "income_loss", "gender_loss", "loss"]:
        print(f"  {name:<11} {result[name]:9.3f}")


print("losses by list")
show(evaluated(list_reader, targets))
print("losses by dict")
show(evaluated(dict_reader, targets))

# %% weights_list
list_weighted = new_reader()
list_weighted.compile(
    loss=[
        "mse",
        "sparse_categorical_crossentropy",
        "binary_crossentropy",
    ],
    loss_weights=[0.25, 1, 10],
)

# %% weights_dict
weights = {"age": 0.25, "income": 1, "gender": 10}

dict_weighted = new_reader()
dict_weighted.compile(loss=losses, loss_weights=weights)

# %% weighted_sum
result = evaluated(dict_weighted, targets)
show(result)

by_hand = sum(
    weight * result[f"{name}_loss"] for name, weight in weights.items()
)
print(f"  by hand     {by_hand:9.3f}")

same = evaluated(list_weighted, targets)["loss"]
print(f"  by list     {same:9.3f}")


# %% age_share
def print_share(result, weights):
    share = weights["age"] * result["age_loss"] / result["loss"]
    print(f"share of age in the loss: {share:.3f}")


equal = {"age": 1, "income": 1, "gender": 1}
print_share(evaluated(dict_reader, targets), equal)
print_share(evaluated(dict_weighted, targets), weights)

# %% standardise
# mean and deviation come from the training data alone
mean, deviation = ages[train].mean(), ages[train].std()
scaled_ages = (ages - mean) / deviation
print(f"mean {mean:.1f} years, deviation {deviation:.1f} years")

scaled_targets = targets | {"age": scaled_ages[train]}
result = evaluated(dict_reader, scaled_targets)
show(result)
print_share(result, equal)


# %% compare
def train_and_test(label, ages, unit, weights):
    reader = new_reader()
    reader.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss=losses,
        loss_weights=weights,
    )
    answers = {"age": ages, "income": incomes, "gender": genders}
    reader.fit(
        texts[train],
        {name: values[train] for name, values in answers.items()},
        batch_size=50,
        epochs=5,
        verbose=0,
    )
    age, income, gender = reader.predict(texts[test], verbose=0)
    off = unit * np.mean(np.abs(age[:, 0] - ages[test]))
    right_income = np.mean(income.argmax(axis=1) == incomes[test])
    right_gender = np.mean((gender[:, 0] > 0.5) == genders[test])
    print(label)
    print(f"  age off by {off:.0f} years")
    print(f"  income accuracy {right_income:.1f}")
    print(f"  gender accuracy {right_gender:.1f}")


train_and_test("ages in years", ages, 1, equal)
train_and_test("ages in years, weighted", ages, 1, weights)
train_and_test("scaled ages", scaled_ages, deviation, equal)
train_and_test("scaled ages, weighted", scaled_ages, deviation, weights)

# %% guessing
middle = np.mean(np.abs(ages[test] - mean))
print(f"always the mean age: off by {middle:.1f} years")

# %% mixed
loss_list = list(losses.values())
weight_list = list(weights.values())

for how, loss, loss_weights in [
    ("list and list", loss_list, weight_list),
    ("dict and dict", losses, weights),
    ("dict and list", losses, weight_list),
    ("list and dict", loss_list, weights),
]:
    mixed_reader = new_reader()
    mixed_reader.compile(loss=loss, loss_weights=loss_weights)
    total = evaluated(mixed_reader, scaled_targets)["loss"]
    print(f"{how}: {total:.3f}")

# %% mixed_by_hand
parts = [result[f"{name}_loss"] for name in ["age", "income", "gender"]]
print(f"0.25,  1, 10: {np.dot([0.25, 1, 10], parts):.3f}")
print(f"0.25, 10,  1: {np.dot([0.25, 10, 1], parts):.3f}")

# %% targets_list
reader = new_reader()
reader.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss=losses,
    metrics={"age": "mae", "income": "accuracy", "gender": "accuracy"},
)
history = reader.fit(
    texts[train],
    [scaled_ages[train], incomes[train], genders[train]],
    batch_size=50,
    epochs=2,
    verbose=0,
)
first_losses = history.history["loss"]
print(f"epochs 1 and 2: {first_losses[0]:.3f}, {first_losses[1]:.3f}")

# %% targets_dict
history = reader.fit(
    texts[train], scaled_targets, batch_size=50, epochs=2, verbose=0
)
next_losses = history.history["loss"]
print(f"epochs 3 and 4: {next_losses[0]:.3f}, {next_losses[1]:.3f}")

# %% wrong_targets
confused = new_reader()
confused.compile(loss=losses)
# age and gender have changed places
swapped = [genders[train], incomes[train], scaled_ages[train]]
try:
    show(evaluated(confused, swapped))
except RuntimeError as error:
    print("RuntimeError:", error)

# %% flat_metrics tags=["raises-exception"] active="ipynb"
# flat_reader = new_reader()
# flat_reader.compile(loss=losses, metrics=["accuracy"])
# flat_reader.fit(texts[train], scaled_targets, verbose=0)

# %% history_keys
for key in history.history:
    print(key)

# %% evaluate_dict
test_targets = {
    "age": scaled_ages[test],
    "income": incomes[test],
    "gender": genders[test],
}
named = reader.evaluate(
    texts[test], test_targets, batch_size=100, return_dict=True, verbose=0
)
for name, value in named.items():
    print(f"{name} {value:.1f}")

# %% evaluate_list
plain = reader.evaluate(texts[test], test_targets, batch_size=100, verbose=0)
# which name belongs to which place of the plain list
for value in plain:
    print([name for name, other in named.items() if other == value])

# %% wrong_key tags=["raises-exception"] active="ipynb"
# wages_reader = new_reader()
# wages_reader.compile(
#     loss={
#         "age": "mse",
#         "wages": "sparse_categorical_crossentropy",
#         "gender": "binary_crossentropy",
#     }
# )
# wages_reader.fit(texts[train], scaled_targets, verbose=0)

# %% two_losses
short_reader = new_reader()
short_reader.compile(loss=["mse", "sparse_categorical_crossentropy"])

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    fitted = short_reader.fit(texts[train], scaled_targets, verbose=0)

print(sorted(fitted.history))
for warning in caught[:1]:
    print(str(warning.message).replace(". ", ".\n"))

# %% predict
predictions = reader.predict(texts[test], verbose=0)
for name, values in zip(reader.output_names, predictions):
    print(f"{name:<6} {values.shape}")

# %% back_to_years
named_predictions = dict(zip(reader.output_names, predictions))
years = mean + deviation * named_predictions["age"][:, 0]

off = np.mean(np.abs(years - ages[test]))
print(f"off by {off:.1f} years")
print(f"from the metric: {deviation * named['age_mae']:.1f} years")

# %% exercise_1_solution
readings = keras.Input(shape=(12,), name="readings")
weather = layers.Dense(16, activation="relu", name="weather")(readings)

temperature = layers.Dense(1, name="temperature")(weather)
sky = layers.Dense(4, activation="softmax", name="sky")(weather)
rain = layers.Dense(1, activation="sigmoid", name="rain")(weather)

exercise_model = keras.Model(readings, [temperature, sky, rain])
exercise_model.compile(
    optimizer="adam",
    loss={
        "temperature": "mse",
        "sky": "sparse_categorical_crossentropy",
        "rain": "binary_crossentropy",
    },
    loss_weights={"temperature": 0.5, "sky": 1, "rain": 2},
)

# %% exercise_1_check
shapes = {tensor.name: tensor.shape for tensor in exercise_model.inputs}
assert shapes == {"readings": (None, 12)}, f"the inputs are {shapes}"
names = exercise_model.output_names
assert sorted(names) == ["rain", "sky", "temperature"], names
count = exercise_model.count_params()
assert count == 310, f"{count} parameters instead of 310"

# known weights for a moment: the first unit of a layer gives minus the sum
# of its inputs, the second the sum, and no other unit gives anything
kept = exercise_model.get_weights()
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 2:
        kernel[:, 0], kernel[:, 1:2] = -1, 1
exercise_model.set_weights(known)

outputs = exercise_model(np.full((1, 12), 1 / 6))
measured = {name: np.ones((1, 1)) for name in names}
loss = exercise_model.compute_loss(y=measured, y_pred=outputs)
exercise_model.set_weights(kept)

powers = np.exp([-2, 2, 0, 0])
right = {
    "temperature": -2,
    "sky": powers / powers.sum(),
    "rain": 1 / (1 + np.exp(2)),
}
values = map(ops.convert_to_numpy, keras.tree.flatten(outputs))
found = dict(zip(names, values))
for name in names:
    wrong = f"{name}: {found[name]} instead of {right[name]}"
    assert np.allclose(found[name], right[name], atol=1e-3), wrong

loss = float(ops.convert_to_numpy(loss))
total = 0.5 * (1 - found["temperature"][0, 0]) ** 2
total -= np.log(found["sky"][0, 1]) + 2 * np.log(found["rain"][0, 0])
wrong = f"losses or weights: {loss:.3f} instead of {total:.3f}"
assert np.isclose(loss, total, rtol=1e-3), wrong
print("Exercise 1 is right: three heads, 310 parameters, 0.5 + 1 + 2.")
