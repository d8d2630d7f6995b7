# %% imports
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)


# %% exercise_1_solution
def bridge(readings):
    boxes, opinions = [], []
    for name in ["north", "middle", "south"]:
        box = keras.Input(shape=(readings,), name=name)
        x = layers.Dense(20, activation="relu", name=f"{name}_1")(box)
        x = layers.Dense(10, activation="relu", name=f"{name}_2")(x)
        boxes.append(box)
        opinions.append(x)

    x = layers.add(opinions, name="sum")
    for number in [1, 2, 3]:
        x = layers.Dense(10, activation="relu", name=f"joint_{number}")(x)
    alarms = layers.Dense(5, activation="sigmoid", name="alarms")(x)
    return keras.Model(boxes, alarms)


bridge_model = bridge(10)

# %% exercise_1_check
sizes = {tensor.name: tensor.shape[1] for tensor in bridge_model.inputs}
assert sizes == {"north": 10, "middle": 10, "south": 10}, sizes
count = bridge_model.count_params()
assert count == 1_675, f"{count:,} parameters instead of 1,675"

# known weights for a moment: the first unit of a layer gives minus the sum
# of its inputs, the second the sum, and no other unit gives anything
kept = bridge_model.get_weights()
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 2:
        kernel[:, 0], kernel[:, 1] = -1, 1
bridge_model.set_weights(known)

calm = {name: np.zeros((1, 10)) for name in sizes}
found = {}
for names in [*([name] for name in sizes), list(sizes)]:
    shaken = calm | {name: np.full((1, 10), 0.2) for name in names}
    found[tuple(names)] = ops.convert_to_numpy(bridge_model(shaken))
bridge_model.set_weights(kept)

for names, alarms in found.items():
    total = 2 * len(names)
    right = 1 / (1 + np.exp([total, -total, 0, 0, 0]))
    wrong = f"{alarms} instead of {right} when {names} shake"
    assert np.allclose(alarms, right, atol=1e-3), wrong
print("Exercise 1 is right: three branches, added, 1,675 parameters.")

# %% other_counts
for readings in [10, 20]:
    print(f"{readings} readings: {bridge(readings).count_params():,}")

# %% desk_data
problem = rng.integers(0, 20, size=2_000)
repeated = rng.integers(0, 2, size=2_000)
another = (problem + rng.integers(1, 20, size=2_000)) % 20


def tell(problems):
    # each of the twenty problems has nine words of its own
    words = 1 + 9 * problems[:, None] + rng.integers(0, 9, (2_000, 10))
    # a ticket has 5 to 10 words, and zeros fill the rest
    lengths = rng.integers(5, 11, size=(2_000, 1))
    return np.where(np.arange(10) < lengths, words, 0)


account = rng.normal(size=(2_000, 6))
effort = rng.normal(size=20)[problem] + account[:, 0] - account[:, 1]

tickets = {
    "ticket": tell(problem),
    "earlier": tell(np.where(repeated == 1, problem, another)),
    "account": account,
}
answers = {
    "duplicate": repeated,
    "topic": problem // 5,
    "hours": (effort - effort.mean()) / effort.std(),
}
print(tickets["ticket"][:2])

# %% exercise_2_solution
ticket = keras.Input(shape=(None,), dtype="int32", name="ticket")
earlier = keras.Input(shape=(None,), dtype="int32", name="earlier")
customer = keras.Input(shape=(6,), name="account")

# one embedding and one reader for both tickets
words = layers.Embedding(200, 8, mask_zero=True, name="words")
reader = layers.LSTM(16, name="reader")
new, old = reader(words(ticket)), reader(words(earlier))

# neither part changes when the two tickets are swapped
gap = ops.absolute(new - old)
overlap = layers.multiply([new, old], name="overlap")
compared = layers.concatenate([gap, overlap], name="compared")
duplicate = layers.Dense(1, activation="sigmoid", name="duplicate")(compared)

topic = layers.Dense(4, activation="softmax", name="topic")(new)

case = layers.concatenate([new, customer], name="case")
case = layers.Dense(12, activation="relu", name="planning")(case)
hours = layers.Dense(1, name="hours")(case)

desk_model = keras.Model(
    [ticket, earlier, customer], [duplicate, topic, hours]
)
desk_model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss={
        "duplicate": "binary_crossentropy",
        "topic": "sparse_categorical_crossentropy",
        "hours": "mse",
    },
    loss_weights={"duplicate": 2, "topic": 1, "hours": 0.5},
    metrics={"duplicate": "accuracy", "topic": "accuracy", "hours": "mae"},
)

# %% exercise_2_check
names = {tensor.name for tensor in desk_model.inputs}
assert names == {"ticket", "earlier", "account"}, names
heads = desk_model.output_names
assert sorted(heads) == ["duplicate", "hours", "topic"], heads
count = desk_model.count_params()
assert count == 3_590, f"{count:,} parameters instead of 3,590"

# known weights for a moment: a word is 8 times the same number, and what
# the reader makes of it is 16 times the same number
value = np.linspace(-3, 3, 200)
kept = desk_model.get_weights()
known = [np.zeros_like(weight) for weight in kept]
for weight in known:
    if weight.shape == (200, 8):
        weight[:] = value[:, np.newaxis]
    elif weight.shape[-1] == 64 and weight.ndim == 2:
        weight[:] = 1 / 8
    elif weight.shape == (32, 1):
        # the first half counts twice
        weight[:16], weight[16:] = -1 / 16, -1 / 32
    # in the other layers the first unit gives minus a sixteenth of the sum
    # of its inputs, the second the same with a plus, and no other anything
    elif weight.ndim == 2:
        weight[:, 0], weight[:, 1:2] = -1 / 16, 1 / 16
desk_model.set_weights(known)


def ask(ticket, earlier):
    asked = {"ticket": np.array([ticket]), "earlier": np.array([earlier])}
    return desk_model(asked | {"account": np.full((1, 6), 8)})


def by_head(outputs):
    values = map(ops.convert_to_numpy, keras.tree.flatten(outputs))
    return dict(zip(heads, values))


outputs = ask([199], [140])
truth = {head: np.ones((1, 1)) for head in heads}
loss = desk_model.compute_loss(y=truth, y_pred=outputs)
asked, swapped = by_head(outputs), by_head(ask([140], [199]))
longer = by_head(ask([199, 0, 0], [140, 0]))
desk_model.set_weights(kept)

change = np.abs(asked["duplicate"] - swapped["duplicate"]).max()
assert change < 1e-3, "duplicate: not symmetric"

# what an LSTM does with its first word
gates = 1 / (1 + np.exp(-value))
new, old = (gates * np.tanh(gates * np.tanh(value)))[[199, 140]]
far, near = np.abs(new - old), new * old
# either of the two may have been joined first
ways = 1 / (1 + np.exp([far + near / 2, far / 2 + near]))
powers = np.exp([-new, new, 0, 0])
right = {
    "duplicate": ways[np.abs(ways - asked["duplicate"]).argmin()],
    "topic": powers / powers.sum(),
    "hours": -(new + 6 * 8 / 16) / 16,
}
for head in heads:
    wrong = f"{head}: {asked[head]} instead of {right[head]}"
    assert np.allclose(asked[head], right[head], atol=1e-3), wrong
    close = np.allclose(asked[head], longer[head], atol=1e-3)
    assert close, f"{head}: zeros are read"

loss = float(ops.convert_to_numpy(loss))
total = 0.5 * (1 - asked["hours"][0, 0]) ** 2
total -= 2 * np.log(asked["duplicate"][0, 0]) + np.log(asked["topic"][0, 1])
assert np.isclose(loss, total, rtol=1e-3), "other losses or loss weights"
print("Exercise 2 is right: 3,590 parameters, one reader, three heads.")


# %% desk_fit
def rows(arrays, part):
    return {name: values[part] for name, values in arrays.items()}


# the last 400 are kept for the test
train, test = slice(0, 1_600), slice(1_600, None)
desk_model.fit(
    rows(tickets, train),
    rows(answers, train),
    batch_size=50,
    epochs=6,
    verbose=0,
)
result = desk_model.evaluate(
    rows(tickets, test), rows(answers, test), return_dict=True, verbose=0
)
always_the_mean = np.abs(answers["hours"][test]).mean()
print("duplicate: accuracy above 0.9:", result["duplicate_accuracy"] > 0.9)
print("topic: accuracy above 0.9:", result["topic_accuracy"] > 0.9)
print(f"hours: always the mean is off by {always_the_mean:.1f}")
print("the model, less than half:", result["hours_mae"] < always_the_mean / 2)
