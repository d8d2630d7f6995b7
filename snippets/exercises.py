# %% imports
import keras
import numpy as np
from keras import layers

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
assert bridge_model.output_shape == (None, 5), bridge_model.output_shape
count = bridge_model.count_params()
assert count == 1_675, f"{count:,} parameters instead of 1,675"

# with weights of 0.1 and no biases, every step can be worked out by hand
kept = bridge_model.get_weights()
bridge_model.set_weights(
    [np.full_like(w, 0.1 if w.ndim == 2 else 0) for w in kept]
)
calm = {name: np.zeros((1, 10)) for name in sizes}
for names, expected in [(["north"], 2), (["south"], 2), (list(sizes), 6)]:
    shaken = calm | {name: np.ones((1, 10)) for name in names}
    alarms = keras.ops.convert_to_numpy(bridge_model(shaken))
    right = 1 / (1 + np.exp(-expected))
    assert np.allclose(alarms, right), f"a wrong answer when {names} shake"
bridge_model.set_weights(kept)
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
gap = keras.ops.absolute(new - old)
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
def ask(**changes):
    asked = {name: values[:40] for name, values in tickets.items()}
    outputs = desk_model(asked | changes)
    values = [keras.ops.convert_to_numpy(output) for output in outputs]
    return dict(zip(desk_model.output_names, values))


def same(one, other, head):
    return np.allclose(one[head], other[head], atol=1e-5)


names = {tensor.name for tensor in desk_model.inputs}
assert names == {"ticket", "earlier", "account"}, names
heads = desk_model.output_names
assert sorted(heads) == ["duplicate", "hours", "topic"], heads
count = desk_model.count_params()
assert count == 3_590, f"{count:,} parameters instead of 3,590"

asked = ask()
assert np.allclose(asked["topic"].sum(axis=1), 1), "topic: no softmax"
likely = asked["duplicate"]
assert likely.min() >= 0 and likely.max() <= 1, "duplicate: no sigmoid"
assert np.ptp(likely) > 0, "duplicate: always the same answer"

swapped = ask(
    ticket=tickets["earlier"][:40], earlier=tickets["ticket"][:40]
)
assert same(asked, swapped, "duplicate"), "duplicate: not symmetric"
assert not same(asked, swapped, "topic"), "topic: not from the ticket"

huge = ask(account=100 * tickets["account"][:40])
assert same(asked, huge, "topic"), "topic: depends on the account"
assert not same(asked, huge, "hours"), "hours: ignores the account"
assert huge["hours"].min() < 0, "hours: squeezed by an activation"

longer = ask(ticket=np.pad(tickets["ticket"][:40], [(0, 0), (0, 5)]))
assert all(same(asked, longer, head) for head in heads), "zeros are read"

scores = desk_model.evaluate(
    {name: values[:40] for name, values in tickets.items()},
    {name: values[:40] for name, values in answers.items()},
    batch_size=40,
    return_dict=True,
    verbose=0,
)
parts = {"duplicate": 2, "topic": 1, "hours": 0.5}
total = sum(weight * scores[f"{head}_loss"] for head, weight in parts.items())
assert np.isclose(scores["loss"], total, rtol=1e-4), "other loss weights"
print("Exercise 2 is right: 3,590 parameters, one reader, three heads.")

# %% desk_fit tags=["trained"] samples=400
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
print(f"duplicate: accuracy {result['duplicate_accuracy']:.3f}")
print(f"topic: accuracy {result['topic_accuracy']:.3f}")
print(f"hours: off by {result['hours_mae']:.3f}")

always_the_mean = np.abs(answers["hours"][test]).mean()
print(f"always the mean: off by {always_the_mean:.3f}")
